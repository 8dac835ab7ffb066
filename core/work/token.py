"""Does Telegram know our bot's token? While it does not, nothing is given up: work waits before one gate.

The answer is a row, so that every process and the next start know it: noted at the first call that is refused for
its token, cleared by the first that works. Meanwhile one call a minute or so finds out whether it works again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from core.errors import LineTrouble
from core.jobs import Job
from core.store import engine
from core.store.engine import BudgetRow
from core.store.store import Store
from core.work.runner import Later

log = structlog.get_logger(__name__)

REFUSED = "telegram_token"
"""The code of the LineTrouble that says so."""
_PAUSE = timedelta(seconds=60)


class Token:
    """The token of one bot, as its calls find it."""

    def __init__(self, store: Store, bot_id: int) -> None:
        self._store = store
        self._name = f"telegram:{bot_id}:needs_token"
        self.gate = f"tg:{bot_id}:token"
        self._noting = asyncio.Lock()
        """What we know and what the rows say change together."""
        self._is_known_good = False
        self._is_open = False
        """The gate, when last looked at; a refusal shuts it."""

    async def heard(self, *, is_good: bool) -> None:
        """What a call found. Never raises: a call that was carried out must not fail for our book-keeping."""
        try:
            if not is_good:
                await self._refused()
            elif not self._is_known_good:
                await self._works()
        except Exception:
            log.exception("telegram.token_not_noted", is_good=is_good)

    async def check(self) -> None:
        """Raises Later while the gate is closed, by whatever process: when it opens, calls go again in all of them."""
        if self._is_open:
            return
        async with self._store.read_across_tenants() as scope:
            rows = await engine.budgets(scope, self.gate)
        if any(row.open_at is not None and row.open_at > scope.now for row in rows):
            raise self._later()
        self._is_open = True

    async def wait(self) -> Later:
        """After a refusal, noted or not."""
        await self._refused()
        return self._later()

    async def is_needed(self) -> bool:
        """Is a new token wanted, as any process found? Then ours may be the one to find that it works."""
        async with self._store.read_across_tenants() as scope:
            needed = bool(await engine.get_setting(scope, self._name))
        self._is_known_good = self._is_known_good and not needed
        return needed

    def guarded(self, handle: Callable[[Job], Awaitable[None]]) -> Callable[[Job], Awaitable[None]]:
        """A handler whose job waits when the token is refused, however deep in it, instead of using up its tries."""

        async def guarded(job: Job) -> None:
            try:
                await handle(job)
            except LineTrouble as trouble:
                if trouble.code != REFUSED:
                    raise
                raise await self.wait() from trouble

        return guarded

    async def _refused(self) -> None:
        async with self._noting, self._store.write_across_tenants() as scope:
            self._is_known_good = self._is_open = False
            until = scope.now + _PAUSE
            await engine.save_budget(scope, BudgetRow(self.gate, 1, 0, 0, scope.now, until, until))
            is_new = not await engine.get_setting(scope, self._name)
            if is_new:
                await engine.set_setting(scope, self._name, scope.now.isoformat())
        if is_new:
            log.error("telegram.needs_token", consequence="everything waits until a token works")

    async def _works(self) -> None:
        async with self._noting:
            was_needed = await self._clear()
            self._is_known_good = True
        if was_needed:
            log.info("telegram.token_works")
            self._store.wake.set()

    async def _clear(self) -> bool:
        """True when a token was wanted until now."""
        async with self._store.write_across_tenants() as scope:
            was_needed = bool(await engine.get_setting(scope, self._name))
            if was_needed:
                await engine.save_budget(scope, BudgetRow(self.gate, 1, 1, 0, scope.now, None, None))
                await engine.set_setting(scope, self._name, "")
        return was_needed

    def _later(self) -> Later:
        return Later(self._store.clock(), gate=self.gate)
