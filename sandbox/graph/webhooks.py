"""Delivers updates to the product: signed, in order per number, retried until it answers 200."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

from sandbox.graph import payloads
from sandbox.graph.journal import DeliveryRecord
from sandbox.graph.payloads import Update

if TYPE_CHECKING:
    from sandbox.graph.state import GraphState

CONNECTIONS = 32


def sign(body: bytes, app_secret: str) -> str:
    """Value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


@dataclass
class Outlet:
    """The queue of one number and the tasks that empty it. `mixed`: how many at its head are shuffled."""

    queue: deque[Update] = field(default_factory=deque)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    in_flight: int = 0
    mixed: int = 0


class Webhooks:
    def __init__(self, state: GraphState) -> None:
        self._state = state
        self._outlets: dict[str, Outlet] = {}
        self._session: aiohttp.ClientSession | None = None
        self._posts = 0
        self._random = random.Random(7)
        self._closed = False

    @property
    def waiting(self) -> int:
        """Updates that are not yet acknowledged by the product."""
        return sum(len(outlet.queue) + outlet.in_flight for outlet in self._outlets.values())

    def last_view(self) -> dict[str, Any] | None:
        deliveries = self._state.journal.deliveries
        return deliveries[-1].view() if deliveries else None

    def push(self, *updates: Update) -> None:
        """Queue updates. Without a subscribed app or a callback they are gone, as with Meta."""
        for update in updates:
            if self._closed or not self._state.subscribed or not self.url_for(update):
                continue
            outlet = self._outlets.setdefault(update.number_id, Outlet())
            outlet.queue.append(update)
            if len(outlet.tasks) < max(1, self._state.knobs.concurrency):
                task = asyncio.get_running_loop().create_task(self._drain(outlet))
                outlet.tasks.add(task)
                task.add_done_callback(outlet.tasks.discard)

    def url_for(self, update: Update) -> str | None:
        """A number's own callback wins over the account's, that over the app's (Meta: webhook override)."""
        number = self._state.numbers.get(update.number_id)
        own = number.callback if number else None
        return own or self._state.waba_callbacks.get(update.waba_id) or self._state.callback

    async def _drain(self, outlet: Outlet) -> None:
        while outlet.queue:
            updates = await self._take(outlet)
            outlet.in_flight += len(updates)
            try:
                await self._deliver(updates)
            finally:
                outlet.in_flight -= len(updates)

    async def _take(self, outlet: Outlet) -> list[Update]:
        """The next updates of one POST. With knobs on, waits for a batch, or mixes all that wait."""
        knobs = self._state.knobs
        wanted = max(1, knobs.batch)
        if knobs.batch_wait and (len(outlet.queue) < wanted or (knobs.shuffle and not outlet.mixed)):
            await self._state.timers.sleep(knobs.batch_wait)
        if knobs.shuffle and not outlet.mixed:
            self._random.shuffle(outlet.queue)
            outlet.mixed = len(outlet.queue)
        count = min(len(outlet.queue), wanted)
        outlet.mixed = max(0, outlet.mixed - count)
        return [outlet.queue.popleft() for _ in range(count)]

    async def _deliver(self, updates: list[Update]) -> None:
        """Post until 200; waits grow from `retry_first` to `retry_max` on the sandbox's clock."""
        if not updates:
            return
        state, attempt = self._state, 0
        body = payloads.encode(payloads.body_of(updates, state.knobs.batch_shape, state.clock.now()))
        give_up_at, pause = state.clock.now() + state.knobs.retry_for, state.knobs.retry_first
        url = self.url_for(updates[0])
        while url:
            attempt += 1
            record = await self.post(url, body, attempt=attempt, updates=len(updates))
            if record.status == 200 or state.clock.now() >= give_up_at:
                break
            await state.timers.sleep(pause)
            pause = min(pause * 2, state.knobs.retry_max)
            url = self.url_for(updates[0])
        await self._maybe_duplicate(url, body, len(updates))

    async def _maybe_duplicate(self, url: str | None, body: bytes, updates: int) -> None:
        self._posts += 1
        every = self._state.knobs.duplicate_every
        if url and every and self._posts % every == 0:
            await self.post(url, body, updates=updates, duplicate=True)

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        attempt: int = 1,
        updates: int = 1,
        duplicate: bool = False,
        signature: str | None = None,
    ) -> DeliveryRecord:
        """One POST, journalled. Never raises for what the product does. `signature` "" sends none."""
        state, at, started = self._state, self._state.clock.now(), time.perf_counter()
        signed = sign(body, state.app_secret) if signature is None else signature
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
        if signed:
            headers["X-Hub-Signature-256"] = signed
        status, error = await self._send(url, body, headers)
        record = DeliveryRecord(state.journal.next_seq(), at, url, status, attempt, updates, len(body), 0.0)
        record.ms = round((time.perf_counter() - started) * 1000, 3)
        record.duplicate, record.error = duplicate, error
        state.journal.delivered(record)
        state.bus.publish("delivery", lambda: {"delivery": record.view(), "waiting": self.waiting})
        return record

    async def _send(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, str | None]:
        timeout = aiohttp.ClientTimeout(total=self._state.knobs.webhook_timeout)
        try:
            async with self.session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status, None
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            return None, type(problem).__name__

    async def verify(self, url: str, verify_token: str) -> bool:
        """The handshake Meta makes before it accepts a callback: GET with a challenge to be echoed."""
        challenge = str(random.randrange(10**8, 10**9))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        timeout = aiohttp.ClientTimeout(total=self._state.knobs.webhook_timeout)
        try:
            async with self.session.get(url, params=query, timeout=timeout, allow_redirects=False) as answer:
                return answer.status == 200 and (await answer.text()).strip() == challenge
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, force_close=False)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    def clear(self) -> None:
        """Forget what waits and stop what runs."""
        for task in self._tasks():
            task.cancel()
        self._outlets.clear()

    def _tasks(self) -> Iterable[asyncio.Task[None]]:
        return [task for outlet in self._outlets.values() for task in outlet.tasks]

    async def close(self) -> None:
        self._closed = True
        tasks = list(self._tasks())
        self.clear()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None
