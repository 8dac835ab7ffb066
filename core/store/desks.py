"""Rows about the house itself: tenants, their groups, staff and lines."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from core.ids import ChatId, GroupId, LineId, StaffId, TeamId, TenantId
from core.people import Group, Line, LineHabits, Role, Rule, Staff, Tenant
from core.store import engine, queue
from core.store.scope import SystemScope, TenantScope
from core.store.tables import copy, desk_group, line, message, opening, staff, tenant, topic

# ------------------------------------------------------------------ before a tenant is known


async def tenants(scope: SystemScope) -> list[Tenant]:
    return [_tenant(row) for row in await scope.all(select(tenant).order_by(tenant.c.id))]


async def add_tenant(scope: SystemScope, name: str, locale: str, timezone: str) -> Tenant:
    statement = insert(tenant).values(name=name, locale=locale, timezone=timezone, created_at=scope.now)
    new_id = (await scope.connection.execute(statement.returning(tenant.c.id))).scalar_one()
    return Tenant(TenantId(new_id), name, locale, timezone)


async def tenant_of_chat(scope: SystemScope, chat_id: int) -> TenantId | None:
    row = await scope.first(select(desk_group.c.tenant_id).where(desk_group.c.chat_id == chat_id))
    return TenantId(row.tenant_id) if row else None


async def tenant_of_person(scope: SystemScope, telegram_id: int) -> TenantId | None:
    """For private chats: the first tenant this person works for."""
    statement = select(staff.c.tenant_id).where(staff.c.telegram_id == telegram_id).order_by(staff.c.id).limit(1)
    row = await scope.first(statement)
    return TenantId(row.tenant_id) if row else None


async def all_lines(scope: SystemScope) -> list[Row[Any]]:
    """Every line's row; `secrets` still sealed."""
    return list(await scope.all(select(line).order_by(line.c.id)))


# ------------------------------------------------------------------ of one tenant


async def get_tenant(scope: TenantScope) -> Tenant:
    row = await scope.first(select(tenant).where(tenant.c.id == scope.tenant_id))
    if row is None:
        raise LookupError("no such tenant")
    return _tenant(row)


async def set_tenant_locale(scope: TenantScope, locale: str) -> None:
    await scope.connection.execute(update(tenant).where(tenant.c.id == scope.tenant_id).values(locale=locale))


async def set_keeps_deleted(scope: TenantScope, *, keeps: bool) -> None:
    words = "keep" if keeps else "hide"
    await scope.connection.execute(update(tenant).where(tenant.c.id == scope.tenant_id).values(deleted_words=words))


async def groups(scope: TenantScope) -> list[Group]:
    """The one to use first: a group that works before one that does not, and of those the newest."""
    order = (desk_group.c.suspended.is_not(None), desk_group.c.id.desc())
    return [as_group(row) for row in await scope.all(scope.select(desk_group).order_by(*order))]


async def group_of_chat(scope: TenantScope, chat_id: int) -> Group | None:
    row = await scope.first(scope.select(desk_group).where(desk_group.c.chat_id == chat_id))
    return as_group(row) if row else None


async def add_group(scope: TenantScope, chat_id: int, title: str) -> bool:
    """False when the group is already a desk (of whomever)."""
    new_id = await scope.insert_new(desk_group, chat_id=chat_id, title=title, suspended=None, created_at=scope.now)
    return new_id is not None


async def set_title(scope: TenantScope, chat_id: int, title: str) -> None:
    await scope.update(desk_group, desk_group.c.chat_id == chat_id, title=title[:255])


async def suspend_group(scope: TenantScope, chat_id: int, why: str | None) -> bool:
    """True when this changed anything."""
    unlike = desk_group.c.suspended.is_distinct_from(why)
    return await scope.update(desk_group, desk_group.c.chat_id == chat_id, unlike, suspended=why) > 0


async def move_group(scope: TenantScope, old: int, new: int) -> None:
    """The group became a supergroup: its id changes everywhere at once, also in what waits to be done."""
    if old == new:
        return
    await engine.note_move(scope, old, new)
    if await group_of_chat(scope, new) is not None:  # made a desk by hand before we heard of the move
        await scope.update(topic, topic.c.chat_id == old, state="gone")
        theirs = (desk_group.c.tenant_id == scope.tenant_id, desk_group.c.chat_id == old)
        await scope.connection.execute(delete(desk_group).where(*theirs))
        return
    for table in (desk_group, topic, copy, opening):
        await scope.update(table, table.c.chat_id == old, chat_id=new)
    # the new one counts its messages from the beginning
    await scope.update(desk_group, desk_group.c.chat_id == new, posts=0, warned_at=None, full_at=None)
    await scope.update(message, message.c.told_chat_id == old, told_chat_id=new)
    await engine.move_budgets(scope, old, new)
    await queue.move_chat(scope.connection, scope.tenant_id, old, new)


