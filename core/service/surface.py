"""Every call to the desk passes here: its budget before, and the standard reaction to trouble after."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from core.errors import Busy, DeskError, GroupMoved, GroupTrouble, LineTrouble, RemoteRefusal
from core.events import Event, EventKind
from core.ids import ChatId, PostId, TenantId
from core.ports import Desk, Post, Spot
from core.service.doubts import Doubts, Named
from core.service.turns import Turns, Voice
from core.store import desks, engine
from core.store.messages import Copy
from core.store.store import Store
from core.work.limits import Budgets, Spend
from core.work.runner import Later
from core.work.token import Token

log = structlog.get_logger(__name__)
T = TypeVar("T")

_BUSY_SECONDS = 5.0
_MARGIN_SECONDS = 0.5
"""Beyond what Telegram asked for: a call into an open flood window makes it longer."""
_LOST_GROUP_SECONDS = 60.0


class Surface:
    """The desk, within its budget. Raises Later when it is not our turn, else what the desk raises."""

    def __init__(self, store: Store, desk: Desk, budgets: Budgets, helpers: Sequence[Voice] = ()) -> None:
        """`helpers`: further bots of the group, which only `share` and `change` use."""
        self._store = store
        self.desk = desk
        self.budgets = budgets
        self.turns = Turns(store, Voice(desk, budgets), helpers)
        self.doubts = Doubts(store)
        self.token = Token(store, desk.bot_id)
        self._well: set[ChatId] = set()
        """Chats known not to be suspended."""

    async def call(
        self, tenant_id: TenantId, chat: ChatId, kind: Spend, do: Callable[[Desk], Awaitable[T]], *, spare: bool = False
    ) -> T:
        """One call. With `spare`, only from what customers' next message can do without: cards, and other dressing."""
        await self.token.check()
        await self.budgets.take(chat, kind, leave=int(spare))
        try:
            result = await do(self.desk)
        except LineTrouble as error:
            raise await self.token.wait() from error
        except GroupTrouble as error:
            if chat > 0:  # a person who never opened a chat with the bot, or closed it: waiting would not help
                raise RemoteRefusal(error.detail) from error
            raise await self._wait_after(tenant_id, chat, kind, error) from error
        except (Busy, GroupMoved) as error:
            raise await self._wait_after(tenant_id, chat, kind, error) from error
        await self.resume(tenant_id, chat)
        return result

    async def share(self, tenant_id: TenantId, chat: ChatId, do: Callable[[Desk], Awaitable[T]]) -> tuple[int, T]:
        """A post without buttons, by whichever bot has room; answers which. Raises as `call` does."""
        if not self.turns.helpers:
            return self.desk.bot_id, await self.call(tenant_id, chat, Spend.POST, do)
        await self.token.check()
        for voice, leave in self.turns.order(chat):
            try:
                return await self._share_with(voice, tenant_id, chat, do, spare=leave > 0)
            except Later as later:
                if later.gate in {None, self.token.gate}:  # no matter of room: the group moved, the token is refused
                    raise
        raise await self.turns.wait(chat)

    async def _share_with(
        self, voice: Voice, tenant_id: TenantId, chat: ChatId, do: Callable[[Desk], Awaitable[T]], *, spare: bool
    ) -> tuple[int, T]:
        """What a helper is refused is no answer yet: the main bot may do more."""
        if voice.bot_id != self.desk.bot_id:
            try:
                return voice.bot_id, await self._help(voice, tenant_id, chat, do)
            except RemoteRefusal as refusal:
                log.warning("helper.refused", bot=voice.bot_id, code=refusal.code)
        return self.desk.bot_id, await self.call(tenant_id, chat, Spend.POST, do, spare=spare)

    async def change(self, tenant_id: TenantId, copy: Copy, do: Callable[[Desk], Awaitable[T]]) -> T:
        """A call on a post that shows a message, by the bot that posted it: no other may change it.

        Raises RemoteRefusal `post_gone` when that bot is no longer here, as for a post that staff deleted.
        """
        await self.token.check()
        voice = self.turns.voice_of(copy.bot_id)
        if voice is None:
            raise RemoteRefusal("the bot that posted it is not ours any more", "post_gone")
        if voice.bot_id == self.desk.bot_id:
            return await self.call(tenant_id, copy.chat_id, Spend.POST, do)
        try:
            return await self._help(voice, tenant_id, copy.chat_id, do)
        except Later as later:
            if await self.turns.is_left_out(tenant_id, copy.chat_id, voice):
                raise RemoteRefusal("the bot that posted it cannot work here", "post_gone") from later
            raise

    async def _help(self, helper: Voice, tenant_id: TenantId, chat: ChatId, do: Callable[[Desk], Awaitable[T]]) -> T:
        """One call by a helper. Trouble is its own: the group and the other bots go on."""
        await helper.budgets.take(chat, Spend.POST)
        try:
            result = await do(helper.desk)
        except Busy as busy:
            raise await helper.budgets.flooded(chat, Spend.POST, _pause(busy)) from busy
        except GroupMoved as moved:
            raise await self._wait_after(tenant_id, chat, Spend.POST, moved) from moved
        except (GroupTrouble, LineTrouble) as error:
            raise await self.turns.leave_out(tenant_id, chat, helper, error) from error
        await self.turns.posted(tenant_id, chat, helper)
        return result

    async def post(self, tenant_id: TenantId, place: Spot, what: Named, post: Post, *, spare: bool = False) -> PostId:
        """One post of the main bot, which says so when it may stand there already. See `Doubts`."""
        line, last = await self.doubts.honest(tenant_id, what, post)
        if line is not None:
            await self.call(tenant_id, place.chat, Spend.POST, lambda desk: desk.post(place, line), spare=spare)
        noted = self.doubts.noted(tenant_id, what, lambda desk: desk.post(place, last))
        return await self.call(tenant_id, place.chat, Spend.POST, noted, spare=spare)

    async def _wait_after(self, tenant_id: TenantId, chat: ChatId, kind: Spend, error: DeskError) -> Later:
        """For how long this chat is left alone."""
        if isinstance(error, Busy):
            return await self.budgets.flooded(chat, kind, _pause(error))
        if isinstance(error, GroupMoved):
            await self._move(tenant_id, chat, ChatId(error.new_chat_id))
            return Later(self._store.clock())
        if isinstance(error, GroupTrouble):
            await self.suspend(tenant_id, chat, error.detail)
        for helper in self.turns.helpers:
            await helper.budgets.freeze(chat, Spend.POST, _LOST_GROUP_SECONDS)
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


def _pause(busy: Busy) -> float:
    return (busy.retry_after or _BUSY_SECONDS) + _MARGIN_SECONDS
