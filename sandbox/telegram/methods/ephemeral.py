"""Messages that only one member sees: changing and deleting them (Bot API 10.2). Sending is in posting.py."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import media, messages, posting
from sandbox.telegram.call import Call, answers
from sandbox.telegram.chats import Message
from sandbox.telegram.errors import bad_request, not_found
from sandbox.telegram.flood import Cost
from sandbox.telegram.methods.editing import CAPTIONED, apply
from sandbox.telegram.methods.media import EDITABLE_KINDS, carry, checked_item


def _found(call: Call) -> Message:
    """The bot's own ephemeral message, by chat, receiver and number."""
    if not call.state.switches.ephemeral:
        raise not_found("method not found")
    chat = call.chat()
    message = chat.ephemeral.get(call.get("ephemeral_message_id"))
    receiver = message.receiver.id if message and message.receiver else None
    if message is None or message.sender.id != call.bot.id or receiver != call.get("receiver_user_id"):
        verb = "delete" if call.method.startswith("delete") else "edit"
        raise bad_request(f"message to {verb} not found")
    return message


@answers("editEphemeralMessageText", cost=Cost.POST)
def edit_text(call: Call) -> bool:
    message = _found(call)
    if message.content != "text":
        raise bad_request("there is no text in the message to edit")
    return _changed(call, message, posting.text_fields(call))


@answers("editEphemeralMessageCaption", cost=Cost.POST)
def edit_caption(call: Call) -> bool:
    message = _found(call)
    if message.content not in CAPTIONED:
        raise bad_request("there is no caption in the message to edit")
    return _changed(call, message, posting.caption_fields(call))


@answers("editEphemeralMessageMedia", cost=Cost.POST)
def edit_media(call: Call) -> bool:
    message, item = _found(call), checked_item(call.get("media"), EDITABLE_KINDS)
    content, carried = carry(call, item["type"], "media", item)
    gone = dict.fromkeys(("text", "entities", *media.KINDS))
    message.content = content
    return _changed(call, message, {**gone, **carried, **posting.caption_of(item, call.state.users)})


@answers("editEphemeralMessageReplyMarkup", cost=Cost.POST)
def edit_markup(call: Call) -> bool:
    return _changed(call, _found(call), {})


@answers("deleteEphemeralMessage")
def delete(call: Call) -> bool:
    message = _found(call)
    messages.remove(call.state, message.chat, [message])
    return True


def _changed(call: Call, message: Message, fields: dict[str, Any]) -> bool:
    apply(call, message, fields)
    return True
