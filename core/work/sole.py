"""What only one process may do at a time, such as polling a bot: one works, the others stand by."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from core.store import engine
from core.store.store import Store

log = structlog.get_logger(__name__)

HOLD = timedelta(seconds=12)
"""A holder that says nothing for so long has lost it, even if its process seems to live."""
_LOOK_SECONDS = 3.0


class Sole:
    """The right to do one thing, named by `name`. Others take over when its holder dies, leaves or falls silent."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self._until: datetime = store.clock()

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Work whenever the right is ours, until cancelled. `work` is cancelled when it is lost."""
        if self._store.database.is_sqlite:  # the lock on its file makes us the only one already
            return await work()
        while True:
            if await self._take():
                log.info("sole.taken", name=self._name)
                try:
                    await self._work(work)
                finally:
                    await self._leave()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _work(self, work: Callable[[], Awaitable[None]]) -> None:
        async with asyncio.TaskGroup() as group:
            working = group.create_task(_await(work))
            while await self._take():  # noqa: ASYNC110 - renewing is done by the clock
                await asyncio.sleep(_LOOK_SECONDS)
            log.warning("sole.lost", name=self._name)
            working.cancel()

    async def _take(self) -> bool:
        """While the database does not answer, what we hold stays ours for as long as we were given it."""
        try:
            async with self._store.write_across_tenants() as scope:
                taken = await engine.take_lease(scope, self._name, self._store.me, HOLD)
                until = scope.now + HOLD
        except Exception:
            log.exception("sole.not_renewed", name=self._name)
            return self._store.clock() < self._until
        if taken:
            self._until = until
        return taken

    async def _leave(self) -> None:
        try:
            async with self._store.write_across_tenants() as scope:
                await engine.drop_lease(scope, self._name, self._store.me)
        except Exception:
            log.exception("sole.not_left", name=self._name)


async def _await(work: Callable[[], Awaitable[None]]) -> None:
    await work()
