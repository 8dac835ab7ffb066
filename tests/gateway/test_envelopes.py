"""One webhook body as raw rows: one per number, stable ids, nothing lost."""

import json
from typing import Any

import pytest

from gateway.whatsapp_cloud.envelopes import envelopes
from tests.gateway.webhooks import JsonObject, body, change, message


def at(number: Any, *ids: str) -> JsonObject:
    made = change(messages=[message(id=each) for each in ids])
    made["value"]["metadata"]["phone_number_id"] = number
    return made


def test_a_batch_is_one_row_per_number() -> None:
    payload = body(at("1", "a"), at("2", "b"), at(1, "c"))
    payload["entry"].append({"id": "2044", "time": 5, "changes": [at("2", "d")]})
    rows = {account: json.loads(raw) for account, _, raw in envelopes(payload)}
    assert set(rows) == {"1", "2"}
    assert rows["1"]["entry"] == [{"id": "1022", "changes": [at("1", "a"), at(1, "c")]}]
    assert rows["2"]["entry"] == [
        {"id": "1022", "changes": [at("2", "b")]},
        {"id": "2044", "time": 5, "changes": [at("2", "d")]},
    ]
    assert rows["1"]["object"] == "whatsapp_business_account"


def test_news_about_an_account_goes_under_its_id() -> None:
    news = {"field": "account_update", "value": {"event": "X"}}
    ((account, _, raw),) = envelopes(body(news))
    assert account == "waba:1022"
    assert json.loads(raw) == body(news)


@pytest.mark.parametrize(
    "payload", [{}, {"entry": {}}, {"entry": []}, {"entry": "x"}, {"entry": [None]}, {"entry": [{}]}]
)
def test_what_has_no_account_is_kept_too(payload: JsonObject) -> None:
    ((account, _, raw),) = envelopes(payload)
    assert account == "waba:"
    assert isinstance(json.loads(raw), dict)


def test_the_same_part_has_the_same_id() -> None:
    one, other = body(at("1", "a"), at("2", "b")), body(at("2", "b"), at("1", "a"))
    ids = {account: external_id for account, external_id, _ in envelopes(one)}
    assert ids == {account: external_id for account, external_id, _ in envelopes(other)}
    reordered = {"entry": one["entry"], "object": one["object"]}
    assert ids == {account: external_id for account, external_id, _ in envelopes(reordered)}
    assert ids["1"] != envelopes(body(at("1", "c")))[0][1]


def test_raw_rows_are_plain_ascii() -> None:
    (_, _, raw), *_ = envelopes(body(change(messages=[message(text={"body": "你好\ud83d\u0000"})])))
    assert raw.isascii()
    assert "\x00" not in raw
