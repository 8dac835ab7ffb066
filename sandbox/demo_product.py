"""The real product as a child process: started, watched, killed and started again. It knows nothing of a demo."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

KEPT_LINES = 400
LONGEST_LINE = 64 * 1024
POLL_SECONDS = 0.1
STOP_SECONDS = 10.0
LAST_WORDS_SECONDS = 0.5
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
HEALTHY_AFTER = 20.0
"""A child that lived so long (seconds) starts again with the shortest pause."""


@dataclass(frozen=True)
class Recipe:
    """How the child is run. `url` is where it will answer; `database` is what the page names."""

    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    url: str
    database: str


class Product:
    """Keeps one child running while it is wanted.

    `state` is stopped, starting, running or restarting. `changed` is called after every change of the view.
    """

    def __init__(self, recipe: Recipe, changed: Callable[[], None]) -> None:
        self._recipe = recipe
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._wanted = False
        self._hurry = asyncio.Event()
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.state = "stopped"
        self.since = time.time()
        self.starts = 0
        self.last_exit: int | None = None
        self.on_line: Callable[[str], None] = lambda _line: None

    def view(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "pid": self._process.pid if self._process else None,
            "database": self._recipe.database,
            "url": self._recipe.url,
            "since": round(self.since, 3),
            "starts": self.starts,
            "last_exit": self.last_exit,
        }

    def start(self) -> None:
        """Want the child to run; nothing happens if it does already."""
        self._hurry.set()
        if self._keeper is None or self._keeper.done():
            self._wanted = True
            self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End the child and wait until it is gone."""
        self._wanted = False
        self._hurry.set()
        await self._end()
        if self._keeper is not None:
            await self._keeper

    async def restart(self, *, kill: bool) -> None:
        """End the child, with SIGKILL if wished, and start it at once. Returns when the old one is gone."""
        self._hurry.set()
        if self._process is None:
            self.start()
            return
        self._set("restarting")
        await (self._kill() if kill else self._end())

    async def until_running(self, seconds: float) -> bool:
        """Wait for the first healthy answer. False: it did not come in time."""
        deadline = time.monotonic() + seconds
        while self.state != "running":
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True

    def _set(self, state: str) -> None:
        self.state, self.since = state, time.time()
        self._changed()

    async def _keep(self) -> None:
        """Run children one after the other while wanted; pauses grow when they die young."""
        pause, state = FIRST_PAUSE, "starting"
        while self._wanted:
            self._hurry.clear()
            born = time.monotonic()
            await self._live(state)
            if time.monotonic() - born > HEALTHY_AFTER:
                pause = FIRST_PAUSE
            if self._wanted:
                state = "restarting"
                self._set(state)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._hurry.wait(), pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        self._set("stopped")

    async def _live(self, state: str) -> None:
        """One child from birth to death. What it leaves behind may hold its pipe open: that is not waited for."""
        recipe = self._recipe
        process = await asyncio.create_subprocess_exec(
            *recipe.command,
            cwd=recipe.cwd,
            env=dict(recipe.env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE,
        )
        self._process, self.starts = process, self.starts + 1
        self._set(state)
        health = asyncio.create_task(self._until_healthy())
        reader = asyncio.create_task(self._read(process))
        try:
            self.last_exit = await process.wait()
            await asyncio.wait((reader,), timeout=LAST_WORDS_SECONDS)
        finally:
            self._process = None
            health.cancel()
            reader.cancel()
            await asyncio.gather(health, reader, return_exceptions=True)

    async def _until_healthy(self) -> None:
        timeout = aiohttp.ClientTimeout(total=2)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                    async with session.get(f"{self._recipe.url}/healthz") as answer:
                        if answer.status == 200:
                            self._set("running")
                            return
                await asyncio.sleep(POLL_SECONDS)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        while True:
            try:
                raw = await process.stdout.readline()
            except ValueError:  # a line past the limit: what is left of it comes next
                continue
            if not raw:
                return
            line = raw.decode(errors="replace").rstrip()
            self.lines.append(line)
            self.on_line(line)

    async def _end(self) -> None:
        """Ask the child to end; insist after a while."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            await self._kill()

    async def _kill(self) -> None:
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def free_port(host: str = "127.0.0.1") -> int:
    """A port that was free a moment ago."""
    with socket.create_server((host, 0)) as probe:
        return int(probe.getsockname()[1])
