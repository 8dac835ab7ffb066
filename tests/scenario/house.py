"""The product between its two sandboxes, all over real HTTP, for tests that go through the doors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.app import Process, at_your_service
from core.settings import DeskSettings, Settings, TelegramSettings, WhatsAppSettings
from sandbox.graph import defaults as wa
from sandbox.graph.server import GraphSandbox
from sandbox.telegram import defaults as telegram
from sandbox.telegram.sandbox import TelegramSandbox
from tests.tenant_probe import watch
from tests.waiting import until


@dataclass
class World:
    """Both outsides and the product. Restartable: the sandboxes outlive the product."""

    tg: TelegramSandbox
    graph: GraphSandbox
    settings: Settings
    process: Process | None = None
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @asynccontextmanager
    async def open(self, role: str = "all") -> AsyncIterator[Process]:
        async with AsyncExitStack() as stack:
            process = await stack.enter_async_context(at_your_service(self.settings, role))
            self.process = process
            stack.enter_context(watch(process.app.store.database))
            await self.graph.set_callback(f"{process.address}/hooks/whatsapp")
            yield process

    # ---------------------------------------------------------------- what staff see

    def chat(self, chat_id: int = telegram.GROUP_ID) -> dict[str, Any]:
        return next(chat for chat in self.tg.view()["chats"] if chat["id"] == chat_id)

    def topics(self) -> list[dict[str, Any]]:
        chat = self.chat()
        return [topic for topic in chat["topics"] if topic["id"] is not None]

    def posts(self, thread: int | None) -> list[dict[str, Any]]:
        """All posts of a topic, without service messages."""
        chat = self.chat()
        return [m for m in chat["messages"] if m["thread_id"] == thread and not m["service"]]

    def texts(self, thread: int | None) -> list[str]:
        return [post["text"] for post in self.posts(thread) if post["text"]]

    async def topic(self, name: str) -> int:
        """The thread id of the customer's topic, once it is there."""
        found = await until(lambda: [topic["id"] for topic in self.topics() if name in topic["name"]])
        return int(found[-1])

    async def see(self, thread: int, words: str) -> dict[str, Any]:
        """The post with these words, once it is there."""
        found = await until(lambda: [post for post in self.posts(thread) if words in (post["text"] or "")])
        return found[-1]

    async def mark(self, message_id: int, emoji: str) -> None:
        """Wait until the bot's reaction on a post is this one."""
        await until(lambda: self.mark_of(message_id) == emoji or None)

    def mark_of(self, message_id: int) -> str | None:
        chat = self.chat()
        (message,) = [m for m in chat["messages"] if m["id"] == message_id]
        return next((r["emoji"] for r in message["reactions"] if r["from"]["is_bot"]), None)


def settings_for(tg: TelegramSandbox, graph: GraphSandbox, database_url: str, data: Path, **desk: Any) -> Settings:
    return Settings(
        TelegramSettings(
            bot_token=telegram.BOT_TOKEN,
            api_base=tg.base_url,
            owner_id=telegram.OWNER_ID,
            group_id=telegram.GROUP_ID,
            posts_per_minute=0,
        ),
        WhatsAppSettings(
            access_token=wa.ACCESS_TOKEN,
            phone_number_id=wa.PHONE_NUMBER_ID,
            business_account_id=wa.WABA_ID,
            app_secret=wa.APP_SECRET,
            verify_token=wa.VERIFY_TOKEN,
            api_base=graph.base_url,
        ),
        DeskSettings(database_url=database_url, data_dir=data, port=0, **{"proof_seconds": 1, **desk}),
    )


@asynccontextmanager
async def world_of(database_url: str, data: Path, **desk: Any) -> AsyncIterator[World]:
    async with TelegramSandbox.start(port=0) as tg, GraphSandbox.start(port=0) as graph:
        tg.flood(enabled=False)
        yield World(tg, graph, settings_for(tg, graph, database_url, data, **desk))
