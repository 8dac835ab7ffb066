"""parse_mode HTML: Telegram's small subset, with its refusals (source: Bot API docs, HTML style)."""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram import utf16
from sandbox.telegram.errors import bad_request

SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
}
OTHER_TAGS = ("a", "span", "blockquote", "tg-emoji")

_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARACTER = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_TAG = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z][a-zA-Z0-9-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+))?)*)\s*>"
)
_ATTRIBUTE = re.compile(r"([a-zA-Z][a-zA-Z0-9-]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+)))?")


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.out: list[str] = []
        self.units = 0
        self.open: list[tuple[str, dict[str, str], int]] = []
        self.entities: list[dict[str, Any]] = []

    def run(self) -> tuple[str, list[dict[str, Any]]]:
        at = 0
        while at < len(self.source):
            char = self.source[at]
            if char == "<":
                at = self._tag(at)
            elif char == "&":
                at = self._character(at)
            else:
                end = _next_special(self.source, at)
                self._put(self.source[at:end])
                at = end
        if self.open:
            raise _broken(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        return "".join(self.out), self.entities

    def _put(self, text: str) -> None:
        self.out.append(text)
        self.units += utf16.length(text)

    def _character(self, at: int) -> int:
        found = _CHARACTER.match(self.source, at)
        text = _decoded(found) if found else None
        if found is None or text is None:
            self._put("&")
            return at + 1
        self._put(text)
        return found.end()

    def _tag(self, at: int) -> int:
        found = _TAG.match(self.source, at)
        offset = utf16.byte_offset(self.source, at)
        if not found:
            raise _unreadable(self.source, at, offset)
        closing, name = found.group(1), found.group(2).lower()
        if closing:
            self._close(name, offset)
        else:
            self._open_tag(name, found, offset)
        return found.end()

    def _open_tag(self, name: str, found: re.Match[str], offset: int) -> None:
        if name not in SIMPLE_TAGS and name not in OTHER_TAGS:
            raise _broken(f'Unsupported start tag "{name}" at byte offset {offset}')
        attributes = _attributes(found.group(3))
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _broken(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        self.open.append((name, attributes, self.units))

    def _close(self, name: str, offset: int) -> None:
        if not self.open:
            raise _broken(f"Unexpected end tag at byte offset {offset}")
        opened, attributes, start = self.open.pop()
        if opened != name:
            raise _broken(f'Unmatched end tag at byte offset {offset}, expected "</{opened}>", found "</{name}>"')
        if self.units > start:
            self._add(opened, attributes, start)

    def _add(self, name: str, attributes: dict[str, str], start: int) -> None:
        entity: dict[str, Any] | None = {"offset": start, "length": self.units - start}
        if name in SIMPLE_TAGS:
            entity["type"] = SIMPLE_TAGS[name]
        elif name == "span":
            entity["type"] = "spoiler"
        elif name == "blockquote":
            entity["type"] = "expandable_blockquote" if "expandable" in attributes else "blockquote"
        elif name == "tg-emoji":
            entity |= {"type": "custom_emoji", "custom_emoji_id": attributes.get("emoji-id", "")}
        else:
            entity |= {"type": "text_link", "url": attributes.get("href", "")}
        self._join_pre(entity, attributes)

    def _join_pre(self, entity: dict[str, Any], attributes: dict[str, str]) -> None:
        """`<pre><code class="language-x">` is one entity with a language; an empty link is none."""
        language = attributes.get("class", "").removeprefix("language-") if entity["type"] == "code" else ""
        if entity["type"] == "text_link" and not entity["url"]:
            return
        inner = self.entities[-1] if self.entities else None
        if entity["type"] == "pre" and inner and inner.get("_language") and _same_span(inner, entity):
            entity["language"] = inner["_language"]
            self.entities.pop()
        if language:
            entity["_language"] = language
        self.entities.append(entity)


def parse(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities of an HTML text. Raises 400 "can't parse entities: …"."""
    text, entities = _Parser(source).run()
    for entity in entities:
        entity.pop("_language", None)
    return text, sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def _same_span(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one["offset"] == other["offset"] and one["length"] == other["length"]


def _next_special(source: str, at: int) -> int:
    ends = [end for end in (source.find("<", at), source.find("&", at)) if end >= 0]
    return min(ends) if ends else len(source)


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = next((g for g in match.groups()[1:] if g is not None), "")
        found[match.group(1).lower()] = _CHARACTER.sub(lambda m: _decoded(m) or m.group(), value)
    return found


def _decoded(found: re.Match[str]) -> str | None:
    decimal, hexadecimal, name = found.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else None


def _unreadable(source: str, at: int, offset: int) -> Exception:
    rest = source[at + 1 :]
    if ">" not in rest:
        return _broken(f"Unclosed start tag at byte offset {offset}")
    name = re.split(r"[\s>/]", rest, maxsplit=1)[0]
    return _broken(f'Unsupported start tag "{name}" at byte offset {offset}')


def _broken(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")
