"""What staff read about two contacts that are, or may be, one: a question, a note with a way back, a sign-post."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from core.buttons import Action
from core.errors import RemoteRefusal, TopicGone
from core.i18n import Texts, texts_for
from core.ids import MessageId, TopicId
from core.jobs import Job
from core.people import Tenant, Topic
from core.ports import Button, Desk, Post, Spot
from core.service import contacts as people
from core.service import merging
from core.service.surface import Surface
from core.service.topics import history_job
from core.store import contacts, desks, merges, topics
from core.store.merges import Merge, MergeState
from core.store.scope import TenantScope
from core.store.store import Store
from core.text import plain
from core.work.limits import Spend
from core.work.runner import Later

log = structlog.get_logger(__name__)
T = TypeVar("T")
Step = Callable[[Desk], Awaitable[object]]

_NO_TOPIC_SECONDS = 5.0
_LEFT, _CLOSED, _OPENED, _BACK = "left", "closed", "opened", "back"
"""What was done last with the topic of the contact that went, in the order of doing."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A merge and where it shows. `here`: the kept contact's topic; `there`: that of the one that went."""

    tenant: Tenant
    merge: Merge
    here: Topic | None
    there: Topic | None
    told_in: Topic | None
    who: str
    """The one that went, or would go, as staff know them."""


class MergePosts:
    def __init__(self, store: Store, surface: Surface, replayed: int) -> None:
        """`replayed`: how many messages of the one that went are told again."""
        self._store = store
        self._surface = surface
        self._replayed = replayed

    async def tell(self, job: Job) -> None:
        """Bring both topics up to date with what holds now. Each step is kept once it is done."""
        assert job.tenant_id is not None  # noqa: S101 - merge jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            scene = await _look(scope, job.payload["merge"])
        if scene is not None:
            await self._tell_here(scene)
            await self._tell_there(scene)
        async with self._store.settle(job):
            pass

    async def _tell_here(self, scene: Scene) -> None:
        """The question or the note, brought up to date where it stands already."""
        merge, topic, told = scene.merge, scene.told_in, scene.merge.post_id
        post = about(scene, self._store.clock())
        if told is not None and topic is not None:
            await self._call(scene, topic, lambda desk: desk.edit(topic.chat_id, told, post))
        elif merge.state in {MergeState.ASKED, MergeState.DONE}:
            here = scene.here
            if here is None:
                raise Later(self._store.clock() + timedelta(seconds=_NO_TOPIC_SECONDS))
            post_id = await self._call(scene, here, lambda desk: desk.post(Spot(here.chat_id, here.thread_id), post))
            if post_id is not None:
                async with self._store.write(scene.tenant.id) as scope:
                    await merges.set_told(scope, merge.id, here.id, post_id)
                    await self._retell(scope, merge, here)

    async def _retell(self, scope: TenantScope, merge: Merge, here: Topic) -> None:
        """What was said last with the one that went: staff can answer it from here."""
        told = [MessageId(each) for each in merge.moved.get("said", ())][-self._replayed :]
        if self._replayed and told:
            await scope.put(history_job(scope.tenant_id, here, told, title="merge.history"))

    async def _tell_there(self, scene: Scene) -> None:
        """A sign-post, and the topic is closed; or opened again."""
        there = scene.there
        if there is None:
            return
        texts, steps = texts_for(scene.tenant.locale), dict[str, Step]()
        if scene.merge.state is MergeState.DONE and scene.here is not None:
            link = self._surface.desk.link(Spot(scene.here.chat_id, scene.here.thread_id))
            steps = {_LEFT: _saying(there, texts.t("merge.left", link=link)), _CLOSED: _closing(there)}
        elif scene.merge.state is MergeState.UNDONE and scene.merge.pointed is not None:
            steps = {_OPENED: _opening(there), _BACK: _saying(there, texts.t("merge.back"))}
        await self._take_steps(scene, there, steps)

    async def _take_steps(self, scene: Scene, there: Topic, steps: Mapping[str, Step]) -> None:
        names = list(steps)
        first = names.index(scene.merge.pointed) + 1 if scene.merge.pointed in names else 0
        for name in names[first:]:
            await self._call(scene, there, steps[name])
            async with self._store.write(scene.tenant.id) as scope:
                await merges.set_pointed(scope, scene.merge.id, name)
                if name == _OPENED:
                    await topics.set_closed(scope, there.id, closed=False)

    async def _call(self, scene: Scene, topic: Topic, do: Callable[[Desk], Awaitable[T]]) -> T | None:
        """None where Telegram refuses: a topic or a post that staff deleted needs no word of ours."""
        try:
            return await self._surface.call(scene.tenant.id, topic.chat_id, Spend.POST, do)
        except (TopicGone, RemoteRefusal) as refusal:
            log.info("merge.not_told", merge=scene.merge.id, code=refusal.code)
            return None


