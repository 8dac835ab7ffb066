"""The control API over HTTP: what a page reads, sends and hears."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sandbox.bus import QUEUE_LIMIT, Bus
from sandbox.telegram import TelegramSandbox
from sandbox.telegram.defaults import BOT_TOKEN, GROUP_ID, OWNER_ID, VIEWER_ID
from sandbox.telegram.journal import KEPT_CALLS, Journal
from tests.contract.bot_api import open_telegram, png


@asynccontextmanager
async def listening(tg: TelegramSandbox) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
    """The events of GET /sim/tg/events from now on."""
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    ready = asyncio.Event()

    async def read() -> None:
        async with aiohttp.ClientSession() as http, http.get(f"{tg.base_url}/sim/tg/events") as stream:
            async for line in stream.content:
                ready.set()
                if line.startswith(b"data: "):
                    heard.put_nowait(json.loads(line[6:]))

    task = asyncio.create_task(read())
    await asyncio.wait_for(ready.wait(), 2)
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def take(heard: asyncio.Queue[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    return [await asyncio.wait_for(heard.get(), 2) for _ in range(count)]


async def test_a_page_can_follow_everything() -> None:
    async with open_telegram() as (tg, api), listening(tg) as heard:
        thread = (await api.createForumTopic(name="Ben", icon_color=9367192))["message_thread_id"]
        message, topic, call = await take(heard, 3)
        assert (message["type"], message["message"]["kind"], message["topic"]["message_count"]) == (
            "message", "forum_topic_created", 1,
        )  # fmt: skip
        assert (topic["type"], topic["change"], topic["topic"]["id"]) == ("topic", "created", thread)
        assert (call["type"], call["call"]["method"], call["call"]["ok"]) == ("call", "createForumTopic", True)
        said = (await api.sim("message", text="hi", thread=thread, **{"from": VIEWER_ID}))["id"]
        await api.sim("edit", message=said, text="hello")
        await api.sim("react", message=said, emoji="👍")
        await api.sim("delete", message=said)
        await api.sim("topic", action="delete", thread=thread)
        events = await take(heard, 6)
        assert [e["type"] for e in events] == ["message", "edit", "reaction", "delete", "delete", "topic_deleted"]
        assert events[2]["message"]["reactions"] == [
            {"emoji": "👍", "from": {"id": OWNER_ID, "name": "Olive", "is_bot": False}}
        ]
        assert [e["n"] for e in events] == sorted({e["n"] for e in events})
        assert (await api.get("/sim/tg/state"))["n"] == events[-1]["n"]


async def test_presses_actions_and_429s_are_heard() -> None:
    async with open_telegram(flood=True) as (tg, api), listening(tg) as heard:
        tg.flood(per_chat_per_min=1)
        keyboard = {"inline_keyboard": [[{"text": "ok", "callback_data": "x"}]]}
        sent = await api.sendMessage(text="x", reply_markup=keyboard)
        await api.sendChatAction(action="typing")
        press = await api.sim("tap", message=sent["message_id"], button="ok")
        await api.answerCallbackQuery(callback_query_id=press["press_id"], text="done")
        await api.call_refused("sendMessage", text="y")
        events = await take(heard, 7)
        assert [e["type"] for e in events] == [
            "message", "call", "chat_action", "call", "callback_answer", "call", "call",
        ]  # fmt: skip
        assert events[4]["text"] == "done"
        assert events[-1]["call"]["retry_after"] == 60
        assert events[-1]["counters"]["too_many_requests"] == 1


async def test_the_snapshot_has_what_the_readme_says() -> None:
    async with open_telegram() as (tg, api):
        tg.message(media={"kind": "photo", "name": "a.png", "mime": "image/png", "data": png(40, 30)}, text="look")
        state = await api.get("/sim/tg/state")
        chat = state["chats"][0]
        assert {m["name"]: m["status"] for m in chat["members"]} == {
            "Olive": "creator", "Ada": "administrator", "Vera": "member", "Topicdesk": "administrator",
        }  # fmt: skip
        assert chat["topics"][0]["general"] is True
        media = chat["messages"][0]["media"]
        assert (media["kind"], media["mime"], media["width"]) == ("photo", "image/png", 40)
        async with aiohttp.ClientSession() as http, http.get(f"{tg.base_url}/{media['url']}") as answer:
            assert answer.content_type == "image/png"
            assert await answer.read() == png(40, 30)
        assert (await api.get("/sim/tg/quiet"))["pending_updates"] == 1
        assert len((await api.get(f"/sim/tg/chat/{GROUP_ID}?thread=general"))["messages"]) == 1


async def test_a_page_uploads_a_file() -> None:
    async with open_telegram() as (tg, api), aiohttp.ClientSession() as http:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", b"hello", filename="你好.txt", content_type="text/plain")
        for name, value in {"kind": "document", "from": str(VIEWER_ID), "text": "see"}.items():
            form.add_field(name, value)
        async with http.post(f"{tg.base_url}/sim/tg/file", data=form) as answer:
            assert (await answer.json())["ok"]
        (update,) = await api.updates()
        assert update["message"]["document"]["file_name"] == "你好.txt"
        assert update["message"]["from"]["id"] == VIEWER_ID
        assert update["message"]["caption"] == "see"


async def test_wishes_that_make_no_sense() -> None:
    async with open_telegram() as (tg, _), aiohttp.ClientSession() as http:
        for path, body, status in (
            ("fly", {}, 404),
            ("message", {"txt": "x"}, 400),
            ("message", {"text": "x", "from": 99}, 400),
            ("message", {"text": "x", "thread": 99}, 400),
            ("react", {"message": 99, "emoji": "👍"}, 400),
            ("edit", {"text": "x"}, 400),
            ("reset", [], 400),
        ):
            async with http.post(f"{tg.base_url}/sim/tg/{path}", json=body) as answer:
                content = await answer.json()
                assert (answer.status, content["ok"]) == (status, False), (path, content)
                assert content["error"]


async def test_a_menu_is_the_narrowest_scope_in_the_persons_language() -> None:
    async with open_telegram() as (_, api):
        scopes: list[tuple[dict[str, Any], str]] = [
            ({"type": "default"}, ""),
            ({"type": "all_group_chats"}, "zh"),
            ({"type": "chat_administrators", "chat_id": GROUP_ID}, ""),
            ({"type": "all_private_chats"}, ""),
        ]
        for number, (scope, language) in enumerate(scopes):
            one = {"command": f"c{number}", "description": "x"}
            await api.setMyCommands(commands=[one], scope=scope, language_code=language)
        names = [
            (await api.sim("menu", user=user, **where))[0]["command"]
            for user, where in ((OWNER_ID, {}), (VIEWER_ID, {}), (OWNER_ID, {"chat": OWNER_ID}))
        ]
        assert names == ["c2", "c1", "c3"]


async def test_reset_gives_a_new_world() -> None:
    async with open_telegram() as (tg, api):
        await api.sendMessage(text="x")
        await api.sim("reset")
        state = tg.view()
        assert state["chats"][0]["messages"] == []
        assert state["counters"]["calls"] == 0
        await api.getMe()


async def test_the_journal_tells_calls_in_order() -> None:
    async with open_telegram() as (tg, api):
        last = tg.view()["counters"]["last_seq"]
        await api.sendMessage(text="a" * 600)
        await api.getMe()
        calls = (await api.get(f"/sim/tg/calls?since={last}"))["calls"]
        assert [(c["method"], c["ok"]) for c in calls] == [("sendMessage", True), ("getMe", True)]
        assert calls[0]["message_id"]
        assert len(calls[0]["params"]["text"]) == 501, "long texts are cut"
        assert (await tg.wait_for_call("getMe", since=last))["method"] == "getMe"


async def test_nothing_grows_without_end() -> None:
    journal = Journal()
    for _ in range(KEPT_CALLS + 10):
        journal.close(journal.open(0.0, 1, "getMe"))
    assert len(journal.calls) == KEPT_CALLS
    assert journal.counters()["calls"] == KEPT_CALLS + 10
    bus = Bus()
    with bus.listen() as queue:
        for _ in range(QUEUE_LIMIT + 1):
            bus.publish("x", dict)
        assert queue.qsize() == 1
        event = queue.get_nowait()
        assert event is not None
        assert event["type"] == "resync"


async def test_it_runs_as_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.telegram", "--port", "0", stdout=asyncio.subprocess.PIPE, env=dict(os.environ)
    )
    try:
        assert process.stdout
        first = (await asyncio.wait_for(process.stdout.readline(), 10)).decode()
        base = first.strip().removeprefix("TELEGRAM_API_BASE=")
        async with aiohttp.ClientSession() as http, http.get(f"{base}/bot{BOT_TOKEN}/getMe") as answer:
            assert (await answer.json())["ok"]
    finally:
        process.terminate()
        await process.wait()
