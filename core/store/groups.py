"""Rows about several groups of one tenant: their rules, how full they are, teams, and who was moved where."""

from typing import Any

from sqlalchemy import func, select

from core.events import measure_job
from core.ids import ChatId, ContactId, GroupId, PostId, TeamId
from core.people import Group, Rule, Team
from core.placing import Candidate
from core.store.desks import as_group
from core.store.scope import TenantScope
from core.store.tables import desk_group, placement, team, topic
from core.store.topics import IN_USE
from core.text import folded

_STEP = 100
"""A count is written only when it grew by so much: a hundred posts cost one write."""


async def get(scope: TenantScope, group_id: GroupId) -> Group | None:
    row = await scope.first(scope.select(desk_group).where(desk_group.c.id == group_id))
    return as_group(row) if row else None


async def candidates(scope: TenantScope, full_at: int) -> list[Candidate]:
    """All groups of the tenant, the oldest first. `full_at`: posts from which on a group gets no new topics."""
    inside = (topic.c.tenant_id == desk_group.c.tenant_id, topic.c.chat_id == desk_group.c.chat_id)
    count = select(func.count()).select_from(topic).where(*inside, topic.c.state.in_(IN_USE)).scalar_subquery()
    statement = select(desk_group, count.label("many")).where(desk_group.c.tenant_id == scope.tenant_id)
    rows = await scope.all(statement.order_by(desk_group.c.id))
    return [Candidate(as_group(row), row.many, row.posts >= full_at) for row in rows]


async def set_rule(scope: TenantScope, group_id: GroupId, rule: Rule) -> None:
    values = {"team_id": rule.team_id, "line_id": rule.line_id, "tag_key": rule.tag_key}
    await scope.update(desk_group, desk_group.c.id == group_id, **values)


# ------------------------------------------------------------------ how full


async def saw_post(scope: TenantScope, chat_id: ChatId, post_id: PostId) -> None:
    """Count by the highest id seen; each step is a reason to look whether the group is getting full."""
    behind = (desk_group.c.chat_id == chat_id, desk_group.c.posts <= post_id - _STEP)
    if await scope.update(desk_group, *behind, posts=post_id):
        await scope.put(measure_job(scope.tenant_id, chat_id))


async def warn(scope: TenantScope, group_id: GroupId) -> bool:
    """False when the owner was warned before."""
    return await _note_time(scope, group_id, desk_group.c.warned_at)


async def note_full(scope: TenantScope, group_id: GroupId) -> bool:
    """False when that was known before."""
    return await _note_time(scope, group_id, desk_group.c.full_at)


async def _note_time(scope: TenantScope, group_id: GroupId, column: Any) -> bool:
    return (
        await scope.update(desk_group, desk_group.c.id == group_id, column.is_(None), **{column.name: scope.now}) == 1
    )


# ------------------------------------------------------------------ teams


async def keep_team(scope: TenantScope, name: str) -> Team:
    """The team of this name, made if need be. The first spelling stays."""
    await scope.insert_new(team, name=name, key=folded(name))
    found = await team_named(scope, name)
    assert found is not None  # noqa: S101 - written above, in this transaction
    return found


async def team_named(scope: TenantScope, name: str) -> Team | None:
    row = await scope.first(scope.select(team).where(team.c.key == folded(name)))
    return Team(TeamId(row.id), row.name) if row else None


async def teams(scope: TenantScope) -> dict[TeamId, Team]:
    rows = await scope.all(scope.select(team).order_by(team.c.id))
    return {TeamId(row.id): Team(TeamId(row.id), row.name) for row in rows}


# ------------------------------------------------------------------ who was moved where


async def place(scope: TenantScope, contact_id: ContactId, group: Group) -> None:
    """Staff chose: the contact stays with this group, and with its team should the group be full one day."""
    values = {"team_id": group.rule.team_id, "group_id": group.id}
    await scope.insert_new(placement, contact_id=contact_id, **values)
    await scope.update(placement, placement.c.contact_id == contact_id, **values)


async def placement_of(scope: TenantScope, contact_id: ContactId) -> tuple[TeamId | None, GroupId | None]:
    row = await scope.first(scope.select(placement).where(placement.c.contact_id == contact_id))
    if row is None:
        return None, None
    return TeamId(row.team_id) if row.team_id else None, GroupId(row.group_id) if row.group_id else None
