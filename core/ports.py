"""The two sides of the house, as protocols: the Connector talks to customers, the Desk to staff.

A connector has a tiny required part; what only some lines can do is a protocol of its own
(`CanRead`, `CanFetch`) and is asked for with `isinstance`. Adapters raise only errors of `core.errors`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from core.ids import ChatId, ExternalId, PostId, ThreadId
from core.message import Content, Media, Status
from core.people import Address
from core.text import RichText

# ------------------------------------------------------------------ customer side: what comes in


@dataclass(frozen=True, slots=True)
class Party:
    """The customer an event is about, by every address the payload names. `name` is their profile name."""

    addresses: tuple[Address, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class MessageIn:
    """A customer said something, or did. `reply_to`: the external id of the message they quoted or reacted to."""

    external_id: ExternalId
    sender: Party
    at: datetime
    content: Content
    reply_to: ExternalId | None = None
    opens_window: bool = True
    """No for what is not the customer's own message or call: it gives no right to write freely."""
    readable: bool = True
    """No for what the line cannot mark as read: calls, changed wishes."""


@dataclass(frozen=True, slots=True)
class EchoOut:
    """Staff used the phone itself (coexistence echo): shown in the topic, never sent again."""

    external_id: ExternalId
    recipient: Party
    at: datetime
    content: Content
    reply_to: ExternalId | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message failed. `code` is our class (`window`, `recipient`, …), `number` WhatsApp's own code."""

    code: str
    number: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A report about a message of ours. `client_id` is what we sent along (`biz_opaque_callback_data`)."""

    external_id: ExternalId
    status: Status | None
    """None: a status word we do not know (`raw_status`); kept, never an error."""
    raw_status: str
    at: datetime
    client_id: str | None = None
    problem: Problem | None = None
    recipient: Party | None = None


@dataclass(frozen=True, slots=True)
class AddressChanged:
    """The customer has a new number or user id. `content` is the line to show."""

    external_id: ExternalId
    sender: Party
    at: datetime
    new: tuple[Address, ...]
    content: Content


@dataclass(frozen=True, slots=True)
class LineNotice:
    """News about the account, not about one customer (template states, quality, account errors)."""

    code: str
    detail: str
    serious: bool = False


InboundEvent = MessageIn | EchoOut | StatusChanged | AddressChanged | LineNotice


# ------------------------------------------------------------------ customer side: what goes out


@dataclass(frozen=True, slots=True)
class OutMessage:
    """One message for a customer.

    `client_id` is our own id of it, echoed in every status. `file` is our local copy of `content.media`.
    """

    to: tuple[Address, ...]
    client_id: str
    content: Content
    reply_to: ExternalId | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Accepted by the line (not yet delivered). `addresses` are those the answer named, to be stored."""

    external_id: ExternalId
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a line can carry, as data the core checks before it calls. Sizes in characters and bytes."""

    text: int = 4096
    caption: int = 1024
    media_bytes: Mapping[str, int] = field(default_factory=dict[str, int])
    """Largest file by kind (`photo`, `video`, …); a kind that is absent cannot be sent."""
    forms: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """The MIME types a kind may have; others are converted first, or go as documents. Absent: any."""
    view_once: bool = False
    """Can a picture be sent that may be looked at once?"""
    window_hours: int | None = None
    """How long after a customer's words staff may write freely; None: at any time."""
    edit_minutes: int | None = None
    """For how long a message can be changed after it was sent; None: never."""
    revoke_hours: int | None = None
    """For how long it can be taken back; None: never."""
    reactions: bool = True
    typing: bool = True
    templates: bool = False
    buttons: int = 0
    """Most choices a message can carry as buttons, and as rows of a list."""
    list_rows: int = 0
    live_location: bool = False
    timers: bool = False
    """Can messages vanish by themselves?"""
    cannot: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why, in English, for what the line does not carry: `<feature>.in` or `<feature>.out` → the reason."""


@dataclass(frozen=True, slots=True)
class LineHealth:
    ok: bool
    label: str = ""
    detail: str = ""


@runtime_checkable
class Connector(Protocol):
    """One line. `parse` is pure and never raises on odd payloads: what it cannot read becomes a notice."""

    limits: Limits

    def parse(self, raw: Mapping[str, Any]) -> Sequence[InboundEvent]: ...

    def length(self, text: RichText) -> int:
        """Of a text in this line's own writing, in characters: signs and addresses of links may make it longer."""
        ...

    async def send(self, message: OutMessage) -> Receipt:
        """Raises Down (certainly not sent), Uncertain (perhaps sent), Busy, RemoteRefusal or LineTrouble."""
        ...

    async def health(self) -> LineHealth: ...

    async def close(self) -> None: ...


@runtime_checkable
class CanRead(Protocol):
    async def mark_read(self, external_id: ExternalId, *, typing: bool = False) -> None:
        """Blue ticks on a customer's message; with `typing`, also "typing…" for up to 25 s."""
        ...


