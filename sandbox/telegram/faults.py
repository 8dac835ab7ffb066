"""Planned trouble: the next calls that match are refused, slowed, dropped after the work was done, or reset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.errors import STANDARD_TEXTS, ApiError, SimError


@dataclass
class Fault:
    """One plan. Everything named must match ("*" is every method but getUpdates, which polls would use up);
    the plan ends after `times` matches (0 = until cleared).

    `code` refuses the call before it is done, with `after=True` after it was done (a 502 whose work stands).
    `drop_response` does the work and closes the connection without an answer; `reset` closes it before any work.
    `hang` does the work and keeps silent until the client gives up. `delay` waits that many seconds first.
    `skip` lets so many matching calls pass first.
    """

    method: str = "*"
    bot: int | None = None
    chat: int | None = None
    thread: int | None = None
    contains: str | None = None
    code: int | None = None
    description: str | None = None
    retry_after: int | None = None
    migrate_to: int | None = None
    after: bool = False
    drop_response: bool = False
    reset: bool = False
    hang: bool = False
    delay: float = 0.0
    times: int = 1
    skip: int = 0
    html: bool = False
    id: int = 0
    hits: int = 0

    def matches(self, bot_id: int, method: str, params: dict[str, Any]) -> bool:
        if self.bot is not None and bot_id != self.bot:
            return False
        if self.method != method and (self.method != "*" or method == "getUpdates"):
            return False
        if self.chat is not None and params.get("chat_id") != self.chat:
            return False
        if self.thread is not None and params.get("message_thread_id") != self.thread:
            return False
        return self.contains is None or any(self.contains in str(value) for value in params.values())

    def error(self) -> ApiError | None:
        """The refusal this fault plans, if it plans one."""
        if self.code is None:
            return None
        parameters: dict[str, int] = {}
        if self.code == 429:
            parameters["retry_after"] = self.retry_after or 5
        if self.migrate_to is not None:
            parameters["migrate_to_chat_id"] = self.migrate_to
        text = self.description or STANDARD_TEXTS.get(self.code, "Bad Request")
        return ApiError(self.code, text.format(**parameters) if parameters else text, **parameters)

    @property
    def silent(self) -> bool:
        """Does the client get no answer at all?"""
        return self.drop_response or self.reset or self.hang

    def name(self) -> str:
        """A word for the journal."""
        for word in ("drop_response", "reset", "hang"):
            if getattr(self, word):
                return word
        return str(self.code) if self.code else "delay"


@dataclass
class FaultPlan:
    faults: list[Fault] = field(default_factory=list)
    _next_id: int = 1

    def add(self, fault: Fault) -> Fault:
        if not (fault.code or fault.drop_response or fault.reset or fault.hang or fault.delay):
            raise SimError("a fault needs one of code, drop_response, reset, hang, delay")
        fault.id, self._next_id = self._next_id, self._next_id + 1
        self.faults.append(fault)
        return fault

    def take(self, bot_id: int, method: str, params: dict[str, Any]) -> Fault | None:
        """The first plan that matches this call; it is used up by one."""
        for fault in self.faults:
            if not fault.matches(bot_id, method, params):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.hits += 1
            if fault.times and fault.hits >= fault.times:
                self.faults.remove(fault)
            return fault
        return None

    def clear(self) -> None:
        self.faults.clear()
