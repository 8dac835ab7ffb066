"""Topics and their cards: opened at the first message, made anew when staff deleted them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from core.errors import DeskError, LineTrouble, RemoteRefusal, TopicGone, Uncertain
from core.events import Event, EventKind, mirror_job, tell_job
from core.i18n import Texts, texts_for
from core.ids import ChatId, ContactId, MessageId, PostId, TenantId, ThreadId
from core.jobs import Job, JobKind, NewJob, Urgency
from core.people import Address, AddressKind, Contact, Group, Tenant, Topic
from core.ports import Desk, Post, Spot
from core.service import contacts as people
from core.service import grouping, structured
from core.service.doubts import Named
from core.service.saying import Answer, say_job
from core.service.surface import Surface
from core.store import contacts, desks, messages, openings, postings, referrals, topics
from core.store.scope import TenantScope
from core.store.store import Store
from core.text import RichText, bold, join, plain
from core.work.limits import Spend
from core.work.runner import Later

log = structlog.get_logger(__name__)

_NAME_LIMIT = 128
_NEW_ICONS = ("💬", "🆕", "❗", "🔥")
_LINE_COLORS = {"whatsapp_cloud": 9367192, "whatsapp_web": 9367192}
"""The colour of a topic can never change, so it shows what never changes: the kind of line (green: WhatsApp)."""
_NO_GROUP_SECONDS = 15.0
_UNCONFIRMED = timedelta(seconds=5)
"""How long an opening whose answer was lost is given to be told of by Telegram, before another topic is opened."""
_QUIET = 5
"""With so few customers' messages waiting, a new topic gets its card before the first message."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A topic that is wanted, whatever its name will be."""

    tenant_id: TenantId
    contact_id: ContactId
    chat: ChatId
    color: int | None


