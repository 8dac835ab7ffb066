"""Statuses, and news about the account."""

from typing import Any

import pytest

from core.message import Status
from core.ports import LineNotice, Problem, StatusChanged
from tests.gateway.webhooks import NOW, SAID_AT, body, change, counted, events, message


def status(**parts: Any) -> StatusChanged:
    (event,) = events(body(change(statuses=[{"id": "wamid.S", "timestamp": 1749416383, **parts}])))
    assert isinstance(event, StatusChanged)
    return event


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("sent", Status.SENT),
        ("delivered", Status.DELIVERED),
        ("READ", Status.READ),
        ("played", Status.PLAYED),
        ("deleted", None),
        ("", None),
        (7, None),
    ],
)
def test_status_words(word: Any, known: Status | None) -> None:
    found = status(status=word, biz_opaque_callback_data="td:1:2:0")
    assert (found.status, found.raw_status, found.client_id) == (known, str(word), "td:1:2:0")
    assert (found.external_id, found.at, found.problem) == ("wamid.S", SAID_AT, None)


@pytest.mark.parametrize(
    ("errors", "problem"),
    [
        (
            [{"code": 131047, "title": "Re-engagement message", "error_data": {"details": "24 hours"}}],
            Problem("window", 131047, "24 hours"),
        ),
        ([{"code": "131026", "message": "Undeliverable", "error_data": "x"}], Problem("recipient", 131026, "x")),
        ([{"code": 999999, "title": "New"}], Problem("unknown", 999999, "New")),
        ({"code": 131049}, Problem("marketing", 131049)),
        (["broken"], Problem("unknown")),
        ([], Problem("unknown")),
        (None, Problem("unknown")),
    ],
)
def test_failures_without_contacts(errors: Any, problem: Problem) -> None:
    assert status(status="failed", recipient_id="1650", errors=errors).problem == problem


def test_a_status_without_id_and_time() -> None:
    (event,) = events(body(change(statuses=[{"status": "sent"}])))
    assert isinstance(event, StatusChanged)
    assert event.external_id
    assert event.at == NOW


def test_four_messages_and_three_statuses_in_one_change() -> None:
    messages = [message(id=f"m{number}", text={"body": "x"}) for number in range(4)]
    statuses = [{"id": f"s{number}", "status": "sent"} for number in range(3)]
    found = events(body(change(messages=messages, statuses=statuses), change(messages=messages[:1])))
    assert [getattr(event, "external_id", "") for event in found] == ["m0", "m1", "m2", "m3", "s0", "s1", "s2", "m0"]


NEWS: list[tuple[str, dict[str, Any], LineNotice]] = [
    (
        "messages",
        {"errors": [{"code": 130429, "title": "Rate limit hit", "error_data": {"details": "Too many"}}]},
        LineNotice("line_error", "130429 · Rate limit hit · Too many", serious=True),
    ),
    (
        "message_template_status_update",
        {"event": "APPROVED", "message_template_id": 1689, "message_template_name": "hello", "reason": "NONE"},
        LineNotice("template", "hello · APPROVED"),
    ),
    (
        "message_template_status_update",
        {"event": "PAUSED", "message_template_id": 1689},
        LineNotice("template", "1689 · PAUSED", serious=True),
    ),
    (
        "template_category_update",
        {"message_template_name": "hello", "previous_category": "UTILITY", "new_category": "MARKETING"},
        LineNotice("template", "hello · UTILITY → MARKETING", serious=True),
    ),
    (
        "message_template_quality_update",
        {"message_template_name": "hello", "previous_quality_score": "GREEN", "new_quality_score": "RED"},
        LineNotice("quality", "hello · GREEN → RED", serious=True),
    ),
    (
        "phone_number_quality_update",
        {"event": "FLAGGED", "current_limit": "TIER_1K"},
        LineNotice("quality", "FLAGGED · TIER_1K", serious=True),
    ),
    (
        "account_update",
        {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SCAM"}},
        LineNotice("account", "ACCOUNT_VIOLATION · SCAM", serious=True),
    ),
    ("account_update", {"event": "VERIFIED_ACCOUNT"}, LineNotice("account", "VERIFIED_ACCOUNT")),
    ("account_review_update", {"decision": "REJECTED"}, LineNotice("account", "REJECTED", serious=True)),
    (
        "user_preferences",
        {"user_preferences": [], "wa_id": "1650"},
        LineNotice("consent", "user_preferences"),
    ),
    ("smb_app_state_sync", {"state_sync": [{"type": "contact"}]}, LineNotice("account", "smb_app_state_sync")),
    ("history", {"history": [{"threads": []}]}, LineNotice("account", "history")),
]


@pytest.mark.parametrize(("field", "parts", "notice"), NEWS)
def test_news(field: str, parts: dict[str, Any], notice: LineNotice) -> None:
    assert events(body({"field": field, "value": parts})) == [notice]


def test_a_field_nobody_knows_is_named() -> None:
    (notice,) = events(body({"field": "telepathy", "value": {"mood": "good", "parts": [1]}}))
    assert notice == LineNotice("news", 'telepathy {"mood": "good"}')


def test_account_errors_beside_a_message_are_both_told() -> None:
    found = events(body(change(messages=[message(text={"body": "x"})], errors=[{"code": 130429}])))
    assert counted(found) == 1
    assert LineNotice("line_error", "130429", serious=True) in found


@pytest.mark.parametrize("payload", [{}, {"entry": {}}, {"entry": []}, {"entry": [{}]}, {"entry": [None, 3, "x"]}])
def test_empty_envelopes_are_silent(payload: Any) -> None:
    assert events(payload) == []
