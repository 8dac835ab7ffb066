"""Internal notes: kept with the contact, never sent."""

from core.events import Event, EventKind
from core.people import Staff, Topic
from core.store import contacts
from core.store.scope import TenantScope
from core.text import RichText

SIGN = "//"
"""Whatever staff write behind it stays in the house."""


async def add(scope: TenantScope, topic: Topic, staff: Staff, text: str, origin: str) -> bool:
    """False when this very post was noted before."""
    actor = f"staff:{staff.id}"
    note_id = await contacts.add_note(scope, topic.contact_id, actor, text, origin)
    if note_id is None:
        return False
    await scope.record(Event(EventKind.NOTE_ADDED, scope.tenant_id, actor, topic.contact_id, data={"note": note_id}))
    return True


def split(text: RichText) -> tuple[RichText, str]:
    """What goes to the customer, and what stays: all of it when it begins with the sign, else the lines that do."""
    if text.text.lstrip().startswith(SIGN):
        return RichText(), text.text.lstrip().removeprefix(SIGN).strip()
    public, internal, offset = RichText(), list[str](), 0
    for line in text.text.splitlines(keepends=True):
        if line.lstrip().startswith(SIGN):
            internal.append(line.strip().removeprefix(SIGN).strip())
        else:
            public = public + text.cut(offset, offset + len(line))
        offset += len(line)
    return (_without_last_break(public) if internal else public), "\n".join(internal)


def _without_last_break(text: RichText) -> RichText:
    return text.cut(0, len(text.text.rstrip("\n")))
