"""Brings the database to the newest schema at start. Two processes that start together wait for each other.

Alembic is loaded only when there is something to do: it takes ten megabytes that a running desk has no use for.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table, text

from core.store.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 7_046_317
"""PostgreSQL advisory lock of whoever migrates; on SQLite the write transaction itself is the lock."""
_SCRIPTS = Path(__file__).with_name("migrations")
_VERSION = table("alembic_version", column("version_num"))


def alembic_config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """Revisions are numbered, and their files begin with the number."""
    return max(script.name.partition("_")[0] for script in (_SCRIPTS / "versions").glob("[0-9]*_*.py"))


class DatabaseTrouble(Exception):
    """The database cannot be used: not there, wrong password, no disk."""


async def migrate(database: Database) -> str:
    """The revision that holds afterwards. Raises DatabaseTrouble."""
    try:
        found = await revision_of(database)
    except Exception as error:
        raise DatabaseTrouble(f"the database cannot be used ({error})".splitlines()[0]) from error
    if found != newest_revision():
        async with database.write() as connection:
            await connection.run_sync(_upgrade)
    return newest_revision()


async def revision_of(database: Database) -> str | None:
    """None: an empty database."""
    async with database.read() as connection:
        return await connection.run_sync(_revision)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(select(_VERSION.c.version_num)).scalar_one_or_none()


def _upgrade(connection: Connection) -> None:
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    command.upgrade(alembic_config(connection), "head")
