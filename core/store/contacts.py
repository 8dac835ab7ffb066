"""Rows about customers: contacts, their addresses, conversations and notes."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, true

from core import phones
from core.ids import ContactId, ConversationId, LineId
from core.people import Address, AddressKind, Contact, Conversation
from core.store import search
from core.store.scope import TenantScope
from core.store.search import EntryKind
from core.store.tables import address, contact, conversation, note

_FOUND_BY = {AddressKind.PHONE: EntryKind.NUMBER, AddressKind.USERNAME: EntryKind.HANDLE}

_SECOND, _INSTANT = timedelta(seconds=1), timedelta(microseconds=1)

PROVING = frozenset(AddressKind) - {AddressKind.USERNAME, AddressKind.EMAIL}
"""Kinds of address that say for sure who somebody is."""


async def contacts_at(scope: TenantScope, line_id: LineId, addresses: Sequence[Address]) -> list[ContactId]:
    """Whom a line knows by any of these addresses, in the order of the addresses, each once.

    A phone is looked for in all its spellings. Usernames are left out: they change hands freely, so they prove
    nothing.
    """
    proving = [spelled for wanted in addresses if wanted.kind in PROVING for spelled in _spelled(wanted)]
    if not proving:
        return []
    rows = await scope.all(scope.select(address).where(address.c.line_id == line_id, _any_of(proving)))
    order = {(wanted.kind.value, wanted.value): index for index, wanted in reversed(list(enumerate(proving)))}
    found = sorted(rows, key=lambda row: order[row.kind, row.value])
    return list(dict.fromkeys(ContactId(row.contact_id) for row in found))


async def contacts_with(scope: TenantScope, wanted: Address) -> list[ContactId]:
    """Whom any line knows by this address, also by a username."""
    rows = await scope.all(scope.select(address).where(_any_of(_spelled(wanted))).order_by(address.c.id))
    return list(dict.fromkeys(ContactId(row.contact_id) for row in rows))


async def rows_at(scope: TenantScope, ids: Sequence[int]) -> tuple[Address, ...]:
    """Addresses by their rows, the most trusted kind first."""
    rows = await scope.all(scope.select(address).where(address.c.id.in_(ids)).order_by(address.c.id))
    kinds = list(AddressKind)
    found = (Address(AddressKind(row.kind), row.value) for row in rows)
    return tuple(sorted(found, key=lambda item: kinds.index(item.kind)))


def _spelled(wanted: Address) -> list[Address]:
    if wanted.kind is not AddressKind.PHONE:
        return [wanted]
    return [Address(AddressKind.PHONE, value) for value in phones.spellings(wanted.value)]


def _any_of(addresses: Sequence[Address]) -> ColumnElement[bool]:
    return or_(*(and_(address.c.kind == each.kind.value, address.c.value == each.value) for each in addresses))


async def add_contact(scope: TenantScope, name: str, language: str | None) -> ContactId:
    new_id = ContactId(await scope.insert(contact, name=name, language=language, created_at=scope.now))
    await search.add(scope, search.Entry(EntryKind.NAME, new_id, new_id, name, scope.now))
    return new_id


async def get_contact(scope: TenantScope, contact_id: ContactId) -> Contact:
    row = await scope.first(scope.select(contact).where(contact.c.id == contact_id))
    if row is None:
        raise LookupError("no such contact")
    return Contact(ContactId(row.id), row.name, row.language, row.created_at)


async def set_contact(scope: TenantScope, contact_id: ContactId, **values: Any) -> None:
    is_there = await scope.update(contact, contact.c.id == contact_id, **values)
    if is_there and "name" in values:
        await search.keep(scope, search.Entry(EntryKind.NAME, contact_id, contact_id, values["name"], scope.now))


async def keep_addresses(
    scope: TenantScope, line_id: LineId, contact_id: ContactId, addresses: Sequence[Address]
) -> None:
    """Add what is new. An address that belongs to somebody else stays theirs, but for a username: it has moved on."""
    for item in addresses:
        values = {"line_id": line_id, "kind": item.kind.value, "value": item.value}
        new_id = await scope.insert_new(address, contact_id=contact_id, used_at=None, **values)
        if new_id is None and item.kind is AddressKind.USERNAME:
            new_id = await _hand_over(scope, line_id, contact_id, item)
        kind = _FOUND_BY.get(item.kind)
        if new_id is not None and kind is not None:
            await search.keep(scope, search.Entry(kind, new_id, contact_id, item.value, scope.now))


async def _hand_over(scope: TenantScope, line_id: LineId, contact_id: ContactId, item: Address) -> int | None:
    """The address is this contact's from now on; its row, or None when it was theirs already."""
    where = (address.c.line_id == line_id, _any_of([item]), address.c.contact_id != contact_id)
    row = await scope.first(scope.select(address, address.c.id).where(*where))
    if row is None:
        return None
    await scope.update(address, address.c.id == row.id, contact_id=contact_id)
    return int(row.id)


