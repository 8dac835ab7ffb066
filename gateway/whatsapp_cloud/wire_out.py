"""OutMessage → the body of POST /{phone_number_id}/messages. Pure. (Meta: messages, 2025-11; BSUID, 2026)"""

from collections.abc import Sequence
from typing import Any

from core.errors import RemoteRefusal, Unsupported
from core.ids import ExternalId
from core.message import Card, Content, Kind, Place
from core.people import Address, AddressKind
from core.ports import OutMessage
from core.text import RichText
from gateway.whatsapp_cloud import markup, questions
from gateway.whatsapp_cloud.attachments import Attachment
from gateway.whatsapp_cloud.limits import CALLBACK_DATA, CAPTION, TEXT, WITH_CAPTION
from gateway.whatsapp_cloud.wire_in import is_made_up


def recipient(addresses: Sequence[Address]) -> dict[str, str]:
    """`to` for a phone, which wins over an id; else `recipient`. The plus sign keeps Meta from guessing a country."""
    by_kind = {item.kind: item.value for item in reversed(addresses)}
    if phone := by_kind.get(AddressKind.PHONE):
        return {"to": "+" + phone.removeprefix("+")}
    for kind in (AddressKind.BSUID, AddressKind.PARENT_BSUID):
        if kind in by_kind:
            return {"recipient": by_kind[kind]}
    raise RemoteRefusal("no address this line can write to", "recipient")


def body_of(message: OutMessage, media_id: str = "", attachment: Attachment | None = None) -> dict[str, Any]:
    """`media_id` and `attachment`: of the uploaded file, for messages that carry one.

    Raises Unsupported for what WhatsApp cannot say, RemoteRefusal (`recipient`, `request`) for what it would refuse.
    """
    kind, substance = _substance(message, media_id, attachment)
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **recipient(message.to),
        "type": kind,
        kind: substance,
        "biz_opaque_callback_data": message.client_id[:CALLBACK_DATA],
    }
    if kind != "reaction" and message.reply_to and not is_made_up(message.reply_to):
        body["context"] = {"message_id": message.reply_to}
    return body


def read_body(external_id: ExternalId, *, typing: bool) -> dict[str, Any]:
    """Marks a customer's message and all before it as read; with `typing`, shows "typing…" for up to 25 s."""
    body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
    return body | ({"typing_indicator": {"type": "text"}} if typing else {})


def _substance(message: OutMessage, media_id: str, attachment: Attachment | None) -> tuple[str, Any]:
    content = message.content
    if attachment is not None:
        return attachment.type, _media(attachment, content, media_id)
    match content.kind:
        case Kind.TEXT if content.text.text.strip():
            return "text", {"body": written(content.text, TEXT), "preview_url": "://" in content.text.text}
        case Kind.LOCATION if content.place is not None:
            return "location", _location(content.place)
        case Kind.CONTACT if content.cards:
            return "contacts", [_card(card) for card in content.cards]
        case Kind.POLL if content.question is not None and content.question.options:
            return questions.substance(content.text, content.question)
        case Kind.REACTION if message.reply_to and not is_made_up(message.reply_to):
            return "reaction", {"message_id": message.reply_to, "emoji": content.text.text}
        case _:
            raise Unsupported(f"WhatsApp cannot send this {content.kind.value}")


def written(text: RichText, limit: int) -> str:
    """With WhatsApp's signs, unless they make the text too long. Raises RemoteRefusal when it is too long anyway."""
    for candidate in (markup.write(text), text.text):
        if len(candidate) <= limit:
            return candidate
    raise RemoteRefusal(f"{len(text.text)} characters of at most {limit}", "request")


def _media(attachment: Attachment, content: Content, media_id: str) -> dict[str, Any]:
    substance: dict[str, Any] = {"id": media_id}
    if content.text and attachment.type in WITH_CAPTION:
        substance["caption"] = written(content.text, CAPTION)
    if attachment.type == "document":
        substance["filename"] = attachment.name
    if attachment.voice:
        substance["voice"] = True
    return substance


def _location(place: Place) -> dict[str, Any]:
    where: dict[str, Any] = {"latitude": place.latitude, "longitude": place.longitude}
    return where | {key: value for key, value in (("name", place.name), ("address", place.address)) if value}


def _card(card: Card) -> dict[str, Any]:
    """Meta asks for a formatted name and at least one part of it."""
    name = card.name or next(iter(card.phones + card.emails), "?")
    substance: dict[str, Any] = {"name": {"formatted_name": name, "first_name": name}}
    if card.phones:
        substance["phones"] = [{"phone": phone} for phone in card.phones]
    if card.emails:
        substance["emails"] = [{"email": email} for email in card.emails]
    return substance