class Topics:
    def __init__(self, store: Store, surface: Surface, replayed: int = 10, full_at: int = 500_000) -> None:
        """`replayed`: how many messages a topic that had to be made anew tells of.

        `full_at`: posts of a group from which on new topics go to another one.
        """
        self._store = store
        self._surface = surface
        self._replayed = replayed
        self._full_at = full_at
        self._icons: Mapping[str, str] | None = None

    async def topic_for(self, tenant: Tenant, contact_id: ContactId) -> Topic:
        """The contact's topic, opened if need be. Raises Later while the tenant has no group."""
        async with self._store.read(tenant.id) as scope:
            known = await topics.topic_of(scope, contact_id)
            if known is not None and not known.is_leaving:
                return known
            group = await grouping.group_for(scope, contact_id, self._full_at)
            began_at = await openings.began_at(scope, contact_id)
        if began_at is not None and self._store.clock() < began_at + _UNCONFIRMED:
            raise Later(began_at + _UNCONFIRMED)
        if group is None:
            raise Later(self._store.clock() + timedelta(seconds=_NO_GROUP_SECONDS))
        if known is not None and known.chat_id == group.chat_id:
            return await self._stay(tenant, known)
        try:
            return await self._open(tenant, contact_id, group)
        except Later as later:
            raise await self._unless_elsewhere(tenant.id, contact_id, group, later) from later

    async def _unless_elsewhere(self, tenant_id: TenantId, contact_id: ContactId, group: Group, later: Later) -> Later:
        """A group that turned out to be unusable is not waited for while another one can take the topic."""
        async with self._store.read(tenant_id) as scope:
            other = await grouping.group_for(scope, contact_id, self._full_at)
        return later if other is None or other.id == group.id else Later(self._store.clock())

    async def _stay(self, tenant: Tenant, topic: Topic) -> Topic:
        """The topic was to be left, but by now no other group can take it."""
        text = texts_for(tenant.locale).t("move.stays")
        async with self._store.write(tenant.id) as scope:
            if await topics.stay(scope, topic.id):
                await scope.put(say_job(tenant.id, Answer(Spot(topic.chat_id, topic.thread_id), text)))
        return replace(topic, is_leaving=False)

    async def reopen(self, tenant_id: TenantId, topic: Topic) -> None:
        """Staff closed it, and the customer writes again. Raises TopicGone."""
        chat, thread = topic.chat_id, topic.thread_id
        await self._surface.call(tenant_id, chat, Spend.POST, lambda desk: desk.reopen_topic(chat, thread))
        async with self._store.write(tenant_id) as scope:
            await topics.set_closed(scope, topic.id, closed=False)

    async def _open(self, tenant: Tenant, contact_id: ContactId, group: Group) -> Topic:
        async with self._store.read(tenant.id) as scope:
            contact = await contacts.get_contact(scope, contact_id)
            addresses = await contacts.addresses_of(scope, contact_id)
            kind = await self._line_kind(scope, contact_id)
            last_name = await topics.last_name(scope, contact_id)
        names = (last_name or topic_name(contact, addresses), f"#{contact_id}")
        opening = Opening(tenant.id, contact_id, group.chat_id, _LINE_COLORS.get(kind))
        thread_id, name = await self._open_named(opening, names)
        async with self._store.write(tenant.id) as scope:
            was_ours = await openings.end(scope, contact_id)
            adopted = None if was_ours else await topics.topic_of(scope, contact_id)
            topic = adopted or await self._keep(scope, contact_id, group.chat_id, thread_id, name)
            waiting, _ = await messages.waiting_count(scope)
        if waiting <= _QUIET:
            await self._card_first(tenant, topic)
        return topic

    async def _keep(
        self, scope: TenantScope, contact_id: ContactId, chat: ChatId, thread_id: ThreadId, name: str
    ) -> Topic:
        """A topic that is there now, and all that belongs into it."""
        old = await topics.topic_of(scope, contact_id)
        topic = await topics.add_topic(scope, contact_id, chat, thread_id, name)
        if old is not None:
            await _retire(scope, old)
        await scope.record(Event(EventKind.TOPIC_OPENED, scope.tenant_id, "system", contact_id))
        await scope.put(card_job(scope.tenant_id, contact_id))
        said = await messages.last_said(scope, contact_id, self._replayed) if topic.generation > 1 else []
        if said:
            await scope.put(history_job(scope.tenant_id, topic, said))
        for message_id in await messages.untold(scope, contact_id):
            await scope.put(tell_job(scope.tenant_id, contact_id, message_id))
        return topic

    async def adopt(self, scope: TenantScope, chat: ChatId, thread_id: ThreadId, name: str) -> Topic | None:
        """A topic of ours that no row knows: its opening was never answered. None when nobody waits for this name.

        Two customers of one name leave it open whose it is: then it is nobody's.
        """
        waiting = [contact for contact, wanted in await openings.in_chat(scope, chat) if _alike(wanted, name)]
        if len(waiting) != 1 or await topics.topic_at(scope, chat, thread_id) is not None:
            return None
        if not await openings.end(scope, waiting[0]):
            return None
        log.info("topics.adopted", thread=thread_id)
        await scope.put(mirror_job(scope.tenant_id, waiting[0]))
        return await self._keep(scope, waiting[0], chat, thread_id, name)

    async def _card_first(self, tenant: Tenant, topic: Topic) -> None:
        try:
            await self.show_card(tenant, topic)
        except (Later, DeskError):
            return  # the card job shows it when there is room, and says so when it cannot

    async def card(self, job: Job) -> None:
        """Post the card if the topic has none, or pin the one that could not be pinned at once."""
        assert job.tenant_id is not None  # noqa: S101 - card jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            tenant = await desks.get_tenant(scope)
            topic = await topics.topic_of(scope, ContactId(job.payload["contact"]))
        if topic is not None:
            try:
                await self.show_card(tenant, topic)
                await self._pin_late(topic, job)
            except TopicGone:
                await self.lose(tenant.id, topic)
        async with self._store.settle(job):
            pass

    async def show_card(self, tenant: Tenant, topic: Topic) -> None:
        """Post the card and pin it at once: Telegram tells of a pin in a line, which must not hide a customer's."""
        async with self._store.read(tenant.id) as scope:
            if await topics.card_of(scope, topic.id) is not None:
                return
            text = await card_text(scope, tenant, topic)
            left = await topics.before(scope, topic)
        if left is not None:
            link = self._surface.desk.link(Spot(left.chat_id, left.thread_id))
            text = text + plain("\n" + texts_for(tenant.locale).t("card.before", link=link))
        spot = Spot(topic.chat_id, topic.thread_id)
        post = Post(text=text, silent=True)
        what = Named((f"card:{topic.id}",), topic.contact_id)
        post_id = await self._surface.post(tenant.id, spot, what, post, spare=True)
        async with self._store.write(tenant.id) as scope:
            await topics.set_card(scope, topic.id, post_id)
            await postings.end(scope, what.names)
        await self._pin(tenant, topic, post_id)

    async def _pin(self, tenant: Tenant, topic: Topic, post_id: PostId) -> None:
        """At once while there is room, else later: Telegram counts the line that tells of a pin as a post."""
        try:
            await self._pin_now(tenant.id, topic, post_id)
        except Later:
            async with self._store.write(tenant.id) as scope:
                await scope.put(_pin_job(tenant.id, topic.contact_id, post_id))

    async def _pin_late(self, topic: Topic, job: Job) -> None:
        if "pin" in job.payload and job.tenant_id is not None:
            await self._pin_now(job.tenant_id, topic, PostId(job.payload["pin"]))

    async def _pin_now(self, tenant_id: TenantId, topic: Topic, post_id: PostId) -> None:
        """Raises Later while there is no room that customers' messages can do without."""
        chat = topic.chat_id
        try:
            await self._surface.call(tenant_id, chat, Spend.POST, lambda desk: desk.pin(chat, post_id), spare=True)
        except DeskError as error:
            log.info("topics.card_not_pinned", code=error.code)  # a desk works without

    async def lose(self, tenant_id: TenantId, topic: Topic) -> None:
        """Staff deleted the topic: the next one is a new generation, and what waited is shown there."""
        async with self._store.write(tenant_id) as scope:
            if await topics.lose_topic(scope, topic.id):
                await messages.forget_copies_of_waiting(scope, topic.contact_id)
                await messages.forget_told(scope, topic.contact_id)
                await postings.forget(scope, topic.contact_id)
                await scope.record(Event(EventKind.TOPIC_LOST, tenant_id, "system", topic.contact_id))
                await scope.put(mirror_job(tenant_id, topic.contact_id))

    async def _open_named(self, opening: Opening, names: tuple[str, str]) -> tuple[ThreadId, str]:
        """By the first name, or by the second: a customer may call themselves anything, and is shown all the same."""
        wanted, sure = names
        try:
            return await self._open_in(opening, wanted), wanted
        except RemoteRefusal as refusal:
            log.warning("topics.name_refused", code=refusal.code)
            return await self._open_in(opening, sure), sure

    async def _open_in(self, opening: Opening, name: str) -> ThreadId:
        """With the icon for "new" where Telegram takes it, else without."""
        icon = await self._new_icon()
        try:
            return await self._call(opening, name, icon)
        except RemoteRefusal:
            if icon is None:
                raise
            thread_id = await self._call(opening, name, None)
            self._icons = {}  # it was the icon
            return thread_id

    async def _call(self, opening: Opening, name: str, icon: str | None) -> ThreadId:
        """Noted before the call leaves, so that the topic is known again should the answer be lost."""

        async def call(desk: Desk) -> ThreadId:
            async with self._store.write(opening.tenant_id) as scope:
                await openings.begin(scope, opening.contact_id, opening.chat, name)
            try:
                return await desk.open_topic(opening.chat, name, opening.color, icon)
            except Uncertain:
                async with self._store.write(opening.tenant_id) as scope:
                    await openings.doubt(scope, opening.contact_id)
                raise
            except DeskError:
                async with self._store.write(opening.tenant_id) as scope:
                    await openings.end(scope, opening.contact_id)
                raise

        thread_id = await self._surface.call(opening.tenant_id, opening.chat, Spend.POST, call)
        await self._surface.resume(opening.tenant_id, opening.chat, with_rights=True)
        return thread_id

    async def _new_icon(self) -> str | None:
        """Asked once: the list is Telegram's own and hardly changes. Without it topics have no icon."""
        if self._icons is None:
            try:
                self._icons = await self._surface.desk.icons()
            except LineTrouble:
                raise  # says nothing about icons
            except DeskError as error:
                log.warning("topics.no_icons", code=error.code)
                self._icons = {}
        return next((self._icons[emoji] for emoji in _NEW_ICONS if emoji in self._icons), None)

    async def _line_kind(self, scope: TenantScope, contact_id: ContactId) -> str:
        conversation = await contacts.latest_conversation(scope, contact_id)
        rows = await desks.lines(scope)
        return next((row.kind for row in rows if conversation and row.id == conversation.line_id), "")


