"""Whatever is dropped from a payload or twisted in it: the parser never raises and never loses a part."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ports import AddressChanged, EchoOut, InboundEvent, LineNotice, MessageIn, StatusChanged
from gateway.whatsapp_cloud.envelopes import envelopes
from tests.gateway.webhooks import PARTS, body, change, contact, counted, events, expected, message

RICH = body(
    change(
        contacts=[contact(wa_id="16505551234", user_id="US.1", parent_user_id="US.ENT.1")],
        messages=[
            message(text={"body": "hi"}, context={"id": "wamid.Q", "forwarded": True}, referral={"headline": "Sale"}),
            message("image", image={"id": "1", "mime_type": "image/jpeg", "caption": "*x*"}),
            message("audio", audio={"id": "1", "voice": True}),
            message("location", location={"latitude": 1, "longitude": 2}),
            message("contacts", contacts=[{"name": {"formatted_name": "Bo"}, "phones": [{"phone": "1"}]}]),
            message("interactive", interactive={"type": "nfm_reply", "nfm_reply": {"response_json": '{"a":1}'}}),
            message("interactive", interactive={"type": "list_reply", "list_reply": {"id": "1", "title": "A"}}),
            message(
                "interactive",
                interactive={
                    "type": "button",
                    "body": {"text": "?"},
                    "action": {
                        "buttons": [{"type": "reply", "reply": {"id": "1", "title": "A"}}],
                        "sections": [
                            {"rows": [{"id": "1", "title": "A"}], "product_items": [{"product_retailer_id": "x"}]}
                        ],
                        "parameters": {"display_text": "Open", "url": "https://a.b"},
                    },
                },
            ),
            message("contacts", contacts=[{"vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Bo\nTEL:1\nEND:VCARD"}]),
            message("button", button={"text": "Yes", "payload": "y"}),
            message("reaction", reaction={"message_id": "wamid.T", "emoji": "👍"}),
            message(
                "order",
                order={
                    "catalog_id": "c",
                    "text": "t",
                    "product_items": [
                        {"product_retailer_id": "sku", "quantity": 1, "item_price": "9.5", "currency": "EUR"}
                    ],
                },
            ),
            message("system", system={"type": "user_changed_number", "wa_id": "1219", "user_id": "US.2"}),
            message("edit", edit={"original_message_id": "o", "message": {"type": "text", "text": {"body": "n"}}}),
            message("revoke", revoke={"original_message_id": "o"}),
            message("unsupported", errors=[{"code": 131051, "title": "t"}], unsupported={"type": "poll"}),
        ],
        statuses=[
            {"id": "s", "status": "sent", "timestamp": "1", "recipient_id": "1650", "pricing": {"billable": True}},
            {"id": "s", "status": "failed", "errors": [{"code": 131047, "error_data": {"details": "d"}}]},
        ],
    ),
    change("smb_message_echoes", message_echoes=[message(to="1650", to_user_id="US.1", text={"body": "hi"})]),
    change(
        "calls",
        calls=[
            {
                "id": "c",
                "event": "terminate",
                "from": "1650",
                "to": "1555",
                "direction": "BUSINESS_INITIATED",
                "duration": 9,
            },
            {"id": "d", "event": "connect", "from": "1650", "to": "1555", "timestamp": "1"},
        ],
    ),
    change(
        "user_preferences",
        user_preferences=[
            {"wa_id": "1650", "user_id": "US.1", "category": "marketing_messages", "value": "stop", "timestamp": 1}
        ],
    ),
    change("message_template_status_update", event="PAUSED", message_template_id=1, rejection_info={"reason": "R"}),
    change("template_category_update", previous_category="UTILITY", new_category="MARKETING"),
    change("phone_number_quality_update", event="DOWNGRADE", current_limit="TIER_1K", display_phone_number="1"),
    change("message_template_quality_update", previous_quality_score="GREEN", new_quality_score="RED"),
    change("account_alerts", alert_type="T", alert_severity="CRITICAL", alert_description="d"),
    change("security", event="PIN_CHANGED"),
    change("history", history=[{"threads": [{"messages": [message(text={"body": "old"})]}]}]),
    change("smb_app_state_sync", state_sync=[{"type": "contact", "contact": {"full_name": "Bo"}}]),
    change("group_participants_update", groups=[{"group_id": "g", "type": "add"}]),
    change("a_field_of_tomorrow", thing={"a": 1}, words="w"),
    change("account_update", event="ACCOUNT_RESTRICTION", restriction_info=[{"restriction_type": "X"}]),
)

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**4000),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["\x00", "\ud83d", "9" * 400, "US.ENT.1", "{", "*_~`"]),
    st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=3), st.just({})), max_size=3),
    st.dictionaries(st.sampled_from(["id", "body", "type", "text", "code"]), st.integers(), max_size=3),
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all values inside `node`."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [each for key, child in children for each in ((*path, key), *places(child, (*path, key)))]


PLACES = places(RICH)
INSIDE_PARTS = [path for path in PLACES if any(part in path[:-2] for part in PARTS) and "history" not in path]
"""Places inside a message, a status or an echo: changing them changes no count."""


def parent_of(payload: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        payload = payload[key]
    return payload


def change_at(payload: Any, path: tuple[Any, ...], junk: Any) -> None:
    try:
        parent_of(payload, path)[path[-1]] = junk
    except (KeyError, IndexError, TypeError):
        return  # an earlier change took this place away


def check(found: list[InboundEvent]) -> None:
    """Every event is storable: ids are there, and no text holds what a database refuses."""
    for event in found:
        assert isinstance(event, MessageIn | EchoOut | StatusChanged | AddressChanged | LineNotice)
        if not isinstance(event, LineNotice):
            assert event.external_id
            assert event.at.tzinfo is not None
        assert "\x00" not in repr(event)
        repr(event).encode()


@given(st.sets(st.sampled_from(INSIDE_PARTS), min_size=1, max_size=6))
@settings(max_examples=100, deadline=None)
def test_dropping_keys_inside_parts_keeps_the_count(paths: set[tuple[Any, ...]]) -> None:
    payload = copy.deepcopy(RICH)
    for path in sorted(paths, key=len, reverse=True):
        parent = parent_of(payload, path)
        if isinstance(parent, dict):
            del parent[path[-1]]
    found = events(payload)
    check(found)
    assert counted(found) == expected(RICH)


@given(st.lists(st.tuples(st.sampled_from(INSIDE_PARTS), JUNK), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_twisting_values_inside_parts_keeps_the_count(twists: list[tuple[tuple[Any, ...], Any]]) -> None:
    payload = copy.deepcopy(RICH)
    for path, junk in twists:
        change_at(payload, path, junk)
    found = events(payload)
    check(found)
    assert counted(found) == expected(RICH)


@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_twisting_anything_never_raises(twists: list[tuple[tuple[Any, ...], Any]]) -> None:
    payload = copy.deepcopy(RICH)
    for path, junk in twists:
        change_at(payload, path, junk)
    check(events(payload))
    parts = envelopes(payload)
    assert counted([event for _, _, raw in parts for event in events(json.loads(raw))]) == counted(events(payload))


@given(st.recursive(JUNK, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_at_all(junk: Any) -> None:
    for payload in (junk, {"entry": junk}, {"entry": [{"changes": junk}]}, body(change(messages=junk, statuses=junk))):
        check(events(payload))


def test_deep_nesting_does_not_break_it() -> None:
    deep: Any = {}
    for _ in range(900):
        deep = {"edit": {"message": deep}, "type": "edit"}
    check(events(body(change(messages=[deep]))))
