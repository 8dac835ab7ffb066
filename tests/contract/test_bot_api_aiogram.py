"""aiogram's Bot, as the product uses it: base address from a setting, files as multipart, errors by class."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile, InputMediaPhoto, ReactionTypeEmoji
from aiohttp import web

from sandbox.telegram import TelegramSandbox, TelegramState, telegram_app
from sandbox.telegram.defaults import BOT_TOKEN, GROUP_ID, OWNER_ID
from tests.contract.bot_api import png


@asynccontextmanager
async def bot_at(base_url: str, token: str = BOT_TOKEN) -> AsyncIterator[Bot]:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(base_url)))
    try:
        yield bot
    finally:
        await bot.session.close()


async def test_the_road_of_a_desk() -> None:
    async with TelegramSandbox.start(flood=False) as tg, bot_at(tg.base_url) as bot:
        topic = await bot.create_forum_topic(GROUP_ID, "Ben")
        sent = await bot.send_message(
            GROUP_ID, "*hi*", parse_mode="MarkdownV2", message_thread_id=topic.message_thread_id
        )
        await bot.set_message_reaction(GROUP_ID, sent.message_id, [ReactionTypeEmoji(emoji="🕊")])
        photos = [InputMediaPhoto(media=BufferedInputFile(png(30, 30), f"{n}.png")) for n in "ab"]
        album = await bot.send_media_group(GROUP_ID, photos, message_thread_id=topic.message_thread_id)
        downloaded = await bot.download(album[0].photo[-1])
        assert downloaded
        assert downloaded.read() == png(30, 30)
        tg.message(text="/note x", thread=topic.message_thread_id)
        updates = await bot.get_updates(timeout=1)
        assert [u.event_type for u in updates] == ["message", "message"]


async def test_behind_a_path_prefix() -> None:
    parent, state = web.Application(), TelegramState()
    parent.add_subapp("/api/telegram", telegram_app(state))
    runner = web.AppRunner(parent)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with bot_at(f"http://127.0.0.1:{runner.addresses[0][1]}/api/telegram") as bot:
            data = b"abc" * 1_000_000
            sent = await bot.send_document(GROUP_ID, BufferedInputFile(data, "a.txt"))
            assert sent.document
            downloaded = await bot.download(sent.document)
            assert downloaded
            assert downloaded.read() == data, "the limit of the application around it does not matter"
    finally:
        await runner.cleanup()


async def test_errors_by_class() -> None:
    async with TelegramSandbox.start(flood=False) as tg, bot_at(tg.base_url) as bot:
        tg.faults(method="sendMessage", code=429, retry_after=7)
        with pytest.raises(TelegramRetryAfter) as flood:
            await bot.send_message(GROUP_ID, "x")
        assert flood.value.retry_after == 7
        tg.faults(method="sendMessage", code=502)
        with pytest.raises(TelegramServerError):
            await bot.send_message(GROUP_ID, "x")
        for broken in ("reset", "drop_response"):
            tg.faults(method="sendMessage", **{broken: True})
            with pytest.raises(TelegramNetworkError):
                await bot.send_message(GROUP_ID, "x")
        with pytest.raises(TelegramBadRequest, match="message thread not found"):
            await bot.send_message(GROUP_ID, "x", message_thread_id=1)
        tg.chat(
            id=-77, title="Old", type="group", members=[{"user": OWNER_ID, "status": "creator"}, {"user": tg.bot_id}]
        )
        tg.migrate(chat=-77, new_id=-1002000000077)
        with pytest.raises(TelegramMigrateToChat):
            await bot.send_message(-77, "x")
    async with TelegramSandbox.start() as tg, bot_at(tg.base_url, "1:wrong") as bot:
        with pytest.raises(TelegramUnauthorizedError):
            await bot.get_me()
