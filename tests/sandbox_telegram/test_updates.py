"""getUpdates and webhooks: offsets, one poller, kinds, order, spoiled updates."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.telegram.defaults import OWNER_ID, VIEWER_ID
from tests.contract.bot_api import Refused, open_telegram


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [u["message"]["text"] for u in updates]


async def test_offset_confirms_and_limit_limits() -> None:
    async with open_telegram() as (tg, api):
        for n in range(5):
            tg.message(text=str(n))
        assert texts(await api.getUpdates(limit=2)) == ["0", "1"]
        first = await api.getUpdates()
        assert texts(first) == ["0", "1", "2", "3", "4"], "nothing is confirmed by reading"
        assert texts(await api.getUpdates(offset=first[2]["update_id"] + 1)) == ["3", "4"]
        assert texts(await api.getUpdates()) == ["3", "4"]
        assert texts(await api.getUpdates(offset=-1)) == ["4"], "a negative offset forgets the rest"
        assert tg.pending_updates() == 1


async def test_a_long_poll_ends_with_the_first_update() -> None:
    async with open_telegram() as (tg, api):
        poll = asyncio.create_task(api.getUpdates(timeout=20))
        await asyncio.sleep(0.05)
        assert not poll.done()
        tg.message(text="now")
        assert texts(await asyncio.wait_for(poll, 2)) == ["now"]


async def test_a_second_poller_ends_the_first() -> None:
    async with open_telegram() as (tg, api):
        first = asyncio.create_task(api.getUpdates(timeout=20))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(api.getUpdates(timeout=20))
        with pytest.raises(Refused, match="409 Conflict: terminated by other getUpdates request"):
            await asyncio.wait_for(first, 2)
        tg.message(text="x")
        assert texts(await asyncio.wait_for(second, 2)) == ["x"]


async def test_kinds_must_be_named_and_are_remembered() -> None:
    async with open_telegram() as (tg, api):
        said = tg.message(text="a")
        await api.getUpdates(allowed_updates=["edited_message"])
        tg.message(text="b")
        tg.edit(message=said["id"], text="c")
        tg.react(message=said["id"], emoji="👍")
        assert [sorted(u) for u in await api.getUpdates()] == [
            ["message", "update_id"],
            ["edited_message", "update_id"],
        ]
        await api.getUpdates(allowed_updates=[])
        tg.react(message=said["id"], emoji=None)
        tg.message(text="d")
        assert [sorted(u)[0] for u in await api.getUpdates()][2:] == ["message"], (
            "reactions are not among the default kinds"
        )


async def test_reactions_reach_only_admins() -> None:
    async with open_telegram() as (tg, api):
        said = tg.message(text="a")
        tg.member(user=tg.bot_id, status="member")
        await api.updates()
        tg.react(message=said["id"], emoji="👍")
        assert await api.updates() == []


async def test_privacy_mode() -> None:
    async with open_telegram() as (tg, api):
        tg.member(user=tg.bot_id, status="member")
        posted = await api.sendMessage(text="x")
        await api.updates()
        tg.message(text="nothing for the bot")
        tg.message(text="/help")
        tg.message(text="/help@another_bot")
        tg.message(text="hello @topicdesk_bot")
        tg.message(text="an answer", reply_to=posted["message_id"])
        assert texts(await api.updates()) == ["/help", "hello @topicdesk_bot", "an answer"]
        tg.set_privacy(privacy=False)
        tg.message(text="all")
        assert texts(await api.updates()) == ["all"]


async def test_bots_do_not_see_each_other() -> None:
    async with open_telegram() as (tg, api):
        tg.bot(token="8000000002:second", username="second_bot", name="Second")
        tg.member(user=8000000002, status="administrator")
        await api.updates()
        await api.sendMessage(text="x")
        waiting = [list(u.body) for u in tg.state.bots[8000000002].updates.waiting]
        assert all("my_chat_member" in kinds or "message" in kinds for kinds in waiting)
        assert not any(u.body.get("message", {}).get("text") for u in tg.state.bots[8000000002].updates.waiting)


async def test_a_file_id_belongs_to_one_bot() -> None:
    async with open_telegram() as (tg, api):
        tg.bot(token="8000000002:second", username="second_bot", name="Second")
        tg.member(user=8000000002, status="administrator")
        await api.updates()
        tg.message(media={"kind": "document", "name": "a.txt", "data": b"x"})
        (mine,) = await api.updates()
        theirs = tg.state.bots[8000000002].updates.waiting[-1].body["message"]["document"]
        assert theirs["file_unique_id"] == mine["message"]["document"]["file_unique_id"]
        assert theirs["file_id"] != mine["message"]["document"]["file_id"]
        with pytest.raises(Refused, match="wrong file_id"):
            await api.getFile(file_id=theirs["file_id"])


async def test_spoiled_updates() -> None:
    async with open_telegram() as (tg, api):
        tg.update_faults(duplicates=1)
        tg.message(text="a")
        assert texts(await api.updates()) == ["a", "a"]
        tg.message(text="b")
        tg.update_faults(swaps=1)
        tg.message(text="c")
        tg.update(body={"message": {"poison": True}})
        raw = await api.raw("getUpdates", {"offset": api.offset})
        assert [u["message"].get("text") for u in raw] == ["c", "b", None]
        assert raw[0]["update_id"] > raw[1]["update_id"]


class Hook:
    """A product's webhook door that refuses its first calls."""

    def __init__(self, refuse: int = 0) -> None:
        self.refuse = refuse
        self.seen: list[tuple[str | None, dict[str, Any]]] = []

    async def door(self, request: web.Request) -> web.Response:
        self.seen.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        return web.Response(status=500 if len(self.seen) <= self.refuse else 200)


