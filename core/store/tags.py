"""Rows about tags: one set per contact. Spellings that fold to one key are one tag, shown as it was first written."""

from sqlalchemy import delete

from core.ids import ContactId
from core.store import search
from core.store.scope import TenantScope
from core.store.search import EntryKind
from core.store.tables import contact_tag, tag
from core.text import folded


async def keep(scope: TenantScope, name: str) -> tuple[int, str]:
    """The tag's id, and its name as it was first written."""
    await scope.insert_new(tag, name=name, key=folded(name))
    row = await scope.first(scope.select(tag).where(tag.c.key == folded(name)))
    assert row is not None  # noqa: S101 - written above, in this transaction
    return row.id, row.name


async def add(scope: TenantScope, contact_id: ContactId, name: str) -> bool:
    """False when the contact has it already."""
    tag_id, shown = await keep(scope, name)
    added = await scope.insert_new(contact_tag, contact_id=contact_id, tag_id=tag_id, created_at=scope.now)
    if added is not None:
        await search.add(scope, search.Entry(EntryKind.TAG, added, contact_id, shown, scope.now))
    return added is not None


async def remove(scope: TenantScope, contact_id: ContactId, name: str) -> bool:
    """False when the contact does not have it."""
    named = scope.select(tag, tag.c.id).where(tag.c.key == folded(name))
    theirs = (contact_tag.c.contact_id == contact_id, contact_tag.c.tag_id.in_(named))
    row = await scope.first(scope.select(contact_tag, contact_tag.c.id).where(*theirs))
    if row is None:
        return False
    await search.forget(scope, EntryKind.TAG, row.id)
    gone = delete(contact_tag).where(contact_tag.c.tenant_id == scope.tenant_id, contact_tag.c.id == row.id)
    return (await scope.connection.execute(gone)).rowcount == 1


async def of(scope: TenantScope, contact_id: ContactId) -> dict[str, str]:
    """Key → name of each tag of the contact, in the order they were given."""
    together = (tag.c.tenant_id == contact_tag.c.tenant_id, tag.c.id == contact_tag.c.tag_id)
    statement = scope.select(tag, tag.c.key, tag.c.name).join(contact_tag, together[0] & together[1])
    rows = await scope.all(statement.where(contact_tag.c.contact_id == contact_id).order_by(contact_tag.c.id))
    return {row.key: row.name for row in rows}


async def name_of(scope: TenantScope, key: str) -> str:
    row = await scope.first(scope.select(tag, tag.c.name).where(tag.c.key == key))
    return row.name if row else key
