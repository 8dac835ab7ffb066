"""The schema: reached from nothing, equal to the tables of the code, and two processes may start at once."""

import asyncio

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from core.store.db import Database
from core.store.migrate import alembic_config, migrate, newest_revision, revision_of
from core.store.tables import metadata

_OLD_ROWS = (
    "INSERT INTO tenant (id, name, locale, timezone, created_at) VALUES (1, 'T', 'en', 'UTC', '2026-01-01 00:00:00')",
    "INSERT INTO desk_group (tenant_id, chat_id, title, created_at) VALUES (1, -1001, 'Desk', '2026-01-01 00:00:00')",
    "INSERT INTO contact (id, tenant_id, name, created_at) VALUES (1, 1, 'Ann', '2026-01-01 00:00:00')",
    "INSERT INTO note (tenant_id, contact_id, author, text, created_at) "
    "VALUES (1, 1, 'staff:1', 'likes tea', '2026-01-01 00:00:00')",
)


def _differences(connection: Connection) -> list[object]:
    def is_ours(_object: object, name: str | None, *_rest: object) -> bool:
        """FTS5 keeps tables of its own on SQLite; the index over tokens is PostgreSQL's alone."""
        return connection.dialect.name != "sqlite" or not (name or "").startswith(("search_fts", "ix_search_entry_tok"))

    context = MigrationContext.configure(connection, opts={"include_object": is_ours})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_make_the_tables_of_the_code(database_url: str) -> None:
    database = Database(database_url)
    await migrate(database)
    async with database.write() as connection:
        assert await connection.run_sync(_differences) == []
    assert await revision_of(database) == newest_revision()
    await database.close()


async def test_down_to_nothing_and_up_again(database_url: str) -> None:
    database = Database(database_url)
    await migrate(database)
    async with database.write() as connection:
        await connection.run_sync(lambda sync: command.downgrade(alembic_config(sync), "base"))
    async with database.write() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert set(names) <= {"alembic_version"}
    await migrate(database)
    assert await revision_of(database) == newest_revision()
    await database.close()


async def test_what_was_said_and_the_groups_outlive_a_table_made_anew(database_url: str) -> None:
    """SQLite changes some tables by making them anew, and dropping the old one could take linked rows along."""
    database = Database(database_url)
    async with database.write() as connection:
        await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "0003"))
        for statement in _OLD_ROWS:
            await connection.execute(text(statement))
    await migrate(database)
    async with database.read() as connection:
        rows = (await connection.execute(text("SELECT chat_id, title, posts FROM desk_group"))).all()
        said = (await connection.execute(text("SELECT count(*) FROM note"))).scalar_one()
    await database.close()
    assert [tuple(row) for row in rows] == [(-1001, "Desk", 0)]
    assert said == 1


async def test_processes_that_start_together_migrate_once(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(3)]
    assert set(await asyncio.gather(*map(migrate, databases))) == {newest_revision()}
    for database in databases:
        await database.close()


def test_the_newest_file_is_the_newest_revision() -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config()).get_current_head()
