"""Drives a house through an hour: whenever everybody sleeps, the clock moves on to whatever comes next."""

import asyncio
import heapq
from datetime import datetime, timedelta

from core.simulate.clock import START
from core.simulate.house import House
from core.simulate.load import Happening, Load
from core.store import queue

_AGAIN_SECONDS = 20.0
"""What cannot happen yet (staff answer only whom they can see) is tried again after so long."""
_CLAIMS_A_MOMENT = 10_000
"""More than that, and jobs go round in a circle that time cannot end."""
_WATCH_SECONDS = 3.0
"""So often the product looks whether customers' messages wait too long."""
_GRACE = 3600.0
"""Seconds after the last happening; what nobody can read by then counts as lost."""


async def live_through(house: House, hour: Load) -> None:
    """Until everything happened and nothing is left to do, or time is up."""
    driver = _Driver(house, hour)
    end = _GRACE + max((one.at for one in hour.happenings), default=0.0)
    async with asyncio.TaskGroup() as group:
        while house.clock.seconds < end:
            await driver.fall_asleep()
            await driver.let_happen()
            if await house.runner.claim_into(group):
                driver.count_claim()
            elif not await driver.move_on():
                return
        await driver.finish_calls()


def next_watch(now: float) -> float:
    """In whole milliseconds: at a time between two microseconds the clock would never arrive."""
    return round(now + _WATCH_SECONDS, 3)


class _Driver:
    def __init__(self, house: House, hour: Load) -> None:
        self._house = house
        self._coming: list[tuple[float, int, Happening]] = [(one.at, n, one) for n, one in enumerate(hour.happenings)]
        self._claims = 0
        self._watch_at = _WATCH_SECONDS

    def count_claim(self) -> None:
        self._claims += 1
        if self._claims > _CLAIMS_A_MOMENT:
            raise RuntimeError(f"busy for nothing at {self._house.clock.seconds} s")

    async def fall_asleep(self) -> None:
        """Until every job that runs waits for the clock. Raises RuntimeError when one was given up."""
        house = self._house
        while house.runner.running > house.clock.asleep:
            await house.store.wake.wait()
            house.store.wake.clear()
        if house.given_up:
            raise house.given_up[0]

    async def let_happen(self) -> None:
        now = self._house.clock.seconds
        if now >= self._watch_at:
            self._watch_at = next_watch(now)
            await self._house.lag.watch()
        while self._coming and self._coming[0][0] <= now:
            _, number, one = heapq.heappop(self._coming)
            if not await self._house.take(one):
                heapq.heappush(self._coming, (round(now + _AGAIN_SECONDS, 3), number, one))

    async def finish_calls(self) -> None:
        """Time is up: whoever is in the middle of a call may end it."""
        await self.fall_asleep()
        while self._house.clock.next_waking is not None:
            self._house.clock.move_to(self._house.clock.next_waking)
            await self.fall_asleep()

    async def move_on(self) -> bool:
        """False when nothing will ever happen again."""
        times = [time for time in (await self._next_job(), self._house.clock.next_waking) if time is not None]
        if self._coming:
            times.append(START + timedelta(seconds=self._coming[0][0]))
        if times and self._house.waits:
            times.append(START + timedelta(seconds=self._watch_at))
        self._claims = 0
        if times:
            self._house.clock.move_to(min(times))
        return bool(times)

    async def _next_job(self) -> datetime | None:
        async with self._house.store.read_across_tenants() as scope:
            return await queue.next_time(scope.connection, scope.now)
