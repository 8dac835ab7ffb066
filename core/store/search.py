"""What can be found, on both databases by the same tokens (`core.search`).

SQLite: a contentless FTS5 table beside the entries. PostgreSQL: a stored tsvector under a GIN index. Entries are
written in the transaction of what they are about, so that a search never knows more or less than the house does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, cast, column, delete, func, table, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from core.ids import ContactId, StaffId
from core.search import Term, fold, number_tokens, tokens
from core.store.scope import TenantScope
from core.store.tables import asked, contact_tag, conversation, line, tag
from core.store.tables import search_entry as entry

_FTS = table("search_fts", column("rowid"), column("tokens"))
_LONGEST = 100_000
"""Characters of one text that are searched."""


Contacts = Select[Any] | Sequence[int]
"""A set of contacts: a query of their ids, or the ids."""


class EntryKind(StrEnum):
    NAME = "name"
    NUMBER = "number"
    """Digits; found by how they end."""
    HANDLE = "handle"
    """A user name."""
    TAG = "tag"
    NOTE = "note"
    MESSAGE = "message"
    """Its text or caption."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One searchable text. `ref` is the id of what it belongs to; `by` who wrote it, as in `message.author`."""

    kind: EntryKind
    ref: int
    contact_id: ContactId
    text: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """`id` orders hits, newest highest, and is where the next page begins."""

    id: int
    kind: EntryKind
    ref: int
    contact_id: ContactId
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: all `terms`, in entries of these kinds, of contacts in all these sets, in this time."""

    terms: tuple[Term, ...]
    kinds: tuple[EntryKind, ...] = tuple(EntryKind)
    contacts: tuple[Contacts, ...] = ()
    by: str = ""
    """How the author begins: `contact`, `staff:`."""
    since: datetime | None = None
    until: datetime | None = None


async def keep(scope: TenantScope, new: Entry) -> None:
    """Make a text findable in place of what the same thing said before."""
    await forget(scope, new.kind, new.ref)
    await add(scope, new)


async def add(scope: TenantScope, new: Entry) -> None:
    """Make a text findable that was not there before. A text without a word is not kept."""
    folded = fold(new.text[:_LONGEST])
    found_by = _tokens_of(new.kind, folded)
    if not found_by:
        return
    values: dict[str, Any] = {"kind": new.kind.value, "ref_id": new.ref, "contact_id": new.contact_id}
    values |= {"folded": folded, "at": new.at, "by": new.by}
    if _is_sqlite(scope.connection):
        number = await scope.insert(entry, **values)
        await scope.connection.execute(_INDEX, {"id": number, "tokens": " ".join(found_by)})
    else:
        await scope.insert(entry, **values, tokens=" ".join(f"'{token}'" for token in found_by))


async def forget(scope: TenantScope, kind: EntryKind, ref: int) -> None:
    await _forget(scope, entry.c.kind == kind.value, entry.c.ref_id == ref)


async def forget_contact(scope: TenantScope, contact_id: ContactId) -> None:
    """Nothing of this person is found any more."""
    await _forget(scope, entry.c.contact_id == contact_id)


async def find(scope: TenantScope, wanted: Wanted, most: int, below: int | None = None) -> list[Hit]:
    """The newest first; `below` is the id of the last hit of the page before."""
    statement = scope.select(entry, entry.c.id, entry.c.kind, entry.c.ref_id, entry.c.contact_id, entry.c.at)
    statement = statement.where(*_filters(wanted)).order_by(entry.c.id.desc()).limit(most)
    if below is not None:
        statement = statement.where(entry.c.id < below)
    if wanted.terms:
        statement = await _matching(scope.connection, statement, wanted.terms, below)
    rows = await scope.all(statement)
    return [Hit(row.id, EntryKind(row.kind), row.ref_id, ContactId(row.contact_id), row.at) for row in rows]


async def ask(scope: TenantScope, staff_id: StaffId, words: str) -> int:
    """Remember what somebody looks for; its number, the same for the same words."""
    await scope.insert_new(asked, staff_id=staff_id, words=words, created_at=scope.now)
    same = (asked.c.staff_id == staff_id, asked.c.words == words)
    row = await scope.first(scope.select(asked, asked.c.id).where(*same))
    assert row is not None  # noqa: S101 - written above, in this transaction
    return row.id


async def asked_words(scope: TenantScope, number: int, staff_id: StaffId) -> str | None:
    """None: nobody asked so, or somebody else did."""
    row = await scope.first(scope.select(asked).where(asked.c.id == number, asked.c.staff_id == staff_id))
    return row.words if row else None


def tagged(scope: TenantScope, keys: Sequence[str]) -> Select[Any]:
    """The contacts that have every one of these tags."""
    same = (tag.c.tenant_id == contact_tag.c.tenant_id) & (tag.c.id == contact_tag.c.tag_id)
    theirs = scope.select(contact_tag, contact_tag.c.contact_id).join(tag, same).where(tag.c.key.in_(keys))
    return theirs.group_by(contact_tag.c.contact_id).having(func.count() == len(set(keys)))


def on_line(scope: TenantScope, label: str) -> Select[Any]:
    """The contacts of the lines whose label begins so."""
    named = scope.select(line, line.c.id).where(func.lower(line.c.label).startswith(label.lower(), autoescape=True))
    return scope.select(conversation, conversation.c.contact_id).where(conversation.c.line_id.in_(named))


_INDEX = text("INSERT INTO search_fts (rowid, tokens) VALUES (:id, :tokens)")
_UNINDEX = text("INSERT INTO search_fts (search_fts, rowid, tokens) VALUES ('delete', :id, :tokens)")


async def _forget(scope: TenantScope, *where: ColumnElement[bool]) -> None:
    """A contentless index wants to be told the old tokens, exactly as they were."""
    if _is_sqlite(scope.connection):
        for row in await scope.all(scope.select(entry).where(*where)):
            old = " ".join(_tokens_of(EntryKind(row.kind), row.folded))
            await scope.connection.execute(_UNINDEX, {"id": row.id, "tokens": old})
    await scope.connection.execute(delete(entry).where(entry.c.tenant_id == scope.tenant_id, *where))


def _tokens_of(kind: EntryKind, folded: str) -> tuple[str, ...]:
    if kind is EntryKind.NUMBER:
        digits = "".join(filter(str.isdigit, folded))
        return number_tokens(digits) if digits else ()
    return tokens(folded)


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if len(wanted.kinds) < len(EntryKind):
        found.append(entry.c.kind.in_([kind.value for kind in wanted.kinds]))
    found += [entry.c.contact_id.in_(contacts) for contacts in wanted.contacts]
    if wanted.by:
        found.append(entry.c.by.startswith(wanted.by, autoescape=True))
    if wanted.since is not None:
        found.append(entry.c.at >= wanted.since)
    if wanted.until is not None:
        found.append(entry.c.at < wanted.until)
    return found + [entry.c.folded.contains(term.exact, autoescape=True) for term in wanted.terms if term.exact]


async def _matching(
    connection: AsyncConnection, statement: Select[Any], asked: tuple[Term, ...], below: int | None
) -> Select[Any]:
    if _is_sqlite(connection):
        statement = statement.join(_FTS, _FTS.c.rowid == entry.c.id)
        if below is not None:
            statement = statement.where(_FTS.c.rowid < below)
        match = text("search_fts MATCH :match").bindparams(match=_fts_query(asked))
        return statement.where(match).order_by(None).order_by(_FTS.c.rowid.desc())
    # A prepared plan for any word would walk the whole table for a rare one.
    await connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    query = cast(bindparam("asked", _ts_query(asked)), TSQUERY)
    return statement.where(entry.c.tokens.op("@@")(query))


def _fts_query(asked: tuple[Term, ...]) -> str:
    """Tokens are letters and digits alone, and quoted all the same."""
    words = [f'"{token}"' for term in asked for token in term.whole]
    return " AND ".join(words + [f'"{token}"*' for term in asked for token in term.begun])


def _ts_query(asked: tuple[Term, ...]) -> str:
    words = [f"'{token}'" for term in asked for token in term.whole]
    return " & ".join(words + [f"'{token}':*" for term in asked for token in term.begun])


def _is_sqlite(connection: AsyncConnection) -> bool:
    return connection.dialect.name == "sqlite"
