"""What a check-up found: the value in which both sides of the house report to `topicdesk doctor`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    """Works, but somebody should know."""
    FAIL = "fail"
    SKIPPED = "skipped"
    """Not looked at: switched off, or something before it failed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` names a text: its first line says what is so, all further lines how to mend it."""

    key: str
    verdict: Verdict
    values: Mapping[str, str | int] = field(default_factory=dict[str, str | int])


def ok(key: str, **values: str | int) -> Finding:
    return Finding(key, Verdict.OK, values)


def warn(key: str, **values: str | int) -> Finding:
    return Finding(key, Verdict.WARN, values)


def fail(key: str, **values: str | int) -> Finding:
    return Finding(key, Verdict.FAIL, values)


def skipped(key: str, **values: str | int) -> Finding:
    return Finding(key, Verdict.SKIPPED, values)
