"""The sandbox's clock: real time plus an offset, or stopped. Flood windows and dates follow it."""

from __future__ import annotations

import time


class Clock:
    """`advance` moves it forward; `freeze` stops it, so that a test alone decides how time passes."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._stopped_at: float | None = None

    def now(self) -> float:
        """Seconds since 1970."""
        if self._stopped_at is not None:
            return self._stopped_at
        return time.time() + self._offset

    def advance(self, seconds: float) -> float:
        if self._stopped_at is not None:
            self._stopped_at += seconds
        else:
            self._offset += seconds
        return self.now()

    def freeze(self) -> None:
        self._stopped_at = self.now()

    def resume(self) -> None:
        if self._stopped_at is not None:
            self._offset = self._stopped_at - time.time()
            self._stopped_at = None
