"""Claim, run, settle, put back, park: the one loop in which all work happens.

A handler does its work and commits it with `store.settle(job)`. What it raises decides what happens:
`Later` puts the job back without blame, trouble on the other side is retried with growing waits, a bug is
tried three times; after its tries a job is parked and `on_parked` tells staff.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from core.errors import Busy, DeskError, RemoteTrouble
from core.jobs import Job, JobKind, RetryPolicy, policy_of
from core.store import queue
from core.store.store import Store

log = structlog.get_logger(__name__)

Handler = Callable[[Job], Awaitable[None]]
OnParked = Callable[[Job, Exception], Awaitable[None]]

LEASE = timedelta(seconds=20)
_BUG = RetryPolicy(tries=3)
_LONGEST_IDLE = 1.0
"""Seconds. The net under the wake-up calls, should one be lost."""


class Later(Exception):
    """Not now, and nobody's fault: a budget is used up, a window is frozen.

    `at` says when to look again; `gate` names the budget to wait for, whose turn is kept in order.
    """

    def __init__(self, at: datetime, gate: str | None = None) -> None:
        super().__init__(at)
        self.at = at
        self.gate = gate


class Runner:
    def __init__(self, store: Store, handlers: Mapping[JobKind, Handler], on_parked: OnParked, slots: int = 16) -> None:
        self._store = store
        self._handlers = handlers
        self._on_parked = on_parked
        self._slots = slots
        self._running: dict[asyncio.Task[None], Job] = {}
        self._adrift: list[Job] = []
        """Neither settled nor put back, because the database did not answer: put back as soon as it does."""
        self._stopping = False
        self.beat: datetime | None = None
        """When the loop last went round, None before it runs; the health check looks at it."""

    async def run(self) -> None:
        """Until `stop()`; then waits for the jobs in hand."""
        async with asyncio.TaskGroup() as group:
            renewal = group.create_task(self._renew_leases())
            while not self._stopping:
                self.beat = self._store.clock()
                self._store.wake.clear()
                if not await self.claim_into(group):
                    await self._sleep()
            if self._running:
                await asyncio.wait(self._running, timeout=10)
            for task in self._running:
                task.cancel()
            renewal.cancel()

    def stop(self) -> None:
        self._stopping = True
        self._store.wake.set()

    @property
    def idle(self) -> bool:
        return not self._running

    @property
    def running(self) -> int:
        """How many jobs are in hand."""
        return len(self._running)

    async def claim_into(self, group: asyncio.TaskGroup) -> bool:
        """Start what may run now. False: there was nothing, or no free slot."""
        free = self._slots - len(self._running)
        if free <= 0:
            return False
        before = len(self._running)
        for job in await self._claim(free):
            task = group.create_task(self._run(job))
            self._running[task] = job
            task.add_done_callback(self._free_slot)
        return len(self._running) > before

    async def _claim(self, most: int) -> list[Job]:
        adrift = tuple(self._adrift)
        try:
            async with self._store.write_across_tenants() as scope:
                for job in adrift:
                    await queue.put_back(scope.connection, job, scope.now)
                claimed = await queue.claim(scope.connection, scope.now, LEASE, most, self._store.me)
            del self._adrift[: len(adrift)]
            return claimed
        except Exception:
            log.exception("runner.claim_failed")
            return []

    def _free_slot(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._store.wake.set()

    async def _sleep(self) -> None:
        """Until somebody wakes us, a timer comes due or a gate opens."""
        with suppress(TimeoutError):
            async with asyncio.timeout(await self._idle_seconds()):
                await self._store.wake.wait()

    async def _idle_seconds(self) -> float:
        try:
            async with self._store.read_across_tenants() as scope:
                due = await queue.next_time(scope.connection, scope.now)
        except Exception:
            log.exception("runner.look_failed")
            return _LONGEST_IDLE
        return _LONGEST_IDLE if due is None else min(_LONGEST_IDLE, max(0.0, (due - scope.now).total_seconds()))

    async def _run(self, job: Job) -> None:
        """Even the book-keeping may fail (disk full, database gone): then the job is put back at the next claim."""
        try:
            await self._attempt(job)
        except Exception:
            log.exception("job.not_put_back", job=job.id, kind=job.kind)
            self._adrift.append(job)

    async def _attempt(self, job: Job) -> None:
        try:
            await self._handlers[job.kind](job)
            if not self._store.was_settled(job):
                raise RuntimeError(f"handler of {job.kind} did not settle its job")
        except Later as later:
            await self._put_back(job, later.at, gate=later.gate)
        except queue.LostClaim:
            log.warning("job.lost_claim", job=job.id, kind=job.kind)
        except Exception as error:  # noqa: BLE001 - the one place where every failure ends
            await self._fail(job, error)

    async def _fail(self, job: Job, error: Exception) -> None:
        expected = isinstance(error, DeskError)
        log.log(30 if expected else 40, "job.failed", job=job.id, kind=job.kind, tries=job.tries + 1,
                error=type(error).__name__, exc_info=None if expected else error)  # fmt: skip
        policy = policy_of(job.kind) if isinstance(error, RemoteTrouble) else _BUG
        if job.tries + 1 >= policy.tries:
            await self._park(job, error)
        else:
            await self._put_back(job, self._store.clock() + _wait(policy, job, error), error)

    async def _park(self, job: Job, error: Exception) -> None:
        async with self._store.write_across_tenants() as scope:
            await queue.park(scope.connection, job, repr(error))
        self._store.wake.set()
        await self._on_parked(job, error)

    async def _put_back(self, job: Job, at: datetime, error: Exception | None = None, gate: str | None = None) -> None:
        async with self._store.write_across_tenants() as scope:
            await queue.put_back(scope.connection, job, at, gate=gate, error=repr(error) if error else None)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            if self._running:
                await self._renew()

    async def _renew(self) -> None:
        try:
            async with self._store.write_across_tenants() as scope:
                await queue.renew(scope.connection, list(self._running.values()), scope.now + LEASE)
        except Exception:
            log.exception("runner.not_renewed")


def _wait(policy: RetryPolicy, job: Job, error: Exception) -> timedelta:
    seconds = policy.wait(job.tries + 1) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, no secret
    if isinstance(error, Busy) and error.retry_after:
        seconds = max(seconds, error.retry_after)
    return timedelta(seconds=seconds)
