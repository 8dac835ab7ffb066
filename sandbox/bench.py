"""`python -m sandbox bench`: how quick the product is on this machine, against the stand-ins.

The stand-ins run in this process and the product in its own, as it would in earnest. Telegram's flood model is off:
what is measured is the product, not Telegram's 20 posts a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.bench_numbers import Found
from sandbox.bench_world import BenchWorld, bench_world
from sandbox.demo_world import PROJECT, database_name

RATES = (5.0, 20.0, 50.0)
OUT_RATE = 20.0
IDLE_SECONDS = 2.0


@dataclass(frozen=True)
class Plan:
    """How long (seconds) each rate is offered, how many jobs are counted, and how many wait in one lane."""

    seconds: float
    jobs: int
    backlog: int


FULL, QUICK = Plan(20.0, 2000, 20_000), Plan(3.0, 300, 2000)


async def measure(plan: Plan, database: str, postgres: str) -> Found:
    with tempfile.TemporaryDirectory(prefix="topicdesk-bench-", ignore_cleanup_errors=True) as directory:
        data = Path(directory)
        async with bench_world(database, data) as world:
            found = await _flows(world, plan, Found(database_name(database) if database else "SQLite"))
        found.engines["SQLite"] = await engine(f"sqlite+aiosqlite:///{data / 'jobs.db'}", plan)
    if postgres:
        found.engines["PostgreSQL"] = await engine(postgres, plan)
    return found


async def _flows(world: BenchWorld, plan: Plan, found: Found) -> Found:
    await world.start()
    await world.product.stop()  # it made its tables: what counts is how it starts from now on
    found.startup_seconds = await world.start()
    await asyncio.sleep(IDLE_SECONDS)
    found.idle_rss_mb = world.rss_mb()
    await world.meet()
    for rate in RATES:
        found.flows.append(await world.inwards(rate, plan.seconds))
        _note(f"{rate:g} a second: done")
    found.flows.append(await world.outwards(OUT_RATE, plan.seconds))
    found.loaded_rss_mb = world.rss_mb()
    return found


async def engine(database: str, plan: Plan) -> dict[str, Any]:
    """The engine by itself, in a process of its own. Raises RuntimeError with its last words when it fails."""
    counts = ["--jobs", str(plan.jobs), "--backlog", str(plan.backlog)]
    command = [sys.executable, "-m", "core.work.bench", "--database", database, *counts]
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, stdout=pipe, stderr=pipe)
    out, errors = await child.communicate()
    if child.returncode:
        raise RuntimeError(errors.decode(errors="replace")[-2000:])
    return json.loads(out)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="topicdesk bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about 20 seconds instead of two minutes")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--database", default="", help="what the product runs on; default: a fresh SQLite file")
    parser.add_argument(
        "--postgres",
        default=os.environ.get("TOPICDESK_TEST_POSTGRES_URL", ""),
        help="a server on which jobs are counted too; default: TOPICDESK_TEST_POSTGRES_URL",
    )
    given = parser.parse_args(arguments)
    found = asyncio.run(measure(QUICK if given.quick else FULL, given.database, given.postgres))
    sys.stdout.write(json.dumps(found.view(), indent=2) + "\n" if given.json else found.table())
    return 0


def _note(text: str) -> None:
    """Progress goes beside the result."""
    sys.stderr.write(text + "\n")
