"""The job table: lanes, urgency, merging, claims, and what happens when a worker dies."""

import asyncio
from datetime import timedelta

import pytest

from core.ids import TenantId
from core.jobs import Job, JobKind, NewJob
from core.store import queue
from core.store.queue import LostClaim
from core.store.store import Store

LEASE = timedelta(seconds=20)


def new(lane: str | None, number: int = 0, **rest: object) -> NewJob:
    return NewJob(JobKind.DELIVER, None, {"n": number}, lane=lane, **rest)  # type: ignore[arg-type]


async def put(store: Store, *jobs: NewJob) -> None:
    async with store.write_across_tenants() as scope:
        await scope.put(*jobs)


async def claim(store: Store, most: int = 10, later: float = 0) -> list[Job]:
    async with store.write_across_tenants() as scope:
        return await queue.claim(scope.connection, scope.now + timedelta(seconds=later), LEASE, most)


async def finish(store: Store, job: Job) -> None:
    async with store.settle(job, TenantId(0)):
        pass


def numbers(jobs: list[Job]) -> list[int]:
    return [job.payload["n"] for job in jobs]


async def test_only_the_head_of_a_lane_is_claimed(store: Store) -> None:
    await put(store, new("a", 1), new("a", 2), new("b", 3))
    first = await claim(store)
    assert sorted(numbers(first)) == [1, 3]
    assert await claim(store) == []
    await finish(store, next(job for job in first if job.lane == "a"))
    assert numbers(await claim(store)) == [2]


async def test_a_head_that_waits_holds_its_lane(store: Store) -> None:
    await put(store, new("a", 1, delay=60), new("a", 2))
    assert await claim(store) == []
    assert numbers(await claim(store, later=61)) == [1]


async def test_timers_have_no_lane_and_hold_nobody(store: Store) -> None:
    await put(store, new(None, 1, delay=60), new(None, 2))
    assert numbers(await claim(store)) == [2]


async def test_urgency_goes_before_age(store: Store) -> None:
    await put(store, new("a", 1, urgency=9), new("b", 2, urgency=0), new("c", 3, urgency=2))
    assert numbers(await claim(store)) == [2, 3, 1]


async def test_a_merge_key_waits_once_at_the_sooner_time(store: Store) -> None:
    await put(store, new(None, 1, merge_key="m", delay=60), new(None, 2, merge_key="m"))
    assert numbers(await claim(store)) == [2]
    assert await claim(store, later=120) == []


async def test_a_running_job_does_not_swallow_the_next_of_its_merge_key(store: Store) -> None:
    await put(store, new("a", 1, merge_key="m"))
    (running,) = await claim(store)
    await put(store, new("a", 2, merge_key="m"))
    await finish(store, running)
    assert numbers(await claim(store)) == [2]


async def test_putting_back_keeps_the_place_and_drops_the_younger_double(store: Store) -> None:
    await put(store, new("a", 1, merge_key="m"))
    (running,) = await claim(store)
    await put(store, new("a", 2, merge_key="m"))
    async with store.write_across_tenants() as scope:
        await queue.put_back(scope.connection, running, scope.now, error="trouble")
    (again,) = await claim(store)
    assert (again.id, again.tries) == (running.id, 1)
    await finish(store, again)
    assert await claim(store) == []


async def test_a_dead_workers_job_returns_and_its_late_settle_is_refused(store: Store) -> None:
    await put(store, new("a", 1))
    (lost,) = await claim(store)
    async with store.write_across_tenants() as scope:
        assert await queue.recover(scope.connection, scope.now) == 0
        assert await queue.recover(scope.connection, scope.now + LEASE * 2) == 1
    (again,) = await claim(store)
    with pytest.raises(LostClaim):
        await finish(store, lost)
    await finish(store, again)


async def test_what_a_refused_settle_wrote_is_rolled_back(store: Store) -> None:
    await put(store, new("a", 1))
    (job,) = await claim(store)
    await finish(store, job)
    with pytest.raises(LostClaim):
        async with store.settle(job, TenantId(0)) as scope:
            await scope.put(new("b", 9))
    assert await claim(store) == []


async def test_parking_frees_the_lane(store: Store) -> None:
    await put(store, new("a", 1), new("a", 2))
    (first,) = await claim(store)
    async with store.write_across_tenants() as scope:
        await queue.park(scope.connection, first, "gave up")
    assert numbers(await claim(store)) == [2]


async def test_many_workers_keep_each_lane_in_order(store: Store) -> None:
    await put(store, *(new(f"lane{n % 5}", n) for n in range(60)))
    done: dict[str | None, list[int]] = {}
    running: set[str | None] = set()

    async def work() -> None:
        while jobs := await claim(store, most=2):
            for job in jobs:
                assert job.lane not in running
                running.add(job.lane)
                await asyncio.sleep(0)
                done.setdefault(job.lane, []).append(job.payload["n"])
                running.discard(job.lane)
                await finish(store, job)

    while sum(len(lane) for lane in done.values()) < 60:
        await asyncio.gather(*(work() for _ in range(4)))
    assert all(lane == sorted(lane) for lane in done.values())
