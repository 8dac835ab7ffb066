"""Rich messages (Bot API 10.1): the common part of InputRichMessage, turned into the blocks of a RichMessage.

Understood are paragraphs, headings, dividers, preformatted text, lists, tables and inline styles, from HTML or as
blocks; Markdown only as headings and paragraphs. Other block kinds pass through as they were given.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from sandbox.telegram.errors import bad_request
from sandbox.telegram.words import words

BLOCK_TYPES = frozenset(
    words(
        "paragraph heading pre footer divider mathematical_expression anchor list blockquote expandable_blockquote "
        "pullquote collage slideshow table details map buttons animation audio document photo video voice_note thinking"
    )
)
INPUT_FIELDS = frozenset(words("html markdown is_rtl skip_entity_detection blocks media"))
INLINE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "mark": "marked",
    "tg-spoiler": "spoiler",
}
TEXT_BLOCKS = {"p": "paragraph", "pre": "pre", "footer": "footer", **{f"h{n}": "heading" for n in range(1, 7)}}
CONTAINERS = ("table", "tr", "td", "th", "ul", "ol", "li", "a")

Node = dict[str, Any]


def message(wanted: Any) -> dict[str, Any]:
    """The RichMessage that Telegram would make. Raises 400 on what it cannot read."""
    if not isinstance(wanted, dict) or set(wanted) - INPUT_FIELDS:
        raise bad_request("can't parse InputRichMessage")
    sources = [name for name in ("html", "markdown", "blocks") if wanted.get(name)]
    if len(sources) != 1:
        raise bad_request("exactly one of html, markdown and blocks must be used")
    blocks = {"html": _from_html, "markdown": _from_markdown, "blocks": _given}[sources[0]](wanted[sources[0]])
    if not blocks:
        raise bad_request("message text is empty")
    return {"blocks": blocks, **({"is_rtl": True} if wanted.get("is_rtl") else {})}


def _given(blocks: Any) -> list[Node]:
    if not isinstance(blocks, list):
        raise bad_request("can't parse InputRichMessage: blocks must be an Array")
    for block in blocks:
        if not isinstance(block, dict) or block.get("type") not in BLOCK_TYPES:
            raise bad_request("can't parse InputRichBlock: Unsupported type specified")
    return blocks


def _from_markdown(text: str) -> list[Node]:
    return [_markdown_block(part) for part in (p.strip() for p in text.split("\n\n")) if part]


def _markdown_block(part: str) -> Node:
    level = len(part) - len(part.lstrip("#"))
    if 1 <= level <= 6:
        return {"type": "heading", "text": part[level:].strip(), "size": level}
    return {"type": "paragraph", "text": part}


def _from_html(source: str) -> list[Node]:
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    """Builds blocks with a stack of open elements; text outside any block becomes a paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Node] = []
        self.stack: list[tuple[str, dict[str, str | None], list[Any]]] = [("", {}, [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.stack[-1][2].append("\n")
        elif tag == "hr":
            self._end_loose_text()
            self.blocks.append({"type": "divider"})
        elif tag in INLINE or tag in TEXT_BLOCKS or tag in CONTAINERS:
            if tag in TEXT_BLOCKS or tag in ("table", "ul", "ol"):
                self._end_loose_text()
            self.stack.append((tag, dict(attrs), []))
        else:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}"')

    def handle_endtag(self, tag: str) -> None:
        if tag in ("br", "hr"):
            return
        opened, attributes, parts = self.stack.pop() if len(self.stack) > 1 else ("", {}, [])
        if opened != tag:
            raise bad_request(f'can\'t parse entities: Unexpected end tag "{tag}"')
        made = _element(tag, attributes, parts)
        if tag in TEXT_BLOCKS or tag in ("table", "ul", "ol"):
            self.blocks.append(made)
        else:
            self.stack[-1][2].append(made)

    def handle_data(self, data: str) -> None:
        if data.strip() or self.stack[-1][0] in INLINE or self.stack[-1][0] in TEXT_BLOCKS:
            self.stack[-1][2].append(data)

    def _end_loose_text(self) -> None:
        loose = self.stack[0][2]
        if len(self.stack) == 1 and loose:
            self.blocks.append({"type": "paragraph", "text": _text(loose)})
            loose.clear()

    def finished(self) -> list[Node]:
        if len(self.stack) > 1:
            raise bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{self.stack[-1][0]}\""
            )
        self._end_loose_text()
        return self.blocks


def _element(tag: str, attributes: dict[str, str | None], parts: list[Any]) -> Node:
    if tag in INLINE:
        return {"type": INLINE[tag], "text": _text(parts)}
    if tag == "a":
        return {"type": "url", "text": _text(parts), "url": attributes.get("href") or ""}
    if tag in ("td", "th"):
        cell = {"text": _text(parts), "align": attributes.get("align") or "left", "valign": "top"}
        return {**cell, "is_header": True} if tag == "th" else cell
    if tag == "tr":
        return {"cells": parts}
    if tag == "table":
        return {"type": "table", "cells": [row["cells"] for row in parts if isinstance(row, dict)]}
    if tag == "li":
        return {"label": "•", "blocks": [{"type": "paragraph", "text": _text(parts)}]}
    if tag in ("ul", "ol"):
        items = [p for p in parts if isinstance(p, dict)]
        numbered = [{**item, "label": f"{n}."} for n, item in enumerate(items, start=1)]
        return {"type": "list", "items": numbered if tag == "ol" else items}
    block: Node = {"type": TEXT_BLOCKS[tag], "text": _text(parts)}
    return {**block, "size": int(tag[1])} if block["type"] == "heading" else block


def _text(parts: list[Any]) -> Any:
    """A RichText: one string, one styled piece, or the list of them."""
    if not parts:
        return ""
    return parts[0] if len(parts) == 1 else parts
