"""WhatsApp's signs: what they read as, what is written, and that one is the other's inverse."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text import Mark, MarkKind, RichText, plain
from gateway.whatsapp_cloud.markup import looks, read, write

BOLD, ITALIC, STRIKE, CODE = MarkKind.BOLD, MarkKind.ITALIC, MarkKind.STRIKE, MarkKind.CODE


def rich(text: str, *marks: tuple[str, MarkKind]) -> RichText:
    """Marks over the first place of each given piece of the text."""
    found = ((text.index(piece), kind, piece) for piece, kind in marks)
    return RichText(text, tuple(Mark(start, start + len(piece), kind) for start, kind, piece in found))


BOTH_WAYS = [
    ("plain", plain("plain")),
    ("*bold* _italic_ ~gone~ `code`", rich("bold italic gone code", ("bold", BOLD), ("italic", ITALIC),
                                           ("gone", STRIKE), ("code", CODE))),
    ("*你好，世界*！", rich("你好，世界！", ("你好，世界", BOLD))),
    ("*👍🏽* ok", rich("👍🏽 ok", ("👍🏽", BOLD))),
    ("*_~all~_*", rich("all", ("all", BOLD), ("all", ITALIC), ("all", STRIKE))),
    ("*a _b_ c*", rich("a b c", ("a b c", BOLD), ("b", ITALIC))),
    ("(*x*), *y*.", rich("(x), y.", ("x", BOLD), ("y", BOLD))),
    ("*one*\n*two*", rich("one\ntwo", ("one", BOLD), ("two", BOLD))),
    ("`*raw*`", rich("*raw*", ("*raw*", CODE))),
    ("```a\n *b* ```", rich("a\n *b* ", ("a\n *b* ", MarkKind.PRE))),
    ("x ```y``` *z*", rich("x y z", ("y", MarkKind.PRE), ("z", BOLD))),
    ("> said\n> more\nanswer", rich("said\nmore\nanswer", ("said\nmore", MarkKind.QUOTE))),
    ("> *said*", rich("said", ("said", BOLD), ("said", MarkKind.QUOTE))),
    ("2 * 3 * 4", plain("2 * 3 * 4")),
    ("2*3*4", plain("2*3*4")),
    ("snake_case_name", plain("snake_case_name")),
    ("* one\n* two", plain("* one\n* two")),
    ("** ~~ __ ``", plain("** ~~ __ ``")),
    ("a*b* c", plain("a*b* c")),
    ("*a *b", plain("*a *b")),
    ("https://a.b/_x_/*y*?q=~z~ ok", plain("https://a.b/_x_/*y*?q=~z~ ok")),
    ("see *https://a.b/c_d_e*", rich("see https://a.b/c_d_e", ("https://a.b/c_d_e", BOLD))),
]  # fmt: skip


@pytest.mark.parametrize(("wire", "text"), BOTH_WAYS)
def test_both_ways(wire: str, text: RichText) -> None:
    found = read(wire)
    assert (found.text, set(found.marks)) == (text.text, set(text.marks))
    assert write(text) == wire


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        (RichText("say hi now", (Mark(3, 7, BOLD),)), "say *hi* now"),
        (RichText("one\ntwo", (Mark(0, 7, BOLD),)), "*one*\n*two*"),
        (RichText("ab cd ef", (Mark(0, 5, BOLD), Mark(3, 8, ITALIC))), "*ab _cd_* _ef_"),
        (RichText("halfword", (Mark(0, 4, BOLD),)), "halfword"),
        (RichText("价格是100元", (Mark(3, 7, BOLD),)), "价格是100元"),
        (RichText("half word", (Mark(0, 2, BOLD), Mark(5, 9, BOLD))), "half *word*"),
        (RichText("a* b", (Mark(0, 4, BOLD),)), "a* b"),
        (RichText("   ", (Mark(0, 3, BOLD),)), "   "),
        (RichText("a`b", (Mark(0, 3, MarkKind.PRE),)), "```a`b```"),
        (RichText("```", (Mark(0, 3, MarkKind.PRE),)), "```"),
        (RichText("x", (Mark(0, 1, MarkKind.UNDERLINE), Mark(0, 1, MarkKind.SPOILER))), "x"),
        (RichText("our page.", (Mark(4, 8, MarkKind.LINK, "https://a.b/"),)), "our page (https://a.b/)."),
        (RichText("a.b", (Mark(0, 3, MarkKind.LINK, "https://a.b/"),)), "a.b"),
        (RichText("our *page*", (Mark(0, 3, BOLD),)), "our *page*"),
        (RichText("q\nr\ns", (Mark(2, 3, MarkKind.QUOTE),)), "q\n> r\ns"),
    ],
)
def test_writing(text: RichText, wire: str) -> None:
    assert write(text) == wire


WORDS = st.sampled_from(["hello", "a", "你好", "👍🏽", "é", "100", "end.", "(x)", "don't", "，", "https://a.b/c"])
GAPS = st.sampled_from([" ", "  ", "\n", " \n ", "\t"])
KINDS = st.sets(st.sampled_from([BOLD, ITALIC, STRIKE]), max_size=3) | st.just({CODE})


@st.composite
def formatted(draw: st.DrawFn) -> RichText:
    """Words with formats of their own, neighbours sometimes joined by a mark that reaches over the gap."""
    pieces, marks, start = list[str](), list[Mark](), 0
    for index in range(draw(st.integers(1, 6))):
        gap = draw(GAPS) if index else draw(st.sampled_from(["", " ", "\n"]))
        word = draw(WORDS)
        begin = start + len(gap)
        end = begin + len(word)
        reach = start if index and draw(st.booleans()) else begin
        marks += [Mark(reach, end, kind) for kind in draw(KINDS)]
        pieces += [gap, word]
        start = end
    return RichText("".join(pieces), tuple(marks))


@given(formatted())
@settings(max_examples=300, deadline=None)
def test_formatted_words_come_back_as_they_were(text: RichText) -> None:
    back = read(write(text))
    assert back.text == text.text
    for (char, there), (_, here) in zip(looks(text), looks(back), strict=True):
        assert there == here, (char, write(text))


SIGNS = st.text(st.sampled_from("*_~`> \nab1你👍.\t/"), max_size=40)


@given(SIGNS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(MarkKind)), max_size=5))
@settings(max_examples=300, deadline=None)
def test_any_text_keeps_its_own_characters(text: str, marks: list[tuple[int, int, MarkKind]]) -> None:
    """Signs are only added: without what was added, the text is still there, in its order."""
    valid = [Mark(start, min(end, len(text)), kind) for start, end, kind in marks if start < min(end, len(text))]
    wire = iter(write(RichText(text, tuple(valid))))
    assert all(char in wire for char in text)


@given(SIGNS)
@settings(max_examples=300, deadline=None)
def test_reading_loses_signs_only(text: str) -> None:
    back = read(text)
    kept = iter(text)
    assert all(char in kept for char in back.text)
    assert [char for char in text if char not in "*_~`> "] == [char for char in back.text if char not in "*_~`> "]
    assert all(0 <= mark.start < mark.end <= len(back.text) for mark in back.marks)


NASTY = ["*a " * 1365, "*_~`" * 1024, "*a* " * 1024, "```" * 1365, "> " * 2048, "www." * 1024]


@pytest.mark.parametrize("nasty", NASTY)
def test_long_texts_full_of_signs_come_through(nasty: str) -> None:
    """Work that grew with the square of the length would run into the time limit of the suite."""
    assert read(nasty * 20).text.count("a") == nasty.count("a") * 20
    assert write(read(nasty)).count("a") == nasty.count("a")
