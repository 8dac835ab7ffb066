"""A desk at work on a virtual clock: the product's own store, queue, runner, budget and services."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from core.blobs import Blobs
from core.ids import ChatId, ExternalId, MessageId, ThreadId
from core.jobs import Job, JobKind
from core.message import Content, Kind, Status
from core.people import Address, AddressKind, LineHabits, Role, Staff, Tenant
from core.ports import MessageIn, Party
from core.service import contacts, intake, reply, statuses, tenants
from core.service.files import Files
from core.service.fullness import Fullness
from core.service.lag import Lag
from core.service.lines import Lines, NewLine
from core.service.links import Links
from core.service.marks import Marks
from core.service.mirror import Mirror
from core.service.surface import Surface
from core.service.topics import Topics
from core.simulate.clock import VirtualClock
from core.simulate.desk import FloodedDesk, OpenEar
from core.simulate.flood import Flood
from core.simulate.journal import Journal
from core.simulate.load import Answered, Happening, Reported, Said
from core.store import desks, messages, topics
from core.store.db import Database
from core.store.migrate import migrate
from core.store.store import Store
from core.text import plain
from core.vault import open_vault
from core.work.limits import Budgets
from core.work.runner import Handler, Runner

_CHAT = ChatId(-1001)
_STAFF = 7
_FULL_AT = 500_000
_LAG_SECONDS = 15.0
"""As by default (TOPICDESK_LAG_SECONDS)."""


@dataclass
class House:
    """The wired product and its one tenant."""

    store: Store
    clock: VirtualClock
    desk: FloodedDesk
    lines: Lines
    tenant: Tenant
    staff: Staff
    runner: Runner
    lag: Lag
    journal: Journal
    sent: dict[int, MessageId]
    """Answers (by the load's number) that were written."""
    given_up: list[Exception]
    """Jobs that failed for good: then nothing the run shows is worth anything."""
    heard: int = 0

    @property
    def waits(self) -> bool:
        """Customers said what nobody can read yet."""
        return self.heard > len(self.journal.read)

    async def take(self, one: Happening) -> bool:
        """Let it happen now. False: not yet possible."""
        match one:
            case Said():
                await self._hear(one)
            case Answered():
                return await self._answer(one)
            case Reported():
                return await self._report(one)
        return True

    async def _hear(self, said: Said) -> None:
        self.heard += 1
        (line,) = self.lines.all()
        content = Content(Kind.TEXT, plain(said.text))
        external = ExternalId(f"in.{said.customer}.{said.number}")
        event = MessageIn(external, _party(said.customer), self.clock(), content)
        async with self.store.write(self.tenant.id) as scope:
            await intake.apply(scope, line, event)

    async def _answer(self, answered: Answered) -> bool:
        (line,) = self.lines.all()
        async with self.store.write(self.tenant.id) as scope:
            party = _party(answered.customer)
            contact_id, _ = await contacts.find_or_add(scope, line.line.id, party, "", self.clock())
            topic = await topics.topic_of(scope, contact_id)
            if topic is None:
                return False
            content = Content(Kind.TEXT, plain("We look into it."))
            said = reply.Said(_CHAT, self.desk.next_id(), content)
            (self.sent[answered.answer],) = await reply.say(scope, self.lines, topic, self.staff, said)
        return True

    async def _report(self, reported: Reported) -> bool:
        message_id = self.sent.get(reported.answer)
        if message_id is None:
            return False
        async with self.store.write(self.tenant.id) as scope:
            await statuses.climb(scope, await messages.get(scope, message_id), reported.status)
        return True

    async def know(self, customer: int) -> None:
        """Somebody who wrote before: their topic and card are there."""
        (line,) = self.lines.all()
        async with self.store.write(self.tenant.id) as scope:
            contact_id, _ = await contacts.find_or_add(scope, line.line.id, _party(customer), "", self.clock())
            thread = ThreadId(self.desk.next_id())
            topic = await topics.add_topic(scope, contact_id, _CHAT, thread, f"Customer {customer}")
            await topics.set_card(scope, topic.id, self.desk.next_id())


@asynccontextmanager
async def house(data: Path, posts_per_minute: float, flood: Flood, journal: Journal) -> AsyncGenerator[House, None]:
    """On a fresh SQLite file in `data`."""
    database = Database(f"sqlite+aiosqlite:///{data / 'simulation.db'}")
    try:
        await migrate(database)
        store = Store(database)
        store.clock = clock = VirtualClock(store.wake)
        desk = FloodedDesk(clock, flood, journal)
        lines = Lines(store, open_vault("", data), lambda _: OpenEar())
        tenant, staff = await _set_up(store, lines)
        surface = Surface(store, desk, Budgets(store, desk.bot_id, posts_per_minute))
        lag = Lag(store, surface, _LAG_SECONDS)
        handlers = {**_handlers(store, desk, lines, data, surface), JobKind.LAG: lag.tell}
        given_up: list[Exception] = []

        async def on_parked(job: Job, error: Exception) -> None:
            given_up.append(RuntimeError(f"a job was parked: {job.kind}: {error!r}"))

        runner = Runner(store, handlers, on_parked)
        yield House(store, clock, desk, lines, tenant, staff, runner, lag, journal, {}, given_up)
    finally:
        await database.close()


async def _set_up(store: Store, lines: Lines) -> tuple[Tenant, Staff]:
    tenant = await tenants.first_tenant(store, "Simulation", "en", "UTC")
    line = NewLine("simulated", "line", "Line", secrets={}, settings={})
    await tenants.keep_line(store, lines, tenant.id, line, LineHabits(human_read=False))
    async with store.write(tenant.id) as scope:
        await tenants.join_group(scope, _CHAT, "")
        staff = await desks.keep_staff(scope, _STAFF, "Staff", Role.AGENT)
    return tenant, staff


def _handlers(store: Store, desk: FloodedDesk, lines: Lines, data: Path, surface: Surface) -> dict[JobKind, Handler]:
    topic_service = Topics(store, surface)
    blobs = Blobs(data / "media")
    files, links = Files(store, blobs, lines, desk), Links(store, blobs, open_vault("", data), "", 7)

    async def deliver(job: Job) -> None:
        """The customer's side takes it at once: not what is simulated here."""
        async with store.settle(job) as scope:
            await statuses.climb(scope, await messages.get(scope, MessageId(job.payload["message"])), Status.SENT)

    return {
        JobKind.MIRROR: Mirror(store, surface, topic_service, files, links).show,
        JobKind.CARD: topic_service.card,
        JobKind.DELIVER: deliver,
        JobKind.MARK: Marks(store, surface).mark,
        JobKind.MEASURE: Fullness(store, _FULL_AT).measure,
    }


def _party(customer: int) -> Party:
    phone = Address(AddressKind.PHONE, f"4930{customer:07}")
    return Party((phone,), f"Customer {customer}")
