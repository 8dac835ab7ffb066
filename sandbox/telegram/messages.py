"""Putting messages into chats, changing them and taking them away; every change is told to bots and to the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram import delivery
from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.people import User
from sandbox.telegram.state import TelegramState
from sandbox.telegram.views import message_view, topic_view

ANONYMOUS_ADMIN = User(1087968824, "Group", username="GroupAnonymousBot", is_bot=True)
"""The account behind which anonymous administrators write (source: Bot API docs, Message.sender_chat)."""


@dataclass
class Draft:
    """A message to be: its kind, and the fields of the Message object that are its content."""

    content: str
    fields: dict[str, Any] = field(default_factory=dict)
    thread_id: int | None = None
    reply_to: Message | None = None
    quote: dict[str, Any] | None = None
    markup: dict[str, Any] | None = None
    service: bool = False
    receiver: User | None = None


def post(state: TelegramState, chat: Chat, sender: User, draft: Draft) -> Message:
    """Put a message into a chat and tell everybody. The caller has checked that it may be there."""
    if draft.receiver is not None:
        return _post_ephemeral(state, chat, sender, draft, draft.receiver)
    message_id = chat.take_message_id()
    message = _built(state, chat, sender, draft, message_id)
    chat.messages[message_id] = message
    place = chat.place(message.thread_id)
    if place is not None:
        place.message_count += 1
        place.last_message_id = message_id
    delivery.deliver(state, message, "message")
    state.bus.publish("message", lambda: {"message": message_view(state, message), "topic": _topic(state, message)})
    return message


def _post_ephemeral(state: TelegramState, chat: Chat, sender: User, draft: Draft, receiver: User) -> Message:
    """A message that only its sender and its receiver see: id 0, numbered apart, told to the bot it is for."""
    message = _built(state, chat, sender, draft, 0)
    number = chat.next_ephemeral_id
    chat.next_ephemeral_id += 1
    message.receiver, message.ephemeral_id = receiver, number
    message.wire |= {"receiver_user": receiver.wire(), "ephemeral_message_id": number}
    chat.ephemeral[number] = message
    if receiver.id in state.bots:
        delivery.push(state, state.bots[receiver.id], "message", message.form())
    state.bus.publish("message", lambda: {"message": message_view(state, message), "topic": _topic(state, message)})
    return message


def _built(state: TelegramState, chat: Chat, sender: User, draft: Draft, message_id: int) -> Message:
    now = state.now()
    wire: dict[str, Any] = {"message_id": message_id, **_signature(chat, sender), "chat": chat.wire(), "date": now}
    reply_to = draft.reply_to.id if draft.reply_to else None
    if draft.thread_id is not None:
        wire |= {"message_thread_id": draft.thread_id, "is_topic_message": True}
        reply_to = reply_to or (draft.thread_id if draft.thread_id != message_id else None)
    elif draft.reply_to is not None and chat.type == "supergroup":
        # Telegram gives replies outside topics a thread id that means no topic (telegram-bot-api#447).
        wire["message_thread_id"] = draft.reply_to.wire.get("message_thread_id", draft.reply_to.id)
    wire |= draft.fields
    if draft.quote:
        wire["quote"] = draft.quote
    if draft.markup:
        wire["reply_markup"] = draft.markup
    return Message(chat, message_id, draft.thread_id, sender, now, draft.content, wire, draft.service, reply_to)


def _signature(chat: Chat, sender: User) -> dict[str, Any]:
    """`from`, and for anonymous administrators the group in whose name they write."""
    member = chat.members.get(sender.id)
    if member and member.is_anonymous and not sender.is_bot:
        return {"from": ANONYMOUS_ADMIN.wire(), "sender_chat": chat.wire()}
    if member and member.tag and not member.is_admin:
        return {"from": sender.wire(), "sender_tag": member.tag}
    return {"from": sender.wire()}


def change(state: TelegramState, message: Message, fields: dict[str, Any], *, mark: bool = True) -> None:
    """Replace fields of a message; a value None removes the field. `mark` sets edit_date."""
    wire = {**message.wire, **fields}
    if mark:
        wire["edit_date"] = state.now()
    message.wire = {name: value for name, value in wire.items() if value is not None}
    delivery.deliver(state, message, "edited_message")
    state.bus.publish("edit", lambda: {"message": message_view(state, message)})


def remove(state: TelegramState, chat: Chat, messages: list[Message]) -> None:
    """Take messages away. No bot is told, as in reality."""
    for message in messages:
        if message.receiver is not None:
            chat.ephemeral.pop(message.ephemeral_id or 0, None)
            continue
        chat.messages.pop(message.id, None)
        if message.id in chat.pinned:
            chat.pinned.remove(message.id)
        place = chat.place(message.thread_id)
        if place is not None:
            place.message_count -= 1
    gone = [{"id": m.id, "thread_id": m.thread_id, "ephemeral_id": m.ephemeral_id} for m in messages]
    state.bus.publish("delete", lambda: {"chat_id": chat.id, "messages": gone})


def service(
    state: TelegramState, chat: Chat, sender: User, name: str, value: Any, *, thread_id: int | None = None
) -> Message:
    """A service message: `name` is the field of the Message object that tells what happened."""
    return post(state, chat, sender, Draft(name, {name: value}, thread_id=thread_id, service=True))


def _topic(state: TelegramState, message: Message) -> dict[str, Any] | None:
    place = message.chat.place(message.thread_id) if message.chat.is_forum else None
    return topic_view(state, message.chat, place) if place else None


def pin(state: TelegramState, message: Message, actor: User) -> None:
    """Pin a message and say so with a service message in its topic."""
    if message.pinned:
        return
    message.pinned = True
    message.chat.pinned.append(message.id)
    service(state, message.chat, actor, "pinned_message", message.wire, thread_id=message.thread_id)
    state.bus.publish("pin", lambda: {"message": message_view(state, message)})


def unpin(state: TelegramState, chat: Chat, unpinned: list[Message]) -> None:
    for message in unpinned:
        message.pinned = False
        chat.pinned.remove(message.id)
        _publish_pin(state, message)


def _publish_pin(state: TelegramState, message: Message) -> None:
    state.bus.publish("pin", lambda: {"message": message_view(state, message)})
