"""/find: people first, then what was said and noted, newest first, each with the way to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import UserMistake
from core.finding import Question, Where, Who, understand
from core.i18n import Texts
from core.ids import ContactId, MessageId
from core.people import Staff, Tenant
from core.ports import Desk, Spot
from core.search import Term, place_of, terms
from core.service.contacts import show_address
from core.store import contacts, desks, messages, search, topics
from core.store.scope import TenantScope
from core.store.search import EntryKind, Hit, Wanted
from core.text import RichText, bold, folded, join, linked, plain

MORE = "find"
"""The verb of the button to the next page; its numbers: the question, and below which hit to go on."""

_PEOPLE = (EntryKind.NAME, EntryKind.NUMBER, EntryKind.HANDLE, EntryKind.TAG)
_SAID = {
    None: (EntryKind.MESSAGE, EntryKind.NOTE),
    Where.MESSAGES: (EntryKind.MESSAGE,),
    Where.NOTES: (EntryKind.NOTE,),
    Where.PEOPLE: (),
}
_PAGE = 6
_MOST_PEOPLE = 5
_ENTRIES_OF_ONE = 4
"""Entries that may name one person: name, number, user name, tag."""
_BEFORE, _AFTER = 24, 60
"""Characters shown around what was found."""


@dataclass(frozen=True, slots=True)
class Page:
    """`below`: where the next page begins; None when this is the last."""

    text: RichText
    below: int | None


@dataclass(frozen=True, slots=True)
class Looking:
    """One search: by whom, for what, in whose words it is answered."""

    scope: TenantScope
    tenant: Tenant
    staff: Staff
    desk: Desk
    texts: Texts
    question: Question
    terms: tuple[Term, ...]


async def look(
    scope: TenantScope, typed: str, staff: Staff, desk: Desk, texts: Texts, below: int | None = None
) -> Page:
    """One page. Raises UserMistake when nothing was asked, or a filter is not understood."""
    tenant = await desks.get_tenant(scope)
    question = understand(typed, scope.now, tenant.timezone)
    if question == Question():
        raise UserMistake("find_form")
    looking = Looking(scope, tenant, staff, desk, texts, question, terms(question.words))
    people = await _people(looking) if below is None else []
    found = await _said(looking, below)
    rows = people + [await _row(looking, hit) for hit in found[:_PAGE]]
    text = join(rows, "\n\n") if rows else plain(texts.t("find.nothing"))
    return Page(text, found[_PAGE - 1].id if len(found) > _PAGE else None)


async def _people(looking: Looking) -> list[RichText]:
    asked = looking.question
    if asked.where not in {None, Where.PEOPLE} or asked.who or asked.since or asked.until:
        return []
    kinds = _PEOPLE if looking.terms else (EntryKind.NAME,)
    wanted = Wanted(looking.terms, kinds, _circle(looking))
    hits = await search.find(looking.scope, wanted, _MOST_PEOPLE * _ENTRIES_OF_ONE)
    each_once = list(dict.fromkeys(hit.contact_id for hit in hits))
    return [await _person(looking, contact_id) for contact_id in each_once[:_MOST_PEOPLE]]


async def _person(looking: Looking, contact_id: ContactId) -> RichText:
    contact = await contacts.get_contact(looking.scope, contact_id)
    addresses = await contacts.addresses_of(looking.scope, contact_id)
    shown = show_address(addresses[0]) if addresses else ""
    name = linked(f"👤 {contact.name or shown or f'#{contact_id}'}", await _way(looking, contact_id))
    return name + plain(f"  {shown}") if shown and shown != contact.name else name


async def _said(looking: Looking, below: int | None) -> Sequence[Hit]:
    """One more than a page has, to know whether there is another. Words alone never list everything ever said."""
    asked = looking.question
    kinds = _SAID[asked.where]
    if not kinds or not (looking.terms or asked.since or asked.until or asked.who or asked.where):
        return []
    wanted = Wanted(looking.terms, kinds, _circle(looking), _author(looking), asked.since, asked.until)
    return await search.find(looking.scope, wanted, _PAGE + 1, below)


def _circle(looking: Looking) -> tuple[search.Contacts, ...]:
    asked, scope = looking.question, looking.scope
    tagged = [search.tagged(scope, [folded(name) for name in asked.tags])] if asked.tags else []
    return (*tagged, *([search.on_line(scope, asked.line)] if asked.line else []))


def _author(looking: Looking) -> str:
    mine = f"staff:{looking.staff.id}"
    return {None: "", Who.CUSTOMER: "customer", Who.STAFF: "staff:", Who.ME: mine}[looking.question.who]


async def _row(looking: Looking, hit: Hit) -> RichText:
    contact = await contacts.get_contact(looking.scope, hit.contact_id)
    words, sign, way = await _words(looking, hit)
    when = looking.texts.datetime(hit.at, looking.tenant.timezone)
    return (
        linked(f"{contact.name or f'#{contact.id}'} · {when}", way) + plain(f"\n{sign}") + _around(words, looking.terms)
    )


async def _words(looking: Looking, hit: Hit) -> tuple[str, str, str]:
    """What was said, a sign of how, and the way to it."""
    if hit.kind is EntryKind.NOTE:
        return await contacts.note_text(looking.scope, hit.ref), "📝 ", await _way(looking, hit.contact_id)
    message = await messages.get(looking.scope, MessageId(hit.ref))
    copies = await messages.copies_of(looking.scope, message.id)
    topic = await topics.topic_of(looking.scope, hit.contact_id)
    newest = copies[-1] if copies else None
    if newest is not None and topic is not None and newest.chat_id == topic.chat_id:
        way = looking.desk.link(Spot(topic.chat_id, topic.thread_id), newest.post_id)
    else:
        way = await _way(looking, hit.contact_id)
    return messages.words_of(message.content), "" if message.author == "customer" else "↪ ", way


async def _way(looking: Looking, contact_id: ContactId) -> str:
    topic = await topics.topic_of(looking.scope, contact_id)
    return looking.desk.link(Spot(topic.chat_id, topic.thread_id)) if topic else ""


def _around(words: str, asked: tuple[Term, ...]) -> RichText:
    """The found words in bold, with a little of what stands around them, on one line."""
    flat = " ".join(words.split())
    start, end = place_of(flat, asked) or (0, 0)
    first, last = max(0, start - _BEFORE), min(len(flat), end + _AFTER)
    head, tail = ("…" if first else ""), ("…" if last < len(flat) else "")
    return plain(head + flat[first:start]) + bold(flat[start:end]) + plain(flat[end:last] + tail)
