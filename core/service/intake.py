"""From raw payloads to rows: contacts, messages, statuses, and the facts that make everything else happen."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace

import structlog

from core.events import Event, EventKind
from core.ids import ExternalId, LineId, MessageId, TenantId
from core.jobs import Job, JobKind, NewJob, Urgency
from core.message import Direction, Status
from core.ports import AddressChanged, EchoOut, InboundEvent, LineNotice, MessageIn, Party, StatusChanged
from core.service import changing, reacting, reading, statuses
from core.service import contacts as people
from core.service.lines import Lines, OpenLine
from core.service.merging import Change
from core.store import contacts, inbox, messages, referrals
from core.store.inbox import RawRow
from core.store.messages import NewMessage, ReadState, Shown
from core.store.scope import TenantScope
from core.store.store import Store

log = structlog.get_logger(__name__)

_UNNAMED = "news"
"""The notice code of a field that the connector does not model."""
_SHOWN_OF_IT = 200
_AT_ONCE = 40
"""Raw rows read in one transaction: enough to keep up with a flood, short enough to let others write."""


def source_of(line_id: LineId) -> str:
    return f"line:{line_id}"


async def accept(store: Store, rows: Sequence[tuple[OpenLine, str, str]]) -> int:
    """Keep raw payloads (line, external id, JSON) and see that they are read; how many were new, after commit."""
    new = 0
    async with store.write_across_tenants() as scope:
        for opened, external_id, raw in rows:
            if await inbox.keep(scope, source_of(opened.line.id), external_id, raw) is not None:
                new += 1
        for line in {opened.line.id: opened.line for opened, _, _ in rows}.values():
            await scope.put(ingest_job(line.tenant_id, line.id))
    return new


def ingest_job(tenant_id: TenantId, line_id: LineId) -> NewJob:
    return NewJob(
        JobKind.INGEST,
        tenant_id,
        {"line": line_id},
        lane=f"in:{line_id}",
        urgency=Urgency.CUSTOMER,
        merge_key=f"in:{line_id}",
    )


class Intake:
    def __init__(self, store: Store, lines: Lines) -> None:
        self._store = store
        self._lines = lines

    async def ingest(self, job: Job) -> None:
        """Read what waits on a line. A row that cannot be read is buried with its error; the rest goes on."""
        opened = self._lines.get(LineId(job.payload["line"]))
        async with self._store.read(opened.line.tenant_id) as scope:
            rows = await inbox.waiting(scope, source_of(opened.line.id), _AT_ONCE)
        read = [(row, _parse(opened, row)) for row in rows]
        async with self._store.settle(job) as scope:
            for row, events in read:
                await self._take_in(scope, opened, row, events)
            if len(rows) == _AT_ONCE:
                await scope.put(ingest_job(opened.line.tenant_id, opened.line.id))

    async def _take_in(
        self, scope: TenantScope, opened: OpenLine, row: RawRow, events: Sequence[InboundEvent] | Exception
    ) -> None:
        error = events if isinstance(events, Exception) else None
        if not isinstance(events, Exception):
            try:
                async with scope.connection.begin_nested():
                    for event in events:
                        await apply(scope, opened, event)
                        await asyncio.sleep(0)  # a batch may hold a thousand: the door must get its turn
                    await inbox.finish(scope, [row.id])
            except Exception as trouble:  # noqa: BLE001 - one odd payload must not stop the line
                error = trouble
        if error is not None:
            log.error("inbox.buried", row=row.id, error=type(error).__name__, exc_info=error)
            await inbox.bury(scope, row.id, repr(error))
            await notify_line(scope, opened, LineNotice("unreadable", f"#{row.id}", serious=True))


def _parse(opened: OpenLine, row: RawRow) -> Sequence[InboundEvent] | Exception:
    try:
        return opened.connector.parse(json.loads(row.raw))
    except Exception as error:  # noqa: BLE001 - the connector promises not to raise; a bug there ends here
        return error


async def apply(scope: TenantScope, opened: OpenLine, event: InboundEvent) -> None:
    match event:
        case MessageIn(sender=Party(addresses=())):
            await notify_line(scope, opened, _without_sender(event))
        case MessageIn():
            if not await changing.apply(scope, opened.line.id, event):
                await _hear(scope, opened, event)
        case EchoOut():
            await _echo(scope, opened, event)
        case StatusChanged():
            if reacting.is_ours(event):
                await reacting.hear_report(scope, event)
            else:
                await statuses.apply(scope, opened.line.id, event)
        case AddressChanged():
            await _move_address(scope, opened, event)
        case LineNotice():
            await notify_line(scope, opened, event)


async def _hear(
    scope: TenantScope, opened: OpenLine, event: MessageIn, change: Change | None = None
) -> MessageId | None:
    """A customer's message; None when it came before."""
    new = await _new_message(scope, opened.line.id, event.sender, event, change)
    if event.opens_window:
        await contacts.heard(scope, new.conversation_id, event.at)
    message_id = await messages.add(scope, new if event.readable else replace(new, read=ReadState.NEVER))
    if message_id is not None:
        if event.content.referral is not None:
            await referrals.keep(scope, new.contact_id, message_id, event.content.referral)
        await scope.record(Event(EventKind.MESSAGE_RECEIVED, scope.tenant_id, "customer", new.contact_id, message_id))
        if event.readable and opened.line.habits.human_read:
            await scope.put(reading.read_job(scope.tenant_id, new.conversation_id, opened.line.habits))
    return message_id


