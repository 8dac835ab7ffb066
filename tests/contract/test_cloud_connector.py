"""The Cloud connector over real HTTP against the sandbox Graph API: sends, marks, files, and every way to fail."""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import Busy, DeskError, Down, LineTrouble, MediaRefused, RemoteRefusal, Uncertain
from core.ids import ExternalId
from core.message import Card, Content, Kind, Media, Place
from core.people import Address, AddressKind
from core.ports import CanFetch, CanRead, Connector, OutMessage
from core.text import bold, plain
from gateway import registry
from gateway.whatsapp_cloud.connector import CloudConnector
from sandbox.graph import GraphSandbox, defaults
from sandbox.graph.people import Customer

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20


@pytest.fixture
async def graph() -> AsyncIterator[GraphSandbox]:
    async with GraphSandbox.start() as started:
        yield started


@pytest.fixture
async def line(graph: GraphSandbox) -> AsyncIterator[CloudConnector]:
    opened = open_line(graph.base_url)
    yield opened
    await opened.close()


@pytest.fixture
async def ann(graph: GraphSandbox) -> Customer:
    customer = graph.create_customer("Ann", wa_id="12125550101")
    graph.say(customer, "hi")
    return customer


def open_line(base: str, token: str = defaults.ACCESS_TOKEN, **settings: Any) -> CloudConnector:
    settings = {"api_base": base, "answer_seconds": 5, **settings}
    opened = registry.build("whatsapp_cloud", defaults.PHONE_NUMBER_ID, {"access_token": token}, settings)
    assert isinstance(opened, CloudConnector)
    return opened


def to(customer: Customer, content: Content, **more: Any) -> OutMessage:
    kind, value = (AddressKind.PHONE, customer.wa_id) if customer.wa_id else (AddressKind.BSUID, customer.user_id)
    return OutMessage((Address(kind, str(value)),), "td:1:2:0", content, **more)


def hello(customer: Customer) -> OutMessage:
    return to(customer, Content(Kind.TEXT, plain("hello")))


async def failure(line: CloudConnector, message: OutMessage) -> Any:
    with pytest.raises(DeskError) as caught:
        await line.send(message)
    return caught.value


# ------------------------------------------------------------------ what works


def test_it_is_all_of_its_ports() -> None:
    opened = open_line("http://127.0.0.1:9")
    for port in (Connector, CanRead, CanFetch):
        assert isinstance(opened, port)


def test_only_registered_kinds_are_built() -> None:
    with pytest.raises(KeyError):
        registry.build("pigeon", "1", {}, {})


async def test_a_text_reaches_the_phone(graph: GraphSandbox, line: CloudConnector, ann: Customer) -> None:
    asked = graph.messages(ann.id)[0]
    message = to(ann, Content(Kind.TEXT, bold("hello")), reply_to=ExternalId(asked.id))
    receipt = await line.send(message)
    assert receipt.addresses == (Address(AddressKind.PHONE, "12125550101"),)
    assert graph.messages(ann.id)[-1].id == receipt.external_id
    assert graph.sent_texts(ann.id) == ["*hello*"]
    (call,) = graph.calls(op="messages")
    assert call.body["biz_opaque_callback_data"] == "td:1:2:0"
    assert call.body["context"] == {"message_id": asked.id}


async def test_a_customer_without_a_phone(graph: GraphSandbox, line: CloudConnector) -> None:
    bo = graph.create_customer("Bo", wa_id=None, user_id="US.13491208655302741918")
    graph.say(bo, "hi")
    receipt = await line.send(hello(bo))
    assert graph.sent_texts(bo.id) == ["hello"]
    assert Address(AddressKind.BSUID, "US.13491208655302741918") in receipt.addresses


@pytest.mark.parametrize(
    ("kind", "data", "media", "expected"),
    [
        (Kind.PHOTO, JPEG, Media("", "image/jpeg"), "image"),
        (Kind.PHOTO, JPEG + bytes(5 * 1024 * 1024), Media("", "image/jpeg", "big.jpg"), "document"),
        (Kind.DOCUMENT, b"%PDF-1.7", Media("", "application/pdf", "价格 表.pdf"), "document"),
        (Kind.VOICE, b"OggS" + bytes(24) + b"OpusHead\x01\x01" + bytes(100), Media("", "audio/ogg"), "audio"),
        (Kind.VIDEO, bytes(100), Media("", "video/mp4", "v.mp4"), "video"),
        (Kind.STICKER, b"RIFF\x00\x00\x00\x00WEBP" + bytes(50), Media(""), "sticker"),
    ],
)
async def test_files_are_uploaded_and_sent(
    graph: GraphSandbox, line: CloudConnector, ann: Customer, tmp_path: Path, kind: Kind, data: bytes, media: Media,
    expected: str,
) -> None:  # fmt: skip
    file = tmp_path / "file"
    file.write_bytes(data)
    await line.send(to(ann, Content(kind, media=media), file=file))
    (call,) = graph.calls(op="messages")
    part = call.body[expected]
    assert call.body["type"] == expected
    assert "link" not in part
    assert part.get("filename", media.name) == media.name
    assert part.get("voice", False) is (kind is Kind.VOICE)
    stored = graph.state.media.find(part["id"])
    assert stored is not None
    assert stored.data == data


