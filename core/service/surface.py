"""Every call to the desk passes here: its budget before, and the standard reaction to trouble after."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from core.errors import Busy, DeskError, GroupMoved, GroupTrouble, LineTrouble, RemoteRefusal
from core.events import Event, EventKind
from core.ids import ChatId, TenantId
from core.ports import Desk
from core.store import desks, engine
from core.store.store import Store
from core.work.limits import Budgets, Spend
from core.work.runner import Later

log = structlog.get_logger(__name__)
T = TypeVar("T")

_BUSY_SECONDS = 5.0
_MARGIN_SECONDS = 0.5
"""Beyond what Telegram asked for: a call into an open flood window makes it longer."""
_LOST_GROUP_SECONDS = 60.0


class Surface:
    """The desk, within its budget. Raises Later when it is not our turn, else what the desk raises."""

    def __init__(self, store: Store, desk: Desk, budgets: Budgets) -> None:
        self._store = store
        self.desk = desk
        self.budgets = budgets
        self._well: set[ChatId] = set()
        """Chats known not to be suspended."""

    async def call(
        self, tenant_id: TenantId, chat: ChatId, kind: Spend, do: Callable[[Desk], Awaitable[T]], *, spare: bool = False
    ) -> T:
        """One call. With `spare`, only from what customers' next message can do without: cards, and other dressing."""
        await self.budgets.take(chat, kind, leave=int(spare))
        try:
            result = await do(self.desk)
        except GroupTrouble as error:
            if chat > 0:  # a person who never opened a chat with the bot, or closed it: waiting would not help
                raise RemoteRefusal(error.detail) from error
            raise await self._wait_after(tenant_id, chat, kind, error) from error
        except (Busy, GroupMoved, LineTrouble) as error:
            raise await self._wait_after(tenant_id, chat, kind, error) from error
        await self.resume(tenant_id, chat)
        return result

    async def _wait_after(self, tenant_id: TenantId, chat: ChatId, kind: Spend, error: DeskError) -> Later:
        """For how long this chat is left alone."""
        if isinstance(error, Busy):
            return await self.budgets.flooded(chat, kind, (error.retry_after or _BUSY_SECONDS) + _MARGIN_SECONDS)
        if isinstance(error, GroupMoved):
            await self._move(tenant_id, chat, ChatId(error.new_chat_id))
            return Later(self._store.clock())
        if isinstance(error, GroupTrouble):
            await self.suspend(tenant_id, chat, error.detail)
        waits = {spend: await self.budgets.freeze(chat, spend, _LOST_GROUP_SECONDS) for spend in Spend}
        return waits[kind]

    async def suspend(self, tenant_id: TenantId, chat: ChatId, why: str) -> None:
        """Rows are kept; the owner is told in private, once."""
        self._well.discard(chat)
        async with self._store.write(tenant_id) as scope:
            if await desks.suspend_group(scope, chat, why):
                data = {"code": "group_suspended", "detail": why, "private": True}
                await scope.record(Event(EventKind.GROUP_SUSPENDED, tenant_id, "system", data=data))

    async def resume(self, tenant_id: TenantId, chat: ChatId, *, with_rights: bool = False) -> None:
        """A call went through, so the group is there again. That a missing right (`can_…`) is back takes
        a call that needs it: else a desk that may post but not open topics would stop and go for ever.
        """
        if chat in self._well:
            return
        async with self._store.write(tenant_id) as scope:
            group = await desks.group_of_chat(scope, chat)
            why = group.suspended if group else None
            if why and why.startswith("can_") and not with_rights:
                return
            if why:
                await desks.suspend_group(scope, chat, None)
                await engine.thaw(scope, chat)
                await scope.record(Event(EventKind.GROUP_RESUMED, tenant_id, "system", data={"chat": chat}))
        self._well.add(chat)

    async def _move(self, tenant_id: TenantId, old: ChatId, new: ChatId) -> None:
        log.info("group.moved", old=old, new=new)
        async with self._store.write(tenant_id) as scope:
            await desks.move_group(scope, old, new)