async def _retire(scope: TenantScope, old: Topic) -> None:
    """The contact is in another group now. What waited, or stood in the old topic in part, is shown in the new one."""
    await topics.retire(scope, old.id)
    await messages.forget_copies_of_waiting(scope, old.contact_id)
    await scope.record(Event(EventKind.TOPIC_LEFT, scope.tenant_id, "system", old.contact_id, data={"topic": old.id}))
    payload, lane = {"topic": old.id}, f"leave:{old.id}"
    await scope.put(NewJob(JobKind.LEAVE, scope.tenant_id, payload, lane=lane, urgency=Urgency.NOTICE))


def card_job(tenant_id: TenantId, contact_id: ContactId) -> NewJob:
    return NewJob(
        JobKind.CARD,
        tenant_id,
        {"contact": contact_id},
        lane=f"card:{contact_id}",
        urgency=Urgency.AI,
        merge_key=f"card:{contact_id}",
        delay=2.0,
    )


def _pin_job(tenant_id: TenantId, contact_id: ContactId, post_id: PostId) -> NewJob:
    job = card_job(tenant_id, contact_id)
    return replace(job, payload={**job.payload, "pin": post_id}, merge_key=f"pin:{contact_id}")


def history_job(tenant_id: TenantId, topic: Topic, said: Sequence[MessageId], title: str = "history.title") -> NewJob:
    """In the card's lane: first the card, then what was said before. Customers' new words need not wait for it."""
    return NewJob(
        JobKind.HISTORY,
        tenant_id,
        {"contact": topic.contact_id, "topic": topic.id, "messages": list(said), "title": title},
        lane=f"card:{topic.contact_id}",
        urgency=Urgency.AI,
    )


