"""Formatted text that belongs to no messenger.

`RichText` is plain text plus marks over ranges of it. Offsets count Python characters (code points);
Telegram counts UTF-16 units and WhatsApp uses inline signs, and each adapter converts at its border.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class MarkKind(StrEnum):
    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKE = "strike"
    SPOILER = "spoiler"
    CODE = "code"
    PRE = "pre"
    QUOTE = "quote"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Mark:
    """One format over `text[start:end]`; `value` is the address of a link or the language of a `pre` block."""

    start: int
    end: int
    kind: MarkKind
    value: str | None = None

    def moved(self, by: int) -> "Mark":
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class RichText:
    text: str = ""
    marks: tuple[Mark, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text)

    def __add__(self, other: "RichText") -> "RichText":
        moved = tuple(mark.moved(len(self.text)) for mark in other.marks)
        return RichText(self.text + other.text, self.marks + moved)

    def cut(self, start: int, end: int) -> "RichText":
        """The text between two offsets, with the marks that reach into it clipped."""
        kept = (
            replace(mark, start=max(mark.start, start) - start, end=min(mark.end, end) - start)
            for mark in self.marks
            if max(mark.start, start) < min(mark.end, end)
        )
        return RichText(self.text[start:end], tuple(kept))

    def split(self, limit: int) -> list["RichText"]:
        """Pieces of at most `limit` UTF-16 units, cut at a paragraph, line, sentence or word where one is near.

        Nothing is lost: white space at a cut stays at the end of the earlier piece.
        """
        pieces: list[RichText] = []
        start = 0
        while start < len(self.text):
            end = _cut_place(self.text, start, limit)
            pieces.append(self.cut(start, end))
            start = end
        return pieces or [self]


def split_as_written(text: RichText, limit: int, length: Callable[[RichText], int]) -> list[RichText]:
    """As few pieces as hold it, each of at most `limit` by its `length`: some texts are longer once written out."""
    pieces: list[RichText] = []
    while text.text:
        piece = _longest(text, limit, length)
        pieces.append(piece)
        text = text.cut(len(piece.text), len(text.text))
    return pieces or [text]


def _longest(text: RichText, limit: int, length: Callable[[RichText], int]) -> RichText:
    """How much of its beginning fits; one character at least."""

    def begin(room: int) -> RichText:
        return text.cut(0, _cut_place(text.text, 0, room))

    if length(begin(limit)) <= limit:
        return begin(limit)
    fits, too_much = 1, limit
    while too_much - fits > 1:
        middle = (fits + too_much) // 2
        fits, too_much = (middle, too_much) if length(begin(middle)) <= limit else (fits, middle)
    return begin(fits)


def plain(text: str) -> RichText:
    return RichText(text)


def bold(text: str) -> RichText:
    return RichText(text, (Mark(0, len(text), MarkKind.BOLD),) if text else ())


def italic(text: str) -> RichText:
    return RichText(text, (Mark(0, len(text), MarkKind.ITALIC),) if text else ())


def struck(text: RichText) -> RichText:
    """All of it struck through, beside the marks it has."""
    return RichText(text.text, (*text.marks, Mark(0, len(text.text), MarkKind.STRIKE))) if text else text


def linked(text: str, url: str) -> RichText:
    """Words that lead somewhere; the words alone where there is nowhere to lead to."""
    return RichText(text, (Mark(0, len(text), MarkKind.LINK, url),) if text and url else ())


def join(parts: Iterable[RichText], separator: str = "\n") -> RichText:
    result = RichText()
    for index, part in enumerate(parts):
        result = result + (plain(separator) + part if index else part)
    return result


def folded(name: str) -> str:
    """What two spellings of one name share: width, case and spaces do not tell names apart (NFKC, case folding)."""
    once = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", once).split())


def utf16_len(text: str) -> int:
    """Length as Telegram counts it: characters beyond the basic plane are two units."""
    return len(text) + sum(char > "\uffff" for char in text)


_SEPARATORS = ("\n\n", "\n", "。", "！", "？", ". ", "! ", "? ", "；", "，", ", ", " ")


def _cut_place(text: str, start: int, limit: int) -> int:
    end = _furthest(text, start, limit)
    if end == len(text):
        return end
    nearest = start + (end - start) // 2  # a cut that leaves less than half a piece helps nobody
    for separator in _SEPARATORS:
        found = text.rfind(separator, nearest, end)
        if found >= 0:
            return found + len(separator)
    return end


def _furthest(text: str, start: int, limit: int) -> int:
    end = min(len(text), start + limit)
    while utf16_len(text[start:end]) > limit:
        end -= max(1, (utf16_len(text[start:end]) - limit) // 2)
    return max(end, start + 1)
