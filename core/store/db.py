"""Engines. SQLite: one write connection that begins at once, and a pool of readers. PostgreSQL: one pool.

Measured (field notes in docs/decisions/0002): a pool of SQLite writers that begin late fails 82 % of
read-modify-write transactions with "database is locked"; one writer with BEGIN IMMEDIATE fails none.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from core.store.quick import open_quickly

_SQLITE_PRAGMAS = (
    "synchronous=FULL",  # an acknowledged message survives a power cut too
    "foreign_keys=ON",
    "cache_size=-16384",
)


class Database:
    """Opens transactions; closes with `close()`. `url` is a SQLAlchemy URL with an async driver."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if self.url.database:
                Path(self.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.writer = _sqlite_engine(url, "BEGIN IMMEDIATE", read_only=False)
            self.reader = _sqlite_engine(url, "BEGIN", read_only=True)
        else:
            self.writer = create_async_engine(
                url, pool_size=12, max_overflow=4, pool_pre_ping=True, hide_parameters=True
            )
            self.reader = self.writer

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncConnection, None]:
        async with self.writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection, None]:
        async with self.reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def listener(self) -> AsyncGenerator[Any, None]:
        """A PostgreSQL connection of its own (asyncpg), for LISTEN and session locks. Raises OSError."""
        import asyncpg

        dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connect: Any = asyncpg.connect  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        try:
            connection = await connect(dsn)
            try:
                yield connection
            finally:
                await connection.close()
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        await self.reader.dispose()
        await self.writer.dispose()


def _sqlite_engine(url: str, begin: str, *, read_only: bool) -> AsyncEngine:
    size: dict[str, Any] = {"pool_size": 4, "max_overflow": 0} if read_only else {"pool_size": 1, "max_overflow": 0}
    path = make_url(url).database
    if path:  # else it is in memory, where SQLAlchemy knows best
        size["async_creator"] = lambda: open_quickly(path)
    engine = create_async_engine(url, hide_parameters=True, **size)
    pragmas = (*_SQLITE_PRAGMAS, "query_only=ON") if read_only else _SQLITE_PRAGMAS

    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
    return engine
