"""The street between customers and staff: a product in its own process between two sandboxes, and what must hold."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from core.store.db import Database
from sandbox.graph.server import GraphSandbox
from sandbox.telegram import defaults as telegram
from sandbox.telegram.sandbox import TelegramSandbox
from tests.crash.product import Product, environment
from tests.waiting import until

TIMERS = ("read", "card", "prove", "mark")
"""Kinds of job that may wait for a while when all else is done; a mark that gave way to others does."""


@dataclass
class Street:
    tg: TelegramSandbox
    graph: GraphSandbox
    product: Product
    database: Database

    async def restart(self) -> None:
        self.product.kill()
        self.product.start()
        await self.product.until_open()

    # ---------------------------------------------------------------- Telegram

    def posts(self, thread: int | None = None) -> list[dict[str, Any]]:
        """Posts of a topic (or of all), oldest first, without service messages."""
        chat = next(chat for chat in self.tg.view()["chats"] if chat["id"] == telegram.GROUP_ID)
        return [m for m in chat["messages"] if not m["service"] and thread in (None, m["thread_id"])]

    def threads_of(self, name: str) -> list[int]:
        """A kill just after Telegram opened a topic leaves it behind: the product opens another one."""
        chat = next(chat for chat in self.tg.view()["chats"] if chat["id"] == telegram.GROUP_ID)
        return [topic["id"] for topic in chat["topics"] if name in topic["name"]]

    def thread_of(self, name: str) -> int | None:
        """The customer's topic, once the product writes there."""
        used = (thread for thread in reversed(self.threads_of(name)) if self._is_used(thread))
        return next(used, None)

    def _is_used(self, thread: int) -> bool:
        return any(post["from"]["is_bot"] for post in self.posts(thread))

    def shown(self, thread: int, pattern: str) -> list[str]:
        """Every occurrence of a token in the bot's posts of a topic, in the order of the posts."""
        posts = [post for post in self.posts(thread) if post["from"]["is_bot"]]
        return [token for post in posts for token in re.findall(pattern, post["text"] or "")]

    async def see(self, thread: int, words: str) -> dict[str, Any]:
        return (await until(lambda: [p for p in self.posts(thread) if words in (p["text"] or "")], 30))[-1]

    async def topic(self, name: str) -> int:
        return await until(lambda: self.thread_of(name) or 0, 30)

    # ---------------------------------------------------------------- rows

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.database.read() as connection:
            return [tuple(row) for row in (await connection.execute(text(query))).all()]

    async def unsettled(self) -> list[tuple[Any, ...]]:
        """Jobs that are not done, and raw rows that were not read."""
        timers = ", ".join(f"'{kind}'" for kind in TIMERS)
        jobs = await self.rows(f"SELECT kind, status, tries, error FROM job WHERE kind NOT IN ({timers})")
        raw = await self.rows("SELECT source, state, error FROM inbox WHERE state <> 'done'")
        return [*jobs, *raw]

    async def settled(self, seconds: float = 120) -> None:
        """Until nothing is left to do anywhere."""
        last: list[tuple[Any, ...]] = []

        async def look() -> bool:
            nonlocal last
            last = await self.unsettled()
            waiting = [bot["pending_updates"] for bot in self.tg.view()["bots"]]
            return not last and not any(waiting) and self.graph.state.quiet

        try:
            await until(look, seconds, every=0.1)
        except AssertionError as late:
            raise AssertionError(f"not settled: {last}\n{self.product.log.read_text()[-3000:]}") from late


@asynccontextmanager
async def street(database_url: str, home: Path) -> AsyncIterator[Street]:
    """Both sandboxes, and a product that is not started yet."""
    async with TelegramSandbox.start(flood=False) as tg, GraphSandbox.start() as graph:
        graph.knobs(retry_first=0.05, retry_max=0.2, pair_pacing=False, throughput=0, window="off")
        product = Product(environment(tg, graph, database_url, home / "data"), home)
        await graph.set_callback(f"{product.url}/hooks/whatsapp")
        database = Database(database_url)
        try:
            yield Street(tg, graph, product, database)
        finally:
            product.kill()
            await database.close()
