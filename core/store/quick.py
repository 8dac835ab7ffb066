"""A SQLite connection for an event loop: what is a matter of microseconds is done at once, what waits has a thread.

aiosqlite hands every step to a thread: opening a cursor, executing, fetching, closing. Four hand-overs a statement
cost several times what SQLite itself does, and more when the loop is busy. Inside a transaction nothing waits: the
lock was taken by BEGIN IMMEDIATE, readers of a WAL database need none. What may wait for a lock (BEGIN) or for the
disk (COMMIT) stays in the thread.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

_WAITING_CALLS = {"commit", "rollback", "close", "backup"}
_WAITING_STATEMENTS = ("BEGIN", "COMMIT", "PRAGMA", "VACUUM")
_LOCK_SECONDS = 30.0
_AGAIN_SECONDS = 0.02


class QuickConnection(aiosqlite.Connection):
    """Everything in aiosqlite passes through `_execute`; were that to change, we would be slower and not wrong."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._connection is None or _may_wait(fn, args):
            return await super()._execute(fn, *args, **kwargs)  # pyright: ignore[reportUnknownMemberType]
        return fn(*args, **kwargs)


def _may_wait(fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    name, owner = getattr(fn, "__name__", ""), getattr(fn, "__self__", None)
    if name == "execute":
        return str(args[0]).lstrip().upper().startswith(_WAITING_STATEMENTS)
    return name in _WAITING_CALLS and not isinstance(owner, sqlite3.Cursor)


async def open_quickly(path: str) -> aiosqlite.Connection:
    """Used by one task at a time, yet by two threads: SQLite's own lock keeps them apart. Raises sqlite3.Error."""
    connection = QuickConnection(lambda: sqlite3.connect(path, timeout=_LOCK_SECONDS, check_same_thread=False), 64)
    connection._thread.daemon = True  # pyright: ignore[reportPrivateUsage] # as SQLAlchemy does: it must not hold up the end
    await connection
    try:
        await _write_ahead(connection)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _write_ahead(connection: aiosqlite.Connection) -> None:
    """Two that change a new file's journal at once are refused at once, whatever timeout was asked for: we wait."""
    deadline = asyncio.get_running_loop().time() + _LOCK_SECONDS
    while True:
        try:
            async with connection.execute("PRAGMA journal_mode=WAL") as answer:
                await answer.fetchall()
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(_AGAIN_SECONDS)
