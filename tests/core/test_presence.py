"""Processes that live keep what they hold; what a dead one held returns at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import literal, select, text

from core.ids import TenantId
from core.jobs import Job, JobKind, NewJob
from core.store import engine, queue
from core.store.db import Database
from core.store.living import is_dead
from core.store.presence import AlreadyRunning, at_work
from core.store.queue import LostClaim
from core.store.store import Store
from tests.waiting import until

LEASE = timedelta(seconds=20)


@asynccontextmanager
async def another(store: Store) -> AsyncIterator[Store]:
    """A second process, as far as the database can tell."""
    database = Database(store.database.url.render_as_string(hide_password=False))
    try:
        yield Store(database)
    finally:
        await database.close()


async def claim(store: Store) -> list[Job]:
    async with store.write_across_tenants() as scope:
        return await queue.claim(scope.connection, scope.now, LEASE, 10, store.me)


async def recover(store: Store) -> int:
    async with store.write_across_tenants() as scope:
        return await queue.recover(scope.connection, scope.now)


async def lease(store: Store, seconds: float = 60) -> bool:
    async with store.write_across_tenants() as scope:
        return await engine.take_lease(scope, "poller:1", store.me, timedelta(seconds=seconds))


def only_postgres(store: Store) -> None:
    if store.database.is_sqlite:
        pytest.skip("SQLite has one process at a time")


async def test_sqlite_has_one_process(store: Store) -> None:
    if not store.database.is_sqlite:
        pytest.skip("PostgreSQL has many")
    async with at_work(store), another(store) as other:
        with pytest.raises(AlreadyRunning):
            async with at_work(other):
                pass


async def test_what_a_dead_process_held_returns_at_once(store: Store) -> None:
    only_postgres(store)
    async with store.write_across_tenants() as scope:
        await scope.put(NewJob(JobKind.DELIVER, None, lane="a"))
    async with at_work(store), another(store) as other:
        async with at_work(other):
            (job,) = await claim(other)
            assert await lease(other)
            assert await recover(store) == 0
            assert not await lease(store)
        assert await until(lambda: recover(store)) == 1
        assert await lease(store)
        assert [again.id for again in await claim(store)] == [job.id]


async def test_a_job_that_went_to_another_may_not_announce_its_call(store: Store) -> None:
    async with store.write_across_tenants() as scope:
        await scope.put(NewJob(JobKind.DELIVER, None, lane="a"))
    (job,) = await claim(store)
    async with store.holding(job, TenantId(0)):
        pass
    async with store.write_across_tenants() as scope:
        await queue.recover(scope.connection, scope.now + timedelta(seconds=60))
    with pytest.raises(LostClaim):
        async with store.holding(job, TenantId(0)):
            pass


async def test_a_lease_is_one_process_until_it_ends(store: Store) -> None:
    only_postgres(store)
    async with at_work(store), another(store) as other, at_work(other):
        assert await lease(other, seconds=1)
        assert not await lease(store)
        await until(lambda: lease(store))
        assert not await lease(other)


async def test_presence_returns_after_its_connection_was_cut(store: Store) -> None:
    only_postgres(store)
    ours = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :me"
    async with at_work(store), another(store) as other, at_work(other):
        assert await lease(store)
        async with other.write_across_tenants() as scope:
            await scope.connection.execute(text(ours), {"me": store.me})
        await until(lambda: lease(other))
        await until(lambda: not_dead(other, store.me))


async def not_dead(store: Store, number: int) -> bool:
    async with store.read_across_tenants() as scope:
        dead = select(is_dead(scope.connection, literal(number)))
        return not (await scope.connection.execute(dead)).scalar_one()
