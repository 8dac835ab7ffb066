"""Formatted text to Telegram and back, with everything that makes offsets hard."""

import pytest
from aiogram.types import MessageEntity
from hypothesis import given
from hypothesis import strategies as st

from bot import entities
from core.text import Mark, MarkKind, RichText, bold, plain, utf16_len

AWKWARD = st.text(
    st.sampled_from("ab \n价格好的，🙂👨‍👩‍👧🇨🇳é́שלוםمرحبا𝒳\u200f*_~`>") | st.characters(exclude_categories=["Cs"]),
    min_size=1,
    max_size=60,
)


@st.composite
def rich_texts(draw: st.DrawFn) -> RichText:
    text = draw(AWKWARD.filter(str.strip))
    marks: list[Mark] = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        kind = draw(st.sampled_from(MarkKind))
        values = {MarkKind.LINK: "https://example.org/é?q=1", MarkKind.PRE: draw(st.sampled_from([None, "python"]))}
        marks.append(Mark(start, end, kind, values.get(kind)))
    return RichText(text, tuple(marks))


@given(rich_texts())
def test_what_was_written_reads_the_same(rich: RichText) -> None:
    written = entities.write(rich)
    assert entities.read(written.text, written.entities) == rich


@given(rich_texts())
def test_entities_lie_inside_the_text_as_telegram_counts_it(rich: RichText) -> None:
    written = entities.write(rich)
    units = written.text.encode("utf-16-le")
    for mark, entity in zip(rich.marks, written.entities, strict=True):
        assert entity.offset + entity.length <= utf16_len(written.text)
        marked = units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
        assert marked == rich.text[mark.start : mark.end]


def test_nested_marks_survive() -> None:
    rich = RichText("🙂 very bold", (Mark(2, 11, MarkKind.BOLD), Mark(2, 6, MarkKind.ITALIC)))
    written = entities.write(rich)
    assert [(each.type, each.offset, each.length) for each in written.entities] == [("bold", 3, 9), ("italic", 3, 4)]
    assert entities.read(written.text, written.entities) == rich


@pytest.mark.parametrize(
    ("kind", "extra", "expected"),
    [
        ("text_link", {"url": "https://a.example/"}, Mark(0, 4, MarkKind.LINK, "https://a.example/")),
        ("pre", {"language": "sql"}, Mark(0, 4, MarkKind.PRE, "sql")),
        ("expandable_blockquote", {}, Mark(0, 4, MarkKind.QUOTE)),
        ("spoiler", {}, Mark(0, 4, MarkKind.SPOILER)),
        ("custom_emoji", {"custom_emoji_id": "5"}, None),
        ("mention", {}, None),
        ("bot_command", {}, None),
        ("something_new", {}, None),
    ],
)
def test_telegram_entities_become_marks_or_just_words(kind: str, extra: dict[str, str], expected: Mark | None) -> None:
    entity = MessageEntity.model_validate({"type": kind, "offset": 0, "length": 4, **extra})
    assert entities.read("word up", [entity]) == RichText("word up", (expected,) if expected else ())


def test_an_entity_that_cuts_an_emoji_in_half_is_dropped() -> None:
    assert entities.read("🙂a", [MessageEntity(type="bold", offset=1, length=1)]) == plain("🙂a")


def test_at_most_a_hundred_entities_are_sent() -> None:
    rich = RichText("x" * 200, tuple(Mark(at, at + 1, MarkKind.BOLD) for at in range(200)))
    assert len(entities.write(rich).entities) == entities.MOST_ENTITIES


def test_a_link_that_is_no_address_keeps_its_words() -> None:
    written = entities.write(RichText("click", (Mark(0, 5, MarkKind.LINK, "javascript:alert(1)"),)))
    assert (written.text, written.entities) == ("click", [])


def test_half_an_emoji_does_not_break_a_request() -> None:
    written = entities.write(bold("cut \ud83d off"))
    assert written.text.encode() == "cut \ufffd off".encode()
    assert written.entities[0].length == 9


def test_two_lone_halves_next_to_each_other_become_their_emoji() -> None:
    assert entities.sendable("\ud83d\ude42") == "🙂"


@pytest.mark.parametrize("text", [" ", "\n\t"])
def test_white_space_alone_is_shown_as_a_sign(text: str) -> None:
    assert entities.write(plain(text)).text == entities.BLANK


@pytest.mark.parametrize(
    ("start", "words", "stretch"), [(0, "🙂a", range(2)), (3, "b🙂", range(2, 4)), (6, "c", range(4, 5))]
)
def test_a_place_in_utf16_units_is_found_in_characters(start: int, words: str, stretch: range) -> None:
    assert entities.stretch("🙂ab🙂c", start, words) == stretch
