"""Raw rows: what arrived, exactly as it arrived, kept before anybody is told "ok"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from core.ids import InboxId
from core.store.engine_tables import inbox
from core.store.scope import Scope, insert_unless_there

NEW, DONE, DEAD = "new", "done", "dead"


@dataclass(frozen=True, slots=True)
class RawRow:
    id: InboxId
    source: str
    """`line:<id>` for webhooks of a line, `tg:<bot id>` for Telegram updates."""
    raw: str


async def keep(scope: Scope, source: str, external_id: str, raw: str) -> InboxId | None:
    """The new row's id, or None when this very thing is already kept."""
    values = {"source": source, "external_id": external_id, "raw": raw, "state": NEW, "received_at": scope.now}
    statement = insert_unless_there(scope.connection.dialect.name, inbox)
    return (await scope.connection.execute(statement, values)).scalar_one_or_none()


async def get(scope: Scope, row_id: InboxId) -> RawRow | None:
    row = await scope.first(select(inbox).where(inbox.c.id == row_id))
    return RawRow(InboxId(row.id), row.source, row.raw) if row else None


async def waiting(scope: Scope, source: str, most: int) -> list[RawRow]:
    """The oldest rows of a source nobody has read yet."""
    statement = select(inbox).where(inbox.c.source == source, inbox.c.state == NEW).order_by(inbox.c.id).limit(most)
    return [RawRow(InboxId(row.id), row.source, row.raw) for row in await scope.all(statement)]


async def finish(scope: Scope, ids: Sequence[InboxId]) -> None:
    await scope.connection.execute(update(inbox).where(inbox.c.id.in_(ids)).values(state=DONE))


async def bury(scope: Scope, row_id: InboxId, error: str) -> None:
    """A dead letter: kept with its error, to be replayed once the bug is mended."""
    await scope.connection.execute(update(inbox).where(inbox.c.id == row_id).values(state=DEAD, error=error))


async def purge(scope: Scope, keep_for: timedelta) -> int:
    """Forget rows that were read long ago. Dead ones stay."""
    old = delete(inbox).where(inbox.c.state == DONE, inbox.c.received_at < scope.now - keep_for)
    return (await scope.connection.execute(old)).rowcount


async def dead_of(scope: Scope, sources: Sequence[str]) -> int:
    """How many rows of these sources nobody could read."""
    theirs = (inbox.c.source.in_(sources), inbox.c.state == DEAD)
    return (await scope.connection.execute(select(func.count()).where(*theirs))).scalar_one()


async def counts(scope: Scope) -> dict[str, int]:
    rows: Sequence[Any] = await scope.all(select(inbox.c.state, func.count()).group_by(inbox.c.state))
    return {row[0]: row[1] for row in rows}
