"""Data of buttons: fits Telegram's 64 bytes, reads back the same, and survives what strangers send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.buttons import MAX_BYTES, Action, unpack

NUMBERS = st.lists(st.integers(-(2**63), 2**63), max_size=3).map(tuple)


@given(st.sampled_from(["retry", "drop", "came", "lang"]), NUMBERS)
def test_what_was_packed_unpacks_the_same(verb: str, numbers: tuple[int, ...]) -> None:
    data = Action(verb, numbers).pack()
    assert len(data.encode()) <= MAX_BYTES
    assert unpack(data) == Action(verb, numbers)


@given(st.text(max_size=64))
def test_foreign_data_never_raises(data: str) -> None:
    action = unpack(data)
    assert action is None or action.verb == data.partition(":")[0]


@pytest.mark.parametrize("data", ["retry:", "retry:-", "retry:!", "retry:1:", "retry:１２.5"])
def test_broken_data_is_nobodys(data: str) -> None:
    assert unpack(data) is None


def test_too_much_for_a_button_is_refused_when_made() -> None:
    with pytest.raises(ValueError, match="bytes"):
        Action("verb", (2**400,)).pack()
