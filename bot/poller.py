"""Raw intake by long polling: an update is a committed row before Telegram is told that we have it.

The offset of the next call acknowledges everything before it, so it moves only after `accept` returned. Nothing
is parsed here: an update nobody understands yet is kept like any other and cannot jam the rest.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeGuard, cast

import structlog
from aiogram.methods import DeleteWebhook

from bot.client import TelegramClient
from core.errors import Busy, DeskError, Down, LineTrouble

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "chat_member",
    "inline_query",
)
"""Always named: reactions and chat members are in no default list of Telegram's (Bot API docs)."""

Update = dict[str, Any]
AcceptUpdates = Callable[[int, list[Update]], Awaitable[None]]
"""(bot id, updates) → returns once they are committed; those already kept are skipped."""

_WAIT_SECONDS = 50
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_TOKEN_PAUSE = 60.0
_CONFLICT_PAUSE = 5.0


class Poller:
    """`offset` is where to go on: 0 asks for all that was never acknowledged (Telegram keeps 24 hours)."""

    def __init__(
        self,
        client: TelegramClient,
        accept: AcceptUpdates,
        *,
        offset: int = 0,
        wait: int = _WAIT_SECONDS,
    ) -> None:
        self._client = client
        self._accept = accept
        self._wait = wait
        self._failures = 0
        self.offset = offset
        self.trouble: DeskError | None = None
        """Why the last call failed; None while all is well. For readiness checks."""

    async def run(self) -> None:
        """Until cancelled. A cancelled long poll acknowledges nothing, so nothing is lost."""
        await self._drop_webhook()
        while True:
            pause = await self.step()
            if pause:
                await asyncio.sleep(pause)

    async def step(self) -> float:
        """One call to Telegram and one commit; the seconds to wait before the next."""
        try:
            batch = await self._client.get_updates(self.offset, self._wait, list(ALLOWED_UPDATES))
        except DeskError as error:
            return self._note(error)
        self.trouble = None
        updates = sorted(filter(_is_update, batch), key=lambda update: update["update_id"])
        if not updates:
            return self._pause() if batch else self._recovered()
        try:
            await self._accept(self._client.bot_id, updates)
        except Exception:
            log.exception("telegram.intake_failed", count=len(updates))
            return self._pause()
        self.offset = updates[-1]["update_id"] + 1
        return self._recovered()

    async def _drop_webhook(self) -> None:
        """Telegram refuses to be polled while a webhook is set. What waits there stays waiting."""
        try:
            await self._client.call(DeleteWebhook(drop_pending_updates=False))
        except DeskError as error:
            log.warning("telegram.delete_webhook_failed", code=error.code, detail=error.detail)

    def _note(self, error: DeskError) -> float:
        if self.trouble is None or self.trouble.code != error.code:
            log.warning("telegram.poll_failed", code=error.code, detail=error.detail)
        self.trouble = error
        pause = self._pause()
        match error:
            case Busy():
                return max(pause, (error.retry_after or 0) + random.random())  # noqa: S311
            case LineTrouble():
                return _TOKEN_PAUSE
            case Down(code="conflict"):
                return max(pause, _CONFLICT_PAUSE)
            case _:
                return pause

    def _pause(self) -> float:
        self._failures += 1
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(self._failures - 1, 10))
        return longest * random.uniform(0.5, 1)  # noqa: S311 - many desks must not come back at once

    def _recovered(self) -> float:
        self._failures = 0
        return 0


def _is_update(value: Any) -> TypeGuard[Update]:
    return isinstance(value, dict) and type(cast(Update, value).get("update_id")) is int


def update_kind(update: Mapping[str, Any]) -> str:
    """`message`, `callback_query` …: the one field beside the number; `unknown` when there is none."""
    return next((field for field in update if field != "update_id"), "unknown")


def order_key(update: Mapping[str, Any]) -> str:
    """Updates of one key are handled one at a time, in order: a chat's topic, else a chat, else a person.

    A reaction names no topic: it goes with its chat (`<chat>:0`), like changes of membership.
    """
    body = _mapping(update.get(update_kind(update)))
    message = _mapping(body.get("message")) or body
    chat = _mapping(message.get("chat")).get("id")
    if chat is not None:
        thread = message.get("message_thread_id") if message.get("is_topic_message") else None
        return f"{chat}:{thread or 0}"
    person = _mapping(body.get("from")).get("id")
    return f"user:{person}" if person is not None else f"update:{update.get('update_id')}"


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}
