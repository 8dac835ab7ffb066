"""parse_mode MarkdownV2 (and the legacy Markdown), with Telegram's refusals (source: Bot API docs, MarkdownV2)."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import utf16
from sandbox.telegram.errors import ApiError, bad_request

RESERVED = "_*[]()~`>#+-=|{}.!"
_PAIRS = {"__": "underline", "||": "spoiler", "_": "italic", "*": "bold", "~": "strikethrough"}
_TITLES = {
    "underline": "Underline",
    "spoiler": "Spoiler",
    "italic": "Italic",
    "bold": "Bold",
    "strikethrough": "Strikethrough",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
}
_QUOTES = ("blockquote", "expandable_blockquote")


class _Parser:
    def __init__(self, source: str, *, legacy: bool) -> None:
        self.source = source
        self.at = 0
        self.legacy = legacy
        self.out: list[str] = []
        self.units = 0
        self.open: list[tuple[str, int, int]] = []
        self.entities: list[dict[str, Any]] = []

    def run(self) -> tuple[str, list[dict[str, Any]]]:
        while self.at < len(self.source):
            self._step()
        self._end_quote()
        if self.open:
            kind, _, started = self.open[-1]
            raise self._error(f"Can't find end of {_TITLES[kind]} entity at byte offset {started}")
        return "".join(self.out), self.entities

    def _step(self) -> None:
        char = self.source[self.at]
        if char == "\\" and self._escapes():
            self._put(self.source[self.at + 1], 2)
        elif char == "\n":
            self._newline()
        elif not self.legacy and self._at_line_start() and self._quote_mark():
            self._start_quote()
        elif char == "`":
            self._code()
        elif self._pair():
            self._toggle(self._pair())
        elif char == "[" or (char == "!" and self.source.startswith("![", self.at) and not self.legacy):
            self._start_link()
        elif char == "]" and self.open and self.open[-1][0] in ("text_link", "custom_emoji"):
            self._end_link()
        elif char in RESERVED and not self.legacy:
            raise self._error(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")
        else:
            self._put(char, 1)

    def _escapes(self) -> bool:
        following = self.source[self.at + 1 : self.at + 2]
        return bool(following) and (following in "_*`[" if self.legacy else 0 < ord(following) < 127)

    def _put(self, text: str, taken: int) -> None:
        self.out.append(text)
        self.units += utf16.length(text)
        self.at += taken

    def _offset(self) -> int:
        return utf16.byte_offset(self.source, self.at)

    def _pair(self) -> str:
        signs = ("_", "*") if self.legacy else tuple(_PAIRS)
        return next((sign for sign in signs if self.source.startswith(sign, self.at)), "")

    def _toggle(self, sign: str) -> None:
        kind = _PAIRS[sign]
        if sign == "||" and self._closes_quote():
            self._expand_quote()
        elif self.open and self.open[-1][0] == kind:
            _, start, _ = self.open.pop()
            self._add(kind, start)
        elif any(opened == kind for opened, _, _ in self.open):
            raise self._error(f"Can't find end of {_TITLES[self.open[-1][0]]} entity at byte offset {self.open[-1][2]}")
        else:
            self.open.append((kind, self.units, self._offset()))
        self.at += len(sign)

    def _add(self, kind: str, start: int, **more: Any) -> None:
        if self.units > start:
            self.entities.append({"type": kind, "offset": start, "length": self.units - start, **more})

    def _code(self) -> None:
        fence = "```" if self.source.startswith("```", self.at) else "`"
        kind, title = ("pre", "PreCode") if fence == "```" else ("code", "Code")
        started, start = self._offset(), self.units
        self.at += len(fence)
        language = self._language() if fence == "```" else ""
        while not self.source.startswith(fence, self.at):
            if self.at >= len(self.source):
                raise self._error(f"Can't find end of {title} entity at byte offset {started}")
            escaped = self.source[self.at] == "\\" and self._escapes()
            self._put(self.source[self.at + escaped], 1 + escaped)
        self.at += len(fence)
        self._add(kind, start, **({"language": language} if language else {}))

    def _language(self) -> str:
        line = self.source[self.at :].split("\n", 1)[0]
        if "`" in line or len(line) == len(self.source) - self.at:
            return ""
        self.at += len(line) + 1
        return line.strip()

    def _start_link(self) -> None:
        kind = "custom_emoji" if self.source[self.at] == "!" else "text_link"
        self.open.append((kind, self.units, self._offset()))
        self.at += 2 if kind == "custom_emoji" else 1

    def _end_link(self) -> None:
        kind, start, _ = self.open.pop()
        self.at += 1
        if not self.source.startswith("(", self.at):
            return
        end = self.source.find(")", self.at)
        if end < 0:
            raise self._error(f"Can't find end of a URL at byte offset {self._offset()}")
        url = self.source[self.at + 1 : end].replace("\\", "")
        self.at = end + 1
        if kind == "custom_emoji":
            self._add(kind, start, custom_emoji_id=url.rpartition("id=")[2])
        elif url:
            self._add(kind, start, url=url)

    def _at_line_start(self) -> bool:
        return self.at == 0 or self.source[self.at - 1] == "\n"

    def _quote_mark(self) -> str:
        return next((mark for mark in ("**>", ">") if self.source.startswith(mark, self.at)), "")

    def _start_quote(self) -> None:
        mark = self._quote_mark()
        if not self._quote_open():
            self.open.insert(0, ("blockquote", self.units, self._offset()))
        self.at += len(mark)

    def _quote_open(self) -> bool:
        return bool(self.open) and self.open[0][0] in _QUOTES

    def _newline(self) -> None:
        if self._quote_open() and not self.source.startswith(">", self.at + 1):
            self._end_quote()
        self._put("\n", 1)

    def _end_quote(self) -> None:
        if self._quote_open() and len(self.open) == 1:
            kind, start, _ = self.open.pop()
            self._add(kind, start)

    def _closes_quote(self) -> bool:
        """`||` at the end of a quote's last line makes the quote expandable."""
        return len(self.open) == 1 and self._quote_open() and self.source[self.at + 2 : self.at + 3] in ("", "\n")

    def _expand_quote(self) -> None:
        _, start, offset = self.open.pop()
        self.open.append(("expandable_blockquote", start, offset))

    def _error(self, reason: str) -> ApiError:
        return bad_request(f"can't parse entities: {reason}")


def parse(source: str, *, legacy: bool = False) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities. Raises 400 "can't parse entities: …" on unbalanced or unescaped signs."""
    text, entities = _Parser(source, legacy=legacy).run()
    return text, sorted(entities, key=lambda e: (e["offset"], -e["length"]))
