"""The whole way in: the sandbox's phones write, its signed webhooks come through the real door, the line reads them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from core.message import Kind, Notice, Status
from core.people import AddressKind
from core.ports import AddressChanged, EchoOut, InboundEvent, MessageIn, StatusChanged
from gateway.web import Door, RawHook
from gateway.whatsapp_cloud.connector import CloudConnector
from sandbox.graph import GraphSandbox, defaults
from sandbox.graph.knobs import QUIRKS
from tests.contract.graph_desk import open_business, quick


class Behind:
    """What came through the door, each row once as the product keeps it, and the events in it."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self.url = ""
        self.line = CloudConnector.build(defaults.PHONE_NUMBER_ID, {}, {})

    async def accept(self, hooks: list[RawHook]) -> None:
        self.rows |= {hook.external_id: hook.raw for hook in hooks}

    @property
    def events(self) -> list[InboundEvent]:
        return [event for raw in self.rows.values() for event in self.line.parse(json.loads(raw))]

    def heard(self) -> list[MessageIn]:
        return [event for event in self.events if isinstance(event, MessageIn)]

    def words(self) -> list[str]:
        return [event.content.text.text for event in self.heard()]


@asynccontextmanager
async def open_behind() -> AsyncIterator[Behind]:
    behind = Behind()
    door = Door(
        accept_whatsapp=behind.accept,
        known_lines=lambda: {defaults.PHONE_NUMBER_ID, f"waba:{defaults.WABA_ID}"},
        app_secrets=lambda: [defaults.APP_SECRET],
        verify_tokens=lambda: [defaults.VERIFY_TOKEN],
    )
    runner = await door.serve("127.0.0.1", 0)
    behind.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/whatsapp"
    try:
        yield behind
    finally:
        await runner.cleanup()
        await behind.line.close()


@pytest.fixture
async def behind() -> AsyncIterator[Behind]:
    async with open_behind() as opened:
        yield opened


@pytest.fixture
async def graph(behind: Behind) -> AsyncIterator[GraphSandbox]:
    async with GraphSandbox.start(callback=behind.url) as started:
        quick(started)
        yield started


async def test_the_handshake(graph: GraphSandbox, behind: Behind) -> None:
    assert await graph.set_callback(behind.url, verify=True)
    graph.state.verify_token = "another"
    assert not await graph.set_callback(behind.url, verify=True)


async def test_everything_a_phone_can_do(graph: GraphSandbox, behind: Behind) -> None:
    ann = graph.create_customer("Ann", wa_id="12125550101", username="ann")
    first = graph.say(ann, "你好 *bold* a/b 👍🏽")
    graph.say(ann, "answer", reply_to=first.id)
    graph.say(ann, media={"id": graph.add_media(b"\xff\xd8\xff\xe0", "image/jpeg"), "caption": "look"})
    graph.say(ann, media={"id": graph.add_media(b"OggS", "audio/ogg"), "voice": True})
    graph.say(ann, location={"latitude": 1.5, "longitude": 2.5})
    graph.say(ann, contacts=[{"name": {"formatted_name": "Bo"}, "phones": [{"phone": "+1 2"}]}])
    graph.react(ann.id, first.id, "👍")
    graph.edit(ann.id, first.id, "changed")
    await graph.quiet()
    found = behind.heard()
    assert [event.content.kind for event in found] == [
        Kind.TEXT, Kind.TEXT, Kind.PHOTO, Kind.VOICE, Kind.LOCATION, Kind.CONTACT, Kind.REACTION, Kind.NOTICE,
    ]  # fmt: skip
    assert found[0].content.text.text == "你好 bold a/b 👍🏽"
    assert (found[1].reply_to, found[6].reply_to) == (first.id, first.id)
    assert found[7].content.notice == Notice("edited_unseen")
    assert {address.kind for address in found[0].sender.addresses} == {
        AddressKind.PHONE, AddressKind.BSUID, AddressKind.USERNAME,
    }  # fmt: skip


