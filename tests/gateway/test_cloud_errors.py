"""Meta's error codes: the class of each, and what is raised for it."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from core.errors import Busy, DeskError, Down, LineTrouble, RemoteRefusal, Uncertain
from core.ports import Problem
from gateway.whatsapp_cloud.client import read_answer
from gateway.whatsapp_cloud.errors import class_of, problem_of, retry_after

TABLE: list[tuple[int, int, str, type[DeskError]]] = [
    (0, 401, "auth", LineTrouble),
    (3, 500, "auth", LineTrouble),
    (10, 403, "auth", LineTrouble),
    (190, 401, "auth", LineTrouble),
    (200, 403, "auth", LineTrouble),
    (299, 403, "auth", LineTrouble),
    (4, 400, "throttle", Busy),
    (80007, 400, "throttle", Busy),
    (130429, 429, "throttle", Busy),
    (131056, 400, "pair", Busy),
    (131048, 400, "health", LineTrouble),
    (131064, 400, "health", LineTrouble),
    (133016, 400, "health", LineTrouble),
    (368, 403, "policy", LineTrouble),
    (131031, 403, "policy", LineTrouble),
    (130497, 403, "policy", LineTrouble),
    (131047, 400, "window", RemoteRefusal),
    (131026, 400, "recipient", RemoteRefusal),
    (131030, 400, "recipient", RemoteRefusal),
    (131021, 400, "recipient", RemoteRefusal),
    (130472, 400, "recipient", RemoteRefusal),
    (131049, 400, "marketing", RemoteRefusal),
    (131050, 400, "marketing", RemoteRefusal),
    (131062, 400, "identity", RemoteRefusal),
    (137000, 400, "identity", RemoteRefusal),
    (33, 400, "request", RemoteRefusal),
    (100, 400, "request", RemoteRefusal),
    (131008, 400, "request", RemoteRefusal),
    (131009, 400, "request", RemoteRefusal),
    (131051, 400, "request", RemoteRefusal),
    (135000, 400, "request", RemoteRefusal),
    (131052, 400, "media", RemoteRefusal),
    (131053, 400, "media", RemoteRefusal),
    (132000, 400, "template", RemoteRefusal),
    (132001, 404, "template", RemoteRefusal),
    (132005, 400, "template", RemoteRefusal),
    (132007, 400, "template", RemoteRefusal),
    (132008, 400, "template", RemoteRefusal),
    (132012, 400, "template", RemoteRefusal),
    (132015, 400, "template", RemoteRefusal),
    (132016, 400, "template", RemoteRefusal),
    (131063, 400, "template", RemoteRefusal),
    (131042, 400, "account", LineTrouble),
    (131045, 500, "account", LineTrouble),
    (133010, 400, "account", LineTrouble),
    (131037, 400, "account", LineTrouble),
    (1, 400, "transient", Down),
    (2, 503, "transient", Down),
    (131000, 500, "transient", Down),
    (131016, 500, "transient", Down),
    (131057, 500, "transient", Down),
    (133004, 503, "transient", Down),
]


def raised(answer: httpx.Response, lost: type[DeskError] = Uncertain) -> Any:
    with pytest.raises(DeskError) as caught:
        read_answer(answer, lost)
    return caught.value


def envelope(status: int, headers: dict[str, str] | None = None, **error: Any) -> httpx.Response:
    return httpx.Response(status, headers=headers, json={"error": {"message": "m", **error}})


@pytest.mark.parametrize(("code", "status", "name", "kind"), TABLE)
def test_each_code_as_an_answer_and_as_a_status(code: int, status: int, name: str, kind: type[DeskError]) -> None:
    error = raised(envelope(status, code=code, error_data={"details": "why"}))
    assert (type(error), error.code, error.detail) == (kind, name, "why")
    assert problem_of({"code": code, "title": "t"}) == Problem(name, code, "t")
    if isinstance(error, RemoteRefusal | LineTrouble):
        assert error.number == code


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (envelope(400, code=987654), RemoteRefusal, "unknown"),
        (envelope(400, code="131047"), RemoteRefusal, "window"),
        (envelope(400, code=131047, error_data="why"), RemoteRefusal, "window"),
        (envelope(400), RemoteRefusal, "unknown"),
        (envelope(400, code=987654, is_transient=True), Down, "transient"),
        (envelope(500, code=987654), Down, "transient"),
        (envelope(429, code=987654), Busy, "throttle"),
        (envelope(401), LineTrouble, "auth"),
        (envelope(200, code=131047), RemoteRefusal, "window"),
        (httpx.Response(500, text="<html>"), Uncertain, "uncertain"),
        (httpx.Response(502, text="<html>"), Uncertain, "uncertain"),
        (httpx.Response(504, json={}), Uncertain, "uncertain"),
        (httpx.Response(408), Uncertain, "uncertain"),
        (httpx.Response(503, text="busy"), Down, "down"),
        (httpx.Response(302, headers={"location": "https://a.b"}), Down, "down"),
        (httpx.Response(429), Busy, "throttle"),
        (httpx.Response(403, text="no"), LineTrouble, "auth"),
        (httpx.Response(404, text="no"), RemoteRefusal, "request"),
        (httpx.Response(200, text="<html>"), Uncertain, "uncertain"),
        (httpx.Response(200, json=[1]), Uncertain, "uncertain"),
        (httpx.Response(200, content=b"["), Uncertain, "uncertain"),
    ],
)
def test_odd_answers(answer: httpx.Response, kind: type[DeskError], code: str) -> None:
    error = raised(answer)
    assert (type(error), error.code) == (kind, code)


def test_what_may_be_repeated_is_down_where_the_outcome_is_unknown() -> None:
    assert type(raised(httpx.Response(502), Down)) is Down


@pytest.mark.parametrize("code", [None, -1, 987654])
def test_unknown_codes(code: int | None) -> None:
    assert class_of(code) == "unknown"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "1e9"}, 3600),
        ({"retry-after": "soon"}, None),
        ({"x-business-use-case-usage": json.dumps({"1": [{"estimated_time_to_regain_access": 2}]})}, 120),
        ({"x-business-use-case-usage": json.dumps({"1": [{"estimated_time_to_regain_access": 0}]})}, None),
        ({"x-business-use-case-usage": "{"}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_waiting_until_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert 0 < (retry_after({"retry-after": soon}) or 0) <= 100


def test_a_throttling_answer_carries_its_pause() -> None:
    assert raised(envelope(429, {"Retry-After": "9"}, code=130429)).retry_after == 9
    assert raised(envelope(400, code=131056)).retry_after == 6
