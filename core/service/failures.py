"""What went wrong, told in the topic with the buttons that mend it, and what a press does."""

from collections.abc import Sequence

from core.buttons import Action
from core.errors import RemoteRefusal, TopicGone, UserMistake
from core.events import Event, EventKind
from core.i18n import Texts, texts_for
from core.ids import MessageId, PostId
from core.jobs import Job
from core.message import Status
from core.people import Tenant, Topic
from core.ports import Button, Post, Spot
from core.service.surface import Surface
from core.store import desks, messages, topics
from core.store.messages import Copy, Message
from core.store.scope import TenantScope
from core.store.store import Store
from core.text import plain
from core.work.limits import Spend

RETRY, DISCARD, ARRIVED = "retry", "drop", "came"
_OPEN_TO_DECISION = {Status.FAILED, Status.UNCERTAIN}


class Failures:
    def __init__(self, store: Store, surface: Surface) -> None:
        self._store = store
        self._surface = surface

    async def tell(self, job: Job) -> None:
        """Post the reason, or bring the post up to date with what happened since."""
        assert job.tenant_id is not None  # noqa: S101 - tell jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            tenant = await desks.get_tenant(scope)
            message = await messages.get(scope, MessageId(job.payload["message"]))
            copies = await messages.copies_of(scope, message.id)
            topic = await _where(scope, message, copies)
        post = failure_post(message, texts_for(tenant.locale), copies[0].post_id if copies else None)
        told = await self._show(tenant, topic, message, post) if topic else None
        async with self._store.settle(job) as scope:
            if told is not None:
                await messages.set_told(scope, message.id, told)

    async def _show(self, tenant: Tenant, topic: Topic, message: Message, post: Post) -> PostId | None:
        told = message.told_post_id
        try:
            if told is not None:
                await self._surface.call(
                    tenant.id, topic.chat_id, Spend.POST, lambda desk: desk.edit(topic.chat_id, told, post)
                )
                return None
            if message.status not in _OPEN_TO_DECISION:
                return None
            spot = Spot(topic.chat_id, topic.thread_id)
            return await self._surface.call(tenant.id, topic.chat_id, Spend.POST, lambda desk: desk.post(spot, post))
        except (TopicGone, RemoteRefusal):
            return None  # the topic was deleted, or the post: the mark and the row still tell


async def _where(scope: TenantScope, message: Message, copies: Sequence[Copy]) -> Topic | None:
    """Under the words themselves, also when the customer has moved to another group since."""
    if not copies:
        return await topics.topic_of(scope, message.contact_id)
    return await topics.topic_in(scope, message.contact_id, copies[0].chat_id)


def failure_post(message: Message, texts: Texts, reply_to: PostId | None) -> Post:
    """What staff read under their own message: the reason, what they can do, or how it ended."""
    match message.status:
        case Status.FAILED:
            code = message.problem.code if message.problem else "unknown"
            text = texts.t("fail.failed", why=texts.error(code))
            buttons = _buttons(texts, message.id, (RETRY, "fail.retry"), (DISCARD, "fail.discard"))
        case Status.UNCERTAIN:
            text = texts.t("fail.uncertain")
            buttons = _buttons(texts, message.id, (RETRY, "fail.send_again"), (ARRIVED, "fail.arrived"))
        case Status.DISCARDED:
            text, buttons = texts.t("fail.discarded"), ()
        case Status.QUEUED:
            text, buttons = texts.t("fail.sending_again"), ()
        case _:
            text, buttons = texts.t("fail.sent_after_all"), ()
    return Post(text=plain(text), buttons=buttons, reply_to=reply_to)


def _buttons(texts: Texts, message_id: MessageId, *choices: tuple[str, str]) -> tuple[tuple[Button, ...], ...]:
    return (tuple(Button(texts.t(key), Action(verb, (message_id,)).pack()) for verb, key in choices),)


async def decide(scope: TenantScope, verb: str, message_id: MessageId, actor: str) -> None:
    """A press on Retry, Discard or "it arrived". Raises UserMistake("stale") when it is decided already."""
    try:
        message = await messages.get(scope, message_id)
    except LookupError as error:
        raise UserMistake("stale") from error
    if message.status not in _OPEN_TO_DECISION:
        raise UserMistake("stale")
    kind = await _carry_out(scope, verb, message)
    data = {"conversation": message.conversation_id}
    await scope.record(Event(kind, scope.tenant_id, actor, message.contact_id, message.id, data))


async def _carry_out(scope: TenantScope, verb: str, message: Message) -> EventKind:
    if verb == RETRY:
        await messages.set_attempt(scope, message.id, message.attempt + 1)
        await messages.set_status(scope, message.id, Status.QUEUED)
        return EventKind.MESSAGE_RETRIED
    if verb == ARRIVED and message.status is Status.UNCERTAIN:
        await messages.set_status(scope, message.id, Status.SENT)
        return EventKind.MESSAGE_CONFIRMED
    await messages.set_status(scope, message.id, Status.DISCARDED)
    return EventKind.MESSAGE_DISCARDED
