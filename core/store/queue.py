"""The job table: put, claim, settle, put back, park, recover.

Claiming uses the *lane head* form: the smallest live id of each lane is found once and joined to. The
obvious form (no earlier row in the lane) took 26-43 s at a backlog of 20,000 rows on PostgreSQL.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.ids import JobId, TenantId
from core.jobs import Job, JobKind, NewJob
from core.store import queue_sql
from core.store.engine_tables import job as jobs
from core.store.living import is_dead
from core.store.queue_sql import DOING, PARKED, TODO

AGED = timedelta(minutes=3)
"""Whoever waited so long at a gate is as urgent as anybody."""


class LostClaim(Exception):
    """Another worker holds the job now (our lease ran out): whatever we did must not be committed."""


async def put(connection: AsyncConnection, job: NewJob, now: datetime) -> None:
    statement = queue_sql.put(connection.dialect.name, merging=job.merge_key is not None)
    values = {
        "tenant_id": job.tenant_id,
        "kind": job.kind.value,
        "lane": job.lane,
        "urgency": job.urgency,
        "merge_key": job.merge_key,
        "payload": job.payload,
        "status": TODO,
        "claim_no": 0,
        "tries": 0,
        "run_at": now + timedelta(seconds=job.delay),
        "created_at": now,
    }
    await connection.execute(statement, values)


async def claim(
    connection: AsyncConnection, now: datetime, lease: timedelta, most: int, holder: int | None = None
) -> list[Job]:
    """Up to `most` due jobs, most urgent first, at most one of each lane.

    They are held until `now + lease`, or until the process with the number `holder` is gone.
    Of the jobs that wait at one gate (a used-up budget) only the first is taken, once the gate is open:
    throttled jobs cost nothing until it is their turn.
    """
    values = {"now": now, "until": now + lease, "by": holder, "most": most, "aged": now - AGED}
    rows = (await connection.execute(queue_sql.CLAIM, values)).all()
    return [_job(row) for row in sorted(rows, key=lambda row: (row.urgency, row.id))]


async def next_time(connection: AsyncConnection, now: datetime) -> datetime | None:
    """When the next timer comes due or the next gate opens."""
    times = (await connection.execute(queue_sql.NEXT_TIME, {"now": now})).one()
    return min((time for time in times if time is not None), default=None)


async def hold(connection: AsyncConnection, job: Job) -> None:
    """The job is still ours, and stays so until this transaction ends. Raises LostClaim."""
    result = await connection.execute(queue_sql.HOLD, {"held_id": job.id, "held_claim": job.claim_no})
    if result.rowcount != 1:
        raise LostClaim(job.id)


async def settle(connection: AsyncConnection, job: Job) -> None:
    """The job is done and goes. Raises LostClaim, which must roll the transaction back."""
    result = await connection.execute(queue_sql.SETTLE, {"held_id": job.id, "held_claim": job.claim_no})
    if result.rowcount != 1:
        raise LostClaim(job.id)


async def put_back(
    connection: AsyncConnection, job: Job, run_at: datetime, *, gate: str | None = None, error: str | None = None
) -> None:
    """Let the job wait until `run_at`, and before its gate; with an `error` this counts as one of its tries."""
    await _drop_double(connection, [job.id])
    values = {"status": TODO, "run_at": run_at, "lease_until": None, "gate": gate, "error": error}
    await connection.execute(update(jobs).where(*_held(job)).values(**values, tries=job.tries + bool(error)))


async def park(connection: AsyncConnection, job: Job, error: str) -> None:
    """Out of the lane, kept with its error until somebody looks."""
    await connection.execute(
        update(jobs).where(*_held(job)).values(status=PARKED, error=error, lease_until=None, tries=job.tries + 1)
    )


async def revive(connection: AsyncConnection, tenant_id: TenantId, job_id: JobId, now: datetime) -> bool:
    """Try a parked job anew; False when it is not parked any more."""
    await _drop_double(connection, [job_id])
    parked = (jobs.c.id == job_id, jobs.c.tenant_id == tenant_id, jobs.c.status == PARKED)
    values = {"status": TODO, "tries": 0, "run_at": now, "gate": None}
    return (await connection.execute(update(jobs).where(*parked).values(**values))).rowcount == 1


async def forget(connection: AsyncConnection, tenant_id: TenantId, job_id: JobId) -> bool:
    """Drop a parked job for good."""
    parked = (jobs.c.id == job_id, jobs.c.tenant_id == tenant_id, jobs.c.status == PARKED)
    return (await connection.execute(delete(jobs).where(*parked))).rowcount == 1


async def renew(connection: AsyncConnection, held: Iterable[Job], until: datetime) -> None:
    for job in held:
        await connection.execute(update(jobs).where(*_held(job)).values(lease_until=until))


async def recover(connection: AsyncConnection, now: datetime, *, everything: bool = False) -> int:
    """Jobs whose worker died go back to waiting. `everything`: we are the only process, so all of them."""
    lost = select(jobs.c.id).where(jobs.c.status == DOING)
    if not everything:
        lost = lost.where(or_(jobs.c.lease_until < now, is_dead(connection, jobs.c.holder)))
    ids = list((await connection.execute(lost)).scalars())
    if ids:
        await _drop_double(connection, ids)
        await connection.execute(
            update(jobs).where(jobs.c.id.in_(ids), jobs.c.status == DOING).values(status=TODO, lease_until=None)
        )
    return len(ids)


async def hurry(connection: AsyncConnection, tenant_id: TenantId, kinds: Sequence[JobKind], now: datetime) -> None:
    """What waits for later or at a gate may try now: the reason to wait is gone, or another group is used."""
    names = [kind.value for kind in kinds]
    waits = or_(jobs.c.run_at > now, jobs.c.gate.is_not(None))
    await connection.execute(
        update(jobs)
        .where(jobs.c.tenant_id == tenant_id, jobs.c.kind.in_(names), jobs.c.status == TODO, waits)
        .values(run_at=now, gate=None)
    )


async def hurry_lane(connection: AsyncConnection, tenant_id: TenantId, lane: str, now: datetime) -> None:
    """What stands in this lane need not wait any longer: it has another chat to go to."""
    here = (jobs.c.tenant_id == tenant_id, jobs.c.lane == lane, jobs.c.status == TODO)
    await connection.execute(update(jobs).where(*here).values(run_at=now, gate=None))


async def change_lane(connection: AsyncConnection, tenant_id: TenantId, old: str, new: str) -> None:
    """Two lanes become one, in the order in which their jobs were put."""
    where = (jobs.c.tenant_id == tenant_id, jobs.c.lane == old)
    await connection.execute(update(jobs).where(*where).values(lane=new))


async def split_lane(
    connection: AsyncConnection, tenant_id: TenantId, old: str, new: str, about: Collection[int]
) -> None:
    """Jobs about these messages get a lane of their own."""
    statement = select(jobs.c.id, jobs.c.payload).where(jobs.c.tenant_id == tenant_id, jobs.c.lane == old)
    rows = (await connection.execute(statement)).all()
    ids = [row.id for row in rows if row.payload.get("message") in about]
    if ids:
        await connection.execute(update(jobs).where(jobs.c.id.in_(ids)).values(lane=new))


async def drop_waiting(connection: AsyncConnection, tenant_id: TenantId, kind: JobKind, *lanes: str) -> None:
    """Jobs of a kind that nobody works on; whoever calls this puts one that does the same."""
    where = (jobs.c.tenant_id == tenant_id, jobs.c.kind == kind.value, jobs.c.lane.in_(lanes), jobs.c.status == TODO)
    await connection.execute(delete(jobs).where(*where))


async def move_chat(connection: AsyncConnection, tenant_id: TenantId, old: int, new: int) -> None:
    """A chat has another id: jobs that speak there, wait for its budget, or stand in a lane of its own, follow it."""
    columns = (jobs.c.id, jobs.c.lane, jobs.c.gate, jobs.c.payload)
    rows = (await connection.execute(select(*columns).where(jobs.c.tenant_id == tenant_id))).all()
    for row in rows:
        lane, gate = (name and name.replace(f":{old}:", f":{new}:") for name in (row.lane, row.gate))
        payload = {**row.payload, "chat": new} if row.payload.get("chat") == old else row.payload
        if (lane, gate, payload) != (row.lane, row.gate, row.payload):
            values = {"lane": lane, "gate": gate, "payload": payload}
            await connection.execute(update(jobs).where(jobs.c.id == row.id).values(**values))


async def depth(connection: AsyncConnection) -> dict[tuple[str, str], tuple[int, datetime]]:
    """(kind, status) → (how many, since when), for metrics and /status."""
    statement = select(jobs.c.kind, jobs.c.status, func.count(), func.min(jobs.c.created_at))
    rows = (await connection.execute(statement.group_by(jobs.c.kind, jobs.c.status))).all()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


async def parked_of(connection: AsyncConnection, tenant_id: TenantId) -> int:
    """How many tasks of this tenant were given up."""
    theirs = (jobs.c.tenant_id == tenant_id, jobs.c.status == PARKED)
    return (await connection.execute(select(func.count()).where(*theirs))).scalar_one()


async def _drop_double(connection: AsyncConnection, returning: Sequence[int]) -> None:
    """A job that returns to waiting meets a younger one with its merge key: the older keeps its place."""
    keys = select(jobs.c.merge_key).where(jobs.c.id.in_(returning), jobs.c.merge_key.is_not(None))
    await connection.execute(
        delete(jobs).where(jobs.c.status == TODO, jobs.c.merge_key.in_(keys), jobs.c.id.not_in(returning))
    )


def _held(job: Job) -> tuple[Any, ...]:
    return (jobs.c.id == job.id, jobs.c.status == DOING, jobs.c.claim_no == job.claim_no)


def _job(row: Row[Any]) -> Job:
    return Job(
        id=JobId(row.id),
        kind=JobKind(row.kind),
        tenant_id=None if row.tenant_id is None else TenantId(row.tenant_id),
        payload=row.payload,
        lane=row.lane,
        claim_no=row.claim_no,
        tries=row.tries,
        created_at=row.created_at,
    )
