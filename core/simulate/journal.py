"""What staff could read, and when; what it cost; and whether anything was lost, doubled or out of order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.simulate.load import Said

_TAG = re.compile(r"\[(\d+)\.(\d+)\]")


@dataclass
class Journal:
    """One run. `read` holds (customer, number) → when it could be read, in seconds since the start."""

    policy: str
    calls: int = 0
    refused: int = 0
    marks: int = 0
    """Reactions that were drawn."""
    doubled: int = 0
    out_of_order: int = 0
    ended: float = 0.0
    """When the last call was made."""
    read: dict[tuple[int, int], float] = field(default_factory=dict[tuple[int, int], float])
    _latest: dict[int, int] = field(default_factory=dict[int, int])

    def call(self, now: float, retry_after: int) -> None:
        self.calls += 1
        self.refused += retry_after > 0
        self.ended = max(self.ended, now)

    def show(self, text: str, now: float) -> None:
        """A post is there: find the customers' lines in it."""
        for customer, number in ((int(a), int(b)) for a, b in _TAG.findall(text)):
            if (customer, number) in self.read:
                self.doubled += 1
                continue
            self.out_of_order += number != self._latest.get(customer, -1) + 1
            self._latest[customer] = number
            self.read[customer, number] = now


@dataclass(frozen=True)
class Outcome:
    """Several runs of one policy on one profile, as numbers. Times in seconds."""

    policy: str
    delays: Sequence[float]
    offered: int
    ticks: int
    calls: int
    refused: int
    marks: int
    doubled: int
    out_of_order: int
    ended_minutes: float
    """When the last of the runs had nothing left to do."""
    last_read: float
    """When the last line of all could be read, in seconds since the start."""

    @property
    def lost(self) -> int:
        return self.offered - len(self.delays)

    @property
    def refused_share(self) -> float:
        return self.refused / self.calls if self.calls else 0.0

    def delay(self, share: float) -> float:
        """So long or shorter took this share (0..1) of the lines to be readable."""
        ranked = sorted(self.delays)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0

    def view(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "messages": self.offered,
            "ticks": self.ticks,
            "p50": round(self.delay(0.5), 1),
            "p95": round(self.delay(0.95), 1),
            "p99": round(self.delay(0.99), 1),
            "calls": self.calls,
            "calls_per_message": round(self.calls / self.offered, 2) if self.offered else 0.0,
            "refused": self.refused,
            "refused_percent": round(100 * self.refused_share, 2),
            "marks": self.marks,
            "lost": self.lost,
            "doubled": self.doubled,
            "out_of_order": self.out_of_order,
            "ended_minutes": round(self.ended_minutes, 1),
            "last_readable": round(self.last_read, 1),
        }


def outcome(runs: Sequence[tuple[Journal, Sequence[Said], int]]) -> Outcome:
    """Of (journal, what was said, how many ticks there were) for each seed."""
    journals = [journal for journal, _, _ in runs]
    delays = [
        journal.read[one.customer, one.number] - one.at
        for journal, said, _ in runs
        for one in said
        if (one.customer, one.number) in journal.read
    ]
    return Outcome(
        journals[0].policy,
        delays,
        sum(len(said) for _, said, _ in runs),
        sum(ticks for _, _, ticks in runs),
        sum(journal.calls for journal in journals),
        sum(journal.refused for journal in journals),
        sum(journal.marks for journal in journals),
        sum(journal.doubled for journal in journals),
        sum(journal.out_of_order for journal in journals),
        max(journal.ended for journal in journals) / 60,
        max((at for journal in journals for at in journal.read.values()), default=0.0),
    )
