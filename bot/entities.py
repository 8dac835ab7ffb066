"""`RichText` ↔ Telegram text with entities. Pure.

Entities are sent as a list, never as HTML or Markdown: then no text of a customer can fail to parse.
Telegram counts offsets in UTF-16 units, `RichText` in characters.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from aiogram.types import MessageEntity

from core.text import Mark, MarkKind, RichText

MOST_ENTITIES = 100
"""Telegram ignores what comes after (Bot API docs)."""

BLANK = "␣"
"""What stands for a text of white space only, which Telegram refuses as empty."""

_TYPE_OF = {
    MarkKind.BOLD: "bold",
    MarkKind.ITALIC: "italic",
    MarkKind.UNDERLINE: "underline",
    MarkKind.STRIKE: "strikethrough",
    MarkKind.SPOILER: "spoiler",
    MarkKind.CODE: "code",
    MarkKind.PRE: "pre",
    MarkKind.QUOTE: "blockquote",
    MarkKind.LINK: "text_link",
}
_KIND_OF = {name: kind for kind, name in _TYPE_OF.items()} | {"expandable_blockquote": MarkKind.QUOTE}
_LINK_STARTS = ("http://", "https://", "tg://")


@dataclass(frozen=True, slots=True)
class Written:
    """What sendMessage takes: plain text and its entities."""

    text: str
    entities: list[MessageEntity]


def write(rich: RichText) -> Written:
    """For Telegram. Marks it would refuse (empty, a link that is no address) are left out; the words stay."""
    text = sendable(rich.text)
    if not text.strip():
        return Written(BLANK if text else "", [])
    offsets = _utf16_offsets(text)
    marks = [mark for mark in rich.marks if _is_sendable(mark, len(text))][:MOST_ENTITIES]
    return Written(text, [_entity(mark, offsets) for mark in marks])


def read(text: str | None, entities: Iterable[MessageEntity] | None) -> RichText:
    """From Telegram. Mentions, hash tags and bare addresses are just words; custom emoji are their plain emoji."""
    text = text or ""
    places = {unit: index for index, unit in enumerate(_utf16_offsets(text))}
    marks = (_mark(entity, places) for entity in entities or ())
    return RichText(text, tuple(mark for mark in marks if mark is not None))


def stretch(text: str, start: int, words: str) -> range:
    """The characters of `text` that are `words`, which begin `start` UTF-16 units into it."""
    first = bisect_left(_utf16_offsets(text), start)
    return range(first, first + len(words))


def sendable(text: str) -> str:
    """The text without lone surrogates, which cut-off emoji leave behind and which no request can carry."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_sendable(mark: Mark, length: int) -> bool:
    if not 0 <= mark.start < mark.end <= length:
        return False
    return mark.kind is not MarkKind.LINK or (mark.value or "").lower().startswith(_LINK_STARTS)


def _entity(mark: Mark, offsets: Sequence[int]) -> MessageEntity:
    start, end = offsets[mark.start], offsets[mark.end]
    return MessageEntity(
        type=_TYPE_OF[mark.kind],
        offset=start,
        length=end - start,
        url=mark.value if mark.kind is MarkKind.LINK else None,
        language=mark.value if mark.kind is MarkKind.PRE else None,
    )


def _mark(entity: MessageEntity, places: dict[int, int]) -> Mark | None:
    kind = _KIND_OF.get(entity.type)
    start, end = places.get(entity.offset), places.get(entity.offset + entity.length)
    if kind is None or start is None or end is None or start == end:
        return None
    value = {MarkKind.LINK: entity.url, MarkKind.PRE: entity.language}.get(kind)
    return Mark(start, end, kind, value)


def _utf16_offsets(text: str) -> Sequence[int]:
    """The UTF-16 offset of every character, and of the end."""
    if text.isascii():
        return range(len(text) + 1)
    return [0, *accumulate(2 if char > "\uffff" else 1 for char in text)]
