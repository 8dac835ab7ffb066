"""python-telegram-bot's own Bot works with the sandbox as it would with Telegram: the second, independent client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReactionTypeEmoji
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter

import tests.contract.strict  # noqa: F401 - sets how PTB reads durations
from sandbox.telegram import TelegramSandbox
from sandbox.telegram.defaults import AGENT_ID, OWNER_ID, VIEWER_ID
from tests.contract.bot_api import png


@asynccontextmanager
async def ptb(*, flood: bool = False) -> AsyncIterator[tuple[TelegramSandbox, Bot]]:
    async with TelegramSandbox.start(flood=flood) as tg, ptb_bot(tg) as bot:
        yield tg, bot


@asynccontextmanager
async def ptb_bot(tg: TelegramSandbox, token: str | None = None) -> AsyncIterator[Bot]:
    bot = Bot(token or tg.token, base_url=f"{tg.base_url}/bot", base_file_url=f"{tg.base_url}/file/bot")
    async with bot:
        yield bot


async def test_topic_text_edit_and_reaction() -> None:
    async with ptb() as (tg, bot):
        topic = await bot.create_forum_topic(tg.group_id, "Ben", icon_color=9367192)
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("ok", callback_data="c:ok")]])
        sent = await bot.send_message(
            tg.group_id,
            "<b>你好 😀</b>",
            parse_mode="HTML",
            message_thread_id=topic.message_thread_id,
            reply_markup=keyboard,
        )
        assert sent.is_topic_message
        assert sent.parse_entities() == {sent.entities[0]: "你好 😀"}
        edited = await bot.edit_message_text("new", tg.group_id, sent.message_id)
        assert not isinstance(edited, bool)
        assert edited.text == "new"
        assert await bot.set_message_reaction(tg.group_id, sent.message_id, [ReactionTypeEmoji("👀")])
        assert [r["emoji"] for r in tg.view()["chats"][0]["messages"][-1]["reactions"]] == ["👀"]
        assert await bot.close_forum_topic(tg.group_id, topic.message_thread_id)
        assert await bot.delete_forum_topic(tg.group_id, topic.message_thread_id)
        with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
            await bot.send_message(tg.group_id, "late", message_thread_id=topic.message_thread_id)


async def test_files_both_ways() -> None:
    picture = png(640, 480)
    async with ptb() as (tg, bot):
        sent = await bot.send_photo(tg.group_id, picture, caption="look")
        file = await bot.get_file(sent.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == picture
        sent = await bot.send_document(tg.group_id, b"hello", filename="你好.txt")
        assert sent.document
        assert sent.document.file_name == "你好.txt"


async def test_updates_are_read_and_confirmed() -> None:
    async with ptb() as (tg, bot):
        kinds = ["message", "message_reaction", "callback_query", "edited_message"]
        await bot.get_updates(allowed_updates=kinds, timeout=timedelta(0))
        said = tg.message(text="/help", sender=AGENT_ID)
        tg.react(message=said["id"], emoji="👍", sender=VIEWER_ID)
        first, second = await bot.get_updates(timeout=timedelta(seconds=1))
        assert first.message
        assert first.message.from_user
        assert first.message.from_user.id == AGENT_ID
        assert second.message_reaction
        assert second.message_reaction.new_reaction == (ReactionTypeEmoji("👍"),)
        assert await bot.get_updates(offset=second.update_id + 1, timeout=timedelta(0)) == ()
        assert tg.pending_updates() == 0


async def test_people_and_rights() -> None:
    async with ptb() as (tg, bot):
        member = await bot.get_chat_member(tg.group_id, OWNER_ID)
        assert member.status == "creator"
        admins = await bot.get_chat_administrators(tg.group_id)
        assert {a.user.id for a in admins} == {OWNER_ID, AGENT_ID, tg.bot_id}
        chat = await bot.get_chat(tg.group_id)
        assert chat.is_forum


async def test_flood_becomes_retry_after() -> None:
    async with ptb(flood=True) as (tg, bot):
        tg.flood(per_chat_per_min=2)
        for _ in range(2):
            await bot.send_message(tg.group_id, "x")
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(tg.group_id, "x")
        assert caught.value.retry_after > timedelta(seconds=50)


async def test_migration_becomes_chat_migrated() -> None:
    async with ptb() as (tg, bot):
        members = [{"user": OWNER_ID, "status": "creator"}, {"user": tg.bot_id, "status": "administrator"}]
        tg.chat(id=-77, title="Old", type="group", members=members)
        tg.migrate(chat=-77, new_id=-1002000000077)
        with pytest.raises(ChatMigrated) as caught:
            await bot.send_message(-77, "x")
        assert caught.value.new_chat_id == -1002000000077
        await bot.send_message(-1002000000077, "x")


async def test_refusals_have_the_class_that_ptb_knows() -> None:
    async with ptb() as (tg, bot):
        with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
            await bot.send_message(tg.group_id, "<b>x", parse_mode="HTML")
        tg.member(user=tg.bot_id, status="kicked")
        with pytest.raises(Forbidden, match="kicked"):
            await bot.send_message(tg.group_id, "x")
        with pytest.raises(Forbidden, match="initiate"):
            await bot.send_message(VIEWER_ID, "x")
        await bot.set_webhook("https://example.org/x", secret_token="s")
        with pytest.raises(Conflict):
            await bot.get_updates(timeout=timedelta(0))


async def test_a_lost_answer_is_a_network_error_and_the_message_stands() -> None:
    async with ptb() as (tg, bot):
        tg.faults(method="sendMessage", drop_response=True)
        with pytest.raises(NetworkError):
            await bot.send_message(tg.group_id, "x")
        assert [m["text"] for m in tg.view()["chats"][0]["messages"]] == ["x"]


async def test_a_wrong_token_is_refused() -> None:
    async with TelegramSandbox.start() as tg:
        with pytest.raises(InvalidToken):
            async with ptb_bot(tg, "123:wrong"):
                pass
