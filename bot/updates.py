"""Telegram updates: kept as rows before they are acknowledged, handled one at a time per topic."""

import json
from collections.abc import Sequence
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError

from bot.act import Act
from bot.moves import followed, move_of
from bot.poller import order_key
from core.ids import InboxId
from core.jobs import Job, JobKind, NewJob, Urgency
from core.store import desks, inbox
from core.store.scope import SystemScope
from core.store.store import Store

log = structlog.get_logger(__name__)


async def accept(store: Store, bot_id: int, updates: Sequence[dict[str, Any]]) -> None:
    """Keep raw updates and queue their handling. Returns after commit; one that came before is not kept twice."""
    async with store.write_across_tenants() as scope:
        for update in updates:
            await _follow(scope, update)
            raw = json.dumps(update, ensure_ascii=False)
            row_id = await inbox.keep(scope, f"tg:{bot_id}", str(update["update_id"]), raw)
            if row_id is not None:
                await scope.put(await _job(scope, bot_id, update, row_id))


async def _follow(scope: SystemScope, update: dict[str, Any]) -> None:
    """A group that moved is known by its new id before anything that was written there is read."""
    move = move_of(update)
    if move is None:
        return
    try:
        async with scope.connection.begin_nested():
            await desks.follow_move(scope, *move)
    except Exception:
        log.exception("update.move_failed", old=move[0], new=move[1])


async def _job(scope: SystemScope, bot_id: int, update: dict[str, Any], row_id: InboxId) -> NewJob:
    """The tenant is named where the chat is a desk's, so that staff hear of it should the job be given up."""
    key = order_key(update)
    chat = key.partition(":")[0]
    tenant_id = await desks.tenant_of_chat(scope, int(chat)) if chat.lstrip("-").isdigit() else None
    return NewJob(JobKind.UPDATE, tenant_id, {"row": row_id}, lane=f"tg:{bot_id}:{key}", urgency=Urgency.REPLY)


class Updates:
    def __init__(self, store: Store, bot: Bot, dispatcher: Dispatcher) -> None:
        self._store = store
        self._bot = bot
        self._dispatcher = dispatcher

    async def handle(self, job: Job) -> None:
        async with self._store.read_across_tenants() as scope:
            row = await inbox.get(scope, InboxId(job.payload["row"]))
            said = await followed(scope, json.loads(row.raw)) if row else None
        act = Act(self._store, job, InboxId(job.payload["row"]))
        if row is None:
            await act.finish()
            return
        try:
            update = Update.model_validate(said, context={"bot": self._bot})
        except ValidationError as error:
            log.error("update.unreadable", row=row.id, errors=error.error_count())
            await act.bury(str(error))
            return
        await self._dispatcher.feed_update(self._bot, update, act=act)
        await act.finish()