async def use_addresses(scope: TenantScope, line_id: LineId, addresses: Sequence[Address], at: datetime) -> int | None:
    """The customer was heard from here, `at` WhatsApp's time: answers go here. The row of the most trusted one."""
    if not addresses:
        return None
    rows = await scope.all(scope.select(address).where(address.c.line_id == line_id, _any_of(addresses)))
    of_theirs = address.c.contact_id.in_({row.contact_id for row in rows})
    at = _after(at, [row.used_at for row in await scope.all(scope.select(address).where(of_theirs))])
    older = [row.id for row in rows if row.used_at is None or row.used_at < at]
    if older:
        await scope.update(address, address.c.id.in_(older), used_at=at)
    by_address = {Address(AddressKind(row.kind), row.value): int(row.id) for row in rows}
    return next((by_address[each] for each in addresses if each in by_address and each.kind in PROVING), None)


async def addresses_of(scope: TenantScope, contact_id: ContactId, line_id: LineId | None = None) -> tuple[Address, ...]:
    """Of each kind the one heard from last first, else the newest; kinds in the order of `AddressKind`."""
    on_line = true() if line_id is None else address.c.line_id == line_id
    rows = await scope.all(scope.select(address).where(address.c.contact_id == contact_id, on_line))
    kinds = list(AddressKind)
    found = [Address(AddressKind(row.kind), row.value) for row in sorted(rows, key=_freshness, reverse=True)]
    return tuple(sorted(dict.fromkeys(found), key=lambda item: kinds.index(item.kind)))


async def address_book(scope: TenantScope, contact_id: ContactId) -> dict[tuple[LineId, AddressKind], set[str]]:
    """All that proves who they are, by line and kind."""
    book: dict[tuple[LineId, AddressKind], set[str]] = {}
    for row in await scope.all(scope.select(address).where(address.c.contact_id == contact_id)):
        if AddressKind(row.kind) in PROVING:
            book.setdefault((LineId(row.line_id), AddressKind(row.kind)), set()).add(row.value)
    return book


def _after(at: datetime, others: Iterable[datetime | None]) -> datetime:
    """WhatsApp tells whole seconds: of what was said in the same one, what came later is the later."""
    same = [other for other in others if other is not None and at <= other < at + _SECOND]
    return max(same) + _INSTANT if same else at


def _freshness(row: Row[Any]) -> tuple[bool, float, int]:
    return (row.used_at is not None, row.used_at.timestamp() if row.used_at else 0, row.id)


async def keep_conversation(scope: TenantScope, contact_id: ContactId, line_id: LineId) -> ConversationId:
    await scope.insert_new(conversation, contact_id=contact_id, line_id=line_id, last_in_at=None)
    where = (conversation.c.contact_id == contact_id, conversation.c.line_id == line_id)
    row = await scope.first(scope.select(conversation).where(*where))
    assert row is not None  # noqa: S101 - written above, in this transaction
    return ConversationId(row.id)


async def heard(scope: TenantScope, conversation_id: ConversationId, at: datetime) -> None:
    """The customer wrote: the 24 h window counts from the latest of their messages, in any order of arrival."""
    its_contact = scope.select(conversation, conversation.c.contact_id).where(conversation.c.id == conversation_id)
    theirs = scope.select(conversation).where(conversation.c.contact_id.in_(its_contact))
    at = _after(at, [row.last_in_at for row in await scope.all(theirs)])
    later = or_(conversation.c.last_in_at.is_(None), conversation.c.last_in_at < at)
    await scope.update(conversation, conversation.c.id == conversation_id, later, last_in_at=at)


async def latest_conversation(scope: TenantScope, contact_id: ContactId) -> Conversation | None:
    """Where an answer goes: the line on which the customer wrote last."""
    statement = scope.select(conversation).where(conversation.c.contact_id == contact_id)
    rows = await scope.all(statement.order_by(conversation.c.id))
    return _conversation(max(rows, key=_recency)) if rows else None


async def add_note(scope: TenantScope, contact_id: ContactId, author: str, text: str, origin: str | None) -> int | None:
    """None when the very same Telegram message was noted before."""
    new_id = await scope.insert_new(
        note, contact_id=contact_id, author=author, text=text, origin=origin, created_at=scope.now
    )
    if new_id is not None:
        await search.add(scope, search.Entry(EntryKind.NOTE, new_id, contact_id, text, scope.now, author))
    return new_id


async def change_note(scope: TenantScope, origin: str, text: str) -> int | None:
    """The note's id, when there is a note of this origin and it said something else."""
    where = (note.c.origin == origin, note.c.text != text)
    row = await scope.first(scope.select(note, note.c.id).where(*where))
    if row is not None:
        await scope.update(note, note.c.id == row.id, text=text)
    return row.id if row else None


async def has_note(scope: TenantScope, origin: str) -> bool:
    return await scope.first(scope.select(note, note.c.id).where(note.c.origin == origin)) is not None


async def note_text(scope: TenantScope, note_id: int) -> str:
    row = await scope.first(scope.select(note, note.c.text).where(note.c.id == note_id))
    return row.text if row else ""


def _recency(row: Row[Any]) -> tuple[bool, datetime | None, int]:
    return (row.last_in_at is not None, row.last_in_at, row.id) if row.last_in_at else (False, None, row.id)


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(ConversationId(row.id), ContactId(row.contact_id), LineId(row.line_id), row.last_in_at)
