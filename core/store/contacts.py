"""Rows about customers: contacts, their addresses, conversations and notes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_

from core.ids import ContactId, ConversationId, LineId
from core.people import Address, AddressKind, Contact, Conversation
from core.store import search
from core.store.scope import TenantScope
from core.store.search import EntryKind
from core.store.tables import address, contact, conversation, note

_FOUND_BY = {AddressKind.PHONE: EntryKind.NUMBER, AddressKind.USERNAME: EntryKind.HANDLE}


async def contacts_at(scope: TenantScope, line_id: LineId, addresses: Sequence[Address]) -> list[ContactId]:
    """Whom a line knows by any of these addresses, in the order of the addresses, each once.

    Usernames are left out: they change hands freely, so they prove nothing.
    """
    proving = [wanted for wanted in addresses if wanted.kind is not AddressKind.USERNAME]
    if not proving:
        return []
    any_of = or_(*(and_(address.c.kind == a.kind.value, address.c.value == a.value) for a in proving))
    rows = await scope.all(scope.select(address).where(address.c.line_id == line_id, any_of))
    order = {(wanted.kind.value, wanted.value): index for index, wanted in enumerate(proving)}
    found = sorted(rows, key=lambda row: order[row.kind, row.value])
    return list(dict.fromkeys(ContactId(row.contact_id) for row in found))


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
    await scope.update(contact, contact.c.id == contact_id, **values)
    if "name" in values:
        await search.keep(scope, search.Entry(EntryKind.NAME, contact_id, contact_id, values["name"], scope.now))


async def keep_addresses(
    scope: TenantScope, line_id: LineId, contact_id: ContactId, addresses: Sequence[Address]
) -> None:
    """Add what is new. An address that belongs to somebody else stays theirs: nothing merges in silence."""
    for item in addresses:
        new_id = await scope.insert_new(
            address, contact_id=contact_id, line_id=line_id, kind=item.kind.value, value=item.value
        )
        kind = _FOUND_BY.get(item.kind)
        if new_id is not None and kind is not None:
            await search.add(scope, search.Entry(kind, new_id, contact_id, item.value, scope.now))


async def addresses_of(scope: TenantScope, contact_id: ContactId, line_id: LineId | None = None) -> tuple[Address, ...]:
    """Newest of each kind first, kinds in the order of `AddressKind`."""
    statement = scope.select(address).where(address.c.contact_id == contact_id).order_by(address.c.id.desc())
    if line_id is not None:
        statement = statement.where(address.c.line_id == line_id)
    kinds = list(AddressKind)
    found = [Address(AddressKind(row.kind), row.value) for row in await scope.all(statement)]
    return tuple(sorted(dict.fromkeys(found), key=lambda item: kinds.index(item.kind)))


async def keep_conversation(scope: TenantScope, contact_id: ContactId, line_id: LineId) -> ConversationId:
    await scope.insert_new(conversation, contact_id=contact_id, line_id=line_id, last_in_at=None)
    where = (conversation.c.contact_id == contact_id, conversation.c.line_id == line_id)
    row = await scope.first(scope.select(conversation).where(*where))
    assert row is not None  # noqa: S101 - written above, in this transaction
    return ConversationId(row.id)


async def heard(scope: TenantScope, conversation_id: ConversationId, at: datetime) -> None:
    """The customer wrote: the 24 h window counts from the latest of their messages, in any order of arrival."""
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


def _recency(row: Row[Any]) -> tuple[bool, datetime | None, int]:
    return (row.last_in_at is not None, row.last_in_at, row.id) if row.last_in_at else (False, None, row.id)


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(ConversationId(row.id), ContactId(row.contact_id), LineId(row.line_id), row.last_in_at)