async def test_places_cards_and_reactions(graph: GraphSandbox, line: CloudConnector, ann: Customer) -> None:
    asked = ExternalId(graph.messages(ann.id)[0].id)
    await line.send(to(ann, Content(Kind.LOCATION, place=Place(1.5, 2.5, "Shop", "Street 1"))))
    await line.send(to(ann, Content(Kind.CONTACT, cards=(Card("Bo", ("+1 212 555 0199",), ("b@c.example",)),))))
    await line.send(to(ann, Content(Kind.REACTION, plain("👍")), reply_to=asked))
    await line.send(to(ann, Content(Kind.REACTION), reply_to=asked))
    assert [call.body["type"] for call in graph.calls(op="messages")] == [
        "location", "contacts", "reaction", "reaction",
    ]  # fmt: skip


async def test_read_marks_and_typing(graph: GraphSandbox, line: CloudConnector, ann: Customer) -> None:
    said = graph.messages(ann.id)[0]
    await line.mark_read(ExternalId("sha256:of-a-message-without-id"))
    assert not said.read
    await line.mark_read(ExternalId(said.id), typing=True)
    assert said.read
    assert graph.view()["phones"][0]["chats"][0]["typing"] is True


async def test_health(graph: GraphSandbox, line: CloudConnector) -> None:
    health = await line.health()
    assert (health.ok, health.label) == (True, "+15550100001")
    graph.token("expired")
    health = await line.health()
    assert (health.ok, health.detail.partition(":")[0]) == (False, "auth")


async def test_subscribing_to_webhooks(graph: GraphSandbox, line: CloudConnector) -> None:
    graph.state.subscribed = False
    assert await line.subscribed_apps(defaults.WABA_ID) == []
    await line.subscribe(defaults.WABA_ID)
    assert await line.subscribed_apps(defaults.WABA_ID) == ["Sandbox app"]


# ------------------------------------------------------------------ what is certain and what is not


async def test_an_answer_lost_after_accepting_is_uncertain(
    graph: GraphSandbox, line: CloudConnector, ann: Customer
) -> None:
    graph.fault("reset_after", op="messages")
    assert type(await failure(line, hello(ann))) is Uncertain
    assert graph.sent_texts(ann.id) == ["hello"]


async def test_no_answer_in_time_is_uncertain(graph: GraphSandbox, ann: Customer) -> None:
    line = open_line(graph.base_url, answer_seconds=0.2)
    graph.fault("hang_after", op="messages", seconds=5)
    assert type(await failure(line, hello(ann))) is Uncertain
    assert graph.sent_texts(ann.id) == ["hello"]
    await line.close()


async def test_a_reset_before_accepting_looks_the_same_to_us(
    graph: GraphSandbox, line: CloudConnector, ann: Customer
) -> None:
    graph.fault("reset_before", op="messages")
    assert type(await failure(line, hello(ann))) is Uncertain
    assert graph.sent_texts(ann.id) == []


@pytest.mark.parametrize(("status", "kind"), [(500, Uncertain), (502, Uncertain), (504, Uncertain), (503, Down)])
async def test_a_proxy_s_page(
    graph: GraphSandbox, line: CloudConnector, ann: Customer, status: int, kind: type[DeskError]
) -> None:
    graph.fault("http", op="messages", http=status)
    assert type(await failure(line, hello(ann))) is kind


