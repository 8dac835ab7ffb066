"""Rows about contacts that are, may be, or were taken for one person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, or_

from core.ids import ContactId, PostId, TopicId
from core.store.scope import TenantScope
from core.store.tables import merge


class MergeState(StrEnum):
    ASKED = "asked"
    DONE = "done"
    APART = "apart"
    """Staff said that they are two."""
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Merge:
    """`gone_id` is, or would be, part of `kept_id`. `moved`: exactly which rows changed hands, see `belongings`."""

    id: int
    kept_id: ContactId
    gone_id: ContactId
    state: MergeState
    actor: str
    moved: dict[str, Any]
    topic_id: TopicId | None
    post_id: PostId | None
    """Where staff were told, and may decide."""
    pointed: str | None
    """What the other topic was told last; see `service.merge_posts`."""
    decided_at: datetime | None


async def add(scope: TenantScope, kept_id: ContactId, gone_id: ContactId, actor: str) -> Merge:
    values = {"kept_id": kept_id, "gone_id": gone_id, "state": MergeState.ASKED.value, "actor": actor}
    merge_id = await scope.insert(merge, **values, created_at=scope.now)
    return Merge(merge_id, kept_id, gone_id, MergeState.ASKED, actor, {}, None, None, None, None)


async def get(scope: TenantScope, merge_id: int) -> Merge | None:
    row = await scope.first(scope.select(merge).where(merge.c.id == merge_id))
    return _merge(row) if row else None


async def between(scope: TenantScope, one: ContactId, other: ContactId) -> list[Merge]:
    """All that was ever asked or decided about these two, the newest first."""
    both = (merge.c.kept_id.in_((one, other)), merge.c.gone_id.in_((one, other)))
    return [_merge(row) for row in await scope.all(scope.select(merge).where(*both).order_by(merge.c.id.desc()))]


async def living(scope: TenantScope, contact_id: ContactId) -> ContactId:
    """Who this contact is by now: themselves, or whom they were merged into."""
    where = (merge.c.gone_id == contact_id, merge.c.state == MergeState.DONE.value)
    row = await scope.first(scope.select(merge, merge.c.kept_id).where(*where))
    return await living(scope, ContactId(row.kept_id)) if row else contact_id


async def decide(
    scope: TenantScope, found: Merge, state: MergeState, actor: str, moved: dict[str, Any] | None = None
) -> bool:
    """False when somebody decided before."""
    values: dict[str, Any] = {"state": state.value, "actor": actor, "decided_at": scope.now}
    if moved is not None:
        values["moved"] = moved
    where = (merge.c.id == found.id, merge.c.state == found.state.value)
    return await scope.update(merge, *where, **values) == 1


async def set_told(scope: TenantScope, merge_id: int, topic_id: TopicId, post_id: PostId) -> None:
    await scope.update(merge, merge.c.id == merge_id, topic_id=topic_id, post_id=post_id)


async def set_pointed(scope: TenantScope, merge_id: int, pointed: str) -> None:
    await scope.update(merge, merge.c.id == merge_id, pointed=pointed)


async def of(scope: TenantScope, contact_id: ContactId) -> list[Merge]:
    """All merges a contact ever had a part in."""
    either = or_(merge.c.kept_id == contact_id, merge.c.gone_id == contact_id)
    return [_merge(row) for row in await scope.all(scope.select(merge).where(either).order_by(merge.c.id))]


def _merge(row: Row[Any]) -> Merge:
    return Merge(
        row.id,
        ContactId(row.kept_id),
        ContactId(row.gone_id),
        MergeState(row.state),
        row.actor,
        row.moved or {},
        TopicId(row.topic_id) if row.topic_id else None,
        PostId(row.post_id) if row.post_id else None,
        row.pointed,
        row.decided_at,
    )