async def test_a_coexistence_number_edits_deletes_and_echoes(graph: GraphSandbox, behind: Behind) -> None:
    number = graph.add_number("+1 555 010 0001", id=defaults.PHONE_NUMBER_ID, coexistence=True)
    assert number.coexistence
    ann = graph.create_customer("Ann")
    said = graph.say(ann, "helo")
    graph.edit(ann.id, said.id, "hello")
    graph.delete(ann.id, said.id)
    graph.echo(ann.id, "from the phone")
    await graph.quiet()
    _, edited, deleted = behind.heard()
    assert (edited.content.notice, edited.content.text.text, edited.reply_to) == (Notice("edited"), "hello", said.id)
    assert (deleted.content.notice, deleted.reply_to) == (Notice("deleted"), said.id)
    (echo,) = [event for event in behind.events if isinstance(event, EchoOut)]
    assert echo.content.text.text == "from the phone"
    assert echo.recipient.addresses[0].value == ann.wa_id


async def test_a_new_number_names_both(graph: GraphSandbox, behind: Behind) -> None:
    ann = graph.create_customer("Ann", wa_id="12125550101")
    graph.say(ann, "hi")
    graph.change_number(ann.id, "12125550102")
    await graph.quiet()
    (moved,) = [event for event in behind.events if isinstance(event, AddressChanged)]
    assert "12125550101" in {address.value for address in moved.sender.addresses}
    assert "12125550102" in {address.value for address in moved.new}


async def test_statuses_carry_our_id(graph: GraphSandbox, behind: Behind) -> None:
    ann = graph.create_customer("Ann")
    async with open_business(graph) as business:
        await business.send(f"+{ann.wa_id}", biz_opaque_callback_data="td:1:2:0")  # the window is closed: it fails
        graph.say(ann, "hi")
        await business.send(f"+{ann.wa_id}", biz_opaque_callback_data="td:1:3:0")
    await graph.quiet()
    reports = [event for event in behind.events if isinstance(event, StatusChanged)]
    failed = [report for report in reports if report.client_id == "td:1:2:0"]
    assert [(report.status, report.problem and report.problem.code) for report in failed] == [(Status.FAILED, "window")]
    assert [report.status for report in reports if report.client_id == "td:1:3:0"] == [
        Status.SENT, Status.DELIVERED, Status.READ,
    ]  # fmt: skip


@pytest.mark.parametrize("shape", ["messages", "changes", "entries"])
async def test_batches_of_every_shape(graph: GraphSandbox, behind: Behind, shape: str) -> None:
    graph.knobs(batch=10, batch_shape=shape, batch_wait=0.05, duplicate_every=2)
    people = [graph.create_customer(f"C{number}") for number in range(4)]
    for number in range(12):
        graph.say(people[number % 4], f"m{number}")
    await graph.quiet()
    assert sorted(behind.words(), key=lambda word: int(word[1:])) == [f"m{number}" for number in range(12)]
    assert len(behind.rows) < 12
    names = {event.content.text.text: event.sender.name for event in behind.heard()}
    assert names == {f"m{number}": f"C{number % 4}" for number in range(12)}


@pytest.mark.parametrize("quirk", QUIRKS)
async def test_quirks_lose_nothing(graph: GraphSandbox, behind: Behind, quirk: str) -> None:
    graph.knobs(quirks=[quirk])
    ann = graph.create_customer("Ann", wa_id="12125550101")
    bo = graph.create_customer("Bo", wa_id=None, user_id="US.42")
    graph.say(ann, "by phone")
    if quirk != "no_user_id":  # without it nothing at all would name Bo
        graph.say(bo, "by user id")
    async with open_business(graph) as business:
        await business.send(f"+{ann.wa_id}")
    await graph.quiet()
    by_words: dict[str, Any] = {event.content.text.text: event.sender.addresses for event in behind.heard()}
    assert "12125550101" in {address.value for address in by_words["by phone"]}
    if quirk != "no_user_id":
        assert "US.42" in {address.value for address in by_words["by user id"]}
    assert len([event for event in behind.events if isinstance(event, StatusChanged)]) == 3
