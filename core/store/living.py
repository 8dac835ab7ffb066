"""Which processes of this database live.

On PostgreSQL every process has a number and holds a session lock of that number. The server itself drops the lock
when the process is gone, however it died, so nobody has to wait for a lease to know. On SQLite there is one process.
"""

import random
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, cast, column, false, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

ALONE = 0
"""The number of the one process on SQLite."""
_CLASS = 70_463
"""The first half of our locks' keys, so that other programs' advisory locks are not taken for ours."""
_TWO_HALVES = 2
"""PostgreSQL docs, pg_locks: objsubid of an advisory lock that was taken by two 32-bit keys."""

_locks = table(
    "pg_locks",
    column("locktype", String),
    column("database", Integer),
    column("classid", Integer),
    column("objid", Integer),
    column("objsubid", Integer),
)
_databases = table("pg_database", column("oid", Integer), column("datname", String))

LOCK_MYSELF = f"SELECT pg_advisory_lock({_CLASS}, $1)"


def new_number() -> int:
    return random.randint(1, 2**31 - 1)  # noqa: S311 - tells processes apart, keeps no secret


def is_dead(connection: AsyncConnection, holder: ColumnElement[Any]) -> ColumnElement[bool]:
    """True for a number whose process certainly ended; never for "no number"."""
    if connection.dialect.name == "sqlite":
        return false()
    here = select(_databases.c.oid).where(_databases.c.datname == func.current_database()).scalar_subquery()
    living = select(cast(_locks.c.objid, holder.type)).where(
        _locks.c.locktype == "advisory",
        _locks.c.database == here,
        _locks.c.classid == _CLASS,
        _locks.c.objsubid == _TWO_HALVES,
    )
    return and_(holder.is_not(None), holder.not_in(living))
