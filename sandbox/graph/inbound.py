"""Customers' messages: from an order of the control API to a bubble on the phone and a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.graph import chats, ids, payloads
from sandbox.graph.chats import Chat, ChatMessage
from sandbox.graph.errors import status_error
from sandbox.graph.media import Media, kind_of
from sandbox.graph.orders import NUMBER, Types, expect, expect_objects
from sandbox.graph.people import Customer, Number
from sandbox.graph.pricing import FREE_ENTRY_SECONDS
from sandbox.graph.sending import react
from sandbox.graph.state import GraphState

UNSUPPORTED = {"errors": [status_error(131051, "Message type is currently not supported.")]}


PIECE: Types = {
    "text": str,
    "media": dict,
    "location": dict,
    "contacts": list,
    "reaction": dict,
    "any": dict,
    "reply_to": str,
    "number": str,
    "at": NUMBER,
    "extra": dict,
    "repeat": int,
}
MEDIA: Types = {"id": str, "kind": str, "caption": str, "filename": str, "voice": bool, "animated": bool}


@dataclass(frozen=True)
class Piece:
    """One message to be written. Exactly one content; the rest are circumstances.

    `media`: {id, kind?, caption?, filename?, voice?, animated?}; `any`: {type, content} for every other type.
    `number`: the business number written to. `at`: seconds since 1970. `extra`: further keys of the message
    (referral, errors, context ...). `repeat` writes the same n times, with "{n}" in the text replaced.
    """

    text: str | None = None
    media: dict[str, Any] | None = None
    location: dict[str, Any] | None = None
    contacts: list[dict[str, Any]] | None = None
    reaction: dict[str, Any] | None = None
    any: dict[str, Any] | None = None
    reply_to: str | None = None
    number: str | None = None
    at: float | None = None
    extra: dict[str, Any] | None = None
    repeat: int = 1

    @classmethod
    def of(cls, order: dict[str, Any]) -> Piece:
        expect(order, PIECE)
        piece = cls(**order)
        given = [piece.text, piece.media, piece.location, piece.contacts, piece.reaction, piece.any]
        if sum(one is not None for one in given) != 1:
            raise ValueError("say one of: text, media, location, contacts, reaction, any")
        if piece.contacts is not None:
            expect_objects("contacts", piece.contacts)
        if piece.any is not None:
            expect(piece.any, {"type": str, "content": (dict, list)})
        return piece


def say(state: GraphState, customer: Customer, pieces: list[Piece], *, batch: bool) -> list[ChatMessage]:
    written: list[ChatMessage] = []
    updates: list[payloads.Update] = []
    for piece in pieces:
        for count in range(1, (piece.repeat or 1) + 1):
            message, update = _write(state, customer, piece, count)
            written.append(message)
            updates.append(update)
    number = state.number(pieces[0].number if pieces else None)
    if customer.id in number.blocked:
        return written
    if batch and updates:
        body = payloads.body_of(updates, "messages", state.clock.now())
        values = [change for entry in body["entry"] for change in entry["changes"]]
        updates = [payloads.Update(number.id, number.waba_id, c["field"], c["value"]) for c in values]
    state.webhooks.push(*updates)
    return written


def _write(state: GraphState, customer: Customer, piece: Piece, count: int) -> tuple[ChatMessage, payloads.Update]:
    number = state.number(piece.number)
    kind, content, media = _content(state, piece, count)
    at = state.clock.now() if piece.at is None else piece.at
    message = ChatMessage(ids.wamid(customer.address, inbound=True), number.id, customer.id, "in", kind, at, content)
    message.quote, message.text = piece.reply_to, chats.summary(kind, content)
    message.media_id = media.id if media else None
    _receive(state, message, piece.extra or {})
    return message, payloads.inbound(number, customer, message, state.knobs, piece.extra or {})


def _receive(state: GraphState, message: ChatMessage, extra: dict[str, Any]) -> None:
    """Open the window, count the throughput, show the message (or the reaction on its target)."""
    chat = state.chats.of(message.number_id, message.customer_id)
    chat.open_window(message.at)
    if "referral" in extra:
        chat.free_until = message.at + FREE_ENTRY_SECONDS
    state.pacing.count(message.number_id)
    if message.type == "reaction":
        react(state, message.content["message_id"], "customer", message.content.get("emoji", ""))
        return
    _show(state, message)


def _show(state: GraphState, message: ChatMessage) -> Chat:
    chat = state.chats.add(message)
    state.show(message)
    return chat


def _content(state: GraphState, piece: Piece, count: int) -> tuple[str, Any, Media | None]:
    if piece.text is not None:
        return "text", {"body": piece.text.replace("{n}", str(count))}, None
    if piece.media is not None:
        return _media_content(state, piece.media)
    if piece.any is not None:
        return str(piece.any["type"]), piece.any.get("content"), None
    for kind in ("location", "contacts", "reaction"):
        content = getattr(piece, kind)
        if content is not None:
            return kind, _without_empty_emoji(content) if kind == "reaction" else content, None
    raise ValueError("nothing to say")


def _without_empty_emoji(content: dict[str, Any]) -> dict[str, Any]:
    """A reaction taken away has no emoji key."""
    return {name: value for name, value in content.items() if name != "emoji" or value}


def _media_content(state: GraphState, order: dict[str, Any]) -> tuple[str, Any, Media]:
    expect(order, MEDIA)
    media = state.media.find(str(order.get("id", "")))
    if media is None:
        raise ValueError(f"no such media: {order.get('id')}")
    kind = order.get("kind") or kind_of(media.mime_type) or "document"
    if kind not in chats.MEDIA_TYPES:
        raise ValueError(f"kind must be one of {chats.MEDIA_TYPES}")
    content = {"id": media.id, "mime_type": media.mime_type, "sha256": media.digest}
    url = state.media_url(media.id) if state.knobs.media_url_in_webhook else None
    if url:
        content["url"] = url
    filename = order.get("filename") or media.filename
    if kind == "document" and filename:
        content["filename"] = filename
    if kind == "audio":
        content["voice"] = bool(order.get("voice"))
    if kind == "sticker":
        content["animated"] = bool(order.get("animated"))
    if order.get("caption") and kind in ("image", "video", "document"):
        content["caption"] = order["caption"]
    return kind, content, media


def press(state: GraphState, customer: Customer, message: ChatMessage, wanted: str) -> ChatMessage:
    button = next((b for b in message.buttons if wanted in (b["id"], b["title"])), None)
    if button is None or button["kind"] == "link":
        raise ValueError(f"no such button: {wanted}")
    if button["kind"] == "quick_reply":
        content, kind = {"payload": button["id"], "text": button["title"]}, "button"
    else:
        reply = "button_reply" if button["kind"] == "button" else "list_reply"
        pressed = {name: value for name, value in button.items() if name != "kind"}
        content, kind = {"type": reply, reply: pressed}, "interactive"
    piece = Piece(any={"type": kind, "content": content}, reply_to=message.id, number=message.number_id)
    return say(state, customer, [piece], batch=False)[0]


def edit(state: GraphState, customer: Customer, message: ChatMessage, text: str) -> ChatMessage:
    _own(customer, message)
    message.text, message.edited = text, True
    inner = {"context": {"id": message.quote}} if message.quote else {}
    content = {"original_message_id": message.id, "message": {**inner, "type": "text", "text": {"body": text}}}
    if message.type in ("image", "video", "document"):
        message.content = {**message.content, "caption": text}
        content["message"] = {**inner, "type": message.type, message.type: message.content}
    else:
        message.content = {"body": text}
    state.show(message)
    return _tell(state, customer, message, "edit", content)


def delete(state: GraphState, customer: Customer, message: ChatMessage) -> ChatMessage:
    _own(customer, message)
    message.deleted = True
    state.show(message)
    return _tell(state, customer, message, "revoke", {"original_message_id": message.id})


def _own(customer: Customer, message: ChatMessage) -> None:
    if message.direction != "in" or message.customer_id != customer.id:
        raise ValueError("not a message of this customer")


def _tell(state: GraphState, customer: Customer, about: ChatMessage, kind: str, content: dict[str, Any]) -> ChatMessage:
    """An edit or revoke is told plainly on coexistence numbers only; elsewhere it is `unsupported`."""
    number = state.number(about.number_id)
    extra: dict[str, Any] = {}
    if not number.coexistence:
        extra = {**UNSUPPORTED, "unsupported": {"type": kind}}
        kind, content = "unsupported", {}
    news = _news(state, number, customer, kind, content or None)
    state.webhooks.push(payloads.inbound(number, customer, news, state.knobs, extra))
    return news


def _news(state: GraphState, number: Number, customer: Customer, kind: str, content: Any) -> ChatMessage:
    """A message that is told to the business but is no bubble on the phone."""
    wamid = ids.wamid(customer.address, inbound=True)
    return ChatMessage(wamid, number.id, customer.id, "in", kind, state.clock.now(), content)


def change_identity(state: GraphState, customer: Customer, wa_id: str | None, user_id: str | None) -> ChatMessage:
    """A new phone number (and with it a new BSUID), or only a new BSUID (Meta: system messages, BSUID)."""
    number = state.number()
    if wa_id and not user_id and not state.knobs.has("no_user_id"):
        user_id = ids.user_id()
    before, old_user = customer.wa_id or "", customer.user_id
    content: dict[str, Any] = {}
    if wa_id:
        new = ids.digits(wa_id)
        body = f"User {customer.name} changed from {before} to {new}"
        content = {"type": "user_changed_number", "body": body, "wa_id": new, "new_wa_id": new}
    if user_id:
        content.setdefault("type", "user_changed_user_id")
        content.setdefault("body", f"User {customer.name} changed their user id")
        content |= {"user_id": user_id, "previous_user_id": old_user}
    news = _news(state, number, customer, "system", content)
    state.webhooks.push(payloads.inbound(number, customer, news, state.knobs, {}))
    changes = {"wa_id": content.get("wa_id"), "user_id": user_id}
    state.people.change(customer, {name: value for name, value in changes.items() if value})
    state.show_phone(customer)
    return news


def echo(state: GraphState, customer: Customer, number: Number, piece: Piece) -> ChatMessage:
    wamid = ids.wamid(customer.address, inbound=False)
    kind, content, media = _content(state, piece, 1)
    message = ChatMessage(wamid, number.id, customer.id, "out", kind, state.clock.now(), content)
    message.text, message.status, message.quote = chats.summary(kind, content), "sent", piece.reply_to
    message.media_id = media.id if media else None
    message.buttons = chats.buttons_of(content) if kind == "interactive" else []
    _show(state, message)
    one: dict[str, Any] = {"from": number.display_phone_number}
    if customer.wa_id:
        one["to"] = customer.wa_id
    one |= {"to_user_id": customer.user_id, "id": wamid, "timestamp": str(int(message.at))}
    one |= {"type": kind, kind: content}
    if piece.reply_to:
        one["context"] = {"id": piece.reply_to}
    value = payloads.envelope_of(number) | {
        "contacts": [payloads.contact(customer, state.knobs)],
        "message_echoes": [one],
    }
    state.webhooks.push(payloads.Update(number.id, number.waba_id, "smb_message_echoes", value))
    return message
