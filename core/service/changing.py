"""What customers do to what was said before: change it, delete it, react to it.

Such an event changes the message it is about. When that message is unknown the event is shown as a line of its
own, like everything that cannot be understood better.
"""

from dataclasses import replace

from core.events import Event, EventKind
from core.ids import LineId
from core.message import Direction, Kind
from core.ports import MessageIn
from core.service import reacting
from core.store import contacts, messages, versions
from core.store.messages import Message
from core.store.scope import TenantScope

EDITED, DELETED = "edited", "deleted"
"""Codes of the notices that connectors make of a customer's edit and delete."""


async def apply(scope: TenantScope, line_id: LineId, event: MessageIn) -> bool:
    """False when it is about no message we know of this customer."""
    code = event.content.notice.code if event.content.notice else ""
    is_reaction = event.content.kind is Kind.REACTION
    if event.reply_to is None or not (is_reaction or code in {EDITED, DELETED}):
        return False
    target = await messages.by_external(scope, line_id, event.reply_to)
    if target is None or target.contact_id not in await contacts.contacts_at(scope, line_id, event.sender.addresses):
        return False
    if is_reaction:
        return await reacting.hear(scope, target, event)
    if target.direction is not Direction.IN:
        return False
    return await (_edit if code == EDITED else _delete)(scope, target, event)


async def _edit(scope: TenantScope, target: Message, event: MessageIn) -> bool:
    words = event.content.text
    if not words and target.content.kind is Kind.TEXT:
        return False
    late = target.edited_at is not None and event.at < target.edited_at
    if late or target.gone_at is not None or words == target.content.text:
        return True
    await versions.change(scope, target, replace(target.content, text=words), "customer", event.at)
    await scope.record(_event(EventKind.CUSTOMER_EDITED, scope, target))
    return True


async def _delete(scope: TenantScope, target: Message, event: MessageIn) -> bool:
    if target.gone_at is None:
        await messages.set_gone(scope, target.id)
        await scope.record(_event(EventKind.CUSTOMER_DELETED, scope, target))
    return True


def _event(kind: EventKind, scope: TenantScope, target: Message) -> Event:
    return Event(kind, scope.tenant_id, "customer", target.contact_id, target.id)
