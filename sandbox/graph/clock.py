"""The sandbox's time: real time plus an offset, or stopped; and timers that follow it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable


class Clock:
    """`advance` moves it forward; `freeze` stops it, so that a test alone decides how time passes."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._stopped_at: float | None = None
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> float:
        """Seconds since 1970."""
        if self._stopped_at is not None:
            return self._stopped_at
        return time.time() + self._offset

    @property
    def frozen(self) -> bool:
        return self._stopped_at is not None

    def advance(self, seconds: float) -> float:
        return self.set(self.now() + seconds)

    def set(self, now: float) -> float:
        if self._stopped_at is not None:
            self._stopped_at = now
        else:
            self._offset = now - time.time()
        self._tell()
        return now

    def freeze(self) -> None:
        self._stopped_at = self.now()
        self._tell()

    def resume(self) -> None:
        if self._stopped_at is not None:
            self._offset = self._stopped_at - time.time()
            self._stopped_at = None
        self._tell()

    def on_move(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


class Timers:
    """Calls functions when the clock reaches their time, in order of time. One loop timer in all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._handle: asyncio.TimerHandle | None = None
        clock.on_move(self._arm)

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (self._clock.now() + seconds, next(self._number), callback))
        self._arm()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the sandbox's clock: a frozen clock sleeps until somebody moves it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.after(seconds, lambda: done.done() or done.set_result(None))
        await done

    def __len__(self) -> int:
        return len(self._heap)

    def clear(self) -> None:
        self._heap.clear()
        self._disarm()

    def _arm(self) -> None:
        self._disarm()
        if not self._heap:
            return
        delay = self._heap[0][0] - self._clock.now()
        if delay > 0 and self._clock.frozen:
            return
        self._handle = asyncio.get_running_loop().call_later(max(0.0, delay), self._fire)

    def _disarm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _fire(self) -> None:
        self._handle = None
        now = self._clock.now()
        try:
            while self._heap and self._heap[0][0] <= now:
                heapq.heappop(self._heap)[2]()
        finally:
            self._arm()
