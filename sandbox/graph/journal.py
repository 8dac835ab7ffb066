"""What was called and what was delivered: bounded lists, and counters that never forget."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT_CALLS = 5000
KEPT_DELIVERIES = 5000


@dataclass(slots=True)
class CallRecord:
    """One request of the product. `outcome` tells what it saw: answered, reset or hung."""

    seq: int
    at: float
    op: str
    method: str
    path: str
    body: Any = None
    status: int = 0
    code: int | None = None
    details: str | None = None
    customer: str | None = None
    message_id: str | None = None
    accepted: bool = False
    outcome: str = "answered"
    fault: int | None = None
    ms: float = 0.0

    def view(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class DeliveryRecord:
    """One webhook POST. `status` is the product's HTTP status, or None when it could not be reached."""

    seq: int
    at: float
    url: str
    status: int | None
    attempt: int
    updates: int
    size: int
    ms: float
    duplicate: bool = False
    error: str | None = None

    def view(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Journal:
    calls: deque[CallRecord] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    deliveries: deque[DeliveryRecord] = field(default_factory=lambda: deque(maxlen=KEPT_DELIVERIES))
    by_op: Counter[str] = field(default_factory=Counter)
    by_code: Counter[int] = field(default_factory=Counter)
    by_delivery: Counter[str] = field(default_factory=Counter)
    _seq: int = 0

    def open(self, at: float, op: str, method: str, path: str) -> CallRecord:
        self._seq += 1
        return CallRecord(self._seq, at, op, method, path)

    def close(self, record: CallRecord) -> None:
        self.calls.append(record)
        self.by_op[record.op] += 1
        if record.code is not None:
            self.by_code[record.code] += 1

    def delivered(self, record: DeliveryRecord) -> None:
        self.deliveries.append(record)
        self.by_delivery["ok" if record.status == 200 else "refused"] += 1

    def next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def since(self, seq: int = 0, op: str | None = None) -> list[CallRecord]:
        """Calls after number `seq`, oldest first; `op` narrows to one kind."""
        return [call for call in self.calls if call.seq > seq and op in (None, call.op)]

    def counters(self) -> dict[str, Any]:
        return {
            "calls": sum(self.by_op.values()),
            "by_op": dict(self.by_op),
            "by_code": {str(code): count for code, count in self.by_code.items()},
            "webhooks": dict(self.by_delivery),
            "last_seq": self._seq,
        }

    def clear(self) -> None:
        for kept in (self.calls, self.deliveries, self.by_op, self.by_code, self.by_delivery):
            kept.clear()