async def test_a_refused_connection_is_down(ann: Customer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        line = open_line(f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert type(await failure(line, hello(ann))) is Down
        await line.close()


@pytest.mark.parametrize("base", ["ftp://127.0.0.1", "nonsense"])
async def test_a_base_that_is_no_address_is_down(ann: Customer, base: str) -> None:
    line = open_line(base)
    assert type(await failure(line, hello(ann))) is Down
    await line.close()


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"{}", b'{"messages": []}', b'{"messages": [{"id": ""}]}'])
async def test_a_good_answer_that_cannot_be_read_is_uncertain(ann: Customer, answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    line = open_line(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert type(await failure(line, hello(ann))) is Uncertain
    await line.close()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("code", "kind", "name"),
    [
        (131000, Down, "transient"),
        (131047, RemoteRefusal, "window"),
        (131026, RemoteRefusal, "recipient"),
        (130429, Busy, "throttle"),
        (131056, Busy, "pair"),
        (190, LineTrouble, "auth"),
        (368, LineTrouble, "policy"),
        (131042, LineTrouble, "account"),
    ],
)
async def test_graph_s_own_refusals(
    graph: GraphSandbox, line: CloudConnector, ann: Customer, code: int, kind: type[DeskError], name: str
) -> None:
    graph.fault("error", op="messages", code=code, retry_after=7)
    error = await failure(line, hello(ann))
    assert (type(error), error.code) == (kind, name)
    if isinstance(error, Busy):
        assert error.retry_after == 7


async def test_an_expired_token_stops_the_line(graph: GraphSandbox, line: CloudConnector, ann: Customer) -> None:
    graph.token("expired")
    error = await failure(line, hello(ann))
    assert (type(error), error.code, error.number) == (LineTrouble, "auth", 190)


@pytest.mark.parametrize("token", ["", " ", "EAA\nB", "EAA…", "EAA B"])
async def test_a_mangled_token_stops_the_line_before_any_call(graph: GraphSandbox, ann: Customer, token: str) -> None:
    line = open_line(graph.base_url, token)
    error = await failure(line, hello(ann))
    assert (type(error), error.code, graph.calls()) == (LineTrouble, "auth", [])
    await line.close()


async def test_a_token_is_taken_without_the_line_break_it_was_pasted_with(graph: GraphSandbox, ann: Customer) -> None:
    line = open_line(graph.base_url, defaults.ACCESS_TOKEN + "\n")
    await line.send(hello(ann))
    assert graph.sent_texts(ann.id) == ["hello"]
    await line.close()


async def test_a_closed_window_is_told_at_once(graph: GraphSandbox, line: CloudConnector) -> None:
    graph.knobs(window="sync")
    error = await failure(line, hello(graph.create_customer("Cy", wa_id="12125550177")))
    assert (type(error), error.code, error.number) == (RemoteRefusal, "window", 131047)


async def test_a_lost_upload_is_down_and_nothing_is_sent(
    graph: GraphSandbox, line: CloudConnector, ann: Customer, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(JPEG)
    for kind in ("reset_after", "reset_before", "http"):
        graph.fault(kind, op="media_upload")
        assert type(await failure(line, to(ann, Content(Kind.PHOTO, media=Media("")), file=file))) is Down
    assert graph.calls(op="messages") == []


async def test_marks_that_get_lost_may_be_repeated(graph: GraphSandbox, line: CloudConnector, ann: Customer) -> None:
    graph.fault("reset_after", op="read")
    with pytest.raises(Down):
        await line.mark_read(ExternalId(graph.messages(ann.id)[0].id))


# ------------------------------------------------------------------ files coming in


def given(graph: GraphSandbox, data: bytes = JPEG) -> Media:
    return Media(graph.add_media(data, "image/jpeg"), "image/jpeg")


async def fetch_failure(line: CloudConnector, media: Media, target: Path, max_bytes: int = 10**6) -> Any:
    with pytest.raises(DeskError) as caught:
        await line.fetch(media, target, max_bytes)
    return caught.value


async def test_a_file_is_fetched_whole(graph: GraphSandbox, line: CloudConnector, tmp_path: Path) -> None:
    fetched = await line.fetch(given(graph), tmp_path / "f", len(JPEG))
    assert (tmp_path / "f").read_bytes() == JPEG
    assert (fetched.mime, fetched.size) == ("image/jpeg", len(JPEG))
    assert fetched.sha256 == hashlib.sha256(JPEG).hexdigest()


async def test_a_dead_address_is_asked_for_anew_once(graph: GraphSandbox, line: CloudConnector, tmp_path: Path) -> None:
    media = given(graph)
    graph.fault("error", op="media_bytes", code=100, http=404)
    assert (await line.fetch(media, tmp_path / "f", 10**6)).size == len(JPEG)
    graph.knobs(media_url_seconds=-1.0)
    error = await fetch_failure(line, media, tmp_path / "f")
    assert (type(error), error.code) == (MediaRefused, "media_missing")
    assert len(graph.calls(op="media_bytes")) == 4


async def test_a_file_that_is_gone(line: CloudConnector, tmp_path: Path) -> None:
    for ref in ("999", "../../etc", ""):
        error = await fetch_failure(line, Media(ref), tmp_path / "f")
        assert (type(error), error.code) == (MediaRefused, "media_missing")


async def test_a_file_that_is_too_big(graph: GraphSandbox, line: CloudConnector, tmp_path: Path) -> None:
    error = await fetch_failure(line, given(graph), tmp_path / "f", len(JPEG) - 1)
    assert (type(error), error.code) == (MediaRefused, "too_big")
    assert graph.calls(op="media_bytes") == []


async def test_a_file_that_is_not_the_one_named(graph: GraphSandbox, line: CloudConnector, tmp_path: Path) -> None:
    media = given(graph)
    stored = graph.state.media.find(media.ref)
    assert stored is not None
    stored.data = JPEG[::-1]
    assert type(await fetch_failure(line, media, tmp_path / "f")) is Down


async def test_trouble_while_fetching_is_down(graph: GraphSandbox, line: CloudConnector, tmp_path: Path) -> None:
    media = given(graph)
    for op, kind in (("media_bytes", "reset_before"), ("media_bytes", "http"), ("media_url", "reset_before")):
        graph.fault(kind, op=op)
        assert type(await fetch_failure(line, media, tmp_path / "f")) is Down
