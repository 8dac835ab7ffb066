"""A customer moves to another group: a topic opens there, the old one says where, and is closed.

Telegram cannot move a topic. Until the new one is there the old one goes on as ever; each step is a job of its own.
"""

from dataclasses import dataclass

import structlog

from core.errors import RemoteRefusal, TopicGone, UserMistake
from core.events import Event, EventKind, move_job
from core.i18n import Texts, texts_for
from core.ids import ContactId, GroupId, TenantId, TopicId
from core.jobs import Job, JobKind, NewJob, Urgency
from core.people import Group, Staff, Tenant, Topic
from core.placing import Candidate
from core.ports import Desk, Post, Spot
from core.service.saying import Answer, say_job
from core.service.surface import Surface
from core.service.topics import Topics
from core.store import desks, groups, queue, topics
from core.store.scope import TenantScope
from core.store.store import Store
from core.text import folded, plain
from core.work.limits import Spend

log = structlog.get_logger(__name__)

MOVE = "move"
"""The verb of the buttons: topic, and group."""
_MOST_WORDS = 3500
"""Characters of a message that are shown again in the other topic."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A group a customer can be moved to, and how staff call it."""

    group: Group
    label: str


async def destinations(scope: TenantScope, topic: Topic, full_at: int) -> list[Destination]:
    """The other groups that take new topics. Raises UserMistake when there is none."""
    teams = await groups.teams(scope)
    found: list[Destination] = []
    for each in await groups.candidates(scope, full_at):
        if each.takes_new and each.group.chat_id != topic.chat_id:
            team = teams.get(each.group.rule.team_id) if each.group.rule.team_id else None
            label = f"{team.name} · {each.group.label}" if team else each.group.label
            found.append(Destination(each.group, label))
    if not found:
        raise UserMistake("no_other_group")
    return found


async def named(scope: TenantScope, topic: Topic, name: str, full_at: int) -> Group:
    """A team's group, or the group of this title; of several the one with the fewest topics. Raises UserMistake."""
    team = await groups.team_named(scope, name)
    fitting = [
        each
        for each in await groups.candidates(scope, full_at)
        if (team and each.group.rule.team_id == team.id) or folded(each.group.title) == folded(name)
    ]
    if not fitting:
        raise UserMistake("no_such_group", name=name)
    others = [each for each in fitting if each.group.chat_id != topic.chat_id]
    if not others:
        raise UserMistake("already_here", name=name)
    return _least(others, name)


def _least(others: list[Candidate], name: str) -> Group:
    taking = [each for each in others if each.takes_new]
    if not taking:
        raise UserMistake("group_not_usable", name=name)
    return min(taking, key=lambda each: each.topics).group


async def press(scope: TenantScope, staff: Staff, numbers: tuple[int, ...], full_at: int) -> Group:
    """A press on one of the groups. Raises UserMistake when it comes too late."""
    topic_id, group_id = numbers if len(numbers) == 2 else (0, 0)
    topic = await topics.get(scope, TopicId(topic_id))
    taking = {each.group.id for each in await groups.candidates(scope, full_at) if each.takes_new}
    group = await groups.get(scope, GroupId(group_id))
    if topic is None or group is None or group.chat_id == topic.chat_id:
        raise UserMistake("stale")
    if group.id not in taking:
        raise UserMistake("group_not_usable", name=group.label)
    await start(scope, topic, group, staff)
    return group


async def start(scope: TenantScope, topic: Topic, group: Group, staff: Staff) -> None:
    """Raises UserMistake("stale") when somebody else moved the customer first."""
    if not await topics.leave(scope, topic.id):
        raise UserMistake("stale")
    await groups.place(scope, topic.contact_id, group)
    data = {"group": group.id, "team": group.rule.team_id}
    actor = f"staff:{staff.id}"
    await scope.record(Event(EventKind.CONTACT_MOVED, scope.tenant_id, actor, topic.contact_id, data=data))
    job = move_job(scope.tenant_id, topic.contact_id)
    await scope.put(job)
    await queue.hurry_lane(scope.connection, scope.tenant_id, job.lane or "", scope.now)


