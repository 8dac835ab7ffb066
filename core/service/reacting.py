"""Reactions: what customers put on messages is drawn on their posts, what staff put there goes to the customer.

Our bot has one reaction on a post. A customer's takes the place of the mark, since it proves more than the mark
says; when it is taken back the mark returns. Of several people on the staff the latest counts: a customer sees one
business. See docs/decisions/0012.
"""

import zlib

from core import emoji as pictures
from core.errors import LineTrouble, RemoteRefusal, RemoteTrouble
from core.events import Event, EventKind
from core.i18n import texts_for
from core.ids import MessageId
from core.jobs import Job
from core.message import Direction, Status
from core.people import Address, Staff
from core.ports import CanReact, MessageIn, Spot, StatusChanged
from core.service import statuses
from core.service.delivery import as_wait
from core.service.lines import Lines
from core.service.saying import Answer, say_job
from core.store import contacts, desks, messages, reactions, topics
from core.store.messages import Copy, Message
from core.store.scope import TenantScope
from core.store.store import Store

_SIGN = "tdr"
"""Begins what goes along with a reaction and comes back in its reports."""


# ------------------------------------------------------------------ the customer's


async def hear(scope: TenantScope, target: Message, event: MessageIn) -> bool:
    """Keep a customer's reaction. False when it has to be told in words: the emoji, or the post, allows no drawing."""
    emoji = event.content.text.text.strip()
    before = await reactions.by(scope, target.id, reactions.CUSTOMER)
    if before is not None and event.at < before.at:
        return True
    in_words = not await _can_draw(scope, target, emoji) if emoji else before is None or before.in_words
    await reactions.put(scope, target.id, reactions.CUSTOMER, emoji, event.at, in_words=in_words)
    await contacts.heard(scope, target.conversation_id, event.at)
    if target.direction is Direction.OUT:
        await statuses.climb(scope, target, Status.READ)
    await scope.record(
        Event(EventKind.CUSTOMER_REACTED, scope.tenant_id, "customer", target.contact_id, target.id, {"emoji": emoji})
    )
    return not in_words


async def _can_draw(scope: TenantScope, target: Message, emoji: str) -> bool:
    """A post of several messages cannot carry a reaction for one of them."""
    copies = await messages.copies_of(scope, target.id)
    merged = bool(copies) and copies[-1].length > 0
    near = pictures.for_telegram(emoji)
    like_a_mark = target.direction is Direction.OUT and near in pictures.MARKS
    return bool(copies) and not merged and near is not None and not like_a_mark


async def drawn(scope: TenantScope, target: MessageId) -> str | None:
    """What the customer's reaction looks like on a post; None when there is nothing to draw."""
    found = await reactions.by(scope, target, reactions.CUSTOMER)
    return pictures.for_telegram(found.emoji) if found and found.emoji and not found.in_words else None


async def tell_in_words(scope: TenantScope, target: MessageId, place: Copy) -> None:
    """The group's administrators allow only some reactions: then a line tells of this one."""
    found = await reactions.by(scope, target, reactions.CUSTOMER)
    if found is None or found.in_words:
        return
    await reactions.put(scope, target, reactions.CUSTOMER, found.emoji, found.at, in_words=True)
    message, texts = await messages.get(scope, target), texts_for((await desks.get_tenant(scope)).locale)
    words = texts.t("show.reacted", emoji=found.emoji)
    await _say(scope, message, words, place)


# ------------------------------------------------------------------ staff's


async def react(scope: TenantScope, staff: Staff, target: Message, emoji: str) -> None:
    """Somebody put a reaction on a post, or took theirs away (empty)."""
    author = f"staff:{staff.id}"
    before = await reactions.by(scope, target.id, author)
    if (before.emoji if before else "") == emoji:
        return
    await reactions.put(scope, target.id, author, emoji, scope.now)
    data = {"emoji": emoji, "conversation": target.conversation_id}
    await scope.record(Event(EventKind.STAFF_REACTED, scope.tenant_id, author, target.contact_id, target.id, data))


def is_ours(report: StatusChanged) -> bool:
    """Is it about a reaction of ours, and not about a message?"""
    return (report.client_id or "").startswith(_SIGN + ":")


async def hear_report(scope: TenantScope, report: StatusChanged) -> None:
    """Only a failure is news: the target may be too old (Meta: reaction messages)."""
    match (report.client_id or "").split(":"):
        case [_, tenant, message, mark] if tenant == str(scope.tenant_id) and message.isdigit():
            found = await messages.find(scope, MessageId(int(message)))
        case _:
            return
    if found is None or report.status is not Status.FAILED:
        return
    told = await reactions.by(scope, found.id, reactions.TOLD)
    if told is not None and told.emoji and _mark_of(told.emoji) == mark:
        await _failed(scope, found, report.problem.code if report.problem else "unknown")


async def _failed(scope: TenantScope, target: Message, code: str) -> None:
    await reactions.put(scope, target.id, reactions.TOLD, "", scope.now)
    texts = texts_for((await desks.get_tenant(scope)).locale)
    why = texts.t("react.too_old") if code == "request" else texts.error(code)
    copies = await messages.copies_of(scope, target.id)
    await _say(scope, target, texts.t("react.failed", why=why), copies[-1] if copies else None)


async def _say(scope: TenantScope, target: Message, words: str, place: Copy | None) -> None:
    topic = await topics.topic_of(scope, target.contact_id)
    if topic is not None:
        reply_to = place.post_id if place is not None and place.chat_id == topic.chat_id else None
        answer = Answer(Spot(topic.chat_id, topic.thread_id), words, reply_to=reply_to)
        await scope.put(say_job(scope.tenant_id, answer))


class Reacting:
    def __init__(self, store: Store, lines: Lines) -> None:
        self._store = store
        self._lines = lines

    async def react(self, job: Job) -> None:
        """Bring the customer's side up to date with what holds now. Doing it twice is harmless."""
        assert job.tenant_id is not None  # noqa: S101 - react jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            target = await messages.get(scope, MessageId(job.payload["message"]))
            wanted = await reactions.of_staff(scope, target.id)
            told = await reactions.by(scope, target.id, reactions.TOLD)
            to = await contacts.addresses_of(scope, target.contact_id, target.line_id)
        code = None
        if target.external_id is not None and wanted != (told.emoji if told else ""):
            code = await self._show(target, to, wanted)
        async with self._store.settle(job) as scope:
            if code is not None and wanted:
                await _failed(scope, target, code)
            elif code is None:
                await reactions.put(scope, target.id, reactions.TOLD, wanted, scope.now)

    async def _show(self, target: Message, to: tuple[Address, ...], emoji: str) -> str | None:
        """Why the line refused; None when it took it. Raises Later, or what is worth another try."""
        opened = self._lines.get(target.line_id)
        if not isinstance(opened.connector, CanReact) or target.external_id is None:
            return "unsupported"
        sign = f"{_SIGN}:{opened.line.tenant_id}:{target.id}:{_mark_of(emoji)}"
        try:
            await opened.connector.react(to, target.external_id, pictures.for_phones(emoji), sign)
        except (LineTrouble, RemoteTrouble) as trouble:
            raise as_wait(trouble, self._store) from trouble
        except RemoteRefusal as refusal:
            return refusal.code
        return None


def _mark_of(emoji: str) -> str:
    """Tells one reaction from a later one on the same message."""
    return format(zlib.crc32(emoji.encode()), "x")
