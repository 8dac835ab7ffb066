"""Which message has which stored file, so that files are deleted in time and never too early."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from core.ids import MessageId, TenantId
from core.message import Status
from core.store.messages import Shown
from core.store.scope import SystemScope, TenantScope
from core.store.tables import file, message, tenant

_OPEN = (Status.QUEUED.value, Status.UNCERTAIN.value)


@dataclass(frozen=True, slots=True)
class KeptFile:
    message_id: MessageId
    sha256: str


async def keep_file(scope: TenantScope, message_id: MessageId, sha256: str) -> None:
    await scope.insert_new(file, message_id=message_id, sha256=sha256, created_at=scope.now)


async def days(scope: SystemScope) -> list[tuple[TenantId, int | None]]:
    """For how many days each tenant keeps files. None: as the installation says; 0: for ever."""
    rows = await scope.all(select(tenant.c.id, tenant.c.media_days))
    return [(TenantId(row.id), row.media_days) for row in rows]


async def outlived(scope: TenantScope, age: timedelta, most: int) -> Sequence[KeptFile]:
    """Files older than `age` whose messages are neither to be shown nor to be sent any more."""
    before: datetime = scope.now - age
    same = (message.c.tenant_id == file.c.tenant_id, message.c.id == file.c.message_id)
    over = (message.c.shown != Shown.WAITING.value, message.c.status.not_in(_OPEN))
    found = scope.select(file, file.c.message_id, file.c.sha256).join(message, same[0] & same[1])
    rows = await scope.all(found.where(file.c.created_at < before, *over).order_by(file.c.id).limit(most))
    return [KeptFile(MessageId(row.message_id), row.sha256) for row in rows]


async def forget(scope: TenantScope, message_ids: Collection[MessageId]) -> None:
    where = (file.c.tenant_id == scope.tenant_id, file.c.message_id.in_(message_ids))
    await scope.connection.execute(delete(file).where(*where))


async def needed(scope: TenantScope, hashes: Collection[str]) -> set[str]:
    """Which of these files some message of the tenant still has."""
    rows = await scope.all(scope.select(file, file.c.sha256).where(file.c.sha256.in_(hashes)).distinct())
    return {row.sha256 for row in rows}


async def set_days(scope: SystemScope, tenant_id: TenantId, number: int | None) -> None:
    await scope.connection.execute(update(tenant).where(tenant.c.id == tenant_id).values(media_days=number))
