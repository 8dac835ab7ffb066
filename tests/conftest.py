"""What all tests share: a fresh database of each kind, and texts that refuse to be missing."""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.logs import set_up_logs
from core.i18n import be_strict
from core.store.db import Database
from core.store.migrate import migrate
from core.store.store import Store
from tests.tenant_probe import watch

be_strict()
set_up_logs("INFO")

POSTGRES_URL = os.environ.get("TOPICDESK_TEST_POSTGRES_URL", "")


def _kinds() -> list[object]:
    reason = "set TOPICDESK_TEST_POSTGRES_URL to run this on PostgreSQL too"
    skip = pytest.mark.skipif(not POSTGRES_URL, reason=reason)
    return ["sqlite", pytest.param("postgres", marks=skip)]


@pytest.fixture(params=_kinds())
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'topicdesk.db'}"
        return
    async with fresh_postgres() as url:
        yield url


@asynccontextmanager
async def fresh_postgres() -> AsyncIterator[str]:
    """The URL of a database that goes away afterwards."""
    name = f"topicdesk_{uuid.uuid4().hex[:12]}"
    await _on_server(f'CREATE DATABASE "{name}"')
    try:
        yield f"{POSTGRES_URL.rpartition('/')[0]}/{name}"
    finally:
        await _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A store on a migrated database; every statement is watched for its tenant."""
    database = Database(database_url)
    await migrate(database)
    with watch(database):
        yield Store(database)
    await database.close()


async def _on_server(statement: str) -> None:
    engine = create_async_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
