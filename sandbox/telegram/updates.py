"""Updates waiting for a bot: numbered, confirmed by offset, kept a day, handed out by poll or webhook."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.words import words

KINDS = words(
    "message edited_message channel_post edited_channel_post business_connection business_message "
    "edited_business_message deleted_business_messages guest_message message_reaction "
    "message_reaction_count inline_query chosen_inline_result callback_query shipping_query "
    "pre_checkout_query purchased_paid_media poll poll_answer my_chat_member chat_member "
    "chat_join_request chat_boost removed_chat_boost managed_bot subscription stopped_message_generation"
)

NOT_BY_DEFAULT = frozenset(("chat_member", "message_reaction", "message_reaction_count"))
"""Kinds that come only to a bot that names them in allowed_updates (source: Bot API docs, getUpdates)."""

KEPT_SECONDS = 24 * 3600


@dataclass(slots=True)
class WaitingUpdate:
    update_id: int
    kind: str
    body: dict[str, Any]
    at: float


@dataclass
class WebhookSettings:
    url: str
    secret: str | None = None
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass
class UpdateQueue:
    """One bot's updates. `allowed` None means the default kinds."""

    next_id: int = 100_000_001
    allowed: frozenset[str] | None = None
    waiting: deque[WaitingUpdate] = field(default_factory=deque)
    webhook: WebhookSettings | None = None
    poller: asyncio.Future[str] | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    duplicates: int = 0
    swaps: int = 0

    def wants(self, kind: str) -> bool:
        if self.allowed is None:
            return kind not in NOT_BY_DEFAULT
        return kind in self.allowed

    def push(self, kind: str, payload: dict[str, Any], at: float) -> None:
        """Queue an update if the bot asked for its kind. Faults planned by the control API act here."""
        if self.wants(kind):
            self.push_raw(kind, {"update_id": self.next_id, kind: payload}, at)

    def push_raw(self, kind: str, body: dict[str, Any], at: float) -> None:
        """Queue a complete update as it stands; a test uses it for shapes that no client knows."""
        update_id = body.get("update_id", self.next_id)
        self.next_id = max(self.next_id, update_id) + 1
        self.waiting.append(WaitingUpdate(update_id, kind, body, at))
        self._spoil()
        self._drop_old(at)
        self.arrived.set()

    def _spoil(self) -> None:
        if self.duplicates > 0:
            self.duplicates -= 1
            self.waiting.append(self.waiting[-1])
        if self.swaps > 0 and len(self.waiting) > 1:
            self.swaps -= 1
            self.waiting[-1], self.waiting[-2] = self.waiting[-2], self.waiting[-1]

    def _drop_old(self, now: float) -> None:
        while self.waiting and now - self.waiting[0].at > KEPT_SECONDS:
            self.waiting.popleft()

    def confirm(self, offset: int) -> None:
        """Forget what came before `offset`; a negative offset keeps that many from the end."""
        if offset < 0:
            while len(self.waiting) > -offset:
                self.waiting.popleft()
        else:
            self.waiting = deque(u for u in self.waiting if u.update_id >= offset)

    def batch(self, limit: int) -> list[dict[str, Any]]:
        return [self.waiting[i].body for i in range(min(limit, len(self.waiting)))]

    def claim_poll(self, reason: str) -> asyncio.Future[str]:
        """Become the one poller; the former one is told why it must end."""
        self.end_poll(reason)
        self.poller = asyncio.get_running_loop().create_future()
        return self.poller

    def end_poll(self, reason: str) -> None:
        if self.poller and not self.poller.done():
            self.poller.set_result(reason)
        self.poller = None
