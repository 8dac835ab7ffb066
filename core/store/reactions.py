"""Rows about reactions: one of each author on each message, and what was last told to the customer's side."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from core.ids import MessageId
from core.store.scope import TenantScope
from core.store.tables import reaction

CUSTOMER = "customer"
TOLD = "told"
"""Not a person: the reaction that the customer was last shown as ours."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """`emoji` is empty once it was taken back. `in_words`: Telegram cannot draw it, so a line tells of it."""

    author: str
    emoji: str
    in_words: bool
    at: datetime


async def put(
    scope: TenantScope, message_id: MessageId, author: str, emoji: str, at: datetime, *, in_words: bool = False
) -> None:
    """Replaces what the author put there before."""
    values = {"emoji": emoji, "at": at, "in_words": in_words}
    new = await scope.insert_new(reaction, message_id=message_id, author=author, **values)
    if new is None:
        await scope.update(reaction, reaction.c.message_id == message_id, reaction.c.author == author, **values)


async def by(scope: TenantScope, message_id: MessageId, author: str) -> Reaction | None:
    where = (reaction.c.message_id == message_id, reaction.c.author == author)
    row = await scope.first(scope.select(reaction).where(*where))
    return _reaction(row) if row else None


async def of_staff(scope: TenantScope, message_id: MessageId) -> str:
    """The emoji that counts as ours: the latest that still stands; empty when there is none."""
    where = (reaction.c.message_id == message_id, reaction.c.author.like("staff:%"), reaction.c.emoji != "")
    newest = scope.select(reaction).where(*where).order_by(reaction.c.at.desc(), reaction.c.id.desc())
    row = await scope.first(newest.limit(1))
    return row.emoji if row else ""


def _reaction(row: Row[Any]) -> Reaction:
    return Reaction(row.author, row.emoji, row.in_words, row.at)
