"""RichText ↔ WhatsApp's inline signs: *bold* _italic_ ~strike~ `code` ```block``` and "> quote".

A sign counts at the edge of a word only, on one line, around something. WhatsApp has no way to escape one,
so a sign somebody merely typed may read as formatting; but a mark is written only where it reads back as
meant, and its words go out plain elsewhere: customers never see stray signs of ours.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from core.text import Mark, MarkKind, RichText

_SIGNS = {MarkKind.BOLD: "*", MarkKind.ITALIC: "_", MarkKind.STRIKE: "~", MarkKind.CODE: "`"}
_KINDS = {sign: kind for kind, sign in _SIGNS.items()}
_BLOCK = re.compile(r"```((?!`)(?=\s*\S).+?(?<!`))```(?!`)", re.DOTALL)
_LINK = re.compile(r"\b(?:https?://|www\.)\S*[^\s*_~`.,;:!?)]", re.IGNORECASE)
_QUOTE = "> "
_MANY = 40
"""Marks of one line that are tried one by one when they do not fit together."""

Formats = frozenset[MarkKind]
_NONE: Formats = frozenset()


# ------------------------------------------------------------------ writing


def write(text: RichText) -> str:
    """As WhatsApp writes it. What it has no sign for (underline, spoiler) stays plain; a link shows its address."""
    shown = _with_addresses(text)
    pieces, last = list[str](), 0
    for block in sorted((mark for mark in shown.marks if mark.kind is MarkKind.PRE), key=lambda mark: mark.start):
        inner = shown.text[block.start : block.end]
        if block.start < last or not _BLOCK.fullmatch(f"```{inner}```"):
            continue
        pieces += [_write_lines(shown.cut(last, block.start), at_start=last == 0), f"```{inner}```"]
        last = block.end
    pieces.append(_write_lines(shown.cut(last, len(shown.text)), at_start=last == 0))
    return "".join(pieces)


def _with_addresses(text: RichText) -> RichText:
    """Links as `words (address)`, unless the words are the address."""
    links = [mark for mark in text.marks if mark.kind is MarkKind.LINK and mark.value]
    for link in sorted(links, key=lambda mark: mark.end, reverse=True):
        value = link.value or ""
        if not _is_address(text.text[link.start : link.end], value):
            text = _insert(text, link.end, f" ({value})")
    return text


def _is_address(words: str, value: str) -> bool:
    def bare(address: str) -> str:
        return re.sub(r"^(https?://|mailto:|tel:)|/$", "", address.strip().lower())

    return bare(words) == bare(value) or value.startswith("tg://")


def _insert(text: RichText, at: int, words: str) -> RichText:
    moved = (
        mark.moved(len(words)) if mark.start >= at else replace(mark, end=mark.end + len(words) * (mark.end > at))
        for mark in text.marks
    )
    return RichText(text.text[:at] + words + text.text[at:], tuple(moved))


def _write_lines(text: RichText, *, at_start: bool) -> str:
    lines, start = list[str](), 0
    for number, line in enumerate(text.text.split("\n")):
        part = text.cut(start, start + len(line))
        quoted = (at_start or number > 0) and any(mark.kind is MarkKind.QUOTE for mark in part.marks)
        lines.append((_QUOTE if quoted else "") + _write_line(part))
        start += len(line) + 1
    return "\n".join(lines)


def _write_line(line: RichText) -> str:
    """With all marks if they read back as meant, else with those that do."""
    marks = [mark for mark in line.marks if mark.kind in _SIGNS]
    if not marks or _reads_back(line.text, marks):
        return _render(line.text, marks)
    kept: list[Mark] = []
    for mark in marks[:_MANY]:
        if _reads_back(line.text, [*kept, mark]):
            kept.append(mark)
    return _render(line.text, kept)


def _reads_back(text: str, marks: Sequence[Mark]) -> bool:
    return looks(_read_line(_render(text, marks))) == looks(RichText(text, tuple(marks)))


def _render(text: str, marks: Sequence[Mark]) -> str:
    """Signs around the words that carry them, properly nested: outer signs are those that last longer."""
    formats = _formats(text, marks)
    pieces, stack = list[str](), list[MarkKind]()
    for at in range(len(text) + 1):
        wanted = formats[at] if at < len(text) else _NONE
        while not wanted.issuperset(stack):
            pieces.append(_SIGNS[stack.pop()])
        missing = _NONE if text[at : at + 1].isspace() else wanted.difference(stack)
        opening = sorted(missing, key=lambda kind: (-_lasts(formats, at, kind), kind))
        pieces += [_SIGNS[kind] for kind in opening]
        stack += opening
        pieces.append(text[at : at + 1])
    return "".join(pieces)


def _lasts(formats: Sequence[Formats], at: int, kind: MarkKind) -> int:
    return next((end for end in range(at, len(formats)) if kind not in formats[end]), len(formats)) - at


def _formats(text: str, marks: Iterable[Mark]) -> list[Formats]:
    """Formats by character. White space has what both neighbours share, so that no sign stands beside it."""
    sets: list[set[MarkKind]] = [set() for _ in text]
    for mark in marks:
        for at in range(max(mark.start, 0), min(mark.end, len(text))):
            sets[at].add(mark.kind)
    formats = [frozenset({MarkKind.CODE}) if MarkKind.CODE in each else frozenset(each) for each in sets]
    following = _NONE
    behind = [_NONE] * len(text)
    for at in reversed(range(len(text))):
        following = following if text[at].isspace() else formats[at]
        behind[at] = following
    before = _NONE
    for at, char in enumerate(text):
        before = before & behind[at] if char.isspace() else formats[at]
        formats[at] = before
    return formats


def looks(text: RichText) -> list[tuple[str, Formats]]:
    """What a reader sees of it: every character with its formats, of which white space shows none."""
    marks = [mark for mark in text.marks if mark.kind in _SIGNS]
    formats = _formats(text.text, marks)
    return [(char, _NONE if char.isspace() else formats[at]) for at, char in enumerate(text.text)]


# ------------------------------------------------------------------ reading


def read(text: str) -> RichText:
    """The text without its signs, and the marks they mean."""
    result, last = RichText(), 0
    for block in _BLOCK.finditer(text):
        result = result + _read_lines(text[last : block.start()], at_start=last == 0)
        result = result + RichText(block[1], (Mark(0, len(block[1]), MarkKind.PRE),))
        last = block.end()
    return result + _read_lines(text[last:], at_start=last == 0)


def _read_lines(text: str, *, at_start: bool) -> RichText:
    if not any(sign in text for sign in (*_KINDS, _QUOTE)):
        return RichText(text)
    words, marks = list[str](), list[Mark]()
    length = 0
    for number, line in enumerate(text.split("\n")):
        quoted = line.startswith(_QUOTE) and (at_start or number > 0)
        found = _read_line(line.removeprefix(_QUOTE) if quoted else line)
        length += number > 0
        marks += [mark.moved(length) for mark in found.marks]
        if quoted and found:
            marks = _quote(marks, length, length + len(found.text))
        words.append(found.text)
        length += len(found.text)
    return RichText("\n".join(words), tuple(marks))


def _quote(marks: list[Mark], start: int, end: int) -> list[Mark]:
    """Quoted lines that follow each other are one quote."""
    before = next((mark for mark in marks if mark.kind is MarkKind.QUOTE and mark.end == start - 1), None)
    first = before.start if before else start
    return [*(mark for mark in marks if mark is not before), Mark(first, end, MarkKind.QUOTE)]


def _read_line(line: str) -> RichText:
    reader = _Line(line)
    reader.take(0, len(line), frozenset())
    return RichText("".join(reader.words), tuple(sorted(reader.marks, key=lambda mark: (mark.start, -mark.end))))


@dataclass
class _Line:
    """One line while it is read. `closers`: where each sign may end a mark; `links`: start → end, left alone."""

    line: str
    words: list[str] = field(default_factory=list[str])
    marks: list[Mark] = field(default_factory=list[Mark])

    def __post_init__(self) -> None:
        self.links = {found.start(): found.end() for found in _LINK.finditer(self.line)}
        inside = {at for start, end in self.links.items() for at in range(start, end)}
        self.closers: dict[str, list[int]] = {sign: [] for sign in _KINDS}
        for at, char in enumerate(self.line):
            if char in _KINDS and at not in inside and self._may_close(at):
                self.closers[char].append(at)

    def take(self, at: int, end: int, inside: frozenset[str]) -> None:
        """Read `line[at:end]`, which stands between the signs `inside`."""
        while at < end:
            link = self.links.get(at)
            close = None if link else self._closing(at, end, inside)
            if close is None:
                upto = min(link or at + 1, end)
                self.words.extend(self.line[at:upto])
                at = upto
            else:
                self._marked(at, close, inside)
                at = close + 1

    def _marked(self, at: int, close: int, inside: frozenset[str]) -> None:
        sign, start = self.line[at], len(self.words)
        if sign == "`":
            self.words.extend(self.line[at + 1 : close])
        else:
            self.take(at + 1, close, inside | {sign})
        self.marks.append(Mark(start, len(self.words), _KINDS[sign]))

    def _may_close(self, at: int) -> bool:
        after = self.line[at + 1 : at + 2]
        return at > 0 and not self.line[at - 1].isspace() and not after.isalnum()

    def _closing(self, at: int, end: int, inside: frozenset[str]) -> int | None:
        """Where the mark that opens here ends; None when nothing opens here."""
        sign, line = self.line[at], self.line
        if sign not in _KINDS or sign in inside or line[at - 1 : at].isalnum() or line[at + 1 : at + 2].isspace():
            return None
        places = self.closers[sign]
        found = bisect_left(places, at + 2)
        close = places[found] if found < len(places) else end
        if close >= end or not line[at + 1 : close].strip("*_~` "):
            return None
        return close
