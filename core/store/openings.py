"""Rows about topics that are being opened: kept before the call, so that one whose answer is lost is found again."""

from datetime import datetime

from sqlalchemy import delete

from core.ids import ChatId, ContactId
from core.store.scope import TenantScope
from core.store.tables import opening


async def begin(scope: TenantScope, contact_id: ContactId, chat_id: ChatId, name: str) -> None:
    """The call is about to leave. A contact has one opening at a time: an earlier one is forgotten."""
    await end(scope, contact_id)
    await scope.insert(opening, contact_id=contact_id, chat_id=chat_id, name=name, began_at=scope.now)


async def began_at(scope: TenantScope, contact_id: ContactId) -> datetime | None:
    """None: nobody is opening a topic for this contact."""
    row = await scope.first(scope.select(opening, opening.c.began_at).where(opening.c.contact_id == contact_id))
    return row.began_at if row else None


async def doubt(scope: TenantScope, contact_id: ContactId) -> None:
    """The answer was lost just now: from here on it is waited for Telegram's own word of it."""
    await scope.update(opening, opening.c.contact_id == contact_id, began_at=scope.now)


async def in_chat(scope: TenantScope, chat_id: int) -> list[tuple[ContactId, str]]:
    """For whom, and under which name."""
    rows = await scope.all(scope.select(opening).where(opening.c.chat_id == chat_id))
    return [(ContactId(row.contact_id), row.name) for row in rows]


async def end(scope: TenantScope, contact_id: ContactId) -> bool:
    """The topic is there, or refused. False: somebody else ended it, and knows the topic."""
    mine = (opening.c.tenant_id == scope.tenant_id, opening.c.contact_id == contact_id)
    return (await scope.connection.execute(delete(opening).where(*mine))).rowcount == 1
