"""The store: opens scopes, wakes workers after commit, and settles jobs in the transaction of their change."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import text

from core.ids import TenantId
from core.jobs import Job
from core.ports import Clock
from core.store import queue
from core.store.db import Database
from core.store.living import ALONE
from core.store.scope import Scope, SystemScope, TenantScope

JOBS_CHANNEL = "topicdesk_jobs"
"""PostgreSQL NOTIFY channel that wakes the workers of every process."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """All rows. No network may be awaited inside `write` or `settle`: they hold the one write connection."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self.database = database
        self.clock = clock
        self.me = ALONE
        """The number of this process among those of the database."""
        self.wake = asyncio.Event()
        self._settled: set[tuple[int, int]] = set()

    @asynccontextmanager
    async def read(self, tenant_id: TenantId) -> AsyncGenerator[TenantScope, None]:
        async with self.database.read() as connection:
            yield TenantScope(connection, self.clock(), tenant_id=tenant_id)

    @asynccontextmanager
    async def write(self, tenant_id: TenantId) -> AsyncGenerator[TenantScope, None]:
        async with self.database.write() as connection:
            scope = TenantScope(connection, self.clock(), tenant_id=tenant_id)
            yield scope
            await self._announce(scope)
        self._wake_up(scope)

    @asynccontextmanager
    async def settle(self, job: Job, tenant_id: TenantId | None = None) -> AsyncGenerator[TenantScope, None]:
        """One transaction: the caller's changes, and the job is done. Raises LostClaim when it is not ours.

        `tenant_id` for jobs that were put before their tenant was known.
        """
        async with self.write(tenant_id or job.tenant_id or TenantId(0)) as scope:
            await queue.settle(scope.connection, job)
            yield scope
        self._settled.add((job.id, job.claim_no))
        self.wake.set()  # the next job of the lane may go

    @asynccontextmanager
    async def holding(self, job: Job, tenant_id: TenantId | None = None) -> AsyncGenerator[TenantScope, None]:
        """One transaction in the middle of a job. Raises LostClaim when the job went to another worker."""
        async with self.write(tenant_id or job.tenant_id or TenantId(0)) as scope:
            await queue.hold(scope.connection, job)
            yield scope

    @asynccontextmanager
    async def read_across_tenants(self) -> AsyncGenerator[SystemScope, None]:
        async with self.database.read() as connection:
            yield SystemScope(connection, self.clock())

    @asynccontextmanager
    async def write_across_tenants(self) -> AsyncGenerator[SystemScope, None]:
        async with self.database.write() as connection:
            scope = SystemScope(connection, self.clock())
            yield scope
            await self._announce(scope)
        self._wake_up(scope)

    def was_settled(self, job: Job) -> bool:
        """Asked once by the runner after each job."""
        key = (job.id, job.claim_no)
        settled = key in self._settled
        self._settled.discard(key)
        return settled

    async def _announce(self, scope: Scope) -> None:
        if scope.new_jobs and not self.database.is_sqlite:
            await scope.connection.execute(text(f"NOTIFY {JOBS_CHANNEL}"))

    def _wake_up(self, scope: Scope) -> None:
        if scope.new_jobs:
            self.wake.set()
