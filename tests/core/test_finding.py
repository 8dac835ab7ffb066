"""What is understood of a line behind /find."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserMistake
from core.finding import Question, Where, Who, understand

NOW = datetime(2026, 11, 1, 20, tzinfo=UTC)
"""Already the second in Shanghai."""


def ask(typed: str, zone: str = "Asia/Shanghai") -> Question:
    return understand(typed, NOW, zone)


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=ask("on:2026").since.tzinfo)  # type: ignore[misc, union-attr]


def test_words_and_filters_in_one_line() -> None:
    asked = ask("tag:vip before:2026-10 退款 from:customer please")
    assert asked == Question("退款 please", ("vip",), until=at(2026, 10, 1), who=Who.CUSTOMER)


def test_filters_in_chinese_with_the_colon_of_its_keyboard() -> None:
    asked = ask("标签：重要 之后：2026年10月 来自：客户 范围：备注 退款")
    assert asked == Question("退款", ("重要",), since=at(2026, 10, 1), who=Who.CUSTOMER, where=Where.NOTES)


@pytest.mark.parametrize(
    ("written", "since", "until"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1)),
        ("2026-12", (2026, 12, 1), (2027, 1, 1)),
        ("2026/2", (2026, 2, 1), (2026, 3, 1)),
        ("2026-10-05", (2026, 10, 5), (2026, 10, 6)),
        ("2026年10月5日", (2026, 10, 5), (2026, 10, 6)),
        ("today", (2026, 11, 2), (2026, 11, 3)),
        ("昨天", (2026, 11, 1), (2026, 11, 2)),
        ("7d", (2026, 10, 26), (2026, 10, 27)),
    ],
)
def test_a_date_is_a_span_in_the_tenants_zone(written: str, since: tuple[int, ...], until: tuple[int, ...]) -> None:
    asked = ask(f"on:{written}")
    assert (asked.since, asked.until) == (at(*since), at(*until))


def test_a_day_is_as_long_as_it_is_where_clocks_change() -> None:
    asked = ask("on:2026-10-25", "Europe/Berlin")
    assert asked.since
    assert asked.until
    assert (asked.until.astimezone(UTC) - asked.since.astimezone(UTC)).total_seconds() == 25 * 3600


@pytest.mark.parametrize("typed", ["http://a.b/c", "10:30", "re: your order", "foo:bar", "注意：退款"])
def test_what_only_looks_like_a_filter_is_a_word(typed: str) -> None:
    assert ask(typed) == Question(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("before:yesterdayish", "find_date"),
        ("on:2026-13", "find_date"),
        ("after:9999d9", "find_date"),
        ("before:", "find_date"),
        ("tag:", "find_value"),
        ("from:bob", "find_filter"),
        ("in:space", "find_filter"),
    ],
)
def test_what_is_not_understood_is_named(typed: str, code: str) -> None:
    with pytest.raises(UserMistake) as caught:
        ask(typed)
    assert caught.value.code == code


def test_a_value_of_several_words_stands_in_quotes() -> None:
    assert ask('tag:"big spender" hi') == Question("hi", ("big spender",))


@given(st.text())
def test_nothing_typed_breaks_it(typed: str) -> None:
    with suppress(UserMistake):
        assert ask(typed).words == " ".join(ask(typed).words.split())
