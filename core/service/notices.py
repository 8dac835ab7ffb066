"""Things the whole group or its owner should know: a line stopped, the group cannot be used."""

from typing import Any

import structlog

from core.errors import RemoteRefusal
from core.i18n import Texts, texts_for
from core.ids import ChatId
from core.jobs import Job, JobKind, NewJob
from core.ports import Post, Spot
from core.service import parked
from core.service.doubts import Named
from core.service.showing import notice_text
from core.service.surface import Surface
from core.store import desks, postings
from core.store.store import Store
from core.text import plain

log = structlog.get_logger(__name__)


class Notices:
    def __init__(self, store: Store, surface: Surface) -> None:
        self._store = store
        self._surface = surface

    async def notify(self, job: Job) -> None:
        """Into the General topic; with `private`, to the owners' private chats. Each chat is a job of its own, so
        that none hears it again because another could not be reached.
        """
        assert job.tenant_id is not None  # noqa: S101 - notify jobs are a tenant's
        if "chat" not in job.payload:
            await self._spread(job)
            return
        name = f"notify:{job.id}"
        async with self._store.read(job.tenant_id) as scope:
            texts = texts_for((await desks.get_tenant(scope)).locale)
        try:
            spot = Spot(ChatId(job.payload["chat"]))
            await self._surface.post(job.tenant_id, spot, Named((name,)), notice_post(job.payload, texts))
        except RemoteRefusal as error:
            log.warning("notice.not_sent", code=error.code)  # an owner who never opened a chat with the bot
        async with self._store.settle(job) as scope:
            await postings.end(scope, [name])

    async def _spread(self, job: Job) -> None:
        async with self._store.settle(job) as scope:
            groups = await desks.groups(scope)
            private = bool(job.payload.get("private")) or not groups
            chats = [owner.telegram_id for owner in await desks.owners(scope)] if private else [groups[0].chat_id]
            for chat in chats:
                lane = f"notify:{scope.tenant_id}:{chat}"
                await scope.put(NewJob(JobKind.NOTIFY, scope.tenant_id, {**job.payload, "chat": chat}, lane=lane))


def notice_post(payload: dict[str, Any], texts: Texts) -> Post:
    line = payload.get("line", "")
    text = notice_text(payload["code"], payload["detail"], texts)
    buttons = parked.buttons(payload["job"], texts) if "job" in payload else ()
    return Post(text=plain(f"⚠ {line}: {text}" if line else f"⚠ {text}"), buttons=buttons)
