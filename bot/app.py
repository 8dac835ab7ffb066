"""The one place that wires everything, and the life of a process: start, work, stop."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from bot import menu, updates, webhook
from bot.client import TelegramClient, open_client
from bot.desk import TelegramDesk
from bot.door import open_door
from bot.helpers import open_helpers
from bot.house import House
from bot.poller import Poller
from bot.router import build_dispatcher
from bot.updates import Updates
from core.blobs import Blobs
from core.checkup import Finding
from core.ids import ChatId
from core.jobs import Job, JobKind
from core.people import Line, LineHabits, Tenant
from core.ports import Connector
from core.service import parked, tenants
from core.service.access import Access
from core.service.choosing import Choosing
from core.service.deleting import Deleting
from core.service.delivery import Delivery
from core.service.editing import Editing
from core.service.failures import Failures
from core.service.files import MAX_BYTES, MAX_SHARED_BYTES, Files
from core.service.fullness import Fullness
from core.service.history import History
from core.service.intake import Intake
from core.service.keeping import Keeping
from core.service.lag import Lag
from core.service.lines import Lines, NewLine
from core.service.links import Links
from core.service.marks import Marks
from core.service.merge_posts import MergePosts
from core.service.mirror import Mirror
from core.service.moving import Moving
from core.service.notices import Notices
from core.service.reacting import Reacting
from core.service.reading import Reading
from core.service.redrawing import Redrawing
from core.service.saying import Saying
from core.service.surface import Surface
from core.service.topics import Topics
from core.service.turns import Voice
from core.settings import DeskSettings, Settings, WhatsAppSettings
from core.store import engine
from core.store.db import Database
from core.store.migrate import migrate
from core.store.presence import at_work
from core.store.store import Store, utc_now
from core.vault import open_vault
from core.work.clock import Clock, keep_house
from core.work.limits import Budgets
from core.work.runner import Handler, Runner
from core.work.sole import Sole
from gateway import registry
from gateway.objects import Bucket

log = structlog.get_logger(__name__)

CLOUD = "whatsapp_cloud"


@dataclass(frozen=True, slots=True)
class App:
    """A wired process. `handlers` serve jobs, the rest are the doors."""

    settings: Settings
    store: Store
    lines: Lines
    client: TelegramClient
    house: House
    delivery: Delivery
    lag: Lag
    keeping: Keeping
    links: Links
    handlers: Mapping[JobKind, Handler]


def wire(settings: Settings, store: Store, client: TelegramClient, helpers: Sequence[TelegramClient] = ()) -> App:
    desk = TelegramDesk(client)
    vault = open_vault(settings.desk.master_key.get_secret_value(), settings.desk.data_dir)
    lines = Lines(store, vault, build_connector)
    pace = settings.telegram.posts_per_minute
    voices = [Voice(TelegramDesk(each), Budgets(store, each.bot_id, pace)) for each in helpers]
    surface = Surface(store, desk, Budgets(store, client.bot_id, pace), voices)
    client.tell(surface.token.heard)
    blobs = open_blobs(settings.desk)
    links = Links(store, blobs, vault, settings.desk.public_url, settings.desk.link_days)
    files = Files(store, blobs, lines, desk, MAX_SHARED_BYTES if links.work else MAX_BYTES)
    reading = Reading(store, lines)
    topic_service = Topics(store, surface, settings.desk.replayed_messages, settings.desk.group_full_at)
    delivery = Delivery(store, lines, files, reading, settings.desk.proof_seconds)
    house = House(settings, store, lines, Access(store, desk), surface, topic_service, client)
    lag = Lag(store, surface, settings.desk.lag_seconds)
    choosing, saying = Choosing(store, surface), Saying(store, surface)
    mirror, editing = Mirror(store, surface, topic_service, files, links), Editing(store, lines, surface)
    moving = Moving(store, surface, topic_service)
    handlers: dict[JobKind, Handler] = {
        JobKind.UPDATE: Updates(store, client.bot, build_dispatcher(house)).handle,
        JobKind.INGEST: Intake(store, lines).ingest,
        JobKind.MIRROR: mirror.show,
        JobKind.REDRAW: Redrawing(store, surface, mirror, topic_service).redraw,
        JobKind.CARD: topic_service.card,
        JobKind.HISTORY: History(store, surface, topic_service).tell,
        JobKind.MOVE: moving.move,
        JobKind.LEAVE: moving.leave,
        JobKind.CLOSE: moving.close,
        JobKind.MEASURE: Fullness(store, settings.desk.group_full_at).measure,
        JobKind.DELIVER: delivery.deliver,
        JobKind.PROVE: delivery.prove,
        JobKind.MARK: Marks(store, surface).mark,
        JobKind.TELL: Failures(store, surface, topic_service, links).tell,
        JobKind.ASK: choosing.ask,
        JobKind.CHOOSE: choosing.give_up,
        JobKind.MERGE: MergePosts(store, surface, settings.desk.replayed_messages).tell,
        JobKind.READ: reading.read,
        JobKind.NOTIFY: Notices(store, surface).notify,
        JobKind.SAY: saying.say,
        JobKind.TIDY: saying.tidy,
        JobKind.EDIT: editing.edit,
        JobKind.OFFER: editing.offer,
        JobKind.REVOKE: Deleting(store, lines).revoke,
        JobKind.REACT: Reacting(store, lines).react,
        JobKind.LAG: lag.tell,
    }
    keeping = Keeping(store, blobs, settings.desk.media_days)
    patient = {kind: surface.token.guarded(handle) for kind, handle in handlers.items()}
    return App(settings, store, lines, client, house, delivery, lag, keeping, links, patient)


def open_blobs(settings: DeskSettings) -> Blobs:
    """Raises ImportError when an object store is named and its library is not installed."""
    remote = Bucket(settings.media_url) if settings.media_url else None
    return Blobs(settings.data_dir / "media", remote)


def build_connector(line: Line) -> Connector:
    return registry.build(line.kind, line.external_id, line.secrets, line.settings)


async def set_up(app: App) -> Tenant:
    """What the environment describes becomes rows: tenant, owner, line, group."""
    desk, telegram = app.settings.desk, app.settings.telegram
    tenant = await tenants.first_tenant(app.store, "Topicdesk", desk.locale, desk.timezone)
    if telegram.owner_id is not None:
        await tenants.keep_owner(app.store, tenant.id, telegram.owner_id)
    await app.lines.load()
    if app.settings.whatsapp.phone_number_id:
        await tenants.keep_line(
            app.store, app.lines, tenant.id, cloud_line(app.settings.whatsapp), habits(app.settings)
        )
    if telegram.group_id is not None:
        async with app.store.write(tenant.id) as scope:
            chat = await engine.moved_to(scope, telegram.group_id)
            await tenants.join_group(scope, ChatId(chat), "")
    return tenant


def cloud_line(whatsapp: WhatsAppSettings) -> NewLine:
    return NewLine(
        CLOUD,
        whatsapp.phone_number_id,
        "WhatsApp",
        secrets={
            "access_token": whatsapp.access_token.get_secret_value(),
            "app_secret": whatsapp.app_secret.get_secret_value(),
            "verify_token": whatsapp.verify_token.get_secret_value(),
        },
        settings={
            "business_account_id": whatsapp.business_account_id,
            "api_base": whatsapp.api_base,
            "api_version": whatsapp.api_version,
        },
    )


def habits(settings: Settings) -> LineHabits:
    desk = settings.desk
    return LineHabits(desk.human_read, desk.read_delay_min, desk.read_delay_max, desk.typing)


@dataclass(frozen=True, slots=True)
class Process:
    """A process at work. `address` is where its HTTP door listens, or empty."""

    app: App
    runner: Runner
    address: str
    broken: asyncio.Event
    """Set when a part died of a bug: the process should end and be started anew."""


@asynccontextmanager
async def at_your_service(settings: Settings, role: str = "all") -> AsyncGenerator[Process, None]:
    """Work while inside. Raises LineTrouble when there is no usable token, AlreadyRunning on a busy SQLite file."""
    async with AsyncExitStack() as stack:
        database = Database(settings.desk.database)
        stack.push_async_callback(database.close)
        client = open_client(settings.telegram)
        stack.push_async_callback(client.close)
        helpers = open_helpers(settings.telegram)
        for helper in helpers:
            stack.push_async_callback(helper.close)
        await migrate(database)
        store = Store(database)
        await stack.enter_async_context(at_work(store))
        app = wire(settings, store, client, helpers)
        await set_up(app)
        stack.push_async_callback(app.lines.close)
        yield await _start(app, role, stack)
        log.info("topicdesk.stopping")


async def _start(app: App, role: str, stack: AsyncExitStack) -> Process:
    """Start the parts of a role; the stack stops them, the doors first and the runner last."""
    runner = Runner(app.store, app.handlers, lambda job, error: on_parked(app, job, error))
    parts = Parts(stack)
    if role in {"all", "worker"}:
        parts.start(runner.run(), until=runner.stop)
    clock = Clock()
    keep_house(clock, app.store)
    clock.every(3, app.lag.watch, "lag")
    clock.nightly(app.keeping.tidy, "files")
    clock.start()
    stack.callback(clock.stop)
    address = ""
    if role in {"all", "intake"}:
        poller = Poller(app.client, lambda bot_id, batch: updates.accept(app.store, bot_id, batch))
        address = await stack.enter_async_context(open_door(app, runner, poller))
        polls = app.settings.telegram.updates == "poll"
        sole = Sole(app.store, f"poller:{app.client.bot_id}")
        parts.start(sole.run(poller.run) if polls else webhook.subscribe(app.settings, app.client))
        parts.start(menu.register(app.store, app.client))
    log.info("topicdesk.started", role=role, address=address)
    return Process(app, runner, address, parts.broken)


class Parts:
    """The loops of a process. Each is asked to end (or cancelled) when the stack unwinds."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self.broken = asyncio.Event()

    def start(self, work: Coroutine[Any, Any, None], until: Callable[[], None] | None = None) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._look_at)

        async def end() -> None:
            (until or task.cancel)()
            await asyncio.gather(task, return_exceptions=True)

        self._stack.push_async_callback(end)

    def _look_at(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("topicdesk.broken", exc_info=error)
            self.broken.set()


async def run(settings: Settings, role: str = "all") -> int:
    """Until SIGTERM or SIGINT; the exit code is 1 when a part broke instead."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with at_your_service(settings, role) as process:
        waits = [asyncio.create_task(stop.wait()), asyncio.create_task(process.broken.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
    return int(process.broken.is_set())


async def examine(settings: Settings, lang: str, *, as_json: bool = False) -> int:
    """`topicdesk doctor`; the exit code."""
    from bot.doctor import run_doctor
    from gateway.whatsapp_cloud.checkup import check_whatsapp

    async def whatsapp() -> list[Finding]:
        return await check_whatsapp(settings.whatsapp, settings.desk.public_url, utc_now)

    return await run_doctor(settings, lang, whatsapp, as_json=as_json)


async def on_parked(app: App, job: Job, error: Exception) -> None:
    """A job was given up. A message that was to be sent says so in its topic; of all others General is told."""
    log.error("job.parked", job=job.id, kind=job.kind, error=type(error).__name__)
    if job.kind is JobKind.DELIVER:
        await app.delivery.give_up(job, error)
    elif job.kind is not JobKind.NOTIFY:
        await parked.announce(app.store, job, error)
