"""Staff → customer: send one message, and know for sure what became of it.

A send has no idempotency key (Meta). So the call is announced in a committed row before it leaves; when its
answer is lost - by the network or by our own death - the message waits for proof (a status that carries our
id) and, without it, staff are asked. It is never sent again by itself.
"""

from dataclasses import replace
from datetime import timedelta

import structlog

from core.errors import Busy, DeskError, LineTrouble, MediaRefused, RemoteRefusal, RemoteTrouble, Uncertain
from core.events import Event, EventKind
from core.ids import MessageId, TenantId
from core.jobs import Job, JobKind, NewJob, Urgency
from core.message import Status
from core.ports import OutMessage, Problem, Receipt
from core.service import contacts as people
from core.service import quoting, rewriting, statuses
from core.service.files import Files
from core.service.lines import Lines
from core.service.reading import Reading
from core.store import contacts, desks, messages
from core.store.messages import Message
from core.store.store import Store
from core.work.runner import Later

log = structlog.get_logger(__name__)

_HELD_LINE_SECONDS = 60.0
"""A stopped line is tried again this often: it may have been mended."""


class Delivery:
    def __init__(self, store: Store, lines: Lines, files: Files, reading: Reading, proof_seconds: float) -> None:
        self._store = store
        self._lines = lines
        self._files = files
        self._reading = reading
        self._proof_seconds = proof_seconds

    async def deliver(self, job: Job) -> None:
        assert job.tenant_id is not None  # noqa: S101 - deliver jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            message = await messages.get(scope, MessageId(job.payload["message"]))
        if message.status is not Status.QUEUED:
            await self._done(job)
        elif message.calling_at is not None:
            await self._wait_for_proof(job, message)
        else:
            await self._send(job, message)

    async def _send(self, job: Job, message: Message) -> None:
        assert job.tenant_id is not None  # noqa: S101
        try:
            out = await self._prepare(job.tenant_id, message)
        except (RemoteRefusal, MediaRefused) as refusal:
            await self._fail(job, message, refusal)
            return
        await self._announce(job, message)
        try:
            receipt = await self._lines.get(message.line_id).connector.send(out)
        except Uncertain:
            await self._wait_for_proof(job, message)
        except RemoteRefusal as refusal:
            await self._fail(job, message, refusal)
        except LineTrouble as trouble:
            await self._hold(job, message, trouble)
        except RemoteTrouble as trouble:
            await self._take_back(job, message)
            raise as_wait(trouble, self._store) from trouble
        else:
            await self._sent(job, message, receipt)

    async def _prepare(self, tenant_id: TenantId, message: Message) -> OutMessage:
        fit, file = await self._files.for_line(message, await self._files.of_staff(message))
        habits = self._lines.get(message.line_id).line.habits
        await self._reading.catch_up(tenant_id, message.conversation_id, typing=habits.typing)
        async with self._store.read(tenant_id) as scope:
            message = await messages.get(scope, message.id)
            addresses = await contacts.addresses_of(scope, message.contact_id, message.line_id)
            target = await messages.get(scope, message.reply_to_id) if message.reply_to_id else None
        content = replace(message.content, kind=fit.kind, media=fit.media)
        if target is not None and target.external_id is None:  # it never left, so there is nothing to point at
            content = quoting.in_words(content, target.content.text.text)
        return OutMessage(
            to=addresses,
            client_id=statuses.client_id(tenant_id, message.id, message.attempt),
            content=content,
            reply_to=target.external_id if target else None,
            file=file,
        )

    async def _announce(self, job: Job, message: Message) -> None:
        """Only by the worker that holds the job: one that was believed dead must not call a second time.

        Raises Later when staff changed the words, or took them back, since they were read.
        """
        async with self._store.holding(job) as scope:
            now = await messages.get(scope, message.id)
            if now.status is not Status.QUEUED or now.content.text != message.content.text:
                raise Later(self._store.clock())
            await messages.set_calling(scope, message.id, scope.now)

    async def _take_back(self, job: Job, message: Message) -> None:
        """The call certainly did nothing: it may be made again."""
        async with self._store.holding(job) as scope:
            await messages.set_calling(scope, message.id, None)
            await rewriting.catch_up(scope, self._lines, message)

    async def _sent(self, job: Job, message: Message, receipt: Receipt) -> None:
        async with self._store.settle(job) as scope:
            await messages.set_external(scope, message.id, receipt.external_id)
            await statuses.climb(scope, await messages.get(scope, message.id), Status.SENT)
            await statuses.catch_up(scope, message.line_id, message.id, receipt.external_id)
            sent = await messages.get(scope, message.id)
            await people.learn(scope, sent.line_id, sent.contact_id, receipt.addresses)
            await desks.change_line_state(scope, message.line_id, "online")

    async def _fail(self, job: Job, message: Message, refusal: RemoteRefusal) -> None:
        problem = Problem(refusal.code, refusal.number, refusal.detail)
        async with self._store.settle(job) as scope:
            await statuses.climb(scope, await messages.get(scope, message.id), Status.FAILED, problem)

    async def _hold(self, job: Job, message: Message, trouble: LineTrouble) -> None:
        """The line is stopped: the queue stays, and staff are told once."""
        assert job.tenant_id is not None  # noqa: S101
        opened = self._lines.get(message.line_id)
        async with self._store.write(job.tenant_id) as scope:
            await messages.set_calling(scope, message.id, None)
            await rewriting.catch_up(scope, self._lines, message)
            if await desks.change_line_state(scope, message.line_id, trouble.code):
                data = {"code": "line_stopped", "detail": trouble.code, "line": opened.line.label, "private": False}
                await scope.record(Event(EventKind.LINE_NOTICE, job.tenant_id, "system", data=data))
        raise Later(self._store.clock() + timedelta(seconds=_HELD_LINE_SECONDS))

    async def _wait_for_proof(self, job: Job, message: Message) -> None:
        log.warning("send.uncertain", message=message.id)
        async with self._store.settle(job) as scope:
            await scope.put(prove_job(scope.tenant_id, message.id, self._proof_seconds))

    async def prove(self, job: Job) -> None:
        """The grace time is over: either a report proved the send meanwhile, or staff must decide."""
        async with self._store.settle(job) as scope:
            message = await messages.get(scope, MessageId(job.payload["message"]))
            if message.status is Status.QUEUED and message.calling_at is not None:
                await messages.set_status(scope, message.id, Status.UNCERTAIN, Problem("uncertain"))
                event = Event(EventKind.MESSAGE_UNCERTAIN, scope.tenant_id, "system", message.contact_id, message.id)
                await scope.record(event)

    async def give_up(self, job: Job, error: Exception) -> None:
        """The job was parked: the message failed, and the topic says why."""
        assert job.tenant_id is not None  # noqa: S101
        code = error.code if isinstance(error, DeskError) else "internal"
        async with self._store.write(job.tenant_id) as scope:
            message = await messages.get(scope, MessageId(job.payload["message"]))
            await statuses.climb(scope, message, Status.FAILED, Problem(code))

    async def _done(self, job: Job) -> None:
        async with self._store.settle(job):
            pass


def prove_job(tenant_id: TenantId, message_id: MessageId, after: float) -> NewJob:
    return NewJob(
        JobKind.PROVE,
        tenant_id,
        {"message": message_id},
        urgency=Urgency.MARK,
        merge_key=f"prove:{message_id}",
        delay=after,
    )


def as_wait(trouble: RemoteTrouble | LineTrouble, store: Store) -> Exception:
    """Being asked to slow down is nobody's failure, nor is a stopped line; being down counts as a try."""
    if isinstance(trouble, LineTrouble):
        return Later(store.clock() + timedelta(seconds=_HELD_LINE_SECONDS))
    if isinstance(trouble, Busy):
        return Later(store.clock() + timedelta(seconds=trouble.retry_after or 5.0))
    return trouble
