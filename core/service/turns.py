"""Helper bots: every bot has a budget of its own in a group, so each one more makes room for customers' messages.

The main bot speaks first, as long as one post stays in its hand: a calm group hears one voice, and what is the main
bot's alone (topics, cards, buttons, answers) need not wait. Then come the helpers, in turn, then that last post.
See docs/decisions/0009; unproven against the real Telegram.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from core.errors import DeskError
from core.events import Event, EventKind
from core.ids import ChatId, TenantId
from core.ports import Desk
from core.store import engine
from core.store.engine import BudgetRow
from core.store.store import Store
from core.work.limits import Budgets, Spend
from core.work.runner import Later

log = structlog.get_logger(__name__)

_LEFT_OUT_SECONDS = 600.0
"""After this a helper that could not post is tried again."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One bot: what it can show, and how often it may."""

    desk: Desk
    budgets: Budgets

    @property
    def bot_id(self) -> int:
        return self.desk.bot_id


class Turns:
    def __init__(self, store: Store, main: Voice, helpers: Sequence[Voice] = ()) -> None:
        self._store = store
        self._main = main
        self.helpers = tuple(helpers)
        self._next: dict[ChatId, int] = {}
        """Whose turn it is, as a place among the helpers. Need not survive a restart."""
        self._well: set[tuple[int, ChatId]] = set()
        """Helpers of whom no trouble is noted."""

    @property
    def voices(self) -> list[Voice]:
        return [self._main, *self.helpers]

    def voice_of(self, bot_id: int | None) -> Voice | None:
        """Who posted it; None when that bot is no longer ours. Posts without a name are the main bot's."""
        return self._main if bot_id is None else next((each for each in self.voices if each.bot_id == bot_id), None)

    def order(self, chat: ChatId) -> list[tuple[Voice, int]]:
        """Whom to ask for room, and how many posts must then be left to that bot."""
        first = self._next.get(chat, 0)
        in_turn = self.helpers[first:] + self.helpers[:first]
        return [(self._main, 1), *((helper, 0) for helper in in_turn), (self._main, 0)]

    async def posted(self, tenant_id: TenantId, chat: ChatId, helper: Voice) -> None:
        """It went well: the next one's turn, and trouble of before is over."""
        self._next[chat] = (self.helpers.index(helper) + 1) % len(self.helpers)
        if (helper.bot_id, chat) in self._well:
            return
        async with self._store.write(tenant_id) as scope:
            if await engine.get_setting(scope, _noted(helper, chat)):
                await engine.set_setting(scope, _noted(helper, chat), "")
        self._well.add((helper.bot_id, chat))

    async def leave_out(self, tenant_id: TenantId, chat: ChatId, helper: Voice, error: DeskError) -> Later:
        """It cannot post here: the others do its work for a while. The owner is told in private, once."""
        self._well.discard((helper.bot_id, chat))
        async with self._store.write(tenant_id) as scope:
            if not await engine.get_setting(scope, _noted(helper, chat)):
                log.warning("helper.left_out", bot=helper.bot_id, chat=chat, code=error.code)
                await engine.set_setting(scope, _noted(helper, chat), error.code)
                data = {"code": "helper_out", "detail": f"{helper.bot_id}: {error.detail}", "private": True}
                await scope.record(Event(EventKind.HELPER_LEFT_OUT, tenant_id, "system", data=data))
        return await helper.budgets.freeze(chat, Spend.POST, _LEFT_OUT_SECONDS)

    async def is_left_out(self, tenant_id: TenantId, chat: ChatId, voice: Voice) -> bool:
        async with self._store.read(tenant_id) as scope:
            return bool(await engine.get_setting(scope, _noted(voice, chat)))

    async def wait(self, chat: ChatId) -> Later:
        """Nobody has room: wait before a gate of its own, which opens as soon as one of them has."""
        rows = [(await voice.budgets.look(chat)).get(Spend.POST) for voice in self.voices]
        gate = f"tg:any:{chat}:{Spend.POST}"
        async with self._store.write_across_tenants() as scope:
            at = min((row.open_at if row and row.open_at else scope.now) for row in rows)
            # frozen, not only closed: when a group is well again, what is frozen there is opened
            row = BudgetRow(gate, 1, 0, 0, counted_at=scope.now, frozen_until=at, open_at=at)
            await engine.save_budget(scope, row)
        return Later(scope.now, gate=gate)

    async def look(self, chat: ChatId) -> list[BudgetRow]:
        """The budgets of posts as they stand, the main bot's first. Who has not posted yet goes at its pace."""
        main, *others = [(await voice.budgets.look(chat)).get(Spend.POST) for voice in self.voices]
        if main is None:
            return []
        return [main, *(other or replace(main, frozen_until=None, open_at=None) for other in others)]


def pause(row: BudgetRow, now: datetime) -> float:
    """Seconds for which this bot is left in peace; 0 when it is not paused."""
    return max(0.0, (row.frozen_until - now).total_seconds()) if row.frozen_until else 0.0


def shortest_pause(rows: Sequence[BudgetRow], now: datetime) -> float:
    """Seconds until at least one of them is not paused."""
    return min((pause(row, now) for row in rows), default=0.0)


def _noted(helper: Voice, chat: ChatId) -> str:
    return f"helper:{helper.bot_id}:{chat}"
