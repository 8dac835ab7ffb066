"""Rows about posts that are being made: kept before the call, so that one whose answer is lost is known to be in doubt.

A name is what is to be shown (`message:12`, `tell:12`, …), whichever post will show it.
"""

from collections.abc import Iterable

from sqlalchemy import delete

from core.ids import ContactId
from core.store.scope import TenantScope
from core.store.tables import posting


async def begin(scope: TenantScope, contact_id: ContactId | None, names: Iterable[str]) -> list[str]:
    """The call is about to leave. Answers the names that nothing was known of: the others are in doubt already."""
    return [
        name
        for name in names
        if await scope.insert_new(posting, name=name, contact_id=contact_id, began_at=scope.now) is not None
    ]


async def in_doubt(scope: TenantScope, names: Iterable[str]) -> set[str]:
    """Which of these may stand in Telegram already: a call left, and nobody knows what became of it."""
    rows = await scope.all(scope.select(posting, posting.c.name).where(posting.c.name.in_(list(names))))
    return {row.name for row in rows}


async def end(scope: TenantScope, names: Iterable[str]) -> None:
    """They stand there, or certainly do not."""
    theirs = (posting.c.tenant_id == scope.tenant_id, posting.c.name.in_(list(names)))
    await scope.connection.execute(delete(posting).where(*theirs))


async def forget(scope: TenantScope, contact_id: ContactId) -> None:
    """The contact's topic is gone, and with it whatever may have stood there."""
    theirs = (posting.c.tenant_id == scope.tenant_id, posting.c.contact_id == contact_id)
    await scope.connection.execute(delete(posting).where(*theirs))
