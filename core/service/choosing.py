"""Staff answered a post that shows several messages: which one do they mean?

The words are kept at once and wait a short while for a press. They go out without a quote when nobody
presses, or when staff write on: nothing waits for ever, and nothing overtakes. See docs/decisions/0007.
"""

import structlog

from core.buttons import Action
from core.errors import RemoteRefusal, UserMistake
from core.events import Event, EventKind
from core.i18n import Texts, texts_for
from core.ids import ConversationId, MessageId, PostId, TenantId
from core.jobs import Job, JobKind, NewJob, Urgency
from core.people import Topic
from core.ports import Button, Post, Spot
from core.service.doubts import Named
from core.service.history import shortened
from core.service.surface import Surface
from core.store import choices, desks, messages, postings, topics
from core.store.choices import Choice, ChoiceState
from core.store.messages import Message
from core.store.scope import TenantScope
from core.store.store import Store
from core.text import plain
from core.work.limits import Spend

log = structlog.get_logger(__name__)

PART = "part"
"""The verb of the buttons: choice, and message or 0 for no quote."""
PATIENCE_SECONDS = 20
_MOST_PARTS = 8
"""Newest parts offered as buttons; staff can quote any part by hand."""
_LABEL = 32


async def hold(scope: TenantScope, conversation_id: ConversationId, message_id: MessageId, about_id: MessageId) -> None:
    """Ask which message is meant, and let the words wait for it."""
    choice_id = await choices.add(scope, conversation_id, message_id, about_id)
    payload = {"choice": choice_id}
    await scope.put(
        _ask_job(scope.tenant_id, choice_id, Urgency.REPLY),
        NewJob(JobKind.CHOOSE, scope.tenant_id, payload, urgency=Urgency.REPLY, delay=PATIENCE_SECONDS),
    )


async def release_all(scope: TenantScope, conversation_id: ConversationId) -> None:
    """Staff write on: what waits goes first, as it stands."""
    for choice in await choices.open_in(scope, conversation_id):
        await _release(scope, choice, None)


async def decide(scope: TenantScope, numbers: tuple[int, ...]) -> None:
    """A press. Raises UserMistake("stale") when the words have left already."""
    choice_id, chosen = numbers if len(numbers) == 2 else (0, 0)
    choice = await choices.get(scope, choice_id)
    if choice is None or (chosen and chosen not in await _part_ids(scope, choice)):
        raise UserMistake("stale")
    if not await _release(scope, choice, MessageId(chosen) if chosen else None):
        raise UserMistake("stale")


async def _release(scope: TenantScope, choice: Choice, chosen: MessageId | None) -> bool:
    """Let the words go, once."""
    if not await choices.end(scope, choice.id, chosen):
        return False
    await messages.set_reply_to(scope, choice.message_id, chosen)
    for message in await _together(scope, choice.message_id):
        data = {"conversation": message.conversation_id}
        kind = EventKind.MESSAGE_QUEUED
        await scope.record(Event(kind, scope.tenant_id, message.author, message.contact_id, message.id, data))
    if choice.asked_post_id is not None:
        await scope.put(_ask_job(scope.tenant_id, choice.id, Urgency.NOTICE))
    return True


def _ask_job(tenant_id: TenantId, choice_id: int, urgency: int) -> NewJob:
    key = f"ask:{choice_id}"
    return NewJob(JobKind.ASK, tenant_id, {"choice": choice_id}, lane=key, urgency=urgency, merge_key=key)


async def _together(scope: TenantScope, message_id: MessageId) -> list[Message]:
    """All messages of one post: the pieces of a long text, or the parts of a merged post, in their order."""
    (first, *_) = await messages.copies_of(scope, message_id)
    copies = await messages.copies_at(scope, first.chat_id, first.post_id)
    return [await messages.get(scope, copy.message_id) for copy in copies]


async def _part_ids(scope: TenantScope, choice: Choice) -> set[int]:
    return {message.id for message in await _together(scope, choice.about_id)}


class Choosing:
    def __init__(self, store: Store, surface: Surface) -> None:
        self._store = store
        self._surface = surface

    async def ask(self, job: Job) -> None:
        """Post the question, or write under it how it ended. Too late for a question, nothing is posted."""
        assert job.tenant_id is not None  # noqa: S101 - ask jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            choice = await choices.get(scope, job.payload["choice"])
            found = await self._look(scope, choice) if choice else None
        asked = await self._show(job.tenant_id, *found) if found else None
        async with self._store.settle(job) as scope:
            if asked is not None and choice is not None:
                await postings.end(scope, [_name(choice)])
                await choices.set_asked(scope, choice.id, asked)
                if (await choices.get(scope, choice.id) or choice).state is not ChoiceState.OPEN:
                    await scope.put(_ask_job(scope.tenant_id, choice.id, Urgency.NOTICE))

    async def _look(self, scope: TenantScope, choice: Choice) -> tuple[Topic, Choice, Post] | None:
        texts = texts_for((await desks.get_tenant(scope)).locale)
        message = await messages.get(scope, choice.message_id)
        (copy, *_) = await messages.copies_of(scope, message.id)
        topic = await topics.topic_in(scope, message.contact_id, copy.chat_id)
        if topic is None:
            return None
        return topic, choice, question(choice, await _together(scope, choice.about_id), copy.post_id, texts)

    async def _show(self, tenant_id: TenantId, topic: Topic, choice: Choice, post: Post) -> PostId | None:
        asked, spot = choice.asked_post_id, Spot(topic.chat_id, topic.thread_id)
        try:
            if asked is not None:
                await self._surface.call(
                    tenant_id, topic.chat_id, Spend.POST, lambda desk: desk.edit(topic.chat_id, asked, post), spare=True
                )
            elif choice.state is ChoiceState.OPEN:
                return await self._surface.post(tenant_id, spot, Named((_name(choice),), topic.contact_id), post)
        except RemoteRefusal as refusal:
            log.warning("choice.not_asked", choice=choice.id, code=refusal.code)  # the words leave without a quote
        return None

    async def give_up(self, job: Job) -> None:
        """Nobody chose: the words leave without a quote."""
        async with self._store.settle(job) as scope:
            choice = await choices.get(scope, job.payload["choice"])
            if choice is not None:
                await _release(scope, choice, None)


def _name(choice: Choice) -> str:
    return f"ask:{choice.id}"


def question(choice: Choice, parts: list[Message], reply_to: PostId, texts: Texts) -> Post:
    """What staff read under their words: the messages they may mean, or which one it was."""
    if choice.state is ChoiceState.PLAIN:
        return Post(text=plain(texts.t("choice.plain")), reply_to=reply_to)
    if choice.state is ChoiceState.QUOTED:
        words = next((_label(part) for part in parts if part.id == choice.chosen_id), "")
        return Post(text=plain(texts.t("choice.quoted", words=words)), reply_to=reply_to)
    offered = list(enumerate(parts, 1))[-_MOST_PARTS:]
    rows = [_button(choice, f"{number} · {_label(part)}", part.id) for number, part in offered]
    none = _button(choice, texts.t("choice.none"), 0)
    text = plain(texts.t("choice.ask", seconds=PATIENCE_SECONDS))
    return Post(text=text, buttons=(*rows, none), reply_to=reply_to, silent=True)


def _label(part: Message) -> str:
    return shortened(" ".join(part.content.text.text.split()), _LABEL)


def _button(choice: Choice, label: str, chosen: int) -> tuple[Button]:
    return (Button(label, Action(PART, (choice.id, chosen)).pack()),)
