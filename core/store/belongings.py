"""Everything of one contact into another's hands, and back again.

What moves is noted by row, so that the way back takes exactly these rows, however much came since.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, UniqueConstraint, delete, func

from core.events import deliver_lane
from core.ids import ContactId, ConversationId, MessageId
from core.store import contacts, messages, queue
from core.store.scope import TenantScope
from core.store.tables import (
    OWNED,
    choice,
    contact,
    contact_tag,
    conversation,
    copy,
    message,
    metadata,
    search_entry,
    topic,
)
from core.store.topics import CLOSED, MOVED, OPEN

Moved = dict[str, Any]
"""JSON. `rows`: table → ids; `joined`: [conversation, the one it went into, when that was heard last];
`topics`: [id, generation, state]; `copies`: the highest id of a copy; `said`: what was said last and is shown;
`filled`: what was blank before.
"""

_SAID = 10
_AT_ONCE = 500
"""Ids in one statement; SQLite takes some thirty thousand."""


def _is_alone(table: Table) -> bool:
    """Has the table one row only of a contact (of a kind)? Then moving it takes thought."""
    unique = (item for item in table.constraints if isinstance(item, UniqueConstraint))
    return any("contact_id" in item.columns for item in unique)


OF_CONTACTS = tuple(table for table in metadata.sorted_tables if table.name in OWNED and "contact_id" in table.c)
PLAIN = tuple(table for table in OF_CONTACTS if not _is_alone(table))
"""Tables whose rows simply change hands. The others: conversations are joined, tags united, topics renumbered;
where a contact belongs (`placement`) and the opening of a topic stay behind.
"""


async def move(scope: TenantScope, gone: ContactId, kept: ContactId) -> Moved:
    """All of `gone` becomes `kept`'s. Answers what it takes to undo it."""
    said = await messages.last_said(scope, gone, _SAID)
    moved: Moved = {"rows": {}, "copies": await _last_copy(scope), "said": said}
    for table in PLAIN:
        moved["rows"][table.name] = await _ids(scope, table, table.c.contact_id == gone)
        await scope.update(table, table.c.contact_id == gone, contact_id=kept)
    moved["rows"]["conversation"], moved["joined"] = await _join_conversations(scope, gone, kept)
    moved["rows"]["contact_tag"] = await _unite_tags(scope, gone, kept)
    moved["topics"] = await _move_topics(scope, gone, kept)
    moved["filled"] = await _fill_blanks(scope, gone, kept)
    return moved


async def _join_conversations(
    scope: TenantScope, gone: ContactId, kept: ContactId
) -> tuple[list[int], list[tuple[int, int, str | None]]]:
    """One conversation a line: where both have one, all that was said goes into the kept one."""
    mine = {row.line_id: row for row in await _conversations(scope, kept)}
    taken: list[int] = []
    joined: list[tuple[int, int, str | None]] = []
    for theirs in await _conversations(scope, gone):
        own = mine.get(theirs.line_id)
        if own is None:
            taken.append(theirs.id)
            await scope.update(conversation, conversation.c.id == theirs.id, contact_id=kept)
            continue
        await _pour(scope, theirs.id, own.id)
        await _hear_later(scope, own, theirs.last_in_at)
        joined.append((theirs.id, own.id, own.last_in_at.isoformat() if own.last_in_at else None))
    return taken, joined


async def _pour(scope: TenantScope, source: int, target: int) -> None:
    for table in (message, choice):
        await scope.update(table, table.c.conversation_id == source, conversation_id=target)
    old, new = deliver_lane(ConversationId(source)), deliver_lane(ConversationId(target))
    await queue.change_lane(scope.connection, scope.tenant_id, old, new)


async def _hear_later(scope: TenantScope, own: Row[Any], at: datetime | None) -> None:
    if at is not None and (own.last_in_at is None or own.last_in_at < at):
        await scope.update(conversation, conversation.c.id == own.id, last_in_at=at)


async def _unite_tags(scope: TenantScope, gone: ContactId, kept: ContactId) -> list[int]:
    has = {row.tag_id for row in await scope.all(scope.select(contact_tag).where(contact_tag.c.contact_id == kept))}
    rows = await scope.all(scope.select(contact_tag).where(contact_tag.c.contact_id == gone))
    new = [int(row.id) for row in rows if row.tag_id not in has]
    await _repoint(scope, contact_tag, new, contact_id=kept)
    return new


async def _move_topics(scope: TenantScope, gone: ContactId, kept: ContactId) -> list[tuple[int, int, str]]:
    """What staff write there reaches the kept contact. Numbered below zero: the kept one's own topics come first."""
    found: list[tuple[int, int, str]] = []
    for row in await scope.all(scope.select(topic).where(topic.c.contact_id == gone)):
        state = MOVED if row.state in {OPEN, CLOSED} else row.state
        await scope.update(topic, topic.c.id == row.id, contact_id=kept, generation=-row.id, state=state)
        found.append((row.id, row.generation, row.state))
    return found


async def _fill_blanks(scope: TenantScope, gone: ContactId, kept: ContactId) -> list[str]:
    rows = await scope.all(scope.select(contact).where(contact.c.id.in_((gone, kept))))
    by_id = {row.id: row for row in rows}
    blank = [name for name in ("name", "language") if not getattr(by_id[kept], name)]
    filled = {name: value for name in blank if (value := getattr(by_id[gone], name))}
    if filled:
        await contacts.set_contact(scope, kept, **filled)
    return list(filled)


# ------------------------------------------------------------------ and back