def topic_name(contact: Contact, addresses: tuple[Address, ...]) -> str:
    """`Name · 1234`: the last digits tell two customers of one name apart."""
    phone = next((item.value for item in addresses if item.kind is AddressKind.PHONE), "")
    name = contact.name or (people.show_address(addresses[0]) if addresses else f"#{contact.id}")
    is_named = phone and people.show_address(Address(AddressKind.PHONE, phone)) != name
    tail = f" · {phone[-4:]}" if is_named else ""
    return name[: _NAME_LIMIT - len(tail)].strip() + tail


def _alike(name: str, other: str) -> bool:
    """Telegram trims names; beyond that they come back as they were given."""
    return name.split() == other.split()


async def card_text(scope: TenantScope, tenant: Tenant, topic: Topic) -> RichText:
    """Name, addresses, line, first seen, language: what staff want to know at the first look."""
    texts = texts_for(tenant.locale)
    contact = await contacts.get_contact(scope, topic.contact_id)
    addresses = await contacts.addresses_of(scope, contact.id)
    conversation = await contacts.latest_conversation(scope, contact.id)
    label = await messages.line_label(scope, conversation.line_id) if conversation else ""
    rows = [
        bold(contact.name or texts.t("card.no_name")),
        plain(texts.t("card.address", address=_shown_address(addresses, texts))),
        plain(texts.t("card.line", line=label)),
        plain(texts.t("card.first_seen", when=texts.datetime(contact.created_at, tenant.timezone))),
    ]
    if contact.language:
        rows.append(plain(texts.t("card.language", language=texts.language(contact.language))))
    came_by = await referrals.first_and_last(scope, contact.id)
    if came_by:
        names = " → ".join(structured.referral_name(each) for each in came_by)
        rows.append(plain(texts.t("card.came_by", names=names)))
    return join(rows)


def _shown_address(addresses: tuple[Address, ...], texts: Texts) -> str:
    for kind in (AddressKind.PHONE, AddressKind.USERNAME):
        found = next((item for item in addresses if item.kind is kind), None)
        if found is not None:
            return people.show_address(found)
    return texts.t("card.no_number")
