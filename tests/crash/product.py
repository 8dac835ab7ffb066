"""The product as a process of its own that may be killed at any moment, and started again within a second.

Starting Python with aiogram costs seconds. So one process imports everything once and is forked for each start
(`multiprocessing`'s forkserver): what runs then is `topicdesk run` itself, with an environment of its own.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from sandbox.graph import defaults as wa
from sandbox.graph.server import GraphSandbox
from sandbox.telegram import defaults as telegram
from sandbox.telegram.sandbox import TelegramSandbox
from tests.waiting import until

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["bot.app", "bot.cli", "asyncpg", "aiosqlite"])


def environment(tg: TelegramSandbox, graph: GraphSandbox, database_url: str, data: Path) -> dict[str, str]:
    """What an operator would set, in a hurry: quick reading, short patience for proof, no budget."""
    return {
        "TELEGRAM_BOT_TOKEN": telegram.BOT_TOKEN,
        "TELEGRAM_API_BASE": tg.base_url,
        "TELEGRAM_OWNER_ID": str(telegram.OWNER_ID),
        "TELEGRAM_GROUP_ID": str(telegram.GROUP_ID),
        "TELEGRAM_POSTS_PER_MINUTE": "0",
        "WHATSAPP_ACCESS_TOKEN": wa.ACCESS_TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": wa.PHONE_NUMBER_ID,
        "WHATSAPP_BUSINESS_ACCOUNT_ID": wa.WABA_ID,
        "WHATSAPP_APP_SECRET": wa.APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": wa.VERIFY_TOKEN,
        "WHATSAPP_API_BASE": graph.base_url,
        "TOPICDESK_DATABASE_URL": database_url,
        "TOPICDESK_DATA_DIR": str(data),
        "TOPICDESK_READ_DELAY_MIN": "0.05",
        "TOPICDESK_READ_DELAY_MAX": "0.3",
        "TOPICDESK_PROOF_SECONDS": "1",
    }


@dataclass
class Product:
    """One `topicdesk run`, started and killed as often as wanted. It always listens on the same port."""

    env: Mapping[str, str]
    home: Path
    role: str = "all"
    port: int = field(default_factory=lambda: free_port())
    kills: int = 0
    _process: BaseProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.home / f"product-{self.port}.log"

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        env = {**self.env, "TOPICDESK_PORT": str(self.port)}
        self._process = _FORKS.Process(target=_live, args=(env, self.role, self.home, self.log), daemon=True)
        self._process.start()

    async def until_open(self) -> None:
        """Until its HTTP door answers."""
        await until(self._is_open, seconds=60)

    async def _is_open(self) -> bool:
        assert self._process is not None
        assert self._process.is_alive(), f"the product ended by itself:\n{self.log.read_text()[-3000:]}"
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, closed or said."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
            self.kills += 1


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _live(env: Mapping[str, str], role: str, home: Path, log: Path) -> None:
    """In the forked process: become `topicdesk run`."""
    for name in [name for name in os.environ if name.startswith(("TELEGRAM_", "WHATSAPP_", "TOPICDESK_"))]:
        del os.environ[name]
    os.environ.update(env)
    os.chdir(home)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)

    from bot.cli import main

    sys.exit(main(["run", "--role", role]))
