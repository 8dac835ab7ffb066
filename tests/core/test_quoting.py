"""Parts of a merged post: what is quoted stands there, and what is quoted back finds its part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import ChatId, MessageId, PostId
from core.service.quoting import QUOTE_LIMIT, part_at, quote_at
from core.store.messages import Copy
from core.text import MarkKind, bold, plain, utf16_len

ONE, TWO = (Copy(MessageId(n), ChatId(-1), PostId(9), 0, start, 5) for n, start in ((1, 7), (2, 20)))


@given(st.text(min_size=1, max_size=1500), st.text(max_size=20))
def test_a_quote_is_found_where_it_says(words: str, before: str) -> None:
    quote = quote_at(plain(words), utf16_len(before))
    if not words.strip():
        assert quote is None
        return
    assert quote is not None
    assert utf16_len(quote.text.text) <= QUOTE_LIMIT
    post = (before + words).encode("utf-16-le", "surrogatepass")
    assert post[quote.start * 2 :].startswith(quote.text.text.encode("utf-16-le", "surrogatepass"))
    assert quote.text.text[0].strip()


def test_a_quote_keeps_its_formats() -> None:
    quote = quote_at(plain("  is ") + bold("this"), 3)
    assert quote is not None
    assert (quote.start, quote.text.text) == (5, "is this")
    assert [(mark.start, mark.end, mark.kind) for mark in quote.text.marks] == [(3, 7, MarkKind.BOLD)]


@pytest.mark.parametrize(
    ("start", "length", "part"),
    [(7, 5, ONE), (9, 1, ONE), (10, 14, TWO), (0, 8, ONE), (0, 6, None), (12, 8, None), (20, 40, TWO)],
)
def test_quoted_words_belong_to_the_part_most_of_them_stand_in(start: int, length: int, part: Copy | None) -> None:
    assert part_at([ONE, TWO], start, length) == part


def test_nothing_is_part_of_nothing() -> None:
    assert part_at([], 0, 5) is None
