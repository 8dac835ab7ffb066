"""The bench's world: both stand-ins in this process, the product in its own, and people who write at a given rate."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web

from sandbox.bench_numbers import Flow
from sandbox.demo_product import Product
from sandbox.demo_world import GRAPH_PREFIX, TELEGRAM_PREFIX, Options, recipe
from sandbox.graph.control import Control as GraphControl
from sandbox.graph.people import Customer
from sandbox.graph.server import graph_app
from sandbox.graph.state import GraphState
from sandbox.telegram import defaults
from sandbox.telegram.control_weather import Control as TelegramControl
from sandbox.telegram.server import telegram_app
from sandbox.telegram.state import TelegramState

CUSTOMERS = 20
START_SECONDS = 120.0
DRAIN_SECONDS = 30.0
WEBHOOKS_AT_ONCE = 8


@dataclass
class BenchWorld:
    telegram: TelegramControl
    graph: GraphControl
    product: Product
    people: list[Customer]
    threads: list[int] = field(default_factory=list[int])
    count: int = 0

    async def start(self) -> float:
        """Start the product; the seconds until its door answers. Raises RuntimeError when it does not."""
        began = time.perf_counter()
        self.product.start()
        if not await self.product.until_running(START_SECONDS):
            raise RuntimeError("the product did not start:\n" + "\n".join(self.product.lines))
        return time.perf_counter() - began

    async def meet(self) -> None:
        """Every customer gets a topic, so that opening topics is not measured. Raises RuntimeError without."""
        for person in self.people:
            self.graph.say(person, "hello")
        await self._until(lambda: len(self._topics()) >= len(self.people), START_SECONDS)
        topics = self._topics()
        if len(topics) < len(self.people):
            raise RuntimeError("the product opened no topics:\n" + "\n".join(self.product.lines))
        self.threads = [next(t for name, t in topics.items() if name.startswith(f"{p.name} ")) for p in self.people]
        await self.calm()

    def _topics(self) -> dict[str, int]:
        chat = next(chat for chat in self.telegram.view()["chats"] if chat["id"] == defaults.GROUP_ID)
        return {topic["name"]: topic["id"] for topic in chat["topics"] if topic["id"] is not None}

    async def calm(self) -> None:
        """Until the outside has nothing more to tell."""
        await self._until(lambda: self.graph.state.quiet, DRAIN_SECONDS)
        await asyncio.sleep(0.5)

    async def inwards(self, rate: float, seconds: float) -> Flow:
        """Customers write; the time until Telegram shows the post. Acknowledgements are those of the webhooks."""
        since, deliveries = self._last_call(), len(self.graph.deliveries())
        said, behind = await self._offer(rate, seconds, self._customer_says, lambda: self._shown(since))
        times = self._shown(since)
        acks = [one.ms for one in self.graph.deliveries()[deliveries:] if one.status == 200]
        return _flow("webhook → post", rate, said, times, behind, acks)

    async def outwards(self, rate: float, seconds: float) -> Flow:
        """Staff write; the time until WhatsApp has accepted the message."""
        since = self.graph.state.journal.next_seq()
        said, behind = await self._offer(rate, seconds, self._staff_says, lambda: self._accepted(since))
        return _flow("staff reply → Graph call", rate, said, self._accepted(since), behind)

    async def _offer(
        self, rate: float, seconds: float, say: Callable[[str], None], arrived: Callable[[], dict[str, float]]
    ) -> tuple[dict[str, float], int]:
        """{token: when it was said}, and how many had not arrived when the last was said."""
        said: dict[str, float] = {}
        began = time.perf_counter()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            self.count += 1
            token = f"m{self.count:06}"
            said[token] = time.time()
            say(token)
        behind = len(said) - len(arrived())
        await self._until(lambda: len(arrived()) == len(said), DRAIN_SECONDS)
        await self.calm()
        return said, behind

    def _customer_says(self, token: str) -> None:
        self.graph.say(self.people[self.count % CUSTOMERS], token)

    def _staff_says(self, token: str) -> None:
        self.telegram.message(text=token, thread=self.threads[self.count % CUSTOMERS])

    def _last_call(self) -> int:
        return self.telegram.state.journal.counters()["last_seq"]

    def _shown(self, since: int) -> dict[str, float]:
        calls = self.telegram.state.journal.since(since, "sendMessage")
        return {
            token: call.at + call.ms / 1000
            for call in calls
            if call.code == 200
            for token in str(call.params.get("text", "")).split()
            if token.startswith("m") and token[1:].isdigit()
        }

    def _accepted(self, since: int) -> dict[str, float]:
        calls = [call for call in self.graph.state.journal.since(since, "messages") if call.accepted]
        return {call.body["text"]["body"]: call.at for call in calls}

    async def _until(self, done: Callable[[], bool], seconds: float) -> None:
        end = time.perf_counter() + seconds
        while not done() and time.perf_counter() < end:  # noqa: ASYNC110 - what is asked about has no event
            await asyncio.sleep(0.05)

    def rss_mb(self) -> float:
        """Resident memory of the product; 0 where the system does not tell (Linux does)."""
        status = Path(f"/proc/{self.product.view()['pid']}/status")
        lines = status.read_text().splitlines() if status.exists() else []
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def _flow(
    name: str,
    rate: float,
    said: dict[str, float],
    arrived: dict[str, float],
    behind: int,
    acks: list[float] | None = None,
) -> Flow:
    times = [(arrived[token] - at) * 1000 for token, at in said.items() if token in arrived]
    return Flow(name, rate, len(said), times, behind, acks or ())


@asynccontextmanager
async def bench_world(database: str, data: Path) -> AsyncIterator[BenchWorld]:
    """The stand-ins, running, and a product that is not started yet."""
    telegram, graph = TelegramState(), GraphState()
    telegram.flood.rules.enabled = False
    graph.knobs.update({"pair_pacing": False, "throughput": 0, "window": "off", "concurrency": WEBHOOKS_AT_ONCE})
    app = web.Application()
    app.add_subapp(TELEGRAM_PREFIX, telegram_app(telegram))
    app.add_subapp(GRAPH_PREFIX, graph_app(graph))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    graph.base_url = base + GRAPH_PREFIX
    made = recipe(Options(database=database), base, data, {**os.environ, "TOPICDESK_LOG_LEVEL": "WARNING"})
    made = replace(made, env={**made.env, "TELEGRAM_POSTS_PER_MINUTE": "0"})
    graph.callback = f"{made.url}/hooks/whatsapp"
    product = Product(made, lambda: None)
    try:
        control = GraphControl(graph)
        people = [control.create_customer(f"Customer {n}") for n in range(CUSTOMERS)]
        yield BenchWorld(TelegramControl(telegram), control, product, people)
    finally:
        await product.stop()
        await runner.cleanup()
