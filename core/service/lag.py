"""Lag is visible: when customers' messages wait too long to be shown, staff are told once, in one line kept true."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import structlog

from core.errors import DeskError
from core.i18n import Texts, texts_for
from core.ids import ChatId, PostId, TenantId
from core.jobs import Job, JobKind, NewJob, Urgency
from core.people import Tenant
from core.ports import Post, Spot
from core.service.doubts import Named
from core.service.surface import Surface
from core.service.turns import shortest_pause
from core.store import desks, engine, messages, postings
from core.store.scope import Scope
from core.store.store import Store
from core.text import plain
from core.work.limits import Spend

log = structlog.get_logger(__name__)

_RENEW = timedelta(seconds=30)
"""The line is brought up to date no more often than this: each edit costs what a customer's post costs."""


@dataclass(frozen=True, slots=True)
class Told:
    """The line that says it, and when it was last true."""

    chat: int
    post: int
    at: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """Customers' messages that no topic shows yet; the oldest waits `since`."""

    waiting: int
    since: datetime | None

    def age(self, now: datetime) -> timedelta:
        return now - self.since if self.since else timedelta()


class Lag:
    def __init__(self, store: Store, surface: Surface, after_seconds: float) -> None:
        self._store = store
        self._surface = surface
        self._after = timedelta(seconds=after_seconds)

    async def watch(self) -> None:
        """For the clock: see to it that the line appears, stays true and ends."""
        async with self._store.read_across_tenants() as system:
            tenants = await desks.tenants(system)
        for tenant in tenants:
            backlog, told = await self._look(tenant.id)
            if self._is_news(backlog, told):
                async with self._store.write(tenant.id) as scope:
                    await scope.put(lag_job(tenant.id))

    async def tell(self, job: Job) -> None:
        assert job.tenant_id is not None  # noqa: S101 - lag jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            tenant = await desks.get_tenant(scope)
        backlog, told = await self._look(tenant.id)
        if self._is_news(backlog, told):
            told = await self._say(tenant, backlog, told)
        async with self._store.settle(job) as scope:
            await engine.set_setting(scope, _name(tenant.id), json.dumps(asdict(told)) if told else "")
            if told is not None:
                await postings.end(scope, [_name(tenant.id)])

    def _is_news(self, backlog: Backlog, told: Told | None) -> bool:
        now = self._store.clock()
        is_late = backlog.age(now) > self._after
        if told is None:
            return is_late
        return not backlog.waiting or (is_late and now.timestamp() - told.at > _RENEW.total_seconds())

    async def _look(self, tenant_id: TenantId) -> tuple[Backlog, Told | None]:
        async with self._store.read(tenant_id) as scope:
            backlog = Backlog(*await messages.waiting_count(scope))
            return backlog, await _told(scope, tenant_id)

    async def _say(self, tenant: Tenant, backlog: Backlog, told: Told | None) -> Told | None:
        """The line as it stands afterwards; None when the backlog is gone, or nobody can be told."""
        try:
            if told is None:
                return await self._post(tenant, backlog)
            await self._edit(tenant.id, told, await self._text(tenant, backlog))
        except DeskError as error:
            log.warning("lag.not_told", code=error.code)
            return None
        return Told(told.chat, told.post, self._store.clock().timestamp()) if backlog.waiting else None

    async def _post(self, tenant: Tenant, backlog: Backlog) -> Told | None:
        chat = await self._where(tenant.id)
        if chat is None:
            return None
        post = Post(text=plain(await self._text(tenant, backlog)), silent=True)
        post_id = await self._surface.post(tenant.id, Spot(chat), Named((_name(tenant.id),)), post)
        return Told(chat, post_id, self._store.clock().timestamp())

    async def _edit(self, tenant_id: TenantId, told: Told, text: str) -> None:
        chat, post = ChatId(told.chat), Post(text=plain(text))
        await self._surface.call(
            tenant_id, chat, Spend.POST, lambda desk: desk.edit(chat, PostId(told.post), post), spare=True
        )

    async def _where(self, tenant_id: TenantId) -> ChatId | None:
        """General; while Telegram lets nobody post there, the owner's private chat."""
        async with self._store.read(tenant_id) as scope:
            groups = await desks.groups(scope)
            owners = await desks.owners(scope)
        main = await self._surface.turns.look(groups[0].chat_id) if groups else []
        if groups and not shortest_pause(main[:1], self._store.clock()):  # the line is the main bot's
            return groups[0].chat_id
        return ChatId(owners[0].telegram_id) if owners else None

    async def _paused_for(self, chat: ChatId) -> int:
        """Seconds until some bot's flood window closes; 0 when a bot is in none."""
        rows = await self._surface.turns.look(chat)
        return round(shortest_pause(rows, self._store.clock()))

    async def _text(self, tenant: Tenant, backlog: Backlog) -> str:
        texts: Texts = texts_for(tenant.locale)
        if not backlog.waiting:
            return texts.t("lag.over")
        seconds = round(backlog.age(self._store.clock()).total_seconds())
        async with self._store.read(tenant.id) as scope:
            groups = await desks.groups(scope)
        pause = await self._paused_for(groups[0].chat_id) if groups else 0
        why = texts.t("lag.paused", seconds=pause) if pause else texts.t("lag.budget")
        return f"{texts.n('lag.waiting', backlog.waiting, seconds=seconds)} {why}"


def lag_job(tenant_id: TenantId) -> NewJob:
    """Ahead of those who wait: said only afterwards, it would be of no use. It costs one post an episode."""
    key = f"lag:{tenant_id}"
    return NewJob(JobKind.LAG, tenant_id, lane=key, urgency=Urgency.REPLY, merge_key=key)


async def _told(scope: Scope, tenant_id: TenantId) -> Told | None:
    kept = await engine.get_setting(scope, _name(tenant_id))
    if not kept:
        return None
    told = Told(**json.loads(kept))
    return replace(told, chat=await engine.moved_to(scope, told.chat))


def _name(tenant_id: TenantId) -> str:
    return f"lag:{tenant_id}"
