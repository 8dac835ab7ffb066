"""Rows about what led customers here: every ad or post they came from."""

from pydantic import TypeAdapter

from core.ids import ContactId, MessageId
from core.message import Referral
from core.store.scope import TenantScope
from core.store.tables import referral

_CONTENT: TypeAdapter[Referral] = TypeAdapter(Referral)


async def keep(scope: TenantScope, contact_id: ContactId, message_id: MessageId, found: Referral) -> None:
    content = _CONTENT.dump_python(found, mode="json", exclude_defaults=True)
    await scope.insert_new(
        referral, contact_id=contact_id, message_id=message_id, content=content, created_at=scope.now
    )


async def first_and_last(scope: TenantScope, contact_id: ContactId) -> tuple[Referral, ...]:
    """What a contact came by first, and last where that is another one; empty when they came by themselves."""
    statement = scope.select(referral).where(referral.c.contact_id == contact_id)
    first = await scope.first(statement.order_by(referral.c.id).limit(1))
    last = await scope.first(statement.order_by(referral.c.id.desc()).limit(1))
    rows = [row for row in (first, last) if row is not None]
    return tuple(dict.fromkeys(_CONTENT.validate_python(row.content) for row in rows))
