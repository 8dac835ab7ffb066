"""The product's Cloud connector against the sandbox: Meta's schema takes what it sends, it reads all it gets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import Down, RemoteRefusal, Uncertain
from core.message import Card, Content, Kind, Media, Place
from core.people import Address, AddressKind
from core.ports import MessageIn, OutMessage, StatusChanged
from core.text import RichText
from gateway.whatsapp_cloud.connector import CloudConnector
from sandbox.graph import GraphSandbox, defaults
from sandbox.graph.people import Customer
from tests.contract import openapi
from tests.contract.graph_desk import Desk, quick
from tests.shared_data import needs_whatsapp_data

JPEG = b"\xff\xd8\xff\xe0" + bytes(200)


@pytest.fixture
async def graph(desk: Desk) -> AsyncIterator[GraphSandbox]:
    async with GraphSandbox.start(callback=desk.url, prefix="/meta") as started:
        quick(started)
        yield started


@pytest.fixture
async def line(graph: GraphSandbox) -> AsyncIterator[CloudConnector]:
    secrets = {"access_token": defaults.ACCESS_TOKEN}
    made = CloudConnector.build(defaults.PHONE_NUMBER_ID, secrets, {"api_base": graph.base_url, "answer_seconds": 1})
    yield made
    await made.close()


@pytest.fixture
async def ann(graph: GraphSandbox) -> Customer:
    customer = graph.create_customer("Ann", wa_id="12125550101")
    graph.say(customer, "hi")
    return customer


PHONE = (Address(AddressKind.PHONE, "12125550101"),)


def text(words: str, client_id: str = "ob:1", to: tuple[Address, ...] = PHONE) -> OutMessage:
    return OutMessage(to, client_id, Content(Kind.TEXT, RichText(words)))


def contents(graph: GraphSandbox) -> list[tuple[Content, bytes | None]]:
    """Every kind staff can send, with its file."""
    words = RichText("see")
    quoted = graph.messages("c1")[0]
    assert quoted.text == "hi"
    return [
        (Content(Kind.TEXT, words), None),
        (Content(Kind.PHOTO, words, Media("1", "image/jpeg", "a.jpg")), JPEG),
        (Content(Kind.DOCUMENT, words, Media("2", "application/pdf", "a.pdf")), b"%PDF-1.7 x"),
        (Content(Kind.VOICE, media=Media("3", "audio/ogg")), b"OggS" + bytes(50)),
        (Content(Kind.VIDEO, words, Media("4", "video/mp4", "a.mp4")), b"\0\0\0\x18ftypmp42" + bytes(50)),
        (Content(Kind.STICKER, media=Media("5", "image/webp")), b"RIFF0000WEBP" + bytes(50)),
        (Content(Kind.LOCATION, place=Place(1.5, 2.5, "Here", "1 Road")), None),
        (Content(Kind.CONTACT, cards=(Card("Bob B", ("+1 212 555 0102",), ("b@example.com",)),)), None),
    ]


@needs_whatsapp_data
async def test_meta_takes_everything_it_sends(
    graph: GraphSandbox, line: CloudConnector, ann: Customer, tmp_path: Path
) -> None:
    quoted = graph.messages(ann.id)[0]
    for number, (content, data) in enumerate(contents(graph)):
        file = tmp_path / str(number) if data else None
        if file and data:
            file.write_bytes(data)
        await line.send(OutMessage(PHONE, f"ob:{number}", content, quoted.id, file))
    reaction = Content(Kind.REACTION, RichText("👍"))
    await line.send(OutMessage(PHONE, "ob:r", reaction, quoted.id))
    await line.mark_read(quoted.id, typing=True)
    await line.mark_read(quoted.id)
    bodies = [call.body for call in graph.calls() if call.op in ("messages", "read", "typing")]
    assert len(bodies) == 11
    assert [found for body in bodies for found in openapi.problems(body)] == []
    assert all(call.status == 200 for call in graph.calls())
    kinds = [message.type for message in graph.messages(ann.id)[1:]]
    assert kinds == ["text", "image", "document", "audio", "video", "sticker", "location", "contacts"]
    await graph.quiet()
    assert {message.status for message in graph.messages(ann.id)[1:]} == {"read"}


async def test_it_reads_every_webhook(graph: GraphSandbox, desk: Desk, line: CloudConnector, ann: Customer) -> None:
    hidden = graph.create_customer("Kim", wa_id=None, username="@kim")
    graph.knobs(batch=50, batch_wait=0.05)
    for quirks in ([], ["no_user_id"], ["bare_contacts"], ["no_contacts"], ["empty_ids"], ["numbers"], ["no_type"]):
        graph.knobs(quirks=quirks)
        graph.say(ann, "x")
        graph.say(hidden, "y")
    photo = graph.add_media(JPEG, "image/jpeg")
    graph.say(ann, media={"id": photo})
    graph.edit(ann.id, graph.messages(ann.id)[1].id, "z")
    receipt = await line.send(text("hello"))
    await graph.quiet()
    events = [event for body in desk.bodies for event in line.parse(body)]
    assert len(events) == len(desk.messages) + len(desk.statuses)
    heard = [event.external_id for event in events if isinstance(event, MessageIn)]
    assert heard == [message["id"] for message in desk.messages]
    told = [event for event in events if isinstance(event, StatusChanged)]
    assert [event.status for event in told] == ["sent", "delivered", "read"]
    assert {(event.external_id, event.client_id) for event in told} == {(receipt.external_id, "ob:1")}


async def test_it_fetches_a_photo(
    graph: GraphSandbox, desk: Desk, line: CloudConnector, ann: Customer, tmp_path: Path
) -> None:
    graph.say(ann, media={"id": graph.add_media(JPEG, "image/jpeg")})
    await graph.quiet()
    event = line.parse(desk.bodies[-1])[0]
    assert isinstance(event, MessageIn)
    assert event.content.media is not None
    graph.state.clock.advance(600)
    await line.fetch(event.content.media, tmp_path / "photo", 10_000)
    assert (tmp_path / "photo").read_bytes() == JPEG


@pytest.mark.parametrize(
    ("kind", "options", "error"),
    [
        ("reset_after", {}, Uncertain),
        ("hang_after", {}, Uncertain),
        ("error", {"code": 131047}, RemoteRefusal),
        ("error", {"code": 131026}, RemoteRefusal),
    ],
)
async def test_it_tells_lost_answers_from_refusals(
    kind: str, options: dict[str, int], error: type[Exception], graph: GraphSandbox, line: CloudConnector, ann: Customer
) -> None:
    graph.fault(kind, **options)
    with pytest.raises(error):
        await line.send(text("hello"))
    assert graph.sent_texts(ann.id) == (["hello"] if error is Uncertain else [])


async def test_nobody_there_is_certainly_not_sent(line: CloudConnector) -> None:
    secrets = {"access_token": defaults.ACCESS_TOKEN}
    nobody = CloudConnector.build(defaults.PHONE_NUMBER_ID, secrets, {"api_base": "http://127.0.0.1:9"})
    with pytest.raises(Down):
        await nobody.send(text("hello"))
    await nobody.close()


async def test_it_writes_to_people_without_phone(graph: GraphSandbox, line: CloudConnector) -> None:
    hidden = graph.create_customer("Kim", wa_id=None)
    graph.say(hidden, "hi")
    await line.send(text("hello", to=(Address(AddressKind.BSUID, str(hidden.user_id)),)))
    assert graph.sent_texts(hidden.id) == ["hello"]
    health = await line.health()
    assert (health.ok, health.label) == (True, f"+{defaults.DISPLAY_PHONE_NUMBER}")
