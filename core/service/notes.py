"""Internal notes: kept with the contact, never sent."""

from core.events import Event, EventKind
from core.people import Staff, Topic
from core.store import contacts
from core.store.scope import TenantScope


async def add(scope: TenantScope, topic: Topic, staff: Staff, text: str, origin: str) -> bool:
    """False when this very post was noted before."""
    actor = f"staff:{staff.id}"
    note_id = await contacts.add_note(scope, topic.contact_id, actor, text, origin)
    if note_id is None:
        return False
    await scope.record(Event(EventKind.NOTE_ADDED, scope.tenant_id, actor, topic.contact_id, data={"note": note_id}))
    return True
