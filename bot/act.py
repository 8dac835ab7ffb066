"""What one update leads to: changes and answers, committed in one transaction together with "handled"."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from core.ids import InboxId, TenantId
from core.jobs import Job, NewJob
from core.store import inbox
from core.store.scope import TenantScope
from core.store.store import Store


class Act:
    """Handlers call `transaction()` at most once; answers said before or inside it are committed with it.

    A handler that changes nothing leaves it to `finish`.
    """

    def __init__(self, store: Store, job: Job, row_id: InboxId) -> None:
        self._store = store
        self._job = job
        self._row_id = row_id
        self._answers: list[NewJob] = []
        self._done = False

    def put(self, *jobs: NewJob) -> None:
        self._answers.extend(jobs)

    @asynccontextmanager
    async def transaction(self, tenant_id: TenantId) -> AsyncGenerator[TenantScope, None]:
        async with self._store.settle(self._job, tenant_id) as scope:
            yield scope
            await scope.put(*self._answers)
            await inbox.finish(scope, [self._row_id])
        self._done = True
        self._answers.clear()

    async def finish(self) -> None:
        if not self._done:
            async with self.transaction(TenantId(0)):
                pass
        elif self._answers:
            async with self._store.write_across_tenants() as scope:
                await scope.put(*self._answers)

    async def bury(self, error: str) -> None:
        """The update cannot be read: kept with its error, and the topic goes on."""
        async with self._store.settle(self._job, TenantId(0)) as scope:
            await inbox.bury(scope, self._row_id, error)
        self._done = True
