"""`python -m core.work.bench --database URL`: how many jobs a second this machine claims, runs and settles.

Prints one line of JSON; with `--backlog N` also how long a claim takes while N jobs wait in one lane.
The handler does nothing but settle, in lanes as busy as a real day's: what is measured is the engine with its database.
"""

import argparse
import asyncio
import json
import sys
import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from core.ids import TenantId
from core.jobs import Job, JobKind, NewJob
from core.store.db import Database
from core.store.migrate import migrate
from core.store.presence import at_work
from core.store.store import Store
from core.work import bench_backlog
from core.work.runner import Runner

_LANES = 20
_PUT_AT_ONCE = 100


async def measure(url: str, count: int) -> float:
    """Jobs a second, from the first claim to the last settle."""
    database = Database(url)
    try:
        await migrate(database)
        store = Store(database)
        async with at_work(store):
            await _put(store, count)
            return count / await _run(store, count)
    finally:
        await database.close()


async def _put(store: Store, count: int) -> None:
    for first in range(0, count, _PUT_AT_ONCE):
        numbers = range(first, min(count, first + _PUT_AT_ONCE))
        async with store.write_across_tenants() as scope:
            await scope.put(*(NewJob(JobKind.DELIVER, None, {"n": n}, lane=f"bench:{n % _LANES}") for n in numbers))


async def _run(store: Store, count: int) -> float:
    left = count

    async def settle(job: Job) -> None:
        nonlocal left
        async with store.settle(job, TenantId(0)):
            pass
        left -= 1
        if left == 0:
            runner.stop()

    async def on_parked(job: Job, error: Exception) -> None:
        raise RuntimeError(f"job {job.id} was parked") from error

    runner = Runner(store, {JobKind.DELIVER: settle}, on_parked)
    began = time.perf_counter()
    await runner.run()
    return time.perf_counter() - began


@asynccontextmanager
async def fresh(url: str) -> AsyncGenerator[str, None]:
    """On a PostgreSQL server a new database that goes away again; for SQLite the named file itself."""
    if not url.startswith("postgresql"):
        yield url
        return
    name = f"topicdesk_bench_{uuid.uuid4().hex[:8]}"
    server = Database(url)
    try:
        await _on_server(server, f'CREATE DATABASE "{name}"')
        yield f"{url.rpartition('/')[0]}/{name}"
        await _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await server.close()


async def _on_server(server: Database, statement: str) -> None:
    async with server.listener() as connection:
        await connection.execute(statement)


async def _measure_fresh(url: str, count: int, backlog: int) -> dict[str, Any]:
    async with fresh(url) as empty:
        found: dict[str, Any] = {"jobs": count, "per_second": round(await measure(empty, count), 1)}
    if backlog:
        async with fresh(url) as empty:
            found["backlog"] = (await bench_backlog.measure(empty, backlog)).view()
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m core.work.bench", description=__doc__)
    parser.add_argument("--database", required=True, help="SQLAlchemy URL: a new SQLite file, or a PostgreSQL server")
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--backlog", type=int, default=0, help="so many jobs in one lane; 0: not measured")
    given = parser.parse_args(arguments)
    found = asyncio.run(_measure_fresh(given.database, given.jobs, given.backlog))
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
