"""Things the whole group or its owner should know: a line stopped, the group cannot be used."""

import structlog

from core.errors import DeskError
from core.i18n import texts_for
from core.ids import ChatId, TenantId
from core.jobs import Job
from core.ports import Post, Spot
from core.service import parked
from core.service.showing import notice_text
from core.service.surface import Surface
from core.store import desks
from core.store.store import Store
from core.text import plain
from core.work.limits import Spend

log = structlog.get_logger(__name__)


class Notices:
    def __init__(self, store: Store, surface: Surface) -> None:
        self._store = store
        self._surface = surface

    async def notify(self, job: Job) -> None:
        """Into the General topic; with `private`, to the owners' private chats."""
        assert job.tenant_id is not None  # noqa: S101 - notify jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            tenant = await desks.get_tenant(scope)
            owners = await desks.owners(scope)
            groups = await desks.groups(scope)
        texts = texts_for(tenant.locale)
        line = job.payload.get("line", "")
        text = notice_text(job.payload["code"], job.payload["detail"], texts)
        buttons = parked.buttons(job.payload["job"], texts) if "job" in job.payload else ()
        post = Post(text=plain(f"⚠ {line}: {text}" if line else f"⚠ {text}"), buttons=buttons)
        private = bool(job.payload.get("private")) or not groups
        chats = [ChatId(owner.telegram_id) for owner in owners] if private else [groups[0].chat_id]
        for chat in chats:
            await self._send(job.tenant_id, chat, post)
        async with self._store.settle(job):
            pass

    async def _send(self, tenant_id: TenantId, chat: ChatId, post: Post) -> None:
        try:
            await self._surface.call(tenant_id, chat, Spend.POST, lambda desk: desk.post(Spot(chat), post))
        except DeskError as error:
            log.warning("notice.not_sent", code=error.code)  # an owner who never opened a chat with the bot
