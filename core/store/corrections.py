"""Rows about staff's edits of what has left already: carried out by the line, or offered as a correction."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from core.ids import MessageId, PostId
from core.message import Content
from core.store.scope import TenantScope
from core.store.tables import correction

_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)


class State(StrEnum):
    WANTED = "wanted"
    """The line is to be asked."""
    DONE = "done"
    OFFERED = "offered"
    """The line cannot: staff may send the new words as an answer to the old ones."""
    SENT = "sent"
    STALE = "stale"
    """A later edit took its place, or staff waved it away."""


@dataclass(frozen=True, slots=True)
class Correction:
    """`message_id`: the first message of the edited post. `why` the line could not, as a text's key."""

    id: int
    message_id: MessageId
    content: Content
    author: str
    state: State
    why: str
    asked_post_id: PostId | None


async def add(scope: TenantScope, message_id: MessageId, content: Content, author: str) -> int:
    dumped = _CONTENT.dump_python(content, mode="json", exclude_defaults=True)
    values = {"author": author, "state": State.WANTED.value, "why": "", "created_at": scope.now}
    return await scope.insert(correction, message_id=message_id, content=dumped, **values)


async def get(scope: TenantScope, number: int) -> Correction | None:
    row = await scope.first(scope.select(correction).where(correction.c.id == number))
    return _correction(row) if row else None


async def latest(scope: TenantScope, message_id: MessageId) -> Correction | None:
    of_it = scope.select(correction).where(correction.c.message_id == message_id)
    row = await scope.first(of_it.order_by(correction.c.id.desc()).limit(1))
    return _correction(row) if row else None


async def move(scope: TenantScope, number: int, old: State, new: State, why: str = "") -> bool:
    """False when it was not in state `old`: of two presses only one sends."""
    where = (correction.c.id == number, correction.c.state == old.value)
    return await scope.update(correction, *where, state=new.value, why=why) == 1


async def set_asked(scope: TenantScope, number: int, post_id: PostId) -> None:
    await scope.update(correction, correction.c.id == number, asked_post_id=post_id)


def _correction(row: Row[Any]) -> Correction:
    return Correction(
        row.id,
        MessageId(row.message_id),
        _CONTENT.validate_python(row.content),
        row.author,
        State(row.state),
        row.why,
        PostId(row.asked_post_id) if row.asked_post_id else None,
    )
