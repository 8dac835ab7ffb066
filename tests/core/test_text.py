"""Formatted text: adding, cutting and splitting never lose a character or a mark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import Mark, MarkKind, RichText, bold, italic, join, plain, utf16_len

WORDS = st.text(st.sampled_from("ab. \n\n价格。！？，；,!?🙂👨‍👩‍👧é𝒳שלום"), max_size=300)


@st.composite
def rich_texts(draw: st.DrawFn) -> RichText:
    text = draw(WORDS)
    if not text:
        return RichText()
    starts = draw(st.lists(st.integers(0, len(text) - 1), max_size=5))
    return RichText(
        text, tuple(Mark(at, draw(st.integers(at + 1, len(text))), draw(st.sampled_from(MarkKind))) for at in starts)
    )


def marked_characters(rich: RichText) -> list[tuple[int, MarkKind]]:
    return sorted((at, mark.kind) for mark in rich.marks for at in range(mark.start, mark.end))


@given(WORDS)
def test_length_is_counted_as_telegram_does(text: str) -> None:
    assert utf16_len(text) == len(text.encode("utf-16-le")) // 2


@given(rich_texts(), st.integers(2, 60))
def test_pieces_fit_and_make_up_the_whole(rich: RichText, limit: int) -> None:
    pieces = rich.split(limit)
    assert all(utf16_len(piece.text) <= limit for piece in pieces)
    assert "".join(piece.text for piece in pieces) == rich.text
    assert all(pieces) or not rich


@given(rich_texts(), st.integers(2, 60))
def test_every_marked_character_stays_marked(rich: RichText, limit: int) -> None:
    assert marked_characters(join(rich.split(limit), "")) == marked_characters(rich)


@given(rich_texts(), rich_texts())
def test_adding_moves_the_marks_along(first: RichText, second: RichText) -> None:
    both = first + second
    assert both.text == first.text + second.text
    assert both.cut(len(first.text), len(both.text)).text == second.text
    assert len(both.marks) == len(first.marks) + len(second.marks)


@given(rich_texts(), st.data())
def test_a_cut_keeps_marks_inside_itself(rich: RichText, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(rich.text)))
    end = data.draw(st.integers(start, len(rich.text)))
    part = rich.cut(start, end)
    assert part.text == rich.text[start:end]
    assert all(0 <= mark.start < mark.end <= len(part.text) for mark in part.marks)


@pytest.mark.parametrize(
    ("text", "limit", "first"),
    [
        ("first paragraph\n\nsecond one", 20, "first paragraph\n\n"),
        ("one line here\nand another", 20, "one line here\n"),
        ("It is ready. Come and see it", 20, "It is ready. "),
        ("东西已经准备好了。请您尽快来取一下", 14, "东西已经准备好了。"),
        ("some words and no full stop", 20, "some words and no "),
        ("x" * 30, 20, "x" * 20),
        ("🙂" * 15, 20, "🙂" * 10),
        ("no. " + "x" * 30, 20, "no. " + "x" * 16),
    ],
)
def test_a_cut_comes_at_a_sensible_place(text: str, limit: int, first: str) -> None:
    assert plain(text).split(limit)[0].text == first


def test_an_emoji_is_never_cut_in_half() -> None:
    assert [piece.text for piece in plain("a🙂b").split(2)] == ["a", "🙂", "b"]


def test_a_long_text_of_astral_characters_is_cut_quickly_and_fully() -> None:
    pieces = plain("𝒳" * 10_000).split(4096)
    assert [len(piece.text) for piece in pieces] == [2048, 2048, 2048, 2048, 1808]


def test_small_helpers() -> None:
    assert bold("") == RichText()
    assert join([bold("a"), italic("b")]) == RichText("a\nb", (Mark(0, 1, MarkKind.BOLD), Mark(2, 3, MarkKind.ITALIC)))
    assert not plain("")
    assert plain("").split(10) == [RichText()]
