"""What a customer's phone shows: messages, ticks, reactions, typing. One chat per number and customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

KEPT_MESSAGES = 5000
WINDOW = 86400.0
LADDER = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4}
MEDIA_TYPES = ("image", "video", "audio", "document", "sticker")


@dataclass(slots=True)
class ChatMessage:
    """`content` is the object under the type's name as on the wire. "in" = from the customer."""

    id: str
    number_id: str
    customer_id: str
    direction: Literal["in", "out"]
    type: str
    at: float
    content: Any
    quote: str | None = None
    status: str = "accepted"
    error: dict[str, Any] | None = None
    read: bool = False
    callback_data: str | None = None
    version: str = ""
    pricing: dict[str, Any] | None = None
    priced: int = 0
    text: str = ""
    buttons: list[dict[str, str]] = field(default_factory=list)
    media_id: str | None = None
    reactions: dict[str, str] = field(default_factory=dict)
    edited: bool = False
    deleted: bool = False

    def climb(self, status: str) -> None:
        """The phone's ticks only go up; a failure shows unless the message arrived."""
        if status == "failed":
            if LADDER.get(self.status, 0) < LADDER["delivered"]:
                self.status = status
        elif self.status not in LADDER or LADDER.get(status, 0) > LADDER[self.status]:
            self.status = status if status in LADDER else self.status


@dataclass
class Chat:
    """`window_until`: free-form messages may be sent before this second. `free_until`: free entry point."""

    number_id: str
    customer_id: str
    messages: dict[str, ChatMessage] = field(default_factory=dict)
    window_until: float = 0.0
    free_until: float = 0.0
    typing_until: float = 0.0

    def open_window(self, at: float) -> None:
        self.window_until = max(self.window_until, at + WINDOW)


class Chats:
    def __init__(self) -> None:
        self._chats: dict[tuple[str, str], Chat] = {}
        self._where: dict[str, Chat] = {}

    def of(self, number_id: str, customer_id: str) -> Chat:
        key = (number_id, customer_id)
        chat = self._chats.get(key)
        if chat is None:
            chat = self._chats[key] = Chat(number_id, customer_id)
        return chat

    def add(self, message: ChatMessage) -> Chat:
        chat = self.of(message.number_id, message.customer_id)
        chat.messages[message.id] = message
        self._where[message.id] = chat
        if len(chat.messages) > KEPT_MESSAGES:
            oldest = next(iter(chat.messages))
            del chat.messages[oldest], self._where[oldest]
        return chat

    def chat_with(self, message_id: str) -> Chat | None:
        return self._where.get(message_id)

    def message(self, message_id: str) -> ChatMessage | None:
        chat = self._where.get(message_id)
        return chat.messages[message_id] if chat else None

    def get(self, message_id: str) -> ChatMessage:
        message = self.message(message_id)
        if message is None:
            raise ValueError(f"no such message: {message_id}")
        return message

    def of_customer(self, customer_id: str) -> list[Chat]:
        return [chat for (_, owner), chat in self._chats.items() if owner == customer_id]

    def __iter__(self) -> Iterator[Chat]:
        return iter(self._chats.values())


def summary(kind: str, content: Any) -> str:
    """The text a phone shows for a message."""
    if kind == "text":
        return str(content.get("body", ""))
    if kind in MEDIA_TYPES:
        return str(content.get("caption", ""))
    if kind == "location":
        return " · ".join(str(content[key]) for key in ("name", "address") if content.get(key))
    if kind == "contacts":
        return ", ".join(_contact_name(contact) for contact in content)
    if kind == "interactive":
        return _interactive_text(content)
    if kind == "button":
        return str(content.get("text", ""))
    return ""


def _contact_name(contact: dict[str, Any]) -> str:
    name = contact.get("name")
    return str(name.get("formatted_name", "")) if isinstance(name, dict) else ""


def _interactive_text(content: dict[str, Any]) -> str:
    reply = content.get(content.get("type", ""))
    if isinstance(reply, dict):
        return str(reply.get("title") or reply.get("body") or "")
    parts = [content.get(part, {}).get("text") for part in ("header", "body", "footer")]
    return "\n".join(part for part in parts if part)


def buttons_of(content: dict[str, Any]) -> list[dict[str, str]]:
    """What the customer can press on an interactive message: [{id, title, description?, kind}]."""
    action = content.get("action", {})
    found = [
        {"id": b["reply"]["id"], "title": b["reply"]["title"], "kind": "button"}
        for b in action.get("buttons", [])
        if isinstance(b.get("reply"), dict)
    ]
    for section in action.get("sections", []):
        for row in section.get("rows", []):
            shown = {name: row[name] for name in ("id", "title", "description") if row.get(name)}
            found.append({**shown, "kind": "row"})
    return found
