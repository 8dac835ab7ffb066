"""The doors to rows.

`TenantScope` is one open transaction bound to one tenant: every statement it builds carries the
tenant. `SystemScope` is the way out for what comes before a tenant is known (routing, the job queue,
set-up); it is spelled out loudly so that it is easy to grep for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, Select, Table, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from core.events import Event, follow_ups
from core.ids import TenantId
from core.jobs import NewJob
from core.store import queue
from core.store.tables import event as event_table


@cache
def insert_unless_there(dialect: str, table: Table) -> Any:
    """INSERT … ON CONFLICT DO NOTHING, answering the new id. Built once: that costs more than running it."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table).on_conflict_do_nothing().returning(table.c.id)


@cache
def _insert(table: Table) -> Any:
    return insert(table).returning(table.c.id)


@dataclass
class Scope:
    """One transaction. `now` is its one point in time."""

    connection: AsyncConnection
    now: datetime
    new_jobs: list[NewJob] = field(default_factory=list[NewJob])

    async def all(self, statement: Executable) -> Sequence[Row[Any]]:
        return (await self.connection.execute(statement)).all()

    async def first(self, statement: Executable) -> Row[Any] | None:
        return (await self.connection.execute(statement)).first()

    async def put(self, *jobs: NewJob) -> None:
        """Insert jobs; one with a merge key that already waits is merged into it."""
        self.new_jobs.extend(jobs)
        for job in jobs:
            await queue.put(self.connection, job, self.now)


class SystemScope(Scope):
    """Not bound to a tenant. Only for routing, set-up and the engine itself."""


@dataclass
class TenantScope(Scope):
    tenant_id: TenantId = TenantId(0)

    def select(self, table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
        return select(*(columns or (table,))).where(table.c.tenant_id == self.tenant_id)

    async def insert(self, table: Table, **values: Any) -> int:
        given = {"tenant_id": self.tenant_id, **values}
        return (await self.connection.execute(_insert(table), given)).scalar_one()

    async def insert_new(self, table: Table, **values: Any) -> int | None:
        """The new row's id, or None when a unique key says that it is already there."""
        given = {"tenant_id": self.tenant_id, **values}
        statement = insert_unless_there(self.connection.dialect.name, table)
        return (await self.connection.execute(statement, given)).scalar_one_or_none()

    async def update(self, table: Table, *where: ColumnElement[bool], **values: Any) -> int:
        """The number of rows changed."""
        statement = update(table).where(table.c.tenant_id == self.tenant_id, *where).values(**values)
        return (await self.connection.execute(statement)).rowcount

    async def record(self, *events: Event) -> None:
        """Append facts and put the jobs that follow from them."""
        for event in events:
            await self.insert(
                event_table,
                kind=event.kind.value,
                contact_id=event.contact_id,
                message_id=event.message_id,
                actor=event.actor,
                data=event.data,
                at=self.now,
            )
            await self.put(*follow_ups(event))
