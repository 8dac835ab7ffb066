"""What went wrong, told in the topic with the buttons that mend it, and what a press does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from core.buttons import Action
from core.errors import RemoteRefusal, TopicClosed, TopicGone, UserMistake
from core.events import Event, EventKind
from core.i18n import Texts, texts_for
from core.ids import MessageId, PostId, TenantId
from core.jobs import Job
from core.message import Status
from core.people import Tenant, Topic
from core.ports import Button, Post, Spot
from core.service.doubts import Named
from core.service.history import shortened
from core.service.links import Links
from core.service.surface import Surface
from core.service.topics import Topics
from core.store import contacts, desks, messages, postings, topics
from core.store.messages import Copy, Message
from core.store.scope import TenantScope
from core.store.store import Store
from core.text import plain
from core.work.limits import Spend
from core.work.runner import Later

log = structlog.get_logger(__name__)

Told = tuple[PostId, Spot]
_NO_GROUP_SECONDS = 15.0
_SHOWN_WORDS = 80
"""UTF-16 units of a message's words where it is told of outside its topic."""
RETRY, DISCARD, ARRIVED = "retry", "drop", "came"
_OF_THE_FILE = {"too_big", "media", "media_refused"}
_OPEN_TO_DECISION = {Status.FAILED, Status.UNCERTAIN}


class Failures:
    def __init__(self, store: Store, surface: Surface, topic_service: Topics, sharing: Links) -> None:
        self._store = store
        self._surface = surface
        self._topics = topic_service
        self._sharing = sharing

    async def tell(self, job: Job) -> None:
        """Post the reason, or bring the post up to date with what happened since. It is never dropped: where the
        contact has no topic, General is told.
        """
        assert job.tenant_id is not None  # noqa: S101 - tell jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            tenant = await desks.get_tenant(scope)
            message = await messages.get(scope, MessageId(job.payload["message"]))
            copies = await messages.copies_of(scope, message.id)
            topic = await _where(scope, message, copies)
        words = next((copy.post_id for copy in copies if topic and copy.chat_id == topic.chat_id), None)
        post = failure_post(message, texts_for(tenant.locale), words)
        if _refused_file(message):
            post = replace(post, text=post.text + plain("\n" + self._way_out(tenant, message)))
        told = await self._show(tenant, topic, message, post)
        async with self._store.settle(job) as scope:
            await postings.end(scope, [_name(message.id)])
            if told is not None:
                await messages.set_told(scope, message.id, *told)

    def _way_out(self, tenant: Tenant, message: Message) -> str:
        """For a file that we have and the line does not take."""
        texts, link = texts_for(tenant.locale), self._sharing.to(tenant.id, message.id)
        if link is None:
            return texts.t("show.file_kept")
        return texts.t("fail.file_link", until=texts.datetime(link.until, tenant.timezone)) + f"\n{link.url}"

    async def _show(self, tenant: Tenant, topic: Topic | None, message: Message, post: Post) -> Told | None:
        """Where a new post stands; None when there was nothing to post."""
        if await self._edited(tenant.id, topic, message, post) or message.status not in _OPEN_TO_DECISION:
            return None
        if topic is not None:
            try:
                return await self._post(tenant.id, Spot(topic.chat_id, topic.thread_id), message, post)
            except TopicGone as gone:
                await self._topics.lose(tenant.id, topic)
                raise Later(self._store.clock()) from gone
            except TopicClosed as closed:
                await self._topics.reopen(tenant.id, topic)
                raise Later(self._store.clock()) from closed
            except RemoteRefusal as refusal:
                log.warning("failure.not_told_in_topic", message=message.id, code=refusal.code)
        return await self._tell_general(tenant, message, post)

    async def _edited(self, tenant_id: TenantId, topic: Topic | None, message: Message, post: Post) -> bool:
        """False when no post tells of it yet, or staff deleted that post."""
        told, at = message.told_post_id, message.told_at
        chat = at.chat if at else topic.chat_id if topic else None
        if told is None or chat is None:
            return False
        try:
            await self._surface.call(tenant_id, chat, Spend.POST, lambda desk: desk.edit(chat, told, post))
        except RemoteRefusal:
            return False
        return True

    async def _post(self, tenant_id: TenantId, spot: Spot, message: Message, post: Post) -> Told:
        contact_id = message.contact_id if spot.thread else None
        return await self._surface.post(tenant_id, spot, Named((_name(message.id),), contact_id), post), spot

    async def _tell_general(self, tenant: Tenant, message: Message, post: Post) -> Told:
        """Raises Later while there is no group."""
        async with self._store.read(tenant.id) as scope:
            groups = await desks.groups(scope)
            contact = await contacts.get_contact(scope, message.contact_id)
        if not groups:
            raise Later(self._store.clock() + timedelta(seconds=_NO_GROUP_SECONDS))
        texts, words = texts_for(tenant.locale), " ".join(message.content.text.text.split())
        about = texts.t(
            "fail.about",
            name=contact.name or f"#{contact.id}",
            words=shortened(words, _SHOWN_WORDS) or texts.kind(message.content.kind),
        )
        there = replace(post, text=plain(about + "\n") + post.text, reply_to=None)
        return await self._post(tenant.id, Spot(groups[0].chat_id), message, there)


def _refused_file(message: Message) -> bool:
    """The line said no to a file, and we hold it."""
    media, problem = message.content.media, message.problem
    refused = message.status is Status.FAILED and problem is not None and problem.code in _OF_THE_FILE
    return refused and media is not None and media.sha256 is not None


def _name(message_id: MessageId) -> str:
    return f"tell:{message_id}"


async def _where(scope: TenantScope, message: Message, copies: Sequence[Copy]) -> Topic | None:
    """Under the words themselves, also when the customer has moved to another group since."""
    there = await topics.topic_in(scope, message.contact_id, copies[0].chat_id) if copies else None
    return there or await topics.topic_of(scope, message.contact_id)


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
