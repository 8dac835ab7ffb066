"""A group's age in messages: the owner hears in good time that it is getting full. See docs/decisions/0008."""

from core.events import Event, EventKind
from core.i18n import texts_for
from core.jobs import Job
from core.placing import Candidate
from core.store import desks, groups
from core.store.scope import TenantScope
from core.store.store import Store

_WARN_AT = 0.9
"""Of the posts from which on a group gets no new topics: 450,000 of 500,000."""


class Fullness:
    def __init__(self, store: Store, full_at: int) -> None:
        self._store = store
        self._full_at = full_at

    async def measure(self, job: Job) -> None:
        """Warn once; and once when it is full with no other group to go to."""
        async with self._store.settle(job) as scope:
            found = await groups.candidates(scope, self._full_at)
            here = next((each for each in found if each.group.chat_id == job.payload["chat"]), None)
            if here is None:
                return
            if here.group.posts >= self._full_at * _WARN_AT and await groups.warn(scope, here.group.id):
                await _tell(scope, EventKind.GROUP_FILLING, here)
            is_last = here.is_full and not any(each.takes_new for each in found)
            if is_last and await groups.note_full(scope, here.group.id):
                await _tell(scope, EventKind.GROUP_FULL, here)


async def _tell(scope: TenantScope, kind: EventKind, candidate: Candidate) -> None:
    texts = texts_for((await desks.get_tenant(scope)).locale)
    detail = f"{candidate.group.label}, {texts.number(candidate.group.posts)}"
    await scope.record(Event(kind, scope.tenant_id, "system", data={"code": kind, "detail": detail, "private": True}))
