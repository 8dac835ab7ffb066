"""Which part of a merged post is meant: to quote it for staff, and to understand what staff quoted."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.ids import ChatId, MessageId, PostId
from core.ports import Quote
from core.store import messages
from core.store.messages import Copy
from core.store.scope import TenantScope
from core.text import RichText, utf16_len

QUOTE_LIMIT = 1024
"""Longest quote, in UTF-16 units (Bot API docs, ReplyParameters)."""


@dataclass(frozen=True, slots=True)
class Target:
    """The post to answer, and the words of it that are meant where it shows more than one message."""

    post_id: PostId
    quote: Quote | None = None


async def target_of(scope: TenantScope, chat_id: ChatId, message_id: MessageId) -> Target | None:
    """Where this chat shows the message: the newest place, since the older ones went with a deleted topic."""
    copies = [copy for copy in await messages.copies_of(scope, message_id) if copy.chat_id == chat_id]
    first = next((copy for copy in reversed(copies) if copy.part == 0), None)
    if first is None:
        return None
    together = await messages.copies_at(scope, chat_id, first.post_id) if first.length else [first]
    if len(together) == 1:
        return Target(first.post_id)
    earlier = [copy for copy in together if copy.start < first.start]
    texts = [(await messages.get(scope, copy.message_id)).content.text.text for copy in earlier]
    words = (await messages.get(scope, message_id)).content.text
    return Target(first.post_id, quote_at(words, first.start + sum(map(_surplus, texts))))


def quote_at(words: RichText, start: int) -> Quote | None:
    """The quote of a part that begins `start` UTF-16 units into its post; None where it is white space.

    Telegram cuts white space from the ends of a text, so the quote has none there either.
    """
    bare = words.text.strip()
    lead = len(words.text) - len(words.text.lstrip())
    pieces = words.cut(lead, lead + len(bare)).split(QUOTE_LIMIT)
    return Quote(pieces[0], start + lead) if bare else None


def part_at(parts: Sequence[Copy], start: int, length: int) -> Copy | None:
    """The part that quoted words stand in, or most of them; None when they are outside of all (a time)."""
    best = max(parts, key=lambda part: _shared(part, start, length), default=None)
    return best if best is not None and _shared(best, start, length) > 0 else None


def _shared(part: Copy, start: int, length: int) -> int:
    return min(part.start + part.length, start + length) - max(part.start, start)


def _surplus(text: str) -> int:
    """By how much Telegram counts a text longer than we do."""
    return utf16_len(text) - len(text)
