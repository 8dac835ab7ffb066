"""Intents: what is to be done, in which order, how urgently, and how often it is tried.

A lane is an ordered promise: only its first live job may run. A timer (`run_at` in the future) never
sits in a lane, or it would stall the lane; when due it does its work at once or puts the ordinary job.
A merge key keeps at most one waiting job of its kind.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.ids import JobId, TenantId


class JobKind(StrEnum):
    INGEST = "ingest"
    """Read the waiting raw rows of a line."""
    UPDATE = "update"
    """Handle one Telegram update."""
    MIRROR = "mirror"
    """Show a contact's waiting messages in their topic."""
    CARD = "card"
    """Post the contact's card."""
    HISTORY = "history"
    """Tell what was said before in a topic that had to be made anew."""
    MOVE = "move"
    """Open a contact's topic in another group."""
    LEAVE = "leave"
    """Say in the topic that was left where the contact is now."""
    CLOSE = "close"
    """Close a topic that was left."""
    MEASURE = "measure"
    """Look whether a group is getting full."""
    DELIVER = "deliver"
    """Send one message to a customer."""
    REDRAW = "redraw"
    """A customer changed or deleted a message: bring the post up to date."""
    EDIT = "edit"
    """Staff changed words that have left: ask the line, or offer a correction."""
    OFFER = "offer"
    """Offer a correction in the topic, and keep the offer true."""
    REVOKE = "revoke"
    """Delete a sent message at the customer."""
    REACT = "react"
    """Show staff's reaction at the customer."""
    TIDY = "tidy"
    """Take a command away that has been carried out."""
    PROVE = "prove"
    """A send's answer was lost: look for proof, else ask staff."""
    MARK = "mark"
    """Put the status of a staff message on its post."""
    TELL = "tell"
    """Show a failure in the topic, with its buttons."""
    ASK = "ask"
    """Ask staff which message of a merged post they answer, and keep the question true."""
    CHOOSE = "choose"
    """Nobody chose: let the words go."""
    MERGE = "merge"
    """Tell staff that two contacts are one, or ask whether they are."""
    READ = "read"
    """Mark a customer's message as read, like a person would."""
    SAY = "say"
    """Answer a staff member, or put a reaction on their post."""
    LAG = "lag"
    """Tell staff, in one line kept true, that customers' messages wait to be shown."""
    NOTIFY = "notify"
    """Say something to the whole group or its owner."""


class Urgency:
    """Lower goes first, among the heads of lanes."""

    REPLY = 0
    CUSTOMER = 1
    MARK = 2
    NOTICE = 3
    AI = 5
    NUMBERS = 7
    BROADCAST = 9


@dataclass(frozen=True, slots=True)
class NewJob:
    kind: JobKind
    tenant_id: TenantId | None
    payload: dict[str, Any] = field(default_factory=dict[str, Any])
    lane: str | None = None
    urgency: int = Urgency.NOTICE
    merge_key: str | None = None
    delay: float = 0
    """Seconds from now."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. `claim_no` fences: only the holder of the latest claim may settle it."""

    id: JobId
    kind: JobKind
    tenant_id: TenantId | None
    payload: dict[str, Any]
    lane: str | None
    claim_no: int
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`tries` failures before parking; the wait doubles from `first` seconds up to `longest`."""

    tries: int = 8
    first: float = 1.0
    longest: float = 300.0

    def wait(self, failures: int) -> float:
        return min(self.longest, self.first * 2 ** max(0, failures - 1))


_PATIENT = RetryPolicy(tries=40)
"""Some ten thousand seconds: the other side may be down for hours before staff is bothered."""

POLICIES: dict[JobKind, RetryPolicy] = {
    JobKind.INGEST: RetryPolicy(tries=3),
    JobKind.UPDATE: RetryPolicy(tries=3),
    JobKind.MIRROR: RetryPolicy(tries=100_000),
    JobKind.DELIVER: _PATIENT,
}


def policy_of(kind: JobKind) -> RetryPolicy:
    return POLICIES.get(kind, RetryPolicy())
