"""How long claiming takes while very many jobs wait in one lane, and how fast they get there."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.ids import TenantId
from core.jobs import JobKind, NewJob
from core.store import queue
from core.store.db import Database
from core.store.migrate import migrate
from core.store.store import Store

_PUT_AT_ONCE = 100
_LEASE = timedelta(seconds=20)
_CLAIMS = 200


@dataclass(frozen=True, slots=True)
class Backlog:
    """`claims`: the times of single claims, transaction and all, in milliseconds and in their order of size."""

    jobs: int
    put_per_second: float
    claims: tuple[float, ...]

    def claim(self, share: float) -> float:
        """So many milliseconds or fewer took this share (0..1) of the claims."""
        return self.claims[min(len(self.claims) - 1, int(share * len(self.claims)))]

    def view(self) -> dict[str, Any]:
        claims = {f"claim_p{part}_ms": round(self.claim(part / 100), 1) for part in (50, 99)}
        return {"jobs": self.jobs, "put_per_second": round(self.put_per_second, 1), **claims}


async def measure(url: str, count: int, claims: int = _CLAIMS) -> Backlog:
    """On an empty database."""
    database = Database(url)
    try:
        await migrate(database)
        store = Store(database)
        began = time.perf_counter()
        await _put(store, count)
        rate = count / (time.perf_counter() - began)
        return Backlog(count, rate, tuple(sorted([await _claim_and_settle(store) for _ in range(claims)])))
    finally:
        await database.close()


async def _put(store: Store, count: int) -> None:
    for first in range(0, count, _PUT_AT_ONCE):
        numbers = range(first, min(count, first + _PUT_AT_ONCE))
        async with store.write_across_tenants() as scope:
            await scope.put(*(NewJob(JobKind.DELIVER, None, {"n": n}, lane="backlog") for n in numbers))


async def _claim_and_settle(store: Store) -> float:
    began = time.perf_counter()
    async with store.write_across_tenants() as scope:
        claimed = await queue.claim(scope.connection, scope.now, _LEASE, 16)
    took = (time.perf_counter() - began) * 1000
    (job,) = claimed  # of one lane only the head
    async with store.settle(job, TenantId(0)):
        pass
    return took