async def restore(scope: TenantScope, gone: ContactId, holder: ContactId, moved: Moved) -> list[MessageId]:
    """Back to `gone` what `holder` still has of it, and what its addresses said since; answers these messages."""
    rows: dict[str, list[int]] = moved["rows"]
    tables = {table.name: table for table in (*PLAIN, conversation, contact_tag)}
    for name, ids in rows.items():
        await _repoint(scope, tables[name], ids, tables[name].c.contact_id == holder, contact_id=gone)
    since = await _said_since(scope, holder, moved)
    await _repoint(scope, message, since, contact_id=gone)
    await _follow(scope, since, gone)
    for source, target, heard_at in moved["joined"]:
        await _part(scope, source, [*rows["message"], *since])
        await _hear_as_before(scope, source, target, heard_at)
    for topic_id, generation, state in moved["topics"]:
        await _return_topic(scope, topic_id, holder, gone, generation, state)
    await _forget_copies(scope, rows["message"], moved["copies"])
    if moved["filled"]:
        await contacts.set_contact(scope, holder, **_blank(moved["filled"]))
    return [MessageId(each) for each in since]


def _blank(names: Sequence[str]) -> dict[str, str | None]:
    return {name: "" if name == "name" else None for name in names}


async def _said_since(scope: TenantScope, holder: ContactId, moved: Moved) -> list[int]:
    """From an address that goes back, or in a conversation that does."""
    said: list[int] = []
    for ids, column in (("address", message.c.address_id), ("conversation", message.c.conversation_id)):
        for some in _some(moved["rows"][ids]):
            said += await _ids(scope, message, message.c.contact_id == holder, column.in_(some))
    return sorted(set(said) - set(moved["rows"]["message"]))


async def _follow(scope: TenantScope, said: Sequence[int], gone: ContactId) -> None:
    """Whatever is kept about these messages goes with them."""
    for some in _some(said):
        for table in PLAIN:
            if "message_id" in table.c:
                await scope.update(table, table.c.message_id.in_(some), contact_id=gone)
        found = (search_entry.c.kind == "message", search_entry.c.ref_id.in_(some))
        await scope.update(search_entry, *found, contact_id=gone)


async def _part(scope: TenantScope, source: int, ids: Sequence[int]) -> None:
    """The conversation gets its messages again, those still to be sent with their jobs."""
    row = await scope.first(scope.select(conversation).where(conversation.c.id == source))
    if row is None:
        return
    theirs = (message.c.contact_id == row.contact_id, message.c.line_id == row.line_id)
    lanes: set[int] = set()
    for some in _some(ids):
        held = scope.select(message, message.c.conversation_id).where(message.c.id.in_(some), *theirs).distinct()
        lanes |= {each.conversation_id for each in await scope.all(held)} - {source}
        await scope.update(message, message.c.id.in_(some), *theirs, conversation_id=source)
        await scope.update(choice, choice.c.message_id.in_(some), conversation_id=source)
    for lane in lanes:
        old, new = deliver_lane(ConversationId(lane)), deliver_lane(ConversationId(source))
        await queue.split_lane(scope.connection, scope.tenant_id, old, new, set(ids))


async def _hear_as_before(scope: TenantScope, source: int, target: int, heard_at: str | None) -> None:
    """The window counts from what each of the two said: the later of before the merge, and what stays with it."""
    row = await scope.first(scope.select(conversation).where(conversation.c.id == source))
    before = datetime.fromisoformat(heard_at) if heard_at else None
    for conversation_id, known in ((source, row.last_in_at if row else None), (target, before)):
        newest = scope.select(message, func.max(message.c.said_at).label("at"))
        where = (message.c.conversation_id == conversation_id, message.c.direction == "in")
        said = await scope.first(newest.where(*where, message.c.read != "never"))
        at = max((each for each in (known, said.at if said else None) if each), default=None)
        await scope.update(conversation, conversation.c.id == conversation_id, last_in_at=at)


async def _return_topic(
    scope: TenantScope, topic_id: int, holder: ContactId, gone: ContactId, generation: int, state: str
) -> None:
    mine = (topic.c.id == topic_id, topic.c.contact_id == holder)
    await scope.update(topic, *mine, topic.c.state == MOVED, state=state)
    await scope.update(topic, *mine, contact_id=gone, generation=generation)


async def _forget_copies(scope: TenantScope, ids: Sequence[int], up_to: int) -> None:
    """What was told again in the kept topic stands there for nobody's answer."""
    for some in _some(ids):
        where = (copy.c.tenant_id == scope.tenant_id, copy.c.message_id.in_(some), copy.c.id > up_to)
        await scope.connection.execute(delete(copy).where(*where))


# ------------------------------------------------------------------ rows


async def _conversations(scope: TenantScope, contact_id: ContactId) -> Sequence[Row[Any]]:
    return await scope.all(scope.select(conversation).where(conversation.c.contact_id == contact_id))


async def _last_copy(scope: TenantScope) -> int:
    row = await scope.first(scope.select(copy, func.max(copy.c.id).label("last")))
    return (row.last if row else None) or 0


async def _ids(scope: TenantScope, table: Table, *where: ColumnElement[bool]) -> list[int]:
    return [int(row.id) for row in await scope.all(scope.select(table, table.c.id).where(*where))]


async def _repoint(
    scope: TenantScope, table: Table, ids: Sequence[int], *where: ColumnElement[bool], **values: Any
) -> None:
    for some in _some(ids):
        await scope.update(table, table.c.id.in_(some), *where, **values)


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
