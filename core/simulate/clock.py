"""Time that passes only when nobody has anything left to do now."""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


class VirtualClock:
    """A store's clock. Tasks sleep on it; whoever drives it wakes them by moving it on."""

    def __init__(self, stirred: asyncio.Event) -> None:
        self._now = START
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._stirred = stirred
        """Set when a task falls asleep: perhaps it was the last one awake."""

    def __call__(self) -> datetime:
        return self._now

    @property
    def seconds(self) -> float:
        """Since the start."""
        return (self._now - START).total_seconds()

    @property
    def asleep(self) -> int:
        return len(self._sleepers)

    @property
    def next_waking(self) -> datetime | None:
        return self._sleepers[0][0] if self._sleepers else None

    async def sleep(self, seconds: float) -> None:
        waking = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + timedelta(seconds=seconds), next(self._numbers), waking))
        self._stirred.set()
        await waking

    def move_to(self, at: datetime) -> None:
        self._now = max(self._now, at)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            heapq.heappop(self._sleepers)[2].set_result(None)
