"""A second opinion: what pywa makes of a webhook with one event, our parser makes of it too.

pywa reads only the first message or status of a body, and only with a `user_id` in `contacts` (pywa 4.5.0), so
the published samples get one here, and those without contacts are left out.
"""

import copy
from pathlib import Path
from typing import Any

import pytest
from pywa_async import WhatsApp, types

from core.message import Kind
from core.ports import MessageIn, StatusChanged
from gateway.whatsapp_cloud.wire_in import events_of
from tests.gateway.webhooks import NOW, body, change, contact, message
from tests.shared_data import load, webhook_files

KINDS = {
    types.MessageType.TEXT: {Kind.TEXT},
    types.MessageType.ORDER: {Kind.ORDER},
    types.MessageType.IMAGE: {Kind.PHOTO},
    types.MessageType.VIDEO: {Kind.VIDEO},
    types.MessageType.AUDIO: {Kind.AUDIO, Kind.VOICE},
    types.MessageType.DOCUMENT: {Kind.DOCUMENT},
    types.MessageType.STICKER: {Kind.STICKER},
    types.MessageType.LOCATION: {Kind.LOCATION},
    types.MessageType.CONTACTS: {Kind.CONTACT},
    types.MessageType.REACTION: {Kind.REACTION},
}
FILE = {"id": "123", "mime_type": "x/y", "sha256": "lRvd=", "url": "https://lookaside.fbsbx.com/x"}
CARD = {"name": {"formatted_name": "Bo", "first_name": "Bo"}, "phones": [{"phone": "+1 2"}]}
MESSAGES: list[dict[str, Any]] = [
    message(text={"body": "plain words"}),
    message(text={"body": "quoting"}, context={"from": "1555", "id": "wamid.Q"}),
    message(text={"body": "passed on"}, context={"forwarded": True}),
    message("image", image=FILE | {"caption": "look"}),
    message("video", video=FILE),
    message("document", document=FILE | {"filename": "a.pdf"}),
    message("audio", audio=FILE | {"voice": True}),
    message("audio", audio=FILE | {"voice": False}),
    message("sticker", sticker=FILE | {"animated": True}),
    message("location", location={"latitude": 37.44, "longitude": -122.16, "name": "Shop", "address": "Street 1"}),
    message("contacts", contacts=[CARD]),
    message("reaction", reaction={"message_id": "wamid.T", "emoji": "👍"}),
]
STATUSES: list[dict[str, Any]] = [
    {"id": "wamid.S", "status": status, "timestamp": "1750030073", "recipient_id": "16505551234", **more}
    for status, more in [
        ("sent", {"biz_opaque_callback_data": "td:1:2:0"}),
        ("delivered", {}),
        ("read", {}),
        ("played", {}),
        ("failed", {"errors": [{"code": 131047, "title": "t", "message": "m", "error_data": {"details": "d"}}]}),
    ]
]


@pytest.fixture
def pywa() -> WhatsApp:
    return WhatsApp(phone_id="1", token="t", server=None)


def ours(payload: dict[str, Any]) -> Any:
    (event,) = events_of(payload, NOW)
    return event


def compare(payload: dict[str, Any], pywa: WhatsApp) -> None:
    theirs, event = types.Message.from_update(pywa, payload), ours(payload)
    assert isinstance(event, MessageIn)
    assert (event.external_id, event.at.timestamp()) == (theirs.id, theirs.timestamp.timestamp())
    assert event.sender.name == theirs.from_user.name
    values = {address.value for address in event.sender.addresses}
    assert {theirs.from_user.wa_id, theirs.from_user.bsuid} - {None, ""} <= values
    assert event.content.forwarded == theirs.forwarded
    if theirs.reply_to_message:
        assert event.reply_to == theirs.reply_to_message.id
    assert event.content.kind in KINDS.get(theirs.type, {Kind.NOTICE})
    _compare_content(event, theirs)


def _compare_content(event: MessageIn, theirs: types.Message) -> None:
    content = event.content
    if theirs.text is not None or theirs.caption is not None:
        assert content.text.text == (theirs.text or theirs.caption)
    if theirs.has_media:
        assert content.media is not None
        assert (content.media.ref, content.media.mime) == (theirs.media.id, theirs.media.mime_type)
    if theirs.audio:
        assert (content.kind is Kind.VOICE) is bool(theirs.audio.voice)
    if theirs.location:
        assert content.place is not None
        assert (content.place.latitude, content.place.name) == (theirs.location.latitude, theirs.location.name)
    if theirs.contacts:
        assert [card.name for card in content.cards] == [each.name.formatted_name for each in theirs.contacts]
    if theirs.reaction:
        assert (content.text.text, event.reply_to) == (theirs.reaction.emoji, theirs.reaction.message_id)


@pytest.mark.parametrize("said", MESSAGES)
def test_messages(said: dict[str, Any], pywa: WhatsApp) -> None:
    compare(body(change(messages=[said], contacts=[contact(wa_id="16505551234", user_id="US.1")])), pywa)


def readable() -> list[Any]:
    """The samples with a message and its contact."""
    absent = [param for param in webhook_files() if param.marks]
    wanted = {"messages", "contacts"}
    return absent or [param for param in webhook_files() if wanted <= _value(load(param.values[0])).keys()]


def _value(payload: dict[str, Any]) -> dict[str, Any]:
    return payload["entry"][0]["changes"][0]["value"]


@pytest.mark.parametrize("path", readable())
def test_published_samples(path: Path, pywa: WhatsApp) -> None:
    compare(_with_user_id(load(path)), pywa)


def _with_user_id(payload: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(payload)
    for each in _value(changed)["contacts"]:
        each.setdefault("user_id", "US.1")
    return changed


@pytest.mark.parametrize("status", STATUSES)
def test_statuses(status: dict[str, Any], pywa: WhatsApp) -> None:
    payload = body(change(statuses=[status], contacts=[contact(wa_id="16505551234", user_id="US.1")]))
    theirs, event = types.MessageStatus.from_update(pywa, payload), ours(payload)
    assert isinstance(event, StatusChanged)
    assert (event.external_id, event.at.timestamp()) == (theirs.id, theirs.timestamp.timestamp())
    assert (event.raw_status, event.client_id) == (theirs.status.value, theirs.tracker)
    assert event.status is not None
    assert (event.problem.number if event.problem else None) == (theirs.error.code if theirs.error else None)