async def test_a_webhook_gets_each_update_in_order_until_it_says_yes() -> None:
    hook = Hook(refuse=1)
    app = web.Application()
    app.router.add_post("/hook", hook.door)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        async with open_telegram() as (tg, api):
            tg.message(text="before")
            await api.setWebhook(url=url, secret_token="s3cret")
            tg.message(text="after")
            await tg.wait_until_quiet()
            assert [(secret, body["message"]["text"]) for secret, body in hook.seen] == [
                ("s3cret", "before"),
                ("s3cret", "before"),
                ("s3cret", "after"),
            ]
            assert "500" in (await api.getWebhookInfo())["last_error_message"]
            with pytest.raises(Refused, match="while webhook is active"):
                await api.getUpdates()
            await api.deleteWebhook()
            assert await api.getUpdates() == []
    finally:
        await runner.cleanup()


async def test_bad_webhook_settings() -> None:
    async with open_telegram() as (_, api):
        for settings in ({"url": "ftp://x"}, {"url": "https://x", "secret_token": "with space"}):
            with pytest.raises(Refused, match="400"):
                await api.setWebhook(**settings)


async def test_a_private_chat_begins_with_the_person() -> None:
    async with open_telegram() as (tg, api):
        with pytest.raises(Refused, match="can't initiate"):
            await api.sendMessage(chat_id=VIEWER_ID, text="x")
        with pytest.raises(Refused, match="chat not found"):
            await api.sendMessage(chat_id=12345, text="x")
        tg.message(text="/start", chat=OWNER_ID)
        await api.sendMessage(chat_id=OWNER_ID, text="x")
        tg.block(user=OWNER_ID)
        with pytest.raises(Refused, match="blocked by the user"):
            await api.sendMessage(chat_id=OWNER_ID, text="x")


async def test_every_way_to_pass_parameters() -> None:
    async with open_telegram() as (tg, _), aiohttp.ClientSession() as http:
        url = f"{tg.base_url}/bot{tg.token}/SENDMESSAGE"
        params = {"chat_id": str(tg.group_id), "text": "x"}
        form = aiohttp.FormData(params, default_to_multipart=True)
        for request in ({"params": params}, {"data": params}, {"json": params}, {"data": form}):
            async with http.post(url, **request) as answer:
                assert (await answer.json())["ok"], request
        async with http.get(url, params=params) as answer:
            assert (await answer.json())["ok"]
        assert len(tg.view()["chats"][0]["messages"]) == 5
