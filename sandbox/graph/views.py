"""What the control API tells about phones: whole objects, ready to be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.graph.chats import Chat, ChatMessage
    from sandbox.graph.people import Customer
    from sandbox.graph.state import GraphState


def message_view(state: GraphState, message: ChatMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "phone_number_id": message.number_id,
        "customer": message.customer_id,
        "direction": message.direction,
        "type": message.type,
        "at": round(message.at, 3),
        "text": message.text,
        "content": message.content,
        "media": media_view(state, message),
        "buttons": message.buttons,
        "quote": _quote(state, message),
        "reactions": [{"from": who, "emoji": emoji} for who, emoji in message.reactions.items()],
        "status": message.status if message.direction == "out" else None,
        "error": message.error,
        "read": message.read,
        "edited": message.edited,
        "deleted": message.deleted,
        "callback_data": message.callback_data,
        "pricing": message.pricing,
    }


def media_view(state: GraphState, message: ChatMessage) -> dict[str, Any] | None:
    """`url` is relative to the sandbox's base and needs no token; a linked file has its own url."""
    if message.media_id is None:
        link = message.content.get("link") if isinstance(message.content, dict) else None
        return {"kind": message.type, "url": link, "external": True} if link else None
    media = state.media.find(message.media_id)
    if media is None:
        return {"kind": message.type, "url": None, "id": message.media_id}
    return {
        "kind": message.type,
        "id": media.id,
        "url": f"/sim/wa/media/{media.id}",
        "mime": media.mime_type,
        "name": media.filename or message.content.get("filename"),
        "size": len(media.data),
        "voice": bool(message.content.get("voice")),
        "external": False,
    }


def _quote(state: GraphState, message: ChatMessage) -> dict[str, Any] | None:
    if message.quote is None:
        return None
    quoted = state.chats.message(message.quote)
    if quoted is None:
        return {"id": message.quote, "known": False}
    shown = quoted.text or quoted.type
    return {"id": quoted.id, "known": True, "direction": quoted.direction, "text": shown}


def chat_head(state: GraphState, chat: Chat) -> dict[str, Any]:
    """A chat without its messages."""
    now = state.clock.now()
    return {
        "phone_number_id": chat.number_id,
        "customer": chat.customer_id,
        "typing": chat.typing_until > now,
        "typing_until": round(chat.typing_until, 3) or None,
        "window_open": chat.window_until > now,
        "window_until": round(chat.window_until, 3) or None,
    }


def chat_view(state: GraphState, chat: Chat) -> dict[str, Any]:
    messages = [message_view(state, message) for message in chat.messages.values()]
    return chat_head(state, chat) | {"messages": messages}


def phone_view(state: GraphState, customer: Customer, *, chats: bool = True) -> dict[str, Any]:
    view = customer.view()
    if chats:
        view["chats"] = [chat_view(state, chat) for chat in state.chats.of_customer(customer.id)]
    return view


def state_view(state: GraphState) -> dict[str, Any]:
    return {
        "n": state.bus.number,
        "now": round(state.clock.now(), 3),
        "clock_frozen": state.clock.frozen,
        "callback": state.callback,
        "subscribed": state.subscribed,
        "numbers": [number.view() for number in state.numbers.values()],
        "phones": [phone_view(state, customer) for customer in state.people.all.values()],
        "templates": state.templates.view(),
        "webhooks": {"waiting": state.webhooks.waiting, "last": state.webhooks.last_view()},
        "knobs": dict(vars(state.knobs)),
        "faults": state.faults.view(),
        "counters": state.journal.counters(),
    }
