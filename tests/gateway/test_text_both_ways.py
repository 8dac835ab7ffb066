"""Formatted text from Telegram to WhatsApp and back: no word is lost, and marks that both know stay."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import entities
from core.message import Content, Kind
from core.service.reply import split
from core.text import Mark, MarkKind, RichText, split_as_written
from gateway.whatsapp_cloud.connector import CloudConnector
from gateway.whatsapp_cloud.markup import looks, read, write

BOTH_KNOW = [MarkKind.BOLD, MarkKind.ITALIC, MarkKind.STRIKE]
WORDS = st.sampled_from(
    ["hello", "@ann", "你好", "👨‍👩‍👧", "שלום", "مرحبا", "don't", "100%", "e.g.", "🇨🇳", "#tag", "x=1"]
)
GAPS = st.sampled_from([" ", "\n", "\n\n", " - ", "\n- ", "\n1. "])


@st.composite
def written_by_staff(draw: st.DrawFn, kinds: list[MarkKind]) -> RichText:
    """Words, each with some formats, as Telegram's entities carry them."""
    text, marks = "", list[Mark]()
    for index in range(draw(st.integers(1, 8))):
        text += draw(GAPS) if index else ""
        word = draw(WORDS)
        chosen = draw(st.lists(st.sampled_from(kinds), max_size=3, unique=True))
        marks += [Mark(len(text), len(text) + len(word), kind, _value(kind)) for kind in chosen]
        text += word
    return RichText(text, tuple(marks))


def _value(kind: MarkKind) -> str | None:
    return "https://example.org/a_b" if kind is MarkKind.LINK else None


def over_telegram(text: RichText) -> RichText:
    sent = entities.write(text)
    return entities.read(sent.text, sent.entities)


@given(written_by_staff(BOTH_KNOW))
@settings(max_examples=300, deadline=None)
def test_marks_that_both_know_make_the_round(text: RichText) -> None:
    back = over_telegram(read(write(over_telegram(text))))
    assert back.text == text.text
    assert looks(back) == looks(text)


@given(written_by_staff(list(MarkKind)))
@settings(max_examples=300, deadline=None)
def test_no_word_is_lost_whatever_the_marks(text: RichText) -> None:
    wire = write(over_telegram(text))
    rest = iter(wire)
    assert all(char in rest for char in text.text)
    assert all(str(mark.value) in wire for mark in text.marks if mark.kind is MarkKind.LINK)


@given(written_by_staff(list(MarkKind)), st.integers(60, 90))
@settings(max_examples=300, deadline=None)
def test_pieces_fit_as_they_are_written(text: RichText, limit: int) -> None:
    pieces = split_as_written(text, limit, lambda piece: len(write(piece)))
    assert "".join(piece.text for piece in pieces) == text.text
    assert all(len(write(piece)) <= limit for piece in pieces)


def test_a_caption_that_grows_too_long_goes_behind_its_file() -> None:
    connector = CloudConnector.build("1", {}, {})
    link = Mark(0, 4, MarkKind.LINK, "https://example.org/" + "a" * 100)
    file, words = split(Content(Kind.PHOTO, RichText("page" + "x" * 1000, (link,))), connector)
    assert (file.kind, file.text.text) == (Kind.PHOTO, "")
    assert words.text.text == "page" + "x" * 1000
