"""`topicdesk bench --simulate`: how long customers' words take to be readable, and what it costs.

The product's own store, queue, runner, budget and services work through an hour on a virtual clock, in front of
Telegram's flood control as far as it is known: 20 accepted calls in any minute and group. Beside them the policy
that most bridges have: first in, first out, asleep after a 429.
"""

import argparse
import asyncio
import json
import logging
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog

from core.simulate import naive
from core.simulate.drive import live_through
from core.simulate.flood import Flood
from core.simulate.house import house
from core.simulate.journal import Journal, outcome
from core.simulate.load import HOUR, Load, Profile, burst, load
from core.simulate.report import Played, table

NAME = "Topicdesk"
_PROFILES = (40, 200)
_SEEDS = {40: 3}
_MEMORY = Path("/dev/shm")  # noqa: S108 - only a place for a fresh directory of our own
_PLACE = _MEMORY if _MEMORY.is_dir() else None
"""Memory instead of disk, where there is any: whether a virtual hour survives a power cut is of no interest."""
POSTS_PER_MINUTE = 18.0


async def live(hour: Load, flood: Flood, posts_per_minute: float = POSTS_PER_MINUTE) -> Journal:
    """One hour of the real product."""
    journal = Journal(NAME)
    with tempfile.TemporaryDirectory(prefix="topicdesk-simulation-", dir=_PLACE) as directory:
        async with house(Path(directory), posts_per_minute, flood, journal) as desk:
            for customer in {one.customer for one in hour.said} - hour.new:
                await desk.know(customer)
            await live_through(desk, hour)
    return journal


@dataclass(frozen=True, slots=True)
class Case:
    """Something to play, in each of its hours, by both policies."""

    name: str
    hours: tuple[Load, ...]
    together: bool
    posts_per_minute: float = POSTS_PER_MINUTE


def cases(given: argparse.Namespace) -> list[Case]:
    """Busy hours, then bursts; each in both worlds."""
    told: list[tuple[str, tuple[Load, ...]]] = []
    for customers in given.customers or _PROFILES:
        seeds = given.seeds or _SEEDS.get(customers, 1)
        profile = Profile(customers, given.minutes * 60, given.new)
        hours = tuple(load(profile, seed) for seed in range(1, seeds + 1))
        told.append((f"{customers} customers, {given.minutes:g} minutes, {seeds} seeds", hours))
    told += [("burst known: 200 messages of 20 customers", (burst(new=False),))]
    told += [("burst new: 200 messages of 20 new customers", (burst(new=True),))]
    return [Case(name, hours, together, given.posts_per_minute) for name, hours in told for together in (False, True)]


def _play_one(case: Case, number: int) -> Journal:
    """In a process of its own."""
    return asyncio.run(live(case.hours[number], Flood(case.together), case.posts_per_minute))


def play(every: Sequence[Case], processes: int) -> list[Played]:
    todo = [(case, number) for case in every for number in range(len(case.hours))]
    if processes == 1:
        journals = iter([_play_one(*one) for one in todo])
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, context, be_quiet) as pool:
            journals = iter(list(pool.map(_play_one, *zip(*todo, strict=True))))
    return [_played(case, [next(journals) for _ in case.hours]) for case in every]


def _played(case: Case, journals: Sequence[Journal]) -> Played:
    naively = [naive.run(hour, Flood(case.together)) for hour in case.hours]
    found = [
        outcome([(journal, hour.said, hour.ticks) for journal, hour in zip(runs, case.hours, strict=True)])
        for runs in (naively, journals)
    ]
    return Played(case.name, case.together, found)


def be_quiet() -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    played = play(cases(given), given.processes)
    sys.stdout.write(json.dumps([one.view() for one in played], indent=2) + "\n" if given.json else table(played))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="topicdesk bench --simulate", description=__doc__)
    parser.add_argument("--simulate", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--customers", type=int, action="append", help="active customers; may be given again (40, 200)")
    parser.add_argument("--seeds", type=int, default=0, help="how many different hours (3 of 40 customers, else 1)")
    parser.add_argument("--minutes", type=float, default=HOUR / 60, help="how long they go on")
    parser.add_argument("--new", type=float, default=Profile().new, help="share of customers without a topic, 0 to 1")
    parser.add_argument("--posts-per-minute", type=float, default=POSTS_PER_MINUTE, help="where the budget starts")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="runs that are played at once")
    parser.add_argument("--json", action="store_true", help="for machines")
    return parser
