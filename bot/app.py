"""The one place that wires everything, and the life of a process: start, work, stop."""

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot import menu, updates
from bot.client import TelegramClient, open_client
from bot.desk import TelegramDesk
from bot.house import House
from bot.poller import Poller
from bot.router import build_dispatcher
from bot.updates import Updates
from core.blobs import Blobs
from core.ids import ChatId
from core.jobs import Job, JobKind
from core.people import Line, LineHabits, Tenant
from core.ports import Connector
from core.service import tenants
from core.service.access import Access
from core.service.delivery import Delivery
from core.service.failures import Failures
from core.service.files import Files
from core.service.intake import Intake
from core.service.lines import Lines, NewLine
from core.service.marks import Marks
from core.service.mirror import Mirror
from core.service.notices import Notices
from core.service.reading import Reading
from core.service.saying import Saying
from core.service.surface import Surface
from core.service.topics import Topics
from core.settings import Settings, WhatsAppSettings
from core.store.db import Database
from core.store.migrate import migrate
from core.store.presence import at_work
from core.store.store import Store
from core.vault import open_vault
from core.work.clock import Clock, keep_house
from core.work.limits import Budgets
from core.work.runner import Handler, Runner
from gateway import registry

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
    handlers: Mapping[JobKind, Handler]


def wire(settings: Settings, store: Store, client: TelegramClient) -> App:
    desk = TelegramDesk(client)
    vault = open_vault(settings.desk.master_key.get_secret_value(), settings.desk.data_dir)
    lines = Lines(store, vault, build_connector)
    budgets = Budgets(store, client.bot_id, settings.telegram.posts_per_minute)
    surface = Surface(store, desk, budgets)
    files = Files(store, Blobs(settings.desk.data_dir / "media"), lines, desk)
    reading = Reading(store, lines)
    topic_service = Topics(store, surface)
    delivery = Delivery(store, lines, files, reading, settings.desk.proof_seconds)
    house = House(settings, store, lines, Access(store, desk), surface, client)
    handlers: dict[JobKind, Handler] = {
        JobKind.UPDATE: Updates(store, client.bot, build_dispatcher(house)).handle,
        JobKind.INGEST: Intake(store, lines).ingest,
        JobKind.MIRROR: Mirror(store, surface, topic_service, files).show,
        JobKind.CARD: topic_service.card,
        JobKind.DELIVER: delivery.deliver,
        JobKind.PROVE: delivery.prove,
        JobKind.MARK: Marks(store, surface).mark,
        JobKind.TELL: Failures(store, surface).tell,
        JobKind.READ: reading.read,
        JobKind.NOTIFY: Notices(store, surface).notify,
        JobKind.SAY: Saying(store, surface).say,
    }
    return App(settings, store, lines, client, house, delivery, handlers)


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
            await tenants.join_group(scope, ChatId(telegram.group_id), "")
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


async def run(settings: Settings, role: str = "all") -> None:
    """Work until SIGTERM or SIGINT. Raises LineTrouble when there is no usable token, AlreadyRunning."""
    database = Database(settings.desk.database)
    store = Store(database)
    client = open_client(settings.telegram)
    try:
        await migrate(database)
        async with at_work(store):
            app = wire(settings, store, client)
            await set_up(app)
            await _work(app, role)
    finally:
        await client.close()
        await database.close()


async def _work(app: App, role: str) -> None:
    from bot.door import open_door

    runner = Runner(app.store, app.handlers, lambda job, error: on_parked(app, job, error))
    clock = Clock()
    keep_house(clock, app.store)
    poller = Poller(app.client, lambda bot_id, batch: updates.accept(app.store, bot_id, batch))
    stop = _stop_signal()
    async with asyncio.TaskGroup() as group:
        door = await open_door(app, runner, poller) if role in {"all", "intake"} else None
        tasks: list[asyncio.Task[None]] = []
        if role in {"all", "intake"} and app.settings.telegram.updates == "poll":
            tasks.append(group.create_task(poller.run()))
        working = group.create_task(runner.run()) if role in {"all", "worker"} else None
        clock.start()
        tasks.append(group.create_task(menu.register(app.store, app.client)))
        log.info("topicdesk.started", role=role)
        await stop.wait()
        log.info("topicdesk.stopping")
        for task in tasks:
            task.cancel()
        clock.stop()
        if door is not None:
            await door.cleanup()
        runner.stop()
        if working is not None:
            await working
    await app.lines.close()


async def on_parked(app: App, job: Job, error: Exception) -> None:
    """A job was given up. A message that was to be sent says so in its topic; all others count in /status."""
    log.error("job.parked", job=job.id, kind=job.kind, error=type(error).__name__)
    if job.kind is JobKind.DELIVER:
        await app.delivery.give_up(job, error)


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    return stop
