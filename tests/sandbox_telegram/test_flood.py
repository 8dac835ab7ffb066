"""Flood control on a stopped clock: windows, growth, and what is not metered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sandbox.telegram import TelegramSandbox
from sandbox.telegram.defaults import OWNER_ID
from sandbox.telegram.flood import Cost, Flood, FloodRules
from tests.contract.bot_api import CheckedClient, Refused, open_telegram


@asynccontextmanager
async def stopped() -> AsyncIterator[tuple[TelegramSandbox, CheckedClient]]:
    async with open_telegram(flood=True) as (tg, api):
        tg.clock(freeze=True)
        yield tg, api


async def retry_after(api: CheckedClient, **params: object) -> int:
    with pytest.raises(Refused) as caught:
        await api.sendMessage(text="x", **params)
    assert caught.value.status == 429
    assert (
        caught.value.description == f"Too Many Requests: retry after {caught.value.answer['parameters']['retry_after']}"
    )
    return caught.value.answer["parameters"]["retry_after"]


async def test_twenty_posts_a_minute_into_a_group() -> None:
    async with stopped() as (tg, api):
        thread = (await api.createForumTopic(name="a"))["message_thread_id"]
        sent = [await api.sendMessage(text="x", message_thread_id=thread) for _ in range(18)]
        await api.editMessageText(message_id=sent[0]["message_id"], text="y")
        assert await retry_after(api) == 60
        tg.clock(advance=59)
        assert await retry_after(api) == 3, "calling early made the window longer"
        tg.clock(advance=3)
        await api.sendMessage(text="x")
        assert tg.view()["counters"]["too_many_requests"] == 2


async def test_a_call_into_a_closed_window_lengthens_it_further_each_time() -> None:
    async with stopped() as (tg, api):
        tg.flood(per_chat_per_min=1, growth=2)
        await api.sendMessage(text="x")
        assert [await retry_after(api) for _ in range(4)] == [60, 62, 65, 69]
        tg.clock(advance=69)
        await api.sendMessage(text="x")


async def test_the_window_slides() -> None:
    async with stopped() as (tg, api):
        tg.flood(per_chat_per_min=2)
        await api.sendMessage(text="x")
        tg.clock(advance=40)
        await api.sendMessage(text="x")
        assert await retry_after(api) == 20
        tg.clock(advance=20)
        await api.sendMessage(text="x")
        assert await retry_after(api) == 40


async def test_refused_calls_cost_nothing() -> None:
    async with stopped() as (tg, api):
        tg.flood(per_chat_per_min=1)
        with pytest.raises(Refused, match="message thread not found"):
            await api.sendMessage(text="x", message_thread_id=77)
        await api.sendMessage(text="x")


async def test_reactions_presses_and_getters_are_not_posts() -> None:
    async with stopped() as (tg, api):
        tg.flood(per_chat_per_min=1)
        keyboard = {"inline_keyboard": [[{"text": "ok", "callback_data": "x"}]]}
        sent = await api.sendMessage(text="x", reply_markup=keyboard)
        for emoji in ("✍", "👌", "🕊", "👀"):
            await api.setMessageReaction(message_id=sent["message_id"], reaction=[{"type": "emoji", "emoji": emoji}])
        press = tg.tap(message=sent["message_id"], button="ok")
        await api.answerCallbackQuery(callback_query_id=press["press_id"])
        await api.getChat()
        await api.sendChatAction(action="typing")


async def test_an_album_is_one_post() -> None:
    async with stopped() as (tg, api):
        tg.flood(per_chat_per_min=1)
        media = [{"type": "document", "media": f"attach://{n}"} for n in "abc"]
        assert len(await api.call("sendMediaGroup", media=media, files=dict.fromkeys("abc", b"x"))) == 3
        await retry_after(api)


async def test_groups_have_windows_of_their_own_and_private_chats_others() -> None:
    async with stopped() as (tg, api):
        tg.flood(per_chat_per_min=1, burst=2)
        tg.chat(id=-1005, title="b", members=[{"user": OWNER_ID, "status": "creator"}, {"user": tg.bot_id}])
        tg.message(text="/start", chat=OWNER_ID)
        await api.sendMessage(text="x")
        await api.sendMessage(text="x", chat_id=-1005)
        for _ in range(2):
            await api.sendMessage(text="x", chat_id=OWNER_ID)
        assert await retry_after(api, chat_id=OWNER_ID) == 2
        tg.clock(advance=4)
        await api.sendMessage(text="x", chat_id=OWNER_ID)


async def test_thirty_a_second_over_everything() -> None:
    flood = Flood(FloodRules(overall_per_second=30))
    for chat in range(-30, 0):
        assert flood.wait(1, chat, Cost.POST, 100.0) == 0
        flood.spend(1, chat, Cost.POST, 100.0)
    assert flood.wait(1, -31, Cost.POST, 100.5) == 1
    assert flood.wait(2, -31, Cost.POST, 100.5) == 0, "another bot has a budget of its own"


async def test_flood_can_be_off() -> None:
    async with stopped() as (tg, api):
        tg.flood(enabled=False)
        for _ in range(60):
            await api.sendMessage(text="x")
