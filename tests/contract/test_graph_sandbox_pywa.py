"""A second, independent client: pywa drives the sandbox and understands what it sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pywa_async
from pywa_async import errors, types
from pywa_async.types import templates

from sandbox.graph import GraphSandbox, defaults
from sandbox.graph.people import Customer
from tests.contract.graph_desk import Desk

JPEG = b"\xff\xd8\xff\xe0" + bytes(200)


@pytest.fixture
async def client(graph: GraphSandbox) -> AsyncIterator[pywa_async.WhatsApp]:
    """pywa has Meta's address built in; its session is pointed at the sandbox after construction."""
    async with httpx.AsyncClient(verify=False) as session:
        made = pywa_async.WhatsApp(
            phone_id=defaults.PHONE_NUMBER_ID,
            token=defaults.ACCESS_TOKEN,
            session=session,
            waba_id=defaults.WABA_ID,
            app_secret=defaults.APP_SECRET,
            verify_token=defaults.VERIFY_TOKEN,
            server=None,
            api_version=24.0,
        )
        session.base_url = httpx.URL(f"{graph.base_url}/v24.0")
        yield made


@pytest.fixture
async def ann(graph: GraphSandbox) -> Customer:
    customer = graph.create_customer("Ann", wa_id="12125550101")
    graph.say(customer, "hi")
    return customer


async def test_it_sends_what_customers_see(graph: GraphSandbox, client: pywa_async.WhatsApp, ann: Customer) -> None:
    asked = graph.messages(ann.id)[0]
    to = str(ann.wa_id)
    await client.send_message(to=to, text="hello", reply_to_message_id=asked.id, tracker="ob:1")
    buttons = [types.Button("Yes", "y"), types.Button("No", "n")]
    await client.send_message(to=to, text="sure?", buttons=buttons, footer="please")
    rows = [types.SectionRow("One", "1", "the first"), types.SectionRow("Two", "2")]
    await client.send_message(to=to, text="pick", buttons=types.SectionList("Pick", [types.Section("All", rows)]))
    await client.send_image(to=to, image=JPEG, caption="a picture", mime_type="image/jpeg")
    await client.send_document(to=to, document=b"%PDF-1", filename="a.pdf", mime_type="application/pdf")
    await client.send_location(to=to, latitude=1.5, longitude=2.5, name="Here")
    await client.send_contact(to=to, contact=types.Contact(name=types.Contact.Name("Bob B", first_name="Bob")))
    await client.send_reaction(to=to, emoji="👍", message_id=asked.id)
    await graph.quiet()
    sent = graph.messages(ann.id)[1:]
    assert [message.type for message in sent] == [
        "text",
        "interactive",
        "interactive",
        "image",
        "document",
        "location",
        "contacts",
    ]
    assert {message.status for message in sent} == {"read"}
    assert (sent[0].quote, sent[0].callback_data) == (asked.id, "ob:1")
    assert [button["title"] for button in sent[1].buttons] == ["Yes", "No"]
    assert asked.reactions == {"business": "👍"}
    assert all(call.status == 200 for call in graph.calls())


async def test_it_reads_types_and_fetches(graph: GraphSandbox, client: pywa_async.WhatsApp, ann: Customer) -> None:
    asked = graph.messages(ann.id)[0]
    assert await client.mark_message_as_read(asked.id)
    assert asked.read
    assert await client.indicate_typing(asked.id)
    media = graph.add_media(JPEG, "image/jpeg")
    url = await client.get_media_url(media)
    assert (url.mime_type, url.file_size) == ("image/jpeg", len(JPEG))
    assert await client.get_media_bytes(url.url) == JPEG
    uploaded = await client.upload_media(JPEG, "image/jpeg", "a.jpg")
    assert await client.delete_media(uploaded.id)
    number = await client.get_business_phone_number()
    assert number.verified_name == defaults.VERIFIED_NAME
    assert len(list(await client.get_business_phone_numbers())) == 1
    found = {template.name for template in await client.get_templates()}
    assert {"hello_world", "order_on_its_way", "season_sale"} <= found
    assert await client.update_business_profile(about="Open")
    assert (await client.get_business_profile()).about == "Open"


async def test_it_sends_templates(graph: GraphSandbox, client: pywa_async.WhatsApp, ann: Customer) -> None:
    params = [templates.BodyText.params("Ann", "42")]
    language = templates.TemplateLanguage.ENGLISH_US
    await client.send_template(to=str(ann.wa_id), name="order_on_its_way", language=language, params=params)
    assert graph.sent_texts(ann.id) == ["Hello Ann, your order 42 is on its way."]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (131047, errors.ReEngagementMessage),
        (131026, errors.MessageUndeliverable),
        (131056, errors.TooManyMessages),
        (130429, errors.RateLimitHit),
        (131053, errors.MediaUploadError),
        (132001, errors.TemplateNotExists),
    ],
)
async def test_it_knows_the_errors(
    code: int, kind: type[errors.WhatsAppError], graph: GraphSandbox, client: pywa_async.WhatsApp, ann: Customer
) -> None:
    graph.fault("error", code=code, details="as told")
    with pytest.raises(kind) as caught:
        await client.send_message(to=str(ann.wa_id), text="hello")
    assert (caught.value.code, caught.value.details) == (code, "as told")


async def test_it_understands_every_webhook(
    graph: GraphSandbox, desk: Desk, client: pywa_async.WhatsApp, ann: Customer
) -> None:
    seen: list[Any] = []

    async def keep(_: pywa_async.WhatsApp, update: Any) -> None:
        seen.append(update)

    client.on_message()(keep)
    client.on_message_status()(keep)
    photo = graph.add_media(JPEG, "image/jpeg")
    graph.say(ann, media={"id": photo, "caption": "see"})
    graph.say(ann, media={"id": graph.add_media(b"OggS", "audio/ogg; codecs=opus"), "voice": True})
    graph.say(ann, location={"latitude": 1.0, "longitude": 2.0, "name": "Here"})
    graph.say(ann, contacts=[{"name": {"formatted_name": "Bob", "first_name": "Bob"}}])
    graph.react(ann.id, graph.messages(ann.id)[0].id, "🙏")
    graph.say("c1", "as an answer", reply_to=graph.messages(ann.id)[0].id)
    hidden = graph.create_customer("Kim", wa_id=None, username="@kim")
    graph.say(hidden, "no phone")
    await client.send_message(to=str(ann.wa_id), text="hello", tracker="ob:1")
    await graph.quiet()
    for body, signature in zip(desk.raw, desk.signatures, strict=True):
        assert await client.webhook_update_validator(body, signature) is None
        await client.webhook_update_handler(body)
    await asyncio.sleep(0)
    messages = [update for update in seen if isinstance(update, types.Message)]
    statuses = [update for update in seen if isinstance(update, types.MessageStatus)]
    assert [message.id for message in messages] == [message["id"] for message in desk.messages]
    assert [message.type for message in messages] == [
        types.MessageType.TEXT,
        types.MessageType.IMAGE,
        types.MessageType.AUDIO,
        types.MessageType.LOCATION,
        types.MessageType.CONTACTS,
        types.MessageType.REACTION,
        types.MessageType.TEXT,
        types.MessageType.TEXT,
    ]
    assert messages[-1].from_user.bsuid == hidden.user_id
    assert [status.status.value for status in statuses] == ["sent", "delivered", "read"]
    assert {status.tracker for status in statuses} == {"ob:1"}
