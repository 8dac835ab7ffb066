"""The budget towards Telegram: one leaky bucket per (bot, chat, kind of call), persisted and adaptive.

One bot may post about 20 times a minute into one group, all topics together; edits and topic creation
count too, reactions are metered apart (docs/decisions, Telegram's FAQ). A 429 freezes what it names until a
deadline and lowers the rate; clean calls raise it again. Nothing here sleeps: who must wait is told until when.
"""

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.store import engine
from core.store.engine import BudgetRow
from core.store.store import Store
from core.work.runner import Later

_TINY = 1e-6
"""Sums of fractions are this close to a whole token."""
_FLOOR = 6.0
_BACK_OFF = 0.85
_CLEAN_CALLS = 20
"""So many accepted calls raise the rate by one a minute."""


_PER_SECOND = 25
"""Of one bot over all chats; Telegram names about 30 (Bots FAQ)."""
_SECOND = timedelta(seconds=1)


class Spend(StrEnum):
    """Kinds of call that are metered apart."""

    POST = "post"
    """Messages, edits, topics: what the 20 a minute are about."""
    MARK = "mark"
    """Reactions."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_minute` to start with, never above `ceiling`, and `burst` calls at once."""

    per_minute: float
    burst: float
    ceiling: float


def rates_for(posts_per_minute: float) -> dict[Spend, Rate]:
    return {
        Spend.POST: Rate(posts_per_minute, burst=3, ceiling=posts_per_minute + 1.5),
        Spend.MARK: Rate(40, burst=30, ceiling=90),
    }


def refill(row: BudgetRow, rate: Rate, now: datetime) -> BudgetRow:
    gained = max(0.0, (now - row.counted_at).total_seconds()) * row.per_minute / 60
    return replace(row, tokens=min(rate.burst, row.tokens + gained), counted_at=now)


def wait_until(row: BudgetRow, now: datetime, tokens: int = 1) -> datetime | None:
    """When a refilled bucket has so many tokens; None: at once."""
    if row.frozen_until is not None and row.frozen_until > now:
        return row.frozen_until
    if row.tokens >= tokens - _TINY:
        return None
    return now + timedelta(seconds=(tokens - row.tokens) * 60 / row.per_minute)


def spent(row: BudgetRow, rate: Rate) -> BudgetRow:
    clean = row.clean + 1
    if clean < _CLEAN_CALLS:
        return replace(row, tokens=row.tokens - 1, clean=clean)
    faster = min(rate.ceiling, row.per_minute + 1)
    return replace(row, tokens=row.tokens - 1, clean=0, per_minute=faster)


def refused(row: BudgetRow, now: datetime, retry_after: float) -> BudgetRow:
    """After a 429. Deadlines are joined by the later one: nobody calls into an open flood window."""
    until = now + timedelta(seconds=retry_after)
    if row.frozen_until is not None:
        until = max(until, row.frozen_until)
    slower = max(_FLOOR, row.per_minute * _BACK_OFF)
    return replace(row, frozen_until=until, per_minute=slower, tokens=0, clean=0)


class Budgets:
    """The buckets of one bot. With `posts_per_minute` 0 nothing is metered, but a 429 still freezes."""

    def __init__(self, store: Store, bot_id: int, posts_per_minute: float) -> None:
        self._store = store
        self._bot_id = bot_id
        self._unmetered = posts_per_minute == 0
        self._rates = rates_for(posts_per_minute or 20)
        self._frozen: set[str] = set()
        self._recent: deque[datetime] = deque()

    async def take(self, chat: int, kind: Spend, *, leave: int = 0) -> None:
        """Spend one call and `leave` so many for more urgent ones, or raise Later."""
        key = self._key(chat, kind)
        if self._unmetered and key not in self._frozen:
            return
        self._pace_all()
        async with self._store.write_across_tenants() as scope:
            row = refill(await self._row(scope, key, kind), self._rates[kind], scope.now)
            closed_until = wait_until(row, scope.now, 1 + leave)
            row = row if closed_until else spent(row, self._rates[kind])
            await engine.save_budget(scope, replace(row, open_at=wait_until(row, scope.now)))
        if closed_until is not None:
            raise Later(closed_until if leave else scope.now, gate=key)
        self._frozen.discard(key)

    def _pace_all(self) -> None:
        """All calls of the bot together. A second's memory need not survive a restart."""
        now = self._store.clock()
        while self._recent and now - self._recent[0] >= _SECOND:
            self._recent.popleft()
        if len(self._recent) >= _PER_SECOND:
            raise Later(self._recent[0] + _SECOND)
        self._recent.append(now)

    async def freeze(self, chat: int, kind: Spend, seconds: float) -> Later:
        """Nobody may call for so long; for 429s, and for groups that cannot be used at the moment."""
        key = self._key(chat, kind)
        async with self._store.write_across_tenants() as scope:
            row = refused(await self._row(scope, key, kind), scope.now, seconds)
            await engine.save_budget(scope, replace(row, open_at=wait_until(row, scope.now)))
        self._frozen.add(key)
        return Later(scope.now, gate=key)

    async def look(self, chat: int) -> dict[Spend, BudgetRow]:
        """For /status: the buckets as they stand."""
        async with self._store.read_across_tenants() as scope:
            rows = {row.key: row for row in await engine.budgets(scope, f"tg:{self._bot_id}:{chat}:")}
        return {kind: rows[self._key(chat, kind)] for kind in Spend if self._key(chat, kind) in rows}

    def _key(self, chat: int, kind: Spend) -> str:
        return f"tg:{self._bot_id}:{chat}:{kind}"

    async def _row(self, scope: engine.Scope, key: str, kind: Spend) -> BudgetRow:
        rate = self._rates[kind]
        fresh = BudgetRow(key, rate.per_minute, rate.burst, 0, scope.now, None, None)
        return await engine.get_budget(scope, key) or fresh
