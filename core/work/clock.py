"""The in-process clock: APScheduler calls the house-keeping at its times. It stores nothing itself."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from core.store import inbox, queue
from core.store.store import Store

log = structlog.get_logger(__name__)

Task = Callable[[], Awaitable[None]]

_KEEP_RAW = timedelta(days=7)
"""Rows that were read are kept this long: a parser's bug found within a week can still be mended and replayed."""


_AFTER_START = timedelta(minutes=10)


class Clock:
    """Jobs are made anew at each start; a tick that is late runs once, not once per miss."""

    def __init__(self) -> None:
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": 3600}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)

    def every(self, seconds: float, task: Task, name: str) -> None:
        self._add(task, name, name, "interval", seconds=seconds)

    def nightly(self, task: Task, name: str) -> None:
        """At four in the morning (UTC), and ten minutes after the start: some desks sleep at night."""
        self._add(task, name, name, "cron", hour=4)
        self._add(task, name, f"{name}:start", "date", run_date=datetime.now(UTC) + _AFTER_START)

    def _add(self, task: Task, name: str, job_id: str, trigger: str, **when: Any) -> None:
        async def run() -> None:
            try:
                await task()
            except Exception:
                log.exception("clock.task_failed", task=name)

        self._scheduler.add_job(run, trigger, id=job_id, **when)  # pyright: ignore[reportUnknownMemberType]

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def keep_house(clock: Clock, store: Store) -> None:
    """Give back what dead workers held, and forget old raw rows."""

    async def recover() -> None:
        async with store.write_across_tenants() as scope:
            if found := await queue.recover(scope.connection, scope.now):
                log.warning("jobs.recovered", count=found)
                store.wake.set()

    async def purge() -> None:
        async with store.write_across_tenants() as scope:
            await inbox.purge(scope, _KEEP_RAW)

    clock.every(5, recover, "recover")
    clock.every(3600, purge, "purge")
