"""Graph error codes → what they mean for us. The same code may come as an HTTP error or in a `failed` status.

Classes and codes: Meta, "Error codes" (2026). The class names pick the texts `error.<class>`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from core.errors import Busy, DeskError, Down, LineTrouble, RemoteRefusal
from core.ports import Problem
from gateway.whatsapp_cloud.loose import items, mapping, number, pick, text, whole

_CLASSES: dict[str, tuple[int, ...]] = {
    "auth": (0, 3, 10, 190, 131005),
    "throttle": (4, 80007, 130429),
    "pair": (131056,),
    "health": (131048, 131064, 133016),
    "policy": (368, 131031, 130497),
    "window": (131047,),
    "recipient": (131026, 131030, 131021, 130472),
    "marketing": (131049, 131050),
    "identity": (131062, 137000),
    "request": (33, 100, 131008, 131009, 131051, 135000),
    "media": (131052, 131053),
    "template": (132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 131063),
    "account": (131042, 131045, 133010, 131037),
    "transient": (1, 2, 131000, 131016, 131057, 133004),
}
_CLASS_OF = {code: name for name, codes in _CLASSES.items() for code in codes}

STOPS_THE_LINE = frozenset({"auth", "policy", "account", "health"})
"""Nothing goes out until a human mended the account."""
_WAIT_SECONDS = {"throttle": 10.0, "pair": 6.0}
"""Pauses where the answer names none. One pair of numbers may exchange a message each 6 s (Meta, 2026)."""
_LONGEST_WAIT = 3600.0
_LONGEST_DETAIL = 500


def class_of(code: int | None) -> str:
    """The class of a code; 200-299 are missing permissions, and a code we do not know is `unknown`."""
    if code is None:
        return "unknown"
    return "auth" if 200 <= code <= 299 else _CLASS_OF.get(code, "unknown")


def problem_of(error: Mapping[str, Any]) -> Problem:
    """An element of a status' `errors`."""
    code = whole(error.get("code"))
    return Problem(class_of(code), code, details_of(error))


def details_of(error: Mapping[str, Any]) -> str:
    """The most telling words of an error object; `error_data` may be an object or a string."""
    data = error.get("error_data")
    words = pick(mapping(data), "details") or text(data) or pick(error, "message", "title")
    return words[:_LONGEST_DETAIL]


def error_of(status: int, error: Mapping[str, Any], headers: Mapping[str, str]) -> DeskError:
    """What to raise for an error answer with Graph's envelope. Its code decides; the HTTP status when it is unknown."""
    code, detail = whole(error.get("code")), details_of(error)
    name = class_of(code)
    if name == "unknown":
        name = _class_of_status(status, transient=error.get("is_transient") is True)
    if name in _WAIT_SECONDS:
        return Busy(detail, retry_after(headers) or _WAIT_SECONDS[name], name)
    if name == "transient":
        return Down(detail, retry_after(headers), name)
    if name in STOPS_THE_LINE:
        return LineTrouble(detail, name, code)
    return RemoteRefusal(detail, name, code)


def _class_of_status(status: int, *, transient: bool = False) -> str:
    if status in {401, 403}:
        return "auth"
    if status == 429:
        return "throttle"
    return "transient" if transient or status >= 500 else "unknown"


def error_without_envelope(status: int, headers: Mapping[str, str], lost: type[DeskError]) -> DeskError:
    """What to raise for an answer that is not Graph's own: a proxy's page, an empty body.

    `lost` is raised where the request may have been carried out all the same (500, 502, 504, 408).
    """
    detail = f"HTTP {status} without a Graph answer"
    if status == 429:
        return Busy(detail, retry_after(headers) or _WAIT_SECONDS["throttle"], "throttle")
    if status == 503 or 300 <= status < 400:
        return Down(detail, retry_after(headers))
    if status in {401, 403}:
        return LineTrouble(detail, "auth")
    if status < 400 or status == 408 or status >= 500:
        return lost(detail)
    return RemoteRefusal(detail, "request")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the answer says: `Retry-After`, or the longest of the account's usage report."""
    named = headers.get("retry-after", "")
    seconds = number(named) if named else None
    if seconds is None and named:
        seconds = _until(named)
    if seconds is None:
        seconds = _from_usage(headers.get("x-business-use-case-usage", ""))
    return min(max(seconds, 0.0), _LONGEST_WAIT) if seconds is not None else None


def _until(date: str) -> float | None:
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (at - datetime.now(UTC)).total_seconds() if at.tzinfo else None


def _from_usage(header: str) -> float | None:
    """`{"<id>": [{"estimated_time_to_regain_access": minutes, …}]}` (Meta: rate limits, 2025)."""
    try:
        usage = mapping(json.loads(header))
    except ValueError:
        return None
    reports = (mapping(report) for reports in usage.values() for report in items(reports))
    minutes = [number(report.get("estimated_time_to_regain_access")) or 0.0 for report in reports]
    return max(minutes, default=0.0) * 60 or None