async def pass_on(scope: TenantScope, desk: Desk, old: Topic, staff: Staff, words: str, texts: Texts) -> str:
    """What was written in a topic the customer left is shown where they are now. Answers what to tell the writer."""
    new = await topics.topic_of(scope, old.contact_id)
    group = await desks.group_of_chat(scope, new.chat_id) if new else None
    if new is None or group is None:
        return texts.t("move.no_topic")
    spot = Spot(new.chat_id, new.thread_id)
    theirs = texts_for((await desks.get_tenant(scope)).locale)
    text = theirs.t("move.written_before", name=staff.name, words=words[:_MOST_WORDS])
    await scope.put(say_job(scope.tenant_id, Answer(spot, text)))
    return texts.t("move.not_sent", group=group.label, link=desk.link(spot))


class Moving:
    def __init__(self, store: Store, surface: Surface, topic_service: Topics) -> None:
        self._store = store
        self._surface = surface
        self._topics = topic_service

    async def move(self, job: Job) -> None:
        """Open the topic in the other group, unless a customer's message did so on its way."""
        assert job.tenant_id is not None  # noqa: S101 - move jobs are a tenant's
        contact_id = ContactId(job.payload["contact"])
        async with self._store.read(job.tenant_id) as scope:
            tenant = await desks.get_tenant(scope)
            topic = await topics.topic_of(scope, contact_id)
        if topic is not None and topic.is_leaving:
            await self._topics.topic_for(tenant, contact_id)
        async with self._store.settle(job):
            pass

    async def leave(self, job: Job) -> None:
        """In the old topic: where the customer is now. Then it is closed."""
        assert job.tenant_id is not None  # noqa: S101 - leave jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            tenant = await desks.get_tenant(scope)
            old = await topics.get(scope, TopicId(job.payload["topic"]))
            text = await self._farewell(scope, tenant, old) if old else None
        there = old is not None and old.has_moved
        if there and old is not None and text:
            there = await self._say(tenant.id, old, text)
        async with self._store.settle(job) as scope:
            if there and old is not None:
                await scope.put(_close_job(tenant.id, old))

    async def _farewell(self, scope: TenantScope, tenant: Tenant, old: Topic) -> str | None:
        new = await topics.topic_of(scope, old.contact_id)
        group = await desks.group_of_chat(scope, new.chat_id) if new else None
        if new is None or group is None:
            return None
        link = self._surface.desk.link(Spot(new.chat_id, new.thread_id))
        return texts_for(tenant.locale).t("move.left", group=group.label, link=link)

    async def _say(self, tenant_id: TenantId, old: Topic, text: str) -> bool:
        """False: staff deleted the topic, so there is nothing to close either."""
        spot, post = Spot(old.chat_id, old.thread_id), Post(text=plain(text))
        try:
            await self._surface.call(tenant_id, old.chat_id, Spend.POST, lambda desk: desk.post(spot, post))
        except TopicGone:
            return False
        except RemoteRefusal as refusal:
            log.warning("moving.not_told", code=refusal.code)
        return True

    async def close(self, job: Job) -> None:
        assert job.tenant_id is not None  # noqa: S101 - close jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            old = await topics.get(scope, TopicId(job.payload["topic"]))
        if old is not None and old.has_moved:
            await self._close(job.tenant_id, old)
        async with self._store.settle(job):
            pass

    async def _close(self, tenant_id: TenantId, old: Topic) -> None:
        chat, thread = old.chat_id, old.thread_id
        try:
            await self._surface.call(tenant_id, chat, Spend.POST, lambda desk: desk.close_topic(chat, thread))
        except RemoteRefusal as refusal:
            log.info("moving.not_closed", code=refusal.code)  # gone, or closed by somebody


def _close_job(tenant_id: TenantId, old: Topic) -> NewJob:
    return NewJob(JobKind.CLOSE, tenant_id, {"topic": old.id}, lane=f"leave:{old.id}", urgency=Urgency.NOTICE)
