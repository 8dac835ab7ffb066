"""Setting up: the first tenant, its owner, its group and its line."""

from core.errors import UserMistake
from core.events import Event, EventKind
from core.ids import ChatId, TenantId
from core.jobs import JobKind
from core.people import LineHabits, Role, Tenant
from core.service.lines import Lines, NewLine
from core.store import desks, engine, queue
from core.store.scope import TenantScope
from core.store.store import Store


async def first_tenant(store: Store, name: str, locale: str, timezone: str) -> Tenant:
    """The tenant that the environment describes: made at the first start."""
    async with store.write_across_tenants() as scope:
        known = await desks.tenants(scope)
        return known[0] if known else await desks.add_tenant(scope, name, locale, timezone)


async def keep_owner(store: Store, tenant_id: TenantId, telegram_id: int) -> None:
    async with store.write(tenant_id) as scope:
        row = await desks.staff_of(scope, telegram_id)
        if row is None or row.role != Role.OWNER:
            await desks.keep_staff(scope, telegram_id, row.name if row else "", Role.OWNER)


async def keep_line(store: Store, lines: Lines, tenant_id: TenantId, line: NewLine, habits: LineHabits) -> None:
    """Raises UserMistake("line_taken") when the account is another tenant's."""
    async with store.write(tenant_id) as scope:
        if await lines.keep(scope, line, habits) is None:
            raise UserMistake("line_taken", line=line.label)
        # what a stopped line held goes at once: this may be the start with the mended token
        await queue.hurry(scope.connection, scope.tenant_id, (JobKind.DELIVER,), scope.now)
    await lines.load()


async def join_group(scope: TenantScope, chat_id: ChatId, title: str) -> bool:
    """Make a group the tenant's desk, or bring a suspended one back. False when it was that already."""
    known = await desks.group_of_chat(scope, chat_id)
    if known is None and not await desks.add_group(scope, chat_id, title):
        raise UserMistake("group_taken")
    resumed = await desks.suspend_group(scope, chat_id, None)
    if known is not None and not resumed:
        return False
    await scope.record(Event(EventKind.GROUP_JOINED, scope.tenant_id, "system", data={"chat": chat_id}))
    await engine.thaw(scope, chat_id)
    await queue.hurry(scope.connection, scope.tenant_id, (JobKind.MIRROR, JobKind.CARD, JobKind.MARK), scope.now)
    return True