@runtime_checkable
class CanEdit(Protocol):
    edit_window: timedelta
    """For so long after it was sent a message may be changed."""

    async def edit(self, message: OutMessage, external_id: ExternalId) -> None:
        """Give a sent message the words of `message.content`. Doing it twice is harmless.

        Raises RemoteTrouble, RemoteRefusal or LineTrouble.
        """
        ...


@runtime_checkable
class CanRevoke(Protocol):
    revoke_window: timedelta

    async def revoke(self, to: tuple[Address, ...], external_id: ExternalId) -> None:
        """Delete a sent message where the customer reads. Doing it twice is harmless. Raises as `edit` does."""
        ...


@runtime_checkable
class CanReact(Protocol):
    async def react(self, to: tuple[Address, ...], external_id: ExternalId, emoji: str, client_id: str) -> None:
        """Put our one reaction on a message of either side; an empty emoji takes it away. Raises as `edit` does."""
        ...


@runtime_checkable
class CanFetch(Protocol):
    async def fetch(self, media: Media, target: Path, max_bytes: int) -> Media:
        """Stream the file into `target`; answers the media with true mime, size and sha256 (hex)."""
        ...


class LinkOver(Exception):
    """The link was ours, but its time is over, or the file is no longer kept. For strangers, so it has no words."""


@dataclass(frozen=True, slots=True)
class SharedFile:
    """What a link leads to: our copy, and the name it is to be saved under."""

    path: Path
    name: str


# ------------------------------------------------------------------ staff side


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to post: a topic of a group, or with `thread` None its General topic or a private chat."""

    chat: ChatId
    thread: ThreadId | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """`action` is the callback data, at most 64 bytes; see `core.buttons`."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a post that an answer means; `start`: where they begin in it, in UTF-16 units."""

    text: RichText
    start: int


@dataclass(frozen=True, slots=True)
class Post:
    """One thing to show. With `file`, `content.media` describes it and `text` is its caption."""

    text: RichText = RichText()
    content: Content | None = None
    file: Path | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    reply_to: PostId | None = None
    quote: Quote | None = None
    """Of the post `reply_to`; left out when its words are no longer there."""
    silent: bool = False
    only_for: int | None = None
    """Telegram user id: show it to this member alone where Telegram can (ephemeral), else to all."""


class Standing(StrEnum):
    """What Telegram says a person is in a group."""

    CREATOR = "creator"
    ADMIN = "administrator"
    MEMBER = "member"
    OUTSIDE = "outside"


@runtime_checkable
class Desk(Protocol):
    """What the system may show in Telegram. Every call is one Bot API call against the group's budget.

    Raises Busy, Down, Uncertain, TopicGone, TopicClosed, ReplyTargetGone, MediaRefused, ReactionRefused,
    GroupTrouble, GroupMoved.
    """

    bot_id: int

    async def open_topic(self, chat: ChatId, name: str, color: int | None, icon: str | None) -> ThreadId: ...

    async def reopen_topic(self, chat: ChatId, thread: ThreadId) -> None: ...

    async def close_topic(self, chat: ChatId, thread: ThreadId) -> None:
        """Members cannot write there any more; administrators and the bot still can."""
        ...

    def link(self, spot: Spot, post_id: PostId | None = None) -> str:
        """The address of a topic, or of a post in it, for whoever is in its group. No call."""
        ...

    async def post(self, spot: Spot, post: Post) -> PostId:
        """Texts past 4,096 and captions past 1,024 UTF-16 units must be split by the caller (`core.text`)."""
        ...

    async def post_album(self, spot: Spot, posts: Sequence[Post]) -> tuple[PostId, ...]:
        """2-10 files in one call, each with its caption; photos and videos mix, all else keeps to its kind.

        Answers the ids in the order of `posts`. Raises MediaRefused when they cannot go together.
        """
        ...

    async def edit(self, chat: ChatId, post_id: PostId, post: Post) -> None: ...

    async def pin(self, chat: ChatId, post_id: PostId) -> None: ...

    async def delete(self, chat: ChatId, post_id: PostId) -> None:
        """Anybody's post. Raises RemoteRefusal when it is gone or the right is missing."""
        ...

    async def base_emoji(self, custom_id: str) -> str:
        """The plain emoji that a custom one stands for; empty when Telegram does not say."""
        ...

    async def mark(self, chat: ChatId, post_id: PostId, emoji: str | None) -> None:
        """Put the bot's one reaction on a post, or take it away with None."""
        ...

    async def fetch(self, media: Media, target: Path, max_bytes: int) -> Media: ...

    async def standing(self, chat: ChatId, user_id: int) -> Standing:
        """What a person is in the group right now."""
        ...

    async def icons(self) -> Mapping[str, str]:
        """Emoji → custom emoji id of the icons a topic may carry."""
        ...


Accept = Callable[[str, Sequence[tuple[str, str]]], Awaitable[int]]
"""(line key, [(external id, raw JSON)…]) → rows newly kept. Returns only after commit."""

Clock = Callable[[], datetime]