def _saying(topic: Topic, words: str) -> Step:
    return lambda desk: desk.post(Spot(topic.chat_id, topic.thread_id), Post(text=plain(words)))


def _closing(topic: Topic) -> Step:
    return lambda desk: desk.close_topic(topic.chat_id, topic.thread_id)


def _opening(topic: Topic) -> Step:
    return lambda desk: desk.reopen_topic(topic.chat_id, topic.thread_id)


async def _look(scope: TenantScope, merge_id: int) -> Scene | None:
    merge = await merges.get(scope, merge_id)
    if merge is None:
        return None
    kept = await merges.living(scope, merge.kept_id)
    told_in = await topics.get(scope, merge.topic_id) if merge.topic_id else None
    return Scene(
        await desks.get_tenant(scope),
        merge,
        await topics.topic_of(scope, kept),
        await _topic_of_gone(scope, merge),
        told_in,
        await _called(scope, merge),
    )


async def _topic_of_gone(scope: TenantScope, merge: Merge) -> Topic | None:
    """The one that was in use when they were merged."""
    used = [topic_id for topic_id, _, state in merge.moved.get("topics", ()) if state in topics.IN_USE]
    return await topics.get(scope, TopicId(max(used))) if used else None


async def _called(scope: TenantScope, merge: Merge) -> str:
    """Name and address of the one that went: `Ann (+49 151 2345 6789)`."""
    contact = await contacts.get_contact(scope, merge.gone_id)
    addresses = await contacts.rows_at(scope, merge.moved.get("rows", {}).get("address", ()))
    shown = [people.show_address(each) for each in addresses or await contacts.addresses_of(scope, merge.gone_id)]
    name = contact.name or f"#{contact.id}"
    return f"{name} ({shown[0]})" if shown and shown[0] != name else name


def about(scene: Scene, now: datetime) -> Post:
    """The post in the kept contact's topic."""
    texts, merge = texts_for(scene.tenant.locale), scene.merge
    match merge.state:
        case MergeState.ASKED:
            key = "merge.ask_conflict" if merge.actor == merging.SYSTEM else "merge.ask"
            text = texts.t(key, who=scene.who)
            buttons = _buttons(texts, merge.id, (merging.UNITE, "merge.unite"), (merging.APART, "merge.keep_apart"))
        case MergeState.DONE:
            key = "merge.done_alone" if merge.actor == merging.SYSTEM else "merge.done"
            text = texts.t(key, who=scene.who)
            may_undo = merging.may_undo(merge, now)
            buttons = _buttons(texts, merge.id, (merging.UNDO, "merge.undo")) if may_undo else ()
        case MergeState.APART:
            text, buttons = texts.t("merge.apart", who=scene.who), ()
        case MergeState.UNDONE:
            text, buttons = texts.t("merge.undone", who=scene.who), ()
    return Post(text=plain(text), buttons=buttons)


def _buttons(texts: Texts, merge_id: int, *choices: tuple[str, str]) -> tuple[tuple[Button, ...], ...]:
    return (tuple(Button(texts.t(key), Action(verb, (merge_id,)).pack()) for verb, key in choices),)
