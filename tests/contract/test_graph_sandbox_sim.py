"""The control API over HTTP, its stream of events, and the sandbox as a program of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.graph import GraphSandbox, defaults
from tests.contract.graph_desk import Business, Desk, wamid


@pytest.fixture
async def page(graph: GraphSandbox) -> AsyncIterator[httpx.AsyncClient]:
    """The demo page: no token."""
    async with httpx.AsyncClient(base_url=f"{graph.base_url}/sim/wa/", verify=False) as client:
        yield client


async def post(page: httpx.AsyncClient, name: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await page.post(name, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_day_at_the_page(graph: GraphSandbox, desk: Desk, business: Business, page: httpx.AsyncClient) -> None:
    ann = (await post(page, "customers", {"name": "Ann", "wa_id": "+12125550101"}))["phone"]
    said = await post(page, "say", {"customer": ann["id"], "text": "hello"})
    file = (await page.post("file", files={"file": ("a.jpg", b"\xff\xd8\xff1", "image/jpeg")})).json()["id"]
    photo = {"customer": "12125550101", "media": {"id": file, "caption": "see"}, "reply_to": said["ids"][0]}
    shown = (await post(page, "say", photo))["message"]
    assert shown["quote"] == {"id": said["ids"][0], "known": True, "direction": "in", "text": "hello"}
    assert (shown["media"]["kind"], shown["media"]["mime"]) == ("image", "image/jpeg")
    sent = wamid(await business.send("12125550101", "hi", context={"message_id": said["ids"][0]}))
    await graph.quiet()
    await post(page, "react", {"customer": ann["id"], "message": sent, "emoji": "🙏"})
    state = (await page.get("state")).json()
    chat = state["phones"][0]["chats"][0]
    last = chat["messages"][-1]
    assert (last["text"], last["status"], last["quote"]["text"]) == ("hi", "read", "hello")
    assert last["reactions"] == [{"from": "customer", "emoji": "🙏"}]
    assert chat["window_open"] is True
    assert (await page.get(f"media/{file}")).content == b"\xff\xd8\xff1"
    calls = (await page.get("calls", params={"op": "messages"})).json()
    assert [call["message_id"] for call in calls["calls"]] == [sent]
    assert (await page.get("calls", params={"since": calls["calls"][-1]["seq"]})).json()["calls"] == []
    await graph.quiet()
    assert desk.messages[-1]["reaction"] == {"message_id": sent, "emoji": "🙏"}
    deliveries = (await page.get("deliveries")).json()
    assert {one["status"] for one in deliveries["deliveries"]} == {200}


async def test_events_bring_whole_objects(graph: GraphSandbox, page: httpx.AsyncClient) -> None:
    async with page.stream("GET", "events") as stream:
        lines = stream.aiter_lines()
        assert (await next_event(lines))["type"] == "hello"
        await post(page, "customers", {"name": "Ann"})
        await post(page, "say", {"customer": "c1", "text": "hello"})
        phone, message, delivery = [await next_event(lines) for _ in range(3)]
        assert (phone["type"], phone["phone"]["name"]) == ("phone", "Ann")
        assert (message["type"], message["message"]["text"]) == ("message", "hello")
        assert (delivery["type"], delivery["delivery"]["status"]) == ("delivery", 200)
        assert phone["n"] < message["n"] < delivery["n"]
        graph.fault("error")
        assert (await next_event(lines))["faults"][0]["kind"] == "error"
        await post(page, "reset", {})
        assert (await next_event(lines))["type"] == "reset"


async def next_event(lines: AsyncIterator[str]) -> dict[str, Any]:
    async with asyncio.timeout(5):
        async for line in lines:
            if line.startswith("data: "):
                return json.loads(line[6:])
    raise AssertionError("the stream ended")


async def test_open_stream_does_not_hold_up_the_end() -> None:
    async with GraphSandbox.start() as graph, httpx.AsyncClient(verify=False) as client:
        stream = client.stream("GET", f"{graph.base_url}/sim/wa/events")
        await stream.__aenter__()
        graph.fault("hang", op="any")
        hanging = asyncio.create_task(client.get(f"{graph.base_url}/v24.0/1"))
        await graph.wait_for(lambda: graph.state.faults.view() == [])
        graph.state.closing.set()
        with pytest.raises(httpx.TransportError):
            await hanging
        await stream.__aexit__(None, None, None)


async def test_every_other_operation(graph: GraphSandbox, desk: Desk, page: httpx.AsyncClient) -> None:
    await post(page, "customers", {"name": "Ann", "wa_id": None, "user_id": "US.9", "username": "@ann"})
    changed = await post(page, "customers", {"customer": "@ann", "online": False})
    assert (changed["phone"]["wa_id"], changed["phone"]["online"]) == (None, False)
    said = await post(page, "say", {"customer": "US.9", "messages": [{"text": "a"}, {"text": "b"}], "batch": True})
    assert len(said["ids"]) == 2
    await post(page, "edit", {"customer": "c1", "message": said["ids"][0], "text": "A"})
    await post(page, "delete", {"customer": "c1", "message": said["ids"][1]})
    echoed = await post(page, "echo", {"customer": "c1", "text": "by phone"})
    await post(page, "status", {"message": echoed["message"]["id"], "status": "failed", "code": 131026})
    await post(page, "change_number", {"customer": "c1", "user_id": "US.10"})
    await post(page, "webhook", {"field": "account_update", "value": {"event": "VERIFIED_ACCOUNT"}})
    raw = await post(page, "raw", {"body": "{}", "signature": ""})
    assert raw["delivery"]["status"] == 401
    assert (await post(page, "callback", {"url": desk.url, "verify": True}))["verified"] is True
    number = (await post(page, "numbers", {"display_phone_number": "+15550002"}))["number"]
    number = (await post(page, "numbers", {"id": number["id"], "coexistence": True}))["number"]
    assert number["coexistence"] is True
    body = [{"type": "BODY", "text": "Hi."}]
    template = (await post(page, "templates", {"name": "t", "language": "en", "components": body}))["template"]
    await post(page, "template_status", {"id": template["id"], "status": "PAUSED"})
    await post(page, "token", {"state": "expired"})
    assert (await post(page, "faults", {"kind": "hang"}))["fault"]["times"] == 1
    assert (await post(page, "faults", {"clear": True}))["faults"] == []
    assert (await post(page, "knobs", {"batch": 5}))["knobs"]["batch"] == 5
    assert (await post(page, "clock", {"freeze": True}))["frozen"] is True
    assert (await post(page, "clock", {"advance": 60, "resume": True}))["frozen"] is False
    assert (await post(page, "read", {"customer": "c1"}))["read"] == 0
    await graph.quiet()
    fields = {change["field"] for body in desk.bodies for entry in body["entry"] for change in entry["changes"]}
    assert {"account_update", "message_template_status_update", "smb_message_echoes"} <= fields
    await post(page, "reset", {})
    state = (await page.get("state")).json()
    assert (state["phones"], state["knobs"]["batch"], state["callback"]) == ([], 1, desk.url)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("say", {"customer": "nobody", "text": "x"}),
        ("say", {"text": "x"}),
        ("say", {"customer": "c1"}),
        ("say", {"customer": "c1", "text": "x", "location": {}}),
        ("say", {"customer": "c1", "txt": "x"}),
        ("say", {"customer": "c1", "media": {"id": "1"}}),
        ("customers", {"name": "Bob", "wa_id": "12125550101"}),
        ("customers", {"name": "Bob", "mood": "good"}),
        ("react", {"customer": "c1"}),
        ("status", {"message": "wamid.x", "status": "sent"}),
        ("knobs", {"volume": 11}),
        ("knobs", {"window": "ajar"}),
        ("knobs", {"batch": "two"}),
        ("knobs", {"quirks": ["strange"]}),
        ("faults", {"kind": "flood"}),
        ("faults", {"kind": "error", "colour": "red"}),
        ("token", {"state": "sleepy"}),
        ("numbers", {"display_phone_number": "1", "colour": "red"}),
    ],
)
async def test_wrong_orders_are_explained(
    name: str, body: dict[str, Any], graph: GraphSandbox, page: httpx.AsyncClient
) -> None:
    graph.create_customer("Ann", wa_id="12125550101")
    answer = await page.post(name, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_stand_alone() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.graph", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        async with asyncio.timeout(20):
            first = (await program.stdout.readline()).decode().strip()
        base = first.removeprefix("WHATSAPP_API_BASE=")
        headers = {"Authorization": f"Bearer {defaults.ACCESS_TOKEN}"}
        async with httpx.AsyncClient(verify=False, headers=headers) as client:
            facts = (await client.get(f"{base}/v24.0/{defaults.PHONE_NUMBER_ID}")).json()
        assert facts["verified_name"] == defaults.VERIFIED_NAME
    finally:
        program.terminate()
        await program.wait()
