"""What was called: a bounded list of calls with their answers, and counters that never forget."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KEPT_CALLS = 5000
LONGEST_TEXT = 500


@dataclass(slots=True)
class CallRecord:
    """One call of the Bot API. `outcome` tells what the client saw: answered, dropped, reset or hung."""

    seq: int
    at: float
    bot_id: int | None
    method: str
    params: dict[str, Any] = field(default_factory=dict)
    chat_id: int | None = None
    thread_id: int | None = None
    code: int = 200
    description: str | None = None
    retry_after: int | None = None
    message_id: int | None = None
    outcome: str = "answered"
    ms: float = 0.0
    fault: str | None = None

    def take(self, given: Mapping[str, Any], uploads: Iterable[str]) -> None:
        """Keep what the client sent, long texts cut; uploads only by name."""
        self.params = {name: _shorten(value) for name, value in given.items()}
        self.params |= {name: "(file)" for name in uploads if name not in given}

    def place(self, chat_id: Any, thread_id: int | None) -> None:
        self.chat_id = chat_id if isinstance(chat_id, int) else None
        self.thread_id = thread_id

    def view(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "at": round(self.at, 3),
            "bot_id": self.bot_id,
            "method": self.method,
            "chat_id": self.chat_id,
            "thread_id": self.thread_id,
            "ok": self.code == 200,
            "code": self.code,
            "description": self.description,
            "retry_after": self.retry_after,
            "message_id": self.message_id,
            "outcome": self.outcome,
            "fault": self.fault,
            "ms": round(self.ms, 2),
            "params": self.params,
        }


@dataclass
class Journal:
    calls: deque[CallRecord] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    by_method: Counter[str] = field(default_factory=Counter)
    by_code: Counter[int] = field(default_factory=Counter)
    _seq: int = 0

    def open(self, at: float, bot_id: int | None, method: str) -> CallRecord:
        self._seq += 1
        return CallRecord(self._seq, at, bot_id, method)

    def close(self, record: CallRecord) -> None:
        self.calls.append(record)
        self.by_method[record.method] += 1
        self.by_code[record.code] += 1

    def since(self, seq: int, method: str | None = None) -> list[CallRecord]:
        """Calls after number `seq`, oldest first."""
        return [c for c in self.calls if c.seq > seq and (method is None or c.method == method)]

    def counters(self) -> dict[str, Any]:
        return {
            "calls": sum(self.by_method.values()),
            "too_many_requests": self.by_code[429],
            "by_method": dict(self.by_method),
            "by_code": {str(code): count for code, count in self.by_code.items()},
            "last_seq": self._seq,
        }


def _shorten(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[:LONGEST_TEXT] + "…"
    return value
