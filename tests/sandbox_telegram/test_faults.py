"""Planned trouble: what the client sees, and what happened all the same."""

from __future__ import annotations

import aiohttp
import pytest

from sandbox.telegram import TelegramSandbox
from sandbox.telegram.errors import SimError
from tests.contract.bot_api import Refused, open_telegram


def texts(tg: TelegramSandbox) -> list[str]:
    return [m["text"] for m in tg.view()["chats"][0]["messages"]]


async def test_a_refusal_before_the_work_leaves_nothing() -> None:
    async with open_telegram() as (tg, api):
        tg.faults(method="sendMessage", code=502)
        with pytest.raises(Refused, match="502 Bad Gateway"):
            await api.sendMessage(text="a")
        await api.sendMessage(text="b")
        assert texts(tg) == ["b"]


async def test_a_refusal_after_the_work_leaves_the_message() -> None:
    async with open_telegram() as (tg, api):
        tg.faults(method="sendMessage", code=500, after=True)
        with pytest.raises(Refused):
            await api.sendMessage(text="a")
        assert texts(tg) == ["a"]


@pytest.mark.parametrize(("fault", "left"), [("drop_response", ["a"]), ("reset", []), ("hang", ["a"])])
async def test_silence(fault: str, left: list[str]) -> None:
    async with open_telegram() as (tg, api):
        tg.faults(method="sendMessage", **{fault: True})
        url = f"{tg.base_url}/bot{tg.token}/sendMessage"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.3)) as http:
            with pytest.raises((aiohttp.ClientError, TimeoutError)):
                await http.post(url, json={"chat_id": tg.group_id, "text": "a"})
        assert texts(tg) == left
        (call,) = tg.calls(method="sendMessage")
        assert call["outcome"] == fault
        await api.sendMessage(text="b")


async def test_a_fault_chooses_its_calls() -> None:
    async with open_telegram() as (tg, api):
        thread = (await api.createForumTopic(name="a"))["message_thread_id"]
        tg.faults(
            method="sendMessage",
            thread=thread,
            contains="bad",
            skip=1,
            times=2,
            code=400,
            description="Bad Request: no",
        )
        outcomes = []
        for text in ("good", "bad 1", "bad 2", "bad 3", "bad 4"):
            try:
                await api.sendMessage(text=text, message_thread_id=thread)
                outcomes.append(text)
            except Refused as refused:
                outcomes.append(refused.description)
        assert outcomes == ["good", "bad 1", "Bad Request: no", "Bad Request: no", "bad 4"]


async def test_a_fault_without_end_until_cleared() -> None:
    async with open_telegram() as (tg, api):
        tg.faults(code=429, retry_after=3, times=0)
        for _ in range(3):
            with pytest.raises(Refused, match="retry after 3"):
                await api.getMe()
        tg.clear_faults()
        await api.getMe()


async def test_a_web_page_instead_of_json() -> None:
    async with open_telegram() as (tg, api):
        tg.faults(method="getMe", code=502, html=True)
        async with aiohttp.ClientSession() as http, http.get(f"{tg.base_url}/bot{tg.token}/getMe") as answer:
            assert answer.status == 502
            assert answer.content_type == "text/html"
        await api.getMe()


async def test_nonsense_is_refused() -> None:
    async with open_telegram() as (tg, _):
        with pytest.raises(SimError, match="needs one of"):
            tg.faults(method="sendMessage")
        with pytest.raises(SimError, match="unknown fault field"):
            tg.faults(methd="sendMessage", code=500)
