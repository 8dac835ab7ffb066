"""What people type behind /find: words, and filters such as `tag:vip before:2026-10 from:customer`. Pure.

Filters may be written in English or Chinese, with the colon of either keyboard. A day, a month or a year is a span of
time in the tenant's zone: `before:` ends where it begins, `after:` begins with it, `on:` is all of it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.errors import UserMistake

_FILTER = re.compile(r'(?<!\S)(?P<name>[^\W\d_]+)[:：](?P<value>"[^"]*"|\S*)')
_DAY = re.compile(r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})(?:[-/.月](?P<day>\d{1,2})日?|月)?|年)?")
_BACK = re.compile(r"(?P<count>\d{1,4})(?P<unit>[dwmy天周月年])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365, "天": 1, "周": 7, "月": 30, "年": 365}
_DECEMBER = 12
T = TypeVar("T")


class Who(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    ME = "me"


class Where(StrEnum):
    MESSAGES = "messages"
    NOTES = "notes"
    PEOPLE = "people"
    """Names, numbers, user names and tags."""


@dataclass(frozen=True, slots=True)
class Question:
    """`words` are for `core.search.terms`; every filter narrows. Times are aware, `until` is not included."""

    words: str = ""
    tags: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    who: Who | None = None
    where: Where | None = None
    line: str = ""


def understand(typed: str, now: datetime, zone: str) -> Question:
    """Raises UserMistake `find_filter` (no such filter), `find_date` or `find_value`, with what was typed.

    What only looks like a filter (`http://…`, `10:30`, an unknown word) is a word like any other.
    """
    asked, words, here = Question(), list[str](), now.astimezone(ZoneInfo(zone))
    end = 0
    for found in _FILTER.finditer(typed):
        read = _READERS.get(found["name"].casefold())
        if read is None:
            continue
        words.append(typed[end : found.start()])
        end = found.end()
        asked = read(asked, found["value"].strip('"').strip(), here)
    words.append(typed[end:])
    return replace(asked, words=" ".join(" ".join(words).split()))


def span(value: str, here: datetime) -> tuple[datetime, datetime]:
    """The time a date stands for, from its first moment to the first after it. Raises UserMistake `find_date`."""
    today = here.date()
    named = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1}.get(value.casefold())
    back, written = _BACK.fullmatch(value), _DAY.fullmatch(value)
    try:
        if named is not None:
            return _days(today - timedelta(days=named), 1, here)
        if back:
            return _days(today - timedelta(days=int(back["count"]) * _DAYS[back["unit"]]), 1, here)
        if written:
            return _written(written, here)
    except (ValueError, OverflowError):
        pass
    raise UserMistake("find_date", value=value)


def _written(written: re.Match[str], here: datetime) -> tuple[datetime, datetime]:
    year, month, day = int(written["year"]), int(written["month"] or 0), int(written["day"] or 0)
    if day:
        return _days(date(year, month, day), 1, here)
    first = date(year, month or 1, 1)
    last_month = month or _DECEMBER
    after = date(year + last_month // _DECEMBER, last_month % _DECEMBER + 1, 1)
    return _days(first, (after - first).days, here)


def _days(first: date, count: int, here: datetime) -> tuple[datetime, datetime]:
    """From midnight to midnight, however long the days are where clocks change."""
    midnights = (
        datetime(day.year, day.month, day.day, tzinfo=here.tzinfo) for day in (first, first + timedelta(count))
    )
    start, end = midnights
    return start, end


def _tag(asked: Question, value: str, _here: datetime) -> Question:
    return replace(asked, tags=(*asked.tags, _given("tag", value.lstrip("#"))))


def _before(asked: Question, value: str, here: datetime) -> Question:
    return replace(asked, until=span(value, here)[0])


def _after(asked: Question, value: str, here: datetime) -> Question:
    return replace(asked, since=span(value, here)[0])


def _on(asked: Question, value: str, here: datetime) -> Question:
    since, until = span(value, here)
    return replace(asked, since=since, until=until)


def _from(asked: Question, value: str, _here: datetime) -> Question:
    return replace(asked, who=_one_of(_WHO, "from", value))


def _in(asked: Question, value: str, _here: datetime) -> Question:
    return replace(asked, where=_one_of(_WHERE, "in", value))


def _line(asked: Question, value: str, _here: datetime) -> Question:
    return replace(asked, line=_given("line", value))


def _given(name: str, value: str) -> str:
    if not value:
        raise UserMistake("find_value", name=name)
    return value


def _one_of(known: Mapping[str, T], name: str, value: str) -> T:
    found = known.get(value.casefold())
    if found is None:
        raise UserMistake(
            "find_filter", filter=f"{name}:{value}", known=", ".join(dict.fromkeys(map(str, known.values())))
        )
    return found


_WHO = {
    "customer": Who.CUSTOMER,
    "customers": Who.CUSTOMER,
    "客户": Who.CUSTOMER,
    "staff": Who.STAFF,
    "us": Who.STAFF,
    "员工": Who.STAFF,
    "同事": Who.STAFF,
    "me": Who.ME,
    "我": Who.ME,
}
_WHERE = {
    "messages": Where.MESSAGES,
    "message": Where.MESSAGES,
    "消息": Where.MESSAGES,
    "notes": Where.NOTES,
    "note": Where.NOTES,
    "备注": Where.NOTES,
    "people": Where.PEOPLE,
    "names": Where.PEOPLE,
    "客户": Where.PEOPLE,
}
_READERS: Mapping[str, Callable[[Question, str, datetime], Question]] = {
    "tag": _tag,
    "标签": _tag,
    "before": _before,
    "之前": _before,
    "早于": _before,
    "after": _after,
    "since": _after,
    "之后": _after,
    "on": _on,
    "日期": _on,
    "from": _from,
    "来自": _from,
    "in": _in,
    "范围": _in,
    "line": _line,
    "线路": _line,
}
