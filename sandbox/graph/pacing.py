"""How fast a business may send: per pair of number and customer, and per number."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from sandbox.graph.clock import Clock
from sandbox.graph.errors import GraphError
from sandbox.graph.knobs import Knobs

PAIR_SECONDS = 6.0
PAIR_BURST = 45
"""One message per 6 s to the same user, bursts of 45 borrowed from the future (Meta: about the platform)."""


@dataclass(slots=True)
class Bucket:
    tokens: float
    at: float


class Pacing:
    def __init__(self, clock: Clock, knobs: Knobs) -> None:
        self._clock = clock
        self._knobs = knobs
        self._pairs: dict[tuple[str, str], Bucket] = {}
        self._recent: dict[str, deque[float]] = {}

    def count(self, number_id: str) -> None:
        """A message in either direction uses throughput."""
        if self._knobs.throughput:
            self._window(number_id).append(self._clock.now())

    def check_number(self, number_id: str) -> None:
        """Raises 130429 with the headers that tell when to come back."""
        limit = self._knobs.throughput
        if not limit or len(self._window(number_id)) < limit:
            return
        headers = {
            "Retry-After": "1",
            "X-Business-Use-Case-Usage": (
                f'{{"{number_id}":[{{"type":"messaging","call_count":100,"total_cputime":25,'
                '"total_time":25,"estimated_time_to_regain_access":1}]}'
            ),
        }
        details = f"Message failed to send because there were too many messages ({limit} a second)"
        raise GraphError(130429, details=details, http=self._knobs.throttle_http, headers=headers)

    def check_pair(self, number_id: str, customer_id: str) -> None:
        """Raises 131056 when the bucket is empty, else takes one token."""
        if not self._knobs.pair_pacing:
            return
        now = self._clock.now()
        bucket = self._pairs.setdefault((number_id, customer_id), Bucket(PAIR_BURST, now))
        bucket.tokens = min(float(PAIR_BURST), bucket.tokens + (now - bucket.at) / PAIR_SECONDS)
        bucket.at = now
        if bucket.tokens < 1:
            details = "Message failed to send because there were too many messages to this user"
            raise GraphError(131056, details=details)
        bucket.tokens -= 1

    def _window(self, number_id: str) -> deque[float]:
        window = self._recent.setdefault(number_id, deque())
        edge = self._clock.now() - 1.0
        while window and window[0] <= edge:
            window.popleft()
        return window
