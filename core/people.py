"""Who is who: tenants, staff and roles, lines, contacts and the addresses a line knows them by."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.ids import (
    ChatId,
    ContactId,
    ConversationId,
    GroupId,
    LineId,
    StaffId,
    TeamId,
    TenantId,
    ThreadId,
    TopicId,
)


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    AGENT = "agent"
    VIEWER = "viewer"

    @property
    def may_speak(self) -> bool:
        """May this person's words go to a customer?"""
        return self is not Role.VIEWER


class AddressKind(StrEnum):
    """Kinds of address, in the order of trust when several could be written to."""

    PHONE = "phone"
    BSUID = "bsuid"
    PARENT_BSUID = "parent_bsuid"
    LID = "lid"
    USERNAME = "username"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Address:
    """How a line knows a contact. Phones are digits only, without `+`, as WhatsApp writes them."""

    kind: AddressKind
    value: str


@dataclass(frozen=True, slots=True)
class Tenant:
    id: TenantId
    name: str
    locale: str
    timezone: str
    keeps_deleted: bool = True
    """May staff still read what a customer deleted?"""


@dataclass(frozen=True, slots=True)
class Staff:
    id: StaffId
    telegram_id: int
    name: str
    role: Role
    locale: str | None


@dataclass(frozen=True, slots=True)
class Team:
    """Staff who share groups; what the tenant calls them."""

    id: TeamId
    name: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Which customers a group is for: a team's, a line's, or those with a tag. At most one is set; none: anybody."""

    team_id: TeamId | None = None
    line_id: LineId | None = None
    tag_key: str | None = None

    @property
    def is_open(self) -> bool:
        return self == Rule()


@dataclass(frozen=True, slots=True)
class Group:
    """A Telegram supergroup that serves as a tenant's desk. `suspended` holds why, or is None.

    `posts`: message ids spent, by the highest one seen (a supergroup has one sequence), up to a hundred behind.
    """

    id: GroupId
    chat_id: ChatId
    title: str
    suspended: str | None
    rule: Rule = Rule()
    posts: int = 0

    @property
    def label(self) -> str:
        return self.title or f"#{self.id}"


@dataclass(frozen=True, slots=True)
class LineHabits:
    """How a line behaves towards customers. Seconds. Switchable per line."""

    human_read: bool = True
    read_after_min: float = 3.0
    read_after_max: float = 10.0
    typing: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One connected customer-side account. `external_id` is its phone_number_id on the Cloud API."""

    id: LineId
    tenant_id: TenantId
    kind: str
    external_id: str
    label: str
    secrets: dict[str, str] = field(repr=False)
    settings: dict[str, Any]
    habits: LineHabits
    state: str


@dataclass(frozen=True, slots=True)
class Contact:
    id: ContactId
    name: str
    language: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """Contact x line. `last_in_at` is WhatsApp's own time of the customer's last message (the 24 h window)."""

    id: ConversationId
    contact_id: ContactId
    line_id: LineId
    last_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class Topic:
    """Where a contact is shown. `generation` grows each time a topic takes the place of a deleted or left one.

    `is_leaving`: the next topic is to be opened in another group. `has_moved`: it was, and this one is only read.
    """

    id: TopicId
    contact_id: ContactId
    chat_id: ChatId
    thread_id: ThreadId
    generation: int
    name: str
    is_closed: bool = False
    is_leaving: bool = False
    has_moved: bool = False
