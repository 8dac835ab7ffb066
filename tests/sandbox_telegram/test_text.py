"""HTML, MarkdownV2 and found entities: offsets in UTF-16, and markup that Telegram refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram import utf16
from sandbox.telegram.entities import formatted
from sandbox.telegram.errors import ApiError
from sandbox.telegram.markdown_text import RESERVED


def shown(text: str, mode: str | None) -> tuple[str, list[tuple[Any, ...]]]:
    """The plain text, and for each entity its type, the part of the text it covers, and its extra field."""
    plain, entities = formatted(text, mode, None)
    marks = []
    for entity in entities:
        extra = [v for k, v in entity.items() if k not in ("type", "offset", "length")]
        marks.append((entity["type"], utf16.cut(plain, entity["offset"], entity["length"]), *extra))
    return plain, marks


@pytest.mark.parametrize(
    ("source", "plain", "marks"),
    [
        ("<b>你好</b> 😀 <i>x</i>", "你好 😀 x", [("bold", "你好"), ("italic", "x")]),
        ("<b>a<i>b</i></b>", "ab", [("bold", "ab"), ("italic", "b")]),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &#128512; &nbsp;", "1 < 2 && 3 > 2 😀 &nbsp;", []),
        ('<a href="https://e.org/?a=1&amp;b=2">x</a>', "x", [("text_link", "x", "https://e.org/?a=1&b=2")]),
        ('<pre><code class="language-python">x=1</code></pre>', "x=1", [("pre", "x=1", "python")]),
        ("<tg-spoiler>s</tg-spoiler><span class='tg-spoiler'>t</span>", "st", [("spoiler", "s"), ("spoiler", "t")]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", "q")]),
        ("  <b> x </b>  ", "x", [("bold", "x")]),
        ("<b></b>x", "x", []),
    ],
)
def test_html(source: str, plain: str, marks: list[tuple[Any, ...]]) -> None:
    assert shown(source, "HTML") == (plain, marks)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("你<div>x</div>", 'Unsupported start tag "div" at byte offset 3'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_html_that_is_refused(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        formatted(source, "HTML", None)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "plain", "marks"),
    [
        ("*bold* _it_ __un__ ~st~ ||sp||", "bold it un st sp",
         [("bold", "bold"), ("italic", "it"), ("underline", "un"), ("strikethrough", "st"), ("spoiler", "sp")]),
        ("*a _b_*", "a b", [("bold", "a b"), ("italic", "b")]),
        (r"1\.5 \- 你好\!", "1.5 - 你好!", []),
        ("`a_b` ```py\nx=1\n```", "a_b x=1", [("code", "a_b"), ("pre", "x=1", "py")]),
        ("[x😀](https://e.org/a_b)", "x😀", [("text_link", "x😀", "https://e.org/a_b")]),
        (">one\n>two\nthree", "one\ntwo\nthree", [("blockquote", "one\ntwo")]),
        ("**>one\n>two||", "one\ntwo", [("expandable_blockquote", "one\ntwo")]),
    ],
)  # fmt: skip
def test_markdown(source: str, plain: str, marks: list[tuple[Any, ...]]) -> None:
    assert shown(source, "MarkdownV2") == (plain, marks)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a.b", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a *b", "Can't find end of Bold entity at byte offset 2"),
        ("`a", "Can't find end of Code entity at byte offset 0"),
        ("*a _b* c_", "Can't find end of Italic entity at byte offset 3"),
    ],
)
def test_markdown_that_is_refused(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        formatted(source, "MarkdownV2", None)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


def test_found_entities() -> None:
    assert shown("😀 /start@my_bot see https://e.org/a. @someone #news a@b.org", None)[1] == [
        ("bot_command", "/start@my_bot"),
        ("url", "https://e.org/a"),
        ("mention", "@someone"),
        ("hashtag", "#news"),
        ("email", "a@b.org"),
    ]


def test_nothing_is_found_inside_code() -> None:
    assert shown("<code>/start</code>", "HTML")[1] == [("code", "/start")]


plain_texts = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"))).map(str.strip)


@given(plain_texts)
def test_escaped_html_comes_back(text: str) -> None:
    source = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert formatted(source, "HTML", None)[0] == text


@given(plain_texts)
def test_escaped_markdown_comes_back(text: str) -> None:
    source = "".join(f"\\{c}" if c in RESERVED or c == "\\" else c for c in text)
    assert formatted(source, "MarkdownV2", None)[0] == text


@given(plain_texts.filter(bool), plain_texts.filter(bool))
def test_offsets_count_utf16_units(before: str, bold: str) -> None:
    escaped = [t.replace("&", "&amp;").replace("<", "&lt;") for t in (before, bold)]
    plain, entities = formatted(f"{escaped[0]} <b>{escaped[1]}</b>", "HTML", None)
    (mark,) = [e for e in entities if e["type"] == "bold"]
    assert utf16.cut(plain, mark["offset"], mark["length"]) == bold
