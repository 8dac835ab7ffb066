"""Flood control as far as the world knows it (field reports; Telegram publishes no exact rule).

Per bot and group: so many accepted posts in any sliding minute. Per bot and private chat: one a second after a burst.
Per bot over everything: so many a second. Calling into a closed window pushes its end away, further each time.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

MINUTE = 60.0
LONGEST_WAIT = 3600.0


class Cost(Enum):
    """What a method costs: a post, a chat action, a reaction, or nothing."""

    FREE = "free"
    POST = "post"
    ACTION = "action"
    REACTION = "reaction"


@dataclass
class FloodRules:
    """`growth` is how many seconds the first early call adds to a closed window; each further one adds one more."""

    enabled: bool = True
    per_chat_per_min: int = 20
    private_per_second: float = 1.0
    burst: int = 5
    overall_per_second: int = 30
    actions_per_5s: int = 20
    reactions_per_min: int = 60
    growth: int = 2


@dataclass
class _Window:
    """Accepted calls in the last `length` seconds, at most `most` of them."""

    most: int
    length: float
    accepted: deque[float] = field(default_factory=deque)
    closed_until: float = 0.0
    early_calls: int = 0

    def wait(self, now: float, growth: int) -> float:
        """Seconds until a call may come; 0 if it may come now. An early call makes it worse."""
        while self.accepted and now - self.accepted[0] >= self.length:
            self.accepted.popleft()
        if now < self.closed_until:
            self.early_calls += 1
            longer = self.closed_until + growth + self.early_calls - 1 if growth else self.closed_until
            self.closed_until = min(longer, now + LONGEST_WAIT)
            return self.closed_until - now
        if len(self.accepted) < self.most:
            return 0.0
        self.early_calls = 0
        self.closed_until = self.accepted[0] + self.length
        return self.closed_until - now


@dataclass
class Flood:
    """All windows of all bots."""

    rules: FloodRules = field(default_factory=FloodRules)
    _windows: dict[tuple[int, int | None, Cost], _Window] = field(default_factory=dict)

    def wait(self, bot_id: int, chat_id: int | None, cost: Cost, now: float) -> int:
        """Whole seconds for retry_after, 0 when the call is welcome. Nothing is spent yet."""
        if not self.rules.enabled or cost is Cost.FREE or chat_id is None:
            return 0
        longest = max(w.wait(now, self.rules.growth) for w in self._windows_of(bot_id, chat_id, cost))
        return max(1, math.ceil(longest)) if longest > 0 else 0

    def spend(self, bot_id: int, chat_id: int | None, cost: Cost, now: float) -> None:
        """The call was accepted."""
        if not self.rules.enabled or cost is Cost.FREE or chat_id is None:
            return
        for window in self._windows_of(bot_id, chat_id, cost):
            window.accepted.append(now)

    def clear(self) -> None:
        self._windows.clear()

    def view(self) -> dict[str, object]:
        return dict(vars(self.rules))

    def _windows_of(self, bot_id: int, chat_id: int, cost: Cost) -> list[_Window]:
        rules = self.rules
        if cost is Cost.ACTION:
            return [self._window((bot_id, chat_id, cost), rules.actions_per_5s, 5.0)]
        if cost is Cost.REACTION:
            return [self._window((bot_id, chat_id, cost), rules.reactions_per_min, MINUTE)]
        overall = self._window((bot_id, None, cost), rules.overall_per_second, 1.0)
        if chat_id < 0:
            return [self._window((bot_id, chat_id, cost), rules.per_chat_per_min, MINUTE), overall]
        length = rules.burst / rules.private_per_second
        return [self._window((bot_id, chat_id, cost), rules.burst, length), overall]

    def _window(self, key: tuple[int, int | None, Cost], most: int, length: float) -> _Window:
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = _Window(most, length)
        return window
