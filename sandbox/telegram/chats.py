"""Chats, their topics and their messages: plain records, and the forms the Bot API gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.people import Member, User

GENERAL_NAME = "General"


@dataclass
class Topic:
    """A forum topic. Its id is the id of the service message that created it, as in Telegram."""

    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False
    creator_id: int = 0
    message_count: int = 0
    last_message_id: int = 0

    def wire(self) -> dict[str, Any]:
        """The ForumTopic object."""
        form: dict[str, Any] = {
            "message_thread_id": self.id,
            "name": self.name,
            "icon_color": self.icon_color,
        }
        if self.icon_custom_emoji_id:
            form["icon_custom_emoji_id"] = self.icon_custom_emoji_id
        return form


@dataclass
class General:
    """The topic that every forum has from the start."""

    name: str = GENERAL_NAME
    closed: bool = False
    hidden: bool = False
    message_count: int = 0
    last_message_id: int = 0


@dataclass(slots=True)
class Message:
    """One message. `wire` is the Bot API's Message object without `reply_to_message`, which is added when read.

        `content` names what the message is: text, photo, … or, for service messages, forum_topic_created and so on.
        `reactions` maps the one who reacted to his ReactionType objects. An ephemeral message has a receiver and lives
    outside the chat's own numbering.
    """

    chat: Chat
    id: int
    thread_id: int | None
    sender: User
    date: int
    content: str
    wire: dict[str, Any]
    service: bool = False
    reply_to: int | None = None
    reactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    pinned: bool = False
    receiver: User | None = None
    ephemeral_id: int | None = None

    def form(self) -> dict[str, Any]:
        """The complete Message object, with the message it replies to (one level deep, as in Telegram)."""
        replied = self.chat.messages.get(self.reply_to) if self.reply_to else None
        if replied is None:
            return self.wire
        return {**self.wire, "reply_to_message": replied.wire}

    @property
    def text(self) -> str:
        return self.wire.get("text") or self.wire.get("caption") or ""


@dataclass
class Chat:
    """A group, a supergroup, a channel, or a private chat of one bot with one person.

    Message 1 is the chat's own creation, so that no topic can have the id 1, which stands for General.
    """

    id: int
    type: str
    title: str | None = None
    username: str | None = None
    is_forum: bool = False
    peer: User | None = None
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    general: General = field(default_factory=General)
    messages: dict[int, Message] = field(default_factory=dict)
    ephemeral: dict[int, Message] = field(default_factory=dict)
    available_reactions: list[str] | None = None
    permissions: frozenset[str] | None = None
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None
    migrated_from: int | None = None
    blocked: bool = False
    next_message_id: int = 2
    next_ephemeral_id: int = 1
    _wire: dict[str, Any] | None = None

    def wire(self) -> dict[str, Any]:
        """The Chat object inside messages. Built once; call `changed` after a rename."""
        if self._wire is None:
            fields: dict[str, Any] = {"id": self.id, "type": self.type, "title": self.title}
            if self.peer:
                fields |= {"first_name": self.peer.first_name, "last_name": self.peer.last_name}
                fields["username"] = self.peer.username
            else:
                fields["username"] = self.username
            if self.is_forum:
                fields["is_forum"] = True
            self._wire = {name: value for name, value in fields.items() if value is not None}
        return self._wire

    def changed(self) -> None:
        self._wire = None

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    @property
    def is_group(self) -> bool:
        return self.type in ("group", "supergroup")

    def take_message_id(self) -> int:
        """One sequence per chat, shared by all its topics."""
        taken = self.next_message_id
        self.next_message_id += 1
        return taken

    def member(self, user_id: int) -> Member | None:
        found = self.members.get(user_id)
        return found if found and found.present else None

    def place(self, thread_id: int | None) -> Topic | General | None:
        """The topic a thread id means; None stands for General. None is returned for an unknown topic."""
        return self.general if thread_id is None else self.topics.get(thread_id)
