"""Which part of a merged post is meant: to quote it for staff, and to understand what staff quoted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from core.ids import ChatId, MessageId, PostId
from core.message import Content, Kind
from core.ports import Quote
from core.store import messages
from core.store.messages import Copy, Message
from core.store.scope import TenantScope
from core.text import RichText, plain, utf16_len
from core.work.runner import Later

QUOTE_LIMIT = 1024
"""Longest quote, in UTF-16 units (Bot API docs, ReplyParameters)."""


_PATIENCE, _LOOK_AGAIN = timedelta(seconds=10), timedelta(milliseconds=300)
_IN_WORDS = 200
"""Characters of a quote that goes along as text."""
_SAYS_WORDS = frozenset({Kind.TEXT, Kind.PHOTO, Kind.VIDEO, Kind.DOCUMENT})


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


async def known_by_now(scope: TenantScope, message: Message) -> MessageId | None:
    """The message a customer quoted before the line had told us its id.

    Raises Later for a short while, as long as a send of that conversation is under way.
    """
    assert message.reply_to_external is not None  # noqa: S101 - asked only when there is one
    found = await messages.by_external(scope, message.line_id, message.reply_to_external)
    if found is not None:
        await messages.set_reply_to(scope, message.id, found.id)
        return found.id
    young = scope.now - message.created_at < _PATIENCE
    if young and await messages.is_calling(scope, message.conversation_id):
        raise Later(scope.now + _LOOK_AGAIN)
    return None


def quote_at(words: RichText, start: int) -> Quote | None:
    """The quote of a part that begins `start` UTF-16 units into its post; None where it is white space.

    Telegram cuts white space from the ends of a text, so the quote has none there either.
    """
    bare = words.text.strip()
    lead = len(words.text) - len(words.text.lstrip())
    pieces = words.cut(lead, lead + len(bare)).split(QUOTE_LIMIT)
    return Quote(pieces[0], start + lead) if bare else None


def in_words(content: Content, answered: str) -> Content:
    """An answer with the words it means above it, for what the line cannot quote. WhatsApp draws `> ` as a quote."""
    short = " ".join(answered.split())
    if not short or content.kind not in _SAYS_WORDS:
        return content
    quote = short if len(short) <= _IN_WORDS else short[: _IN_WORDS - 1] + "…"
    return replace(content, text=plain(f"> {quote}\n") + content.text)


def part_at(parts: Sequence[Copy], start: int, length: int) -> Copy | None:
    """The part that quoted words stand in, or most of them; None when they are outside of all (a time)."""
    best = max(parts, key=lambda part: _shared(part, start, length), default=None)
    return best if best is not None and _shared(best, start, length) > 0 else None


def _shared(part: Copy, start: int, length: int) -> int:
    return min(part.start + part.length, start + length) - max(part.start, start)


def _surplus(text: str) -> int:
    """By how much Telegram counts a text longer than we do."""
    return utf16_len(text) - len(text)
