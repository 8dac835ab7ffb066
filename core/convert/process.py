"""Programs that read what strangers sent: on a leash, with a time limit, without a shell, never in our process."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

SECONDS = 30.0
MEMORY_BYTES = 3 * 1024**3
"""Address space, of which ffmpeg reserves far more than it uses."""
FILE_BYTES = 100 * 1024**2
_LEASH = Path(__file__).with_name("leash.py")
_SHOWN = 300
_ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
"""Nothing of ours: no token may reach a program that a hostile file takes over."""


async def run(*program: str, seconds: float = SECONDS) -> bool:
    """Did it end well? Killed with all its children past `seconds` of wall time."""
    limits = (str(int(seconds) + 1), str(MEMORY_BYTES), str(FILE_BYTES))
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-S",
        str(_LEASH),
        *limits,
        *program,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=_ENVIRONMENT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            _, said = await child.communicate()
    except TimeoutError:
        log.warning("convert.too_slow", program=program[0], seconds=seconds)
        return False
    finally:
        await _end(child)
    if child.returncode:
        log.info(
            "convert.failed", program=program[0], code=child.returncode, said=said[-_SHOWN:].decode("utf-8", "replace")
        )
    return child.returncode == 0


async def _end(child: asyncio.subprocess.Process) -> None:
    """Also when our own task is cancelled: nothing is left running."""
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await asyncio.shield(child.wait())
