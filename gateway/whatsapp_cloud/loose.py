"""Reading JSON that may be anything. Every function answers something of its type and never raises.

Captured payloads have numbers where strings are documented, objects where lists are, and keys missing
anywhere. What these functions return is safe to store: no NUL (PostgreSQL refuses it), no lone surrogate.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

Json = Mapping[str, Any]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LATEST = 4_102_444_800
"""Year 2100 in unix seconds: a larger number counts milliseconds."""
_LONGEST_NUMBER = 40


def mapping(value: object) -> Json:
    return cast(Json, value) if isinstance(value, Mapping) else {}


def items(value: object) -> Sequence[Any]:
    """A list's elements; anything else that is not empty counts as a list of one."""
    if isinstance(value, list):
        return cast(list[Any], value)
    return () if value in (None, "", {}, False) else (value,)


def text(value: object) -> str:
    """A string, or a number as one; everything else is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    written = str(value) if isinstance(value, str) or _is_short(value) else ""
    return _UNSTORABLE.sub("\ufffd", written)


def _is_short(value: float) -> bool:
    """Python refuses to write out very long integers."""
    return isinstance(value, float) or value.bit_length() < 3 * _LONGEST_NUMBER


def canonical(value: object) -> str:
    """JSON that is the same for the same value; what is nested too deeply for that is named only."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    except (RecursionError, ValueError):
        return type(value).__name__


def pick(source: Json, *names: str) -> str:
    """The first of these fields that says something."""
    return next((found for name in names if (found := text(source.get(name)).strip())), "")


def whole(value: object) -> int | None:
    """An integer, also when written as a string."""
    written = text(value).strip()
    if len(written) > _LONGEST_NUMBER or not re.fullmatch(r"-?[0-9]+", written):
        return None
    return int(written)


def number(value: object) -> float | None:
    """A finite number, also when written as a string."""
    try:
        found = float(text(value))
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


def moment(value: object) -> datetime | None:
    """Unix seconds (or milliseconds) as documented, integers, floats and strings alike."""
    seconds = number(value)
    if seconds is None or seconds <= 0:
        return None
    if seconds > _LATEST:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC) if seconds <= _LATEST else None
