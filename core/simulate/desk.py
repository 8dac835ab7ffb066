"""Stand-ins for both outsides: a group behind flood control, and a customer side that takes everything at once."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import Busy
from core.ids import ChatId, ExternalId, PostId, ThreadId
from core.message import Media
from core.ports import InboundEvent, Limits, LineHealth, OutMessage, Post, Receipt, Spot, Standing
from core.simulate.clock import VirtualClock
from core.simulate.flood import Flood
from core.simulate.journal import Journal
from core.text import RichText

_CALL_SECONDS = 0.15


class FloodedDesk:
    """The Desk port. Every call takes its time, is counted, and shows nothing when Telegram refuses it."""

    bot_id = 1

    def __init__(self, clock: VirtualClock, flood: Flood, journal: Journal) -> None:
        self._clock = clock
        self._flood = flood
        self._journal = journal
        self._ids = itertools.count(1)

    def next_id(self) -> PostId:
        """All that happens in a group shares one sequence of ids."""
        return PostId(next(self._ids))

    async def open_topic(self, chat: ChatId, name: str, color: int | None, icon: str | None) -> ThreadId:
        await self._call()
        return ThreadId(self.next_id())

    async def reopen_topic(self, chat: ChatId, thread: ThreadId) -> None:
        await self._call()

    async def close_topic(self, chat: ChatId, thread: ThreadId) -> None:
        await self._call()

    def link(self, spot: Spot, post_id: PostId | None = None) -> str:
        return ""

    async def post(self, spot: Spot, post: Post) -> PostId:
        await self._call()
        self._journal.show(post.text.text, self._clock.seconds)
        return self.next_id()

    async def post_album(self, spot: Spot, posts: Sequence[Post]) -> tuple[PostId, ...]:
        await self._call()
        return tuple(self.next_id() for _ in posts)

    async def edit(self, chat: ChatId, post_id: PostId, post: Post) -> None:
        await self._call()

    async def pin(self, chat: ChatId, post_id: PostId) -> None:
        await self._call(is_post=False)

    async def delete(self, chat: ChatId, post_id: PostId) -> None:
        await self._call()

    async def base_emoji(self, custom_id: str) -> str:
        return ""

    async def mark(self, chat: ChatId, post_id: PostId, emoji: str | None) -> None:
        await self._call(is_post=False)
        self._journal.marks += 1

    async def fetch(self, media: Media, target: Path, max_bytes: int) -> Media:
        return media

    async def standing(self, chat: ChatId, user_id: int) -> Standing:
        return Standing.MEMBER

    async def icons(self) -> Mapping[str, str]:
        return {}

    async def _call(self, *, is_post: bool = True) -> None:
        """Raises Busy."""
        retry_after = self._flood.call(self._clock.seconds, is_post=is_post)
        self._journal.call(self._clock.seconds, retry_after)
        await self._clock.sleep(_CALL_SECONDS)
        if retry_after:
            raise Busy("Too Many Requests", retry_after)


class OpenEar:
    """The Connector port, as far as a simulation needs one."""

    limits = Limits()

    def parse(self, raw: Mapping[str, Any]) -> Sequence[InboundEvent]:
        return ()

    def length(self, text: RichText) -> int:
        return len(text.text)

    async def send(self, message: OutMessage) -> Receipt:
        return Receipt(ExternalId(message.client_id))

    async def health(self) -> LineHealth:
        return LineHealth(ok=True)

    async def close(self) -> None:
        """Nothing is open."""
