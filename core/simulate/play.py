"""`topicdesk bench --simulate`: how long customers' words take to be readable, and what it costs.

The product's own store, queue, runner, budget and services work through an hour on a virtual clock, in front of
Telegram's flood control as far as it is known: 20 accepted calls in any minute and group. Beside them the policy
that most bridges have: first in, first out, asleep after a 429.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from core.simulate import naive
from core.simulate.drive import live_through
from core.simulate.flood import Flood
from core.simulate.house import house
from core.simulate.journal import Journal, outcome
from core.simulate.load import HOUR, Load, Profile, load
from core.simulate.report import Played, table

NAME = "Topicdesk"
_PROFILES = (40,)
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


async def play(profile: Profile, seeds: int, *, together: bool, posts_per_minute: float = POSTS_PER_MINUTE) -> Played:
    hours = [load(profile, seed) for seed in range(1, seeds + 1)]
    naively = [(naive.run(hour, Flood(together)), hour.said, hour.ticks) for hour in hours]
    ours = [(await live(hour, Flood(together), posts_per_minute), hour.said, hour.ticks) for hour in hours]
    return Played(profile.customers, seeds, together, (outcome(naively), outcome(ours)))


async def _play_all(given: argparse.Namespace) -> list[Played]:
    played: list[Played] = []
    for customers in given.customers or _PROFILES:
        profile = Profile(customers, given.minutes * 60, given.new)
        for together in (False, True):
            one = await play(profile, given.seeds, together=together, posts_per_minute=given.posts_per_minute)
            sys.stderr.write(f"{one.title}: done\n")
            played.append(one)
    return played


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    played = asyncio.run(_play_all(given))
    sys.stdout.write(json.dumps([one.view() for one in played], indent=2) + "\n" if given.json else table(played))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="topicdesk bench --simulate", description=__doc__)
    parser.add_argument("--simulate", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--customers", type=int, action="append", help="active customers (40); 200 take many minutes")
    parser.add_argument("--seeds", type=int, default=3, help="how many different hours")
    parser.add_argument("--minutes", type=float, default=HOUR / 60, help="how long they go on")
    parser.add_argument("--new", type=float, default=Profile().new, help="share of customers without a topic, 0 to 1")
    parser.add_argument("--posts-per-minute", type=float, default=POSTS_PER_MINUTE, help="where the budget starts")
    parser.add_argument("--json", action="store_true", help="for machines")
    return parser
