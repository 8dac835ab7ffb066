"""Staff take back what they wrote: before it left it never leaves, afterwards the line is asked to delete it."""

from collections.abc import Sequence

from core.errors import LineTrouble, RemoteRefusal, RemoteTrouble, UserMistake
from core.events import Event, EventKind
from core.i18n import texts_for
from core.ids import ChatId, MessageId, PostId
from core.jobs import Job
from core.message import Direction, Status
from core.people import Role, Staff
from core.ports import CanRevoke, Spot
from core.service.delivery import as_wait
from core.service.lines import Lines
from core.service.saying import Answer, say_job
from core.store import contacts, desks, messages, topics
from core.store.messages import Message
from core.store.scope import TenantScope
from core.store.store import Store

_ALL = {Role.OWNER, Role.MANAGER}
_NEVER_LEFT = {Status.FAILED, Status.DISCARDED}


async def delete(scope: TenantScope, lines: Lines, staff: Staff, chat: ChatId, post_id: PostId) -> None:
    """Raises UserMistake with the plain reason when it cannot be done, or is not theirs to do."""
    copies = await messages.copies_at(scope, chat, post_id)
    shown = [await messages.get(scope, copy.message_id) for copy in copies]
    ours = [each for each in shown if each.direction is Direction.OUT]
    if not ours:
        raise UserMistake("del_not_ours")
    if staff.role not in _ALL and any(each.author != f"staff:{staff.id}" for each in ours):
        raise UserMistake("del_not_yours")
    left = [each for each in ours if each.gone_at is None]
    if not left:
        raise UserMistake("stale")
    _check(scope, lines, left)
    for each in left:
        await _take_back(scope, staff, each)


def _check(scope: TenantScope, lines: Lines, left: Sequence[Message]) -> None:
    """All or nothing: half of a long text would be worse than all of it."""
    for each in left:
        if each.status in _NEVER_LEFT or (each.status is Status.QUEUED and each.calling_at is None):
            continue
        if each.external_id is None:
            raise UserMistake("del_unsure")
        connector = lines.get(each.line_id).connector
        if not isinstance(connector, CanRevoke):
            raise UserMistake("del_cannot")
        if scope.now - each.said_at > connector.revoke_window:
            raise UserMistake("del_too_late")


async def _take_back(scope: TenantScope, staff: Staff, message: Message) -> None:
    kind = EventKind.REVOKE_WANTED
    if message.external_id is None:
        kind = EventKind.MESSAGE_WITHDRAWN
        await messages.set_status(scope, message.id, Status.DISCARDED)
        await messages.set_gone(scope, message.id)
        if message.told_post_id is not None:
            await scope.record(_event(EventKind.MESSAGE_DISCARDED, scope, message, f"staff:{staff.id}"))
    await scope.record(_event(kind, scope, message, f"staff:{staff.id}"))


def _event(kind: EventKind, scope: TenantScope, message: Message, actor: str) -> Event:
    data = {"conversation": message.conversation_id}
    return Event(kind, scope.tenant_id, actor, message.contact_id, message.id, data)


class Deleting:
    def __init__(self, store: Store, lines: Lines) -> None:
        self._store = store
        self._lines = lines

    async def revoke(self, job: Job) -> None:
        assert job.tenant_id is not None  # noqa: S101 - revoke jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            message = await messages.get(scope, MessageId(job.payload["message"]))
            to = await contacts.addresses_of(scope, message.contact_id, message.line_id)
        connector = self._lines.get(message.line_id).connector
        refused = False
        if isinstance(connector, CanRevoke) and message.external_id is not None and message.gone_at is None:
            try:
                await connector.revoke(to, message.external_id)
            except (LineTrouble, RemoteTrouble) as trouble:
                raise as_wait(trouble, self._store) from trouble
            except RemoteRefusal:
                refused = True
        async with self._store.settle(job) as scope:
            if refused:
                await _say_refused(scope, message)
            else:
                await messages.set_gone(scope, message.id)
                await scope.record(_event(EventKind.MESSAGE_REVOKED, scope, message, "system"))


async def _say_refused(scope: TenantScope, message: Message) -> None:
    topic = await topics.topic_of(scope, message.contact_id)
    copies = await messages.copies_of(scope, message.id)
    if topic is not None:
        texts = texts_for((await desks.get_tenant(scope)).locale)
        reply_to = copies[0].post_id if copies else None
        answer = Answer(Spot(topic.chat_id, topic.thread_id), texts.t("del.refused"), reply_to=reply_to)
        await scope.put(say_job(scope.tenant_id, answer))
