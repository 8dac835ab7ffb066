"""Faults on order: the next N calls, or every Nth call, go wrong in a chosen way."""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.graph.errors import TITLES, GraphError
from sandbox.graph.orders import NUMBER, Types, expect

KINDS = (
    "error",  # answered with Meta's envelope (`code`, `http`, `subcode`, `details`); nothing was accepted
    "http",  # a bare status without envelope (an HTML page, as a proxy in front of Meta would)
    "status",  # accepted, then a `failed` status with `code`
    "reset_before",  # connection reset, nothing accepted
    "reset_after",  # accepted, then the connection is reset: the answer is lost
    "error_after",  # accepted, but answered with the error
    "hang",  # no answer for `seconds`, nothing accepted
    "hang_after",  # accepted, then no answer for `seconds`
    "slow",  # answered properly, but late: `seconds` later, for media bytes spread over `seconds`
)
SLOW_SECONDS = 2.0
AFTER = ("reset_after", "error_after", "hang_after")


@dataclass
class Fault:
    """`times` 0 means for ever. `every` 3 hits every third matching call. `contains` looks into the body."""

    id: int
    kind: str
    op: str = "messages"
    times: int = 1
    every: int = 1
    code: int = 131000
    http: int | None = None
    subcode: int | None = None
    details: str | None = None
    seconds: float = 3600.0
    contains: str = ""
    retry_after: int | None = None
    seen: int = 0
    hits: int = 0

    def error(self) -> GraphError:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        http = self.http or TITLES.get(self.code, (500, ""))[0]
        return GraphError(self.code, details=self.details, http=http, subcode=self.subcode, headers=headers)

    @property
    def spent(self) -> bool:
        return self.times > 0 and self.hits >= self.times

    def view(self) -> dict[str, Any]:
        return asdict(self)


OPTIONS: Types = {
    "op": str,
    "times": int,
    "every": int,
    "code": int,
    "http": int,
    "subcode": int,
    "details": str,
    "seconds": NUMBER,
    "contains": str,
    "retry_after": int,
}


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._number = itertools.count(1)

    def add(self, kind: str, **options: Any) -> Fault:
        """Raises ValueError for an unknown kind or option. An option that is None keeps its default."""
        options = {name: value for name, value in options.items() if value is not None}
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {KINDS}")
        if kind == "slow":
            options.setdefault("seconds", SLOW_SECONDS)
        expect(options, OPTIONS)
        fault = Fault(next(self._number), kind, **options)
        if fault.every < 1:
            raise ValueError("every must be 1 or more")
        self._faults.append(fault)
        return fault

    def take(self, op: str, body: str) -> Fault | None:
        """The fault that hits this call, if any. Counts the call on every fault it matches."""
        hit: Fault | None = None
        for fault in self._faults:
            if fault.spent or fault.op not in ("any", op) or fault.contains not in body:
                continue
            fault.seen += 1
            if hit is None and fault.seen % fault.every == 0:
                fault.hits += 1
                hit = fault
        return hit

    def __bool__(self) -> bool:
        return any(not fault.spent for fault in self._faults)

    def view(self) -> list[dict[str, Any]]:
        return [fault.view() for fault in self._faults if not fault.spent]

    def clear(self) -> None:
        self._faults.clear()