async def follow_move(scope: SystemScope, old: int, new: int) -> None:
    """For intake: Telegram says that a group has another id, before anything is read that came from there."""
    tenant_id = await tenant_of_chat(scope, old)
    if tenant_id is not None:
        await move_group(TenantScope(scope.connection, scope.now, tenant_id=tenant_id), old, new)


async def staff_of(scope: TenantScope, telegram_id: int) -> Row[Any] | None:
    """The row itself: services need `checked_at` and `told_at` beside the person."""
    return await scope.first(scope.select(staff).where(staff.c.telegram_id == telegram_id))


async def keep_staff(
    scope: TenantScope, telegram_id: int, name: str, role: Role, checked_in: ChatId | None = None
) -> Staff:
    """Add the person, or bring their name and role up to date. `checked_in`: the group whose word on it this is."""
    values = {"name": name, "role": role.value, "checked_at": scope.now, "checked_in": checked_in}
    await scope.insert_new(staff, telegram_id=telegram_id, **values)
    await scope.update(staff, staff.c.telegram_id == telegram_id, **values)
    row = await staff_of(scope, telegram_id)
    assert row is not None  # noqa: S101 - written above, in this transaction
    return as_staff(row)


async def set_staff(scope: TenantScope, staff_id: StaffId, **values: str | datetime | None) -> None:
    await scope.update(staff, staff.c.id == staff_id, **values)


async def owners(scope: TenantScope) -> list[Staff]:
    rows = await scope.all(scope.select(staff).where(staff.c.role == Role.OWNER.value).order_by(staff.c.id))
    return [as_staff(row) for row in rows]


async def staff_name(scope: TenantScope, staff_id: StaffId) -> str:
    row = await scope.first(scope.select(staff, staff.c.name).where(staff.c.id == staff_id))
    return row.name if row else ""


async def lines(scope: TenantScope) -> list[Row[Any]]:
    return list(await scope.all(scope.select(line).order_by(line.c.id)))


WORKING = frozenset({"new", "online"})
"""States of a line that serves; any other is the code of the trouble that stopped it."""


async def add_line(scope: TenantScope, kind: str, external_id: str, label: str, habits: LineHabits) -> LineId | None:
    """None when this account is already somebody's line. Secrets are sealed to the id, so they come after."""
    new_id = await scope.insert_new(
        line,
        kind=kind,
        external_id=external_id,
        label=label,
        secrets="",
        settings={},
        habits=asdict(habits),
        state="new",
    )
    return LineId(new_id) if new_id else None


async def set_line(scope: TenantScope, line_id: LineId, **values: Any) -> None:
    await scope.update(line, line.c.id == line_id, **values)


async def change_line_state(scope: TenantScope, line_id: LineId, state: str) -> bool:
    """True when the state is news."""
    return await scope.update(line, line.c.id == line_id, line.c.state != state, state=state) > 0


def as_line(row: Row[Any], secrets: dict[str, str]) -> Line:
    return Line(
        id=LineId(row.id),
        tenant_id=TenantId(row.tenant_id),
        kind=row.kind,
        external_id=row.external_id,
        label=row.label,
        secrets=secrets,
        settings=row.settings,
        habits=LineHabits(**row.habits),
        state=row.state,
    )


def as_staff(row: Row[Any]) -> Staff:
    return Staff(StaffId(row.id), row.telegram_id, row.name, Role(row.role), row.locale)


def _tenant(row: Row[Any]) -> Tenant:
    return Tenant(TenantId(row.id), row.name, row.locale, row.timezone, row.deleted_words == "keep")


def as_group(row: Row[Any]) -> Group:
    rule = Rule(TeamId(row.team_id) if row.team_id else None, LineId(row.line_id) if row.line_id else None, row.tag_key)
    return Group(GroupId(row.id), ChatId(row.chat_id), row.title, row.suspended, rule, row.posts)
