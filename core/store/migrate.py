"""Brings the database to the newest schema at start. Two processes that start together wait for each other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from core.store.db import Database

_LOCK = 7_046_317
"""PostgreSQL advisory lock of whoever migrates; on SQLite the write transaction itself is the lock."""


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    return ScriptDirectory.from_config(alembic_config()).get_current_head() or ""


async def migrate(database: Database) -> str:
    """The revision that holds afterwards."""
    async with database.write() as connection:
        await connection.run_sync(_upgrade)
    return newest_revision()


async def revision_of(database: Database) -> str | None:
    """None: an empty database."""
    async with database.read() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    command.upgrade(alembic_config(connection), "head")