async def _echo(scope: TenantScope, opened: OpenLine, event: EchoOut) -> None:
    """Staff answered from the phone itself: shown as such, and no answer of ours."""
    heard = await _new_message(scope, opened.line.id, event.recipient, event)
    new = replace(heard, direction=Direction.OUT, author="phone", status=Status.SENT, read=ReadState.NEVER)
    message_id = await messages.add(scope, new)
    if message_id is not None:
        await scope.record(Event(EventKind.MESSAGE_ECHOED, scope.tenant_id, "phone", new.contact_id, message_id))


async def _new_message(
    scope: TenantScope, line_id: LineId, party: Party, event: MessageIn | EchoOut, change: Change | None = None
) -> NewMessage:
    """The row of what a customer said, not yet kept."""
    said = event.content.text.text if isinstance(event, MessageIn) else ""
    contact_id, address_id = await people.find_or_add(scope, line_id, party, said, event.at, change)
    target = await _target(scope, line_id, event.reply_to)
    return NewMessage(
        await contacts.keep_conversation(scope, contact_id, line_id),
        contact_id,
        line_id,
        Direction.IN,
        author="customer",
        content=event.content,
        status=Status.RECEIVED,
        shown=Shown.WAITING,
        said_at=event.at,
        external_id=event.external_id,
        reply_to_id=target,
        reply_to_external=None if target else event.reply_to,
        read=ReadState.DUE,
        address_id=address_id,
    )


async def _move_address(scope: TenantScope, opened: OpenLine, event: AddressChanged) -> None:
    """A new number or user id joins the contact. One that is somebody else's may mean that they are one: `merging`."""
    both = Party((*event.sender.addresses, *event.new), event.sender.name)
    as_message = MessageIn(event.external_id, both, event.at, event.content, opens_window=False, readable=False)
    message_id = await _hear(scope, opened, as_message, Change(event.new, event.at))
    if message_id is not None:
        contact_id = (await messages.get(scope, message_id)).contact_id
        data = {"new": [address.kind.value for address in event.new]}
        kind = EventKind.ADDRESS_CHANGED
        await scope.record(Event(kind, scope.tenant_id, "customer", contact_id, message_id, data))


def _without_sender(event: MessageIn) -> LineNotice:
    """Nobody could answer it, so it opens no topic; it is shown all the same."""
    return LineNotice("no_sender", event.content.text.text[:_SHOWN_OF_IT] or event.content.kind, serious=True)


async def notify_line(scope: TenantScope, opened: OpenLine, notice: LineNotice) -> None:
    """Serious news, and what we have no name for, are shown in General; the rest is kept for the record."""
    data = {"code": notice.code, "detail": notice.detail, "line": opened.line.label, "private": False}
    shown = notice.serious or notice.code == _UNNAMED
    kind = EventKind.LINE_NOTICE if shown else EventKind.LINE_NEWS
    await scope.record(Event(kind, scope.tenant_id, "system", data=data))


async def _target(scope: TenantScope, line_id: LineId, external_id: ExternalId | None) -> MessageId | None:
    found = await messages.by_external(scope, line_id, external_id) if external_id else None
    return found.id if found else None
