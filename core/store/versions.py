"""Rows about what a message said before it was changed."""

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter

from core.ids import MessageId
from core.message import Content
from core.store.messages import Message
from core.store.scope import TenantScope
from core.store.tables import message, version

_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said until `until`, when `author` changed it."""

    content: Content
    author: str
    until: datetime


async def change(scope: TenantScope, found: Message, new: Content, author: str, at: datetime) -> Message:
    """Give a message other words; what it said before is kept. Answers the message as it is now."""
    old = _CONTENT.dump_python(found.content, mode="json", exclude_defaults=True)
    await scope.insert(version, message_id=found.id, content=old, author=author, until=at)
    dumped = _CONTENT.dump_python(new, mode="json", exclude_defaults=True)
    await scope.update(message, message.c.id == found.id, content=dumped, edited_at=at)
    return replace(found, content=new, edited_at=at)


async def of_message(scope: TenantScope, message_id: MessageId) -> list[Version]:
    """Oldest first."""
    rows = await scope.all(scope.select(version).where(version.c.message_id == message_id).order_by(version.c.id))
    return [Version(_CONTENT.validate_python(row.content), row.author, row.until) for row in rows]
