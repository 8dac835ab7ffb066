"""Scenes: one press makes people write, services refuse or the product die; each counts what has to arrive.

A scene acts only through what people and services can do: customers' phones, staff in Telegram, planned faults, and
kill -9. What it shows is counted at the two ends: posts in the group, messages on the phones.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.demo_product import Product
from sandbox.demo_texts import Words, words
from sandbox.demo_world import World
from sandbox.graph.control import Control as Phones
from sandbox.graph.people import Customer
from sandbox.telegram import defaults
from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.control_weather import Control as Forum
from sandbox.telegram.errors import ApiError, SimError

SAMPLES = Path(__file__).parent / "page" / "samples"
LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 240.0
BURST, BURST_CUSTOMERS, BURST_PAUSE = 60, 5, 0.08
CRASH_LINES, CRASH_CUSTOMERS, CRASH_REPLIES, CRASH_PAUSE = 24, 3, 6, 0.12
WAIT_429_SECONDS = 12
WINDOW_CLOSED = 131047
"""Meta's code for a free-form message more than 24 hours after the customer's last one."""


@dataclass
class Check:
    """How many of `total` texts have arrived. `key` is orders (at the forum) or replies (at the phones)."""

    key: str
    total: int
    done: int = 0
    twice: int = 0


@dataclass
class Scene:
    """One run. `customer` is whose phone to look at, `thread` the topic; `posts` how many the bot needed."""

    name: str
    number: int
    words: Words
    state: str = "running"
    customer: str | None = None
    thread: int | None = None
    posts: int | None = None
    seconds: float | None = None
    checks: list[Check] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def view(self) -> dict[str, Any]:
        shown = {name: value for name, value in vars(self).items() if name not in ("words", "checks", "began")}
        return {**shown, "checks": [dict(vars(check)) for check in self.checks]}


class Scenes:
    """Plays scenes, one run of each name at a time."""

    def __init__(self, world: World, product: Product | None) -> None:
        self.product = product
        self._world = world
        self._phones, self._forum = Phones(world.graph), Forum(world.telegram)
        self._threads: dict[str, int] = {}
        self._scenes: dict[str, Scene] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._count = self._named = 0

    def view(self) -> list[dict[str, Any]]:
        return [scene.view() for scene in self._scenes.values()]

    def play(self, name: str, language: str) -> None:
        """Begin a scene. Raises ValueError for an unknown name and while the same scene still runs."""
        scripts: dict[str, Callable[[Scene], Coroutine[Any, Any, None]]] = {
            "price": self._price, "burst": self._burst, "flood": self._flood,
            "refuse": self._refuse, "crash": self._crash,
        }  # fmt: skip
        if name not in scripts:
            raise ValueError(f"no scene {name!r}; there are {', '.join(scripts)}")
        if name in self._tasks and not self._tasks[name].done():
            raise ValueError("this scene is still running")
        self._count += 1
        scene = self._scenes[name] = Scene(name, self._count, words(language))
        self._tasks[name] = asyncio.create_task(self._run(scene, scripts[name](scene)))
        self._tell(scene)

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _run(self, scene: Scene, script: Coroutine[Any, Any, None]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await script
            scene.state = "done"
        except (TimeoutError, SimError, ApiError, ValueError):
            scene.state = "failed"
        scene.seconds = round(time.monotonic() - scene.began, 1)
        self._tell(scene)

    def _tell(self, scene: Scene) -> None:
        self._world.bus.publish("scene", lambda: {"scene": scene.view()})

    # -- the scripts -------------------------------------------------------------------------------

    async def _price(self, scene: Scene) -> None:
        """A new customer asks for a price and sends a picture."""
        someone = self._new_customer(scene)
        self._focus(scene, someone)
        before = self._last_post()
        for line in scene.words.curious:
            self._phones.say(someone, line)
            await asyncio.sleep(0.9)
        picture = self._phones.add_media((SAMPLES / "photo.jpg").read_bytes(), "image/jpeg", "desk.jpg")
        self._phones.say(someone, media={"id": picture, "kind": "image", "caption": scene.words.photo})
        await self._arrival(scene, [*scene.words.curious, scene.words.photo], before)

    async def _burst(self, scene: Scene) -> None:
        """Sixty messages of several customers, some of them new, within seconds."""
        people = self._customers(scene, BURST_CUSTOMERS, new=2)
        self._focus(scene, people[0])
        before, texts = self._last_post(), []
        for n in range(1, BURST + 1):
            text = scene.words.busy[n % len(scene.words.busy)].format(n=n, all=BURST)
            texts.append(text)
            self._phones.say(people[n % len(people)], text)
            await asyncio.sleep(BURST_PAUSE)
        await self._arrival(scene, texts, before)

    async def _flood(self, scene: Scene) -> None:
        """Telegram refuses the next post of the group and names a time; three lines come meanwhile."""
        someone = (await self._known(scene, 1))[0]
        self._focus(scene, someone)
        wait = {"code": 429, "description": "Too Many Requests: retry after {retry_after}"}
        self._forum.faults(method="sendMessage", chat=defaults.GROUP_ID, retry_after=WAIT_429_SECONDS, **wait)
        before = self._last_post()
        for line in scene.words.patient:
            self._phones.say(someone, line)
            await asyncio.sleep(0.5)
        await self._arrival(scene, scene.words.patient, before)

    async def _refuse(self, scene: Scene) -> None:
        """Staff answer, and WhatsApp says that the customer's window is closed: once, so that Retry mends it."""
        someone = (await self._known(scene, 1))[0]
        self._focus(scene, someone)
        self._phones.fault("error", op="messages", contains=scene.words.refused, code=WINDOW_CLOSED)
        self._forum.message(text=scene.words.refused, sender=defaults.OWNER_ID, thread=self._threads[someone.id])

    async def _crash(self, scene: Scene) -> None:
        """kill -9 while customers and staff write; then everything is counted at both ends."""
        people = await self._known(scene, CRASH_CUSTOMERS)
        self._focus(scene, people[0])
        before, since = self._last_post(), time.time()
        lines = [scene.words.order.format(n=n + 1, all=CRASH_LINES) for n in range(CRASH_LINES)]
        replies = [scene.words.reply.format(n=n + 1, all=CRASH_REPLIES) for n in range(CRASH_REPLIES)]
        writing = asyncio.create_task(self._both_write(people, lines, replies))
        try:
            await asyncio.sleep(CRASH_PAUSE * CRASH_LINES / 3)
            if self.product:
                await self.product.restart(kill=True)
            await writing
        finally:
            writing.cancel()
        asked, answered = Check("orders", len(lines)), Check("replies", len(replies))
        scene.checks = [asked, answered]
        await self._until(
            scene,
            lambda: self._count_posts(scene, asked, lines, before),
            lambda: self._count_phones(answered, replies, people, since),
        )

    async def _both_write(self, people: list[Customer], lines: list[str], replies: list[str]) -> None:
        """Customers and staff take turns."""
        each = len(lines) // len(replies)
        for n, line in enumerate(lines):
            self._phones.say(people[n % len(people)], line)
            if n % each == each - 1:
                someone = people[n // each % len(people)]
                sender = (defaults.OWNER_ID, defaults.AGENT_ID)[n // each % 2]
                self._forum.message(text=replies[n // each], sender=sender, thread=self._threads[someone.id])
            await asyncio.sleep(CRASH_PAUSE)

    # -- people and topics -------------------------------------------------------------------------

    def _new_customer(self, scene: Scene) -> Customer:
        """The next name; a number behind it when all names are taken."""
        names = scene.words.names
        name = names[self._named % len(names)]
        if self._named >= len(names):
            name = f"{name} {self._named // len(names) + 1}"
        self._named += 1
        return self._phones.create_customer(name)

    def _customers(self, scene: Scene, count: int, *, new: int) -> list[Customer]:
        """The newest known customers and at least `new` new ones."""
        known = list(self._world.graph.people.all.values())[::-1][: count - new]
        return known + [self._new_customer(scene) for _ in range(count - len(known))]

    async def _known(self, scene: Scene, count: int) -> list[Customer]:
        """Customers who have a topic; new ones say hello first and are waited for."""
        people = [c for c in reversed(self._world.graph.people.all.values()) if self._topic_of(c)][:count]
        fresh = [self._new_customer(scene) for _ in range(count - len(people))]
        for someone in fresh:
            self._phones.say(someone, scene.words.hello)
        while not all(self._topic_of(someone) for someone in fresh):  # noqa: ASYNC110 - no news of the world in general
            await asyncio.sleep(LOOK_SECONDS)
        return people + fresh

    def _topic_of(self, customer: Customer) -> int | None:
        """The newest topic whose name carries the customer's name."""
        if self._threads.get(customer.id) not in self._group.topics:
            found = [topic.id for topic in self._group.topics.values() if customer.name in topic.name]
            self._threads.pop(customer.id, None)
            if found:
                self._threads[customer.id] = found[-1]
        return self._threads.get(customer.id)

    def _focus(self, scene: Scene, customer: Customer) -> None:
        scene.customer, scene.thread = customer.id, self._topic_of(customer)
        self._tell(scene)

    # -- counting ----------------------------------------------------------------------------------

    @property
    def _group(self) -> Chat:
        return self._world.telegram.groups[defaults.GROUP_ID]

    def _last_post(self) -> int:
        return max(self._group.messages, default=0)

    def _posts_after(self, before: int) -> list[Message]:
        fresh = (message for number, message in self._group.messages.items() if number > before)
        return [message for message in fresh if message.sender.is_bot and not message.service]

    async def _arrival(self, scene: Scene, texts: Iterable[str], before: int) -> None:
        wanted = list(texts)
        check = Check("orders", len(wanted))
        scene.checks = [check]
        await self._until(scene, lambda: self._count_posts(scene, check, wanted, before))

    async def _until(self, scene: Scene, *counts: Callable[[], None]) -> None:
        """Count again and again, and tell each change, until every check is full."""
        shown: dict[str, Any] = {}
        while not (scene.checks and all(check.done >= check.total for check in scene.checks)):
            for count in counts:
                count()
            someone = self._world.graph.people.all.get(scene.customer or "")
            scene.thread = self._topic_of(someone) if someone else None
            if scene.view() != shown:
                shown = scene.view()
                self._tell(scene)
            await asyncio.sleep(LOOK_SECONDS)

    def _count_posts(self, scene: Scene, check: Check, texts: list[str], before: int) -> None:
        posts = self._posts_after(before)
        counts = [sum(message.text.count(text) for message in posts) for text in texts]
        check.done, check.twice = sum(1 for n in counts if n), sum(1 for n in counts if n > 1)
        scene.posts = sum(1 for message in posts if any(text in message.text for text in texts))

    def _count_phones(self, check: Check, texts: list[str], people: list[Customer], since: float) -> None:
        chats = [chat for customer in people for chat in self._world.graph.chats.of_customer(customer.id)]
        arrived = [
            m.text
            for chat in chats
            for m in chat.messages.values()
            if m.direction == "out" and m.at >= since and m.status != "failed"
        ]
        counts = [arrived.count(text) for text in texts]
        check.done, check.twice = sum(1 for n in counts if n), sum(1 for n in counts if n > 1)
