"""The judges judge: each kind of mistake the strict check exists for is caught."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import SendMessage

from tests.contract.strict import check_result

GOOD: dict[str, Any] = {
    "message_id": 5,
    "date": 1_795_000_000,
    "chat": {"id": -1, "type": "supergroup", "title": "x"},
    "from": {"id": 1, "is_bot": False, "first_name": "A"},
    "text": "hi",
}


def test_a_good_message_passes() -> None:
    check_result(SendMessage, GOOD)


@pytest.mark.parametrize(
    "mistake",
    [
        {"message_id": "5"},
        {"date": 1_795_000_000_000},
        {"date": 1_795_000_000.5},
        {"unheard_of": 1},
        {"from": {"id": 1, "first_name": "A"}},
        {"chat": {"id": -1, "type": "bogus"}},
        {"has_protected_content": 1},
        {"entities": [{"type": "zzz", "offset": 0, "length": 1}]},
    ],
)
def test_mistakes_are_caught(mistake: dict[str, Any]) -> None:
    with pytest.raises((AssertionError, ValueError, TypeError)):
        check_result(SendMessage, {**GOOD, **mistake})
