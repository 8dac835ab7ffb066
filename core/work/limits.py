"""The budget towards Telegram: one leaky bucket per (bot, chat, kind of call), persisted and adaptive.

One bot may post about 20 times a minute into one group, all topics together; edits and topic creation
count too. Whether reactions share that window nobody outside Telegram knows: they have a budget of their own until
a 429 tells otherwise. A 429 freezes its chat until a deadline and lowers the rate; clean calls raise it again.
Nothing here sleeps: who must wait is told until when.
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
_MINUTE = timedelta(minutes=1)
_FULL = 19
"""So many calls in a minute explain a 429 by themselves (Bots FAQ: about 20 posts)."""
_MEMORY = 100
"""Calls: more than a chat takes in a minute."""
_SHARED_FOR = timedelta(hours=24)
"""So long reactions pay as posts do once they were found to share their window; then it is tried anew."""


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
        Spend.POST: Rate(posts_per_minute, burst=3, ceiling=posts_per_minute),
        Spend.MARK: Rate(40, burst=30, ceiling=90),
    }


def refill(row: BudgetRow, rate: Rate, now: datetime) -> BudgetRow:
    gained = max(0.0, (now - row.counted_at).total_seconds()) * row.per_minute / 60
    return replace(row, tokens=min(rate.burst, row.tokens + gained), counted_at=max(now, row.counted_at))


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
    slower = max(_FLOOR, row.per_minute * _BACK_OFF)
    return replace(paused(row, now, retry_after), per_minute=slower, clean=0)


def paused(row: BudgetRow, now: datetime, seconds: float) -> BudgetRow:
    """Nobody calls before the deadline, and then not all at once: a sliding window opens little by little."""
    until = now + timedelta(seconds=seconds)
    if row.frozen_until is not None:
        until = max(until, row.frozen_until)
    return replace(row, frozen_until=until, tokens=1, counted_at=until)


class Budgets:
    """The buckets of one bot. With `posts_per_minute` 0 nothing is metered, but a 429 still freezes."""

    def __init__(self, store: Store, bot_id: int, posts_per_minute: float) -> None:
        self._store = store
        self._bot_id = bot_id
        self._unmetered = posts_per_minute == 0
        self._rates = rates_for(posts_per_minute or 20)
        self._frozen: set[str] = set()
        self._recent: deque[datetime] = deque()
        self._taken: dict[int, deque[tuple[datetime, Spend]]] = {}
        """By chat, the latest calls. A minute's memory need not survive a restart."""

    async def take(self, chat: int, kind: Spend, *, leave: int = 0) -> None:
        """Spend one call and `leave` so many for more urgent ones, or raise Later."""
        key = self._key(chat, kind)
        if self._unmetered and key not in self._frozen:
            return
        self._pace_all()
        async with self._store.write_across_tenants() as scope:
            closed = await self._take_from(scope, chat, await self._payers(scope, chat, kind), 1 + leave)
        if closed is not None:
            gate, until = closed
            raise Later(until if leave else scope.now, gate=gate)
        self._frozen.discard(key)
        self._taken.setdefault(chat, deque(maxlen=_MEMORY)).append((scope.now, kind))

    async def _take_from(
        self, scope: engine.Scope, chat: int, kinds: list[Spend], tokens: int
    ) -> tuple[str, datetime] | None:
        """One token of each of these buckets; or of none, and then which is shut, and until when."""
        rows = {
            kind: refill(await self._row(scope, self._key(chat, kind), kind), self._rates[kind], scope.now)
            for kind in kinds
        }
        shut = [(row.key, until) for row in rows.values() if (until := wait_until(row, scope.now, tokens))]
        for kind, row in rows.items():
            left = row if shut else spent(row, self._rates[kind])
            await engine.save_budget(scope, replace(left, open_at=wait_until(left, scope.now)))
        return shut[0] if shut else None

    async def _payers(self, scope: engine.Scope, chat: int, kind: Spend) -> list[Spend]:
        """Always in the same order: two processes that lock these rows must not wait for each other."""
        if kind is Spend.POST:
            return [kind]
        shared = await engine.get_budget(scope, self._shared_key(chat))
        is_shared = shared is not None and shared.frozen_until is not None and shared.frozen_until > scope.now
        return [Spend.POST, kind] if is_shared else [kind]

    def _pace_all(self) -> None:
        """All calls of the bot together. A second's memory need not survive a restart."""
        now = self._store.clock()
        while self._recent and now - self._recent[0] >= _SECOND:
            self._recent.popleft()
        if len(self._recent) >= _PER_SECOND:
            raise Later(self._recent[0] + _SECOND)
        self._recent.append(now)

    async def flooded(self, chat: int, kind: Spend, retry_after: float) -> Later:
        """A 429. The whole chat waits, as every call into an open flood window makes it longer; `kind` slows down.

        Unless it was no fault of its rate: too few posts to fill a window, but with reactions too many calls.
        """
        async with self._store.write_across_tenants() as scope:
            found_shared = await self._find_shared(scope, chat)
            if found_shared:  # we spent more than we knew: let a quarter of it leave the window before we go on
                retry_after = max(retry_after, self._until_quarter_left(chat, scope.now))
            for each in Spend:
                row = await self._row(scope, self._key(chat, each), each)
                is_slower = each is kind and not found_shared
                row = (refused if is_slower else paused)(row, scope.now, retry_after)
                await engine.save_budget(scope, replace(row, open_at=wait_until(row, scope.now)))
        self._frozen.update(self._key(chat, each) for each in Spend)
        return Later(scope.now, gate=self._key(chat, kind))

    async def _find_shared(self, scope: engine.Scope, chat: int) -> bool:
        """Do reactions turn out to share the posts' window? Then remember it."""
        taken = self._taken.setdefault(chat, deque(maxlen=_MEMORY))
        while taken and scope.now - taken[0][0] >= _MINUTE:
            taken.popleft()
        kinds = [kind for _, kind in taken]
        if Spend.MARK not in kinds or kinds.count(Spend.POST) >= _FULL or len(kinds) < _FULL:
            return False
        until = scope.now + _SHARED_FOR
        await engine.save_budget(scope, BudgetRow(self._shared_key(chat), 0, 0, 0, scope.now, until, None))
        return True

    def _until_quarter_left(self, chat: int, now: datetime) -> float:
        """Seconds until a quarter of the last minute's calls are older than a minute."""
        taken = self._taken[chat]
        return (taken[len(taken) // 4][0] + _MINUTE - now).total_seconds()

    async def freeze(self, chat: int, kind: Spend, seconds: float) -> Later:
        """Nobody may call for so long: the group cannot be used at the moment."""
        key = self._key(chat, kind)
        async with self._store.write_across_tenants() as scope:
            row = paused(await self._row(scope, key, kind), scope.now, seconds)
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

    def _shared_key(self, chat: int) -> str:
        return f"tg:{self._bot_id}:{chat}:shared"

    async def _row(self, scope: engine.Scope, key: str, kind: Spend) -> BudgetRow:
        rate = self._rates[kind]
        fresh = BudgetRow(key, rate.per_minute, rate.burst, 0, scope.now, None, None)
        return await engine.get_budget(scope, key) or fresh
