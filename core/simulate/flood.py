"""Telegram's flood control as far as the world knows it; the Bot API gives no quota and no exact rule.

So many accepted calls in any sliding minute and chat. Whoever calls once too often is told to wait until the window
has room, and each call before that time pushes it away, further each time. Whether reactions share the posts'
window nobody outside Telegram knows: both worlds are played.
"""

import math
from collections import deque
from dataclasses import dataclass, field

MINUTE = 60.0
_GROWTH = 2.0
"""Seconds that the first early call adds; each further one adds one more."""
_LONGEST = 3600.0


@dataclass
class Window:
    most: int
    accepted: deque[float] = field(default_factory=deque[float])
    closed_until: float = 0.0
    early: int = 0

    def call(self, now: float) -> int:
        """0: accepted. Else the whole seconds of `retry_after`."""
        while self.accepted and now - self.accepted[0] >= MINUTE:
            self.accepted.popleft()
        if now < self.closed_until:
            self.early += 1
            self.closed_until = min(now + _LONGEST, self.closed_until + _GROWTH + self.early - 1)
        elif len(self.accepted) < self.most:
            self.early = 0
            self.accepted.append(now)
            return 0
        else:
            self.closed_until = self.accepted[0] + MINUTE
        return max(1, math.ceil(self.closed_until - now))


@dataclass
class Flood:
    """One group's windows. `together`: reactions and pins are counted with the posts, else by themselves."""

    together: bool
    posts: Window = field(default_factory=lambda: Window(20))
    others: Window = field(default_factory=lambda: Window(60))

    def call(self, now: float, *, is_post: bool) -> int:
        window = self.posts if is_post or self.together else self.others
        return window.call(now)
