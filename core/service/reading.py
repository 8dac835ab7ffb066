"""Reading like a person: a customer sees blue ticks some seconds after writing, or just before an answer."""

import random

from core.errors import DeskError
from core.ids import ConversationId, LineId, TenantId
from core.jobs import Job, JobKind, NewJob, Urgency
from core.people import LineHabits
from core.ports import CanRead
from core.service.lines import Lines
from core.store import messages
from core.store.messages import ReadState
from core.store.store import Store


def read_job(tenant_id: TenantId, conversation_id: ConversationId, habits: LineHabits) -> NewJob:
    """A timer, hence without a lane. One waits per conversation: whoever writes five lines is read once."""
    return NewJob(
        JobKind.READ,
        tenant_id,
        {"conversation": conversation_id},
        urgency=Urgency.MARK,
        merge_key=f"read:{conversation_id}",
        delay=random.uniform(habits.read_after_min, habits.read_after_max),  # noqa: S311 - a human touch
    )


class Reading:
    def __init__(self, store: Store, lines: Lines) -> None:
        self._store = store
        self._lines = lines

    async def read(self, job: Job) -> None:
        conversation_id = ConversationId(job.payload["conversation"])
        assert job.tenant_id is not None  # noqa: S101 - read jobs are a tenant's
        await self.catch_up(job.tenant_id, conversation_id, typing=False)
        async with self._store.settle(job):
            pass

    async def catch_up(self, tenant_id: TenantId, conversation_id: ConversationId, *, typing: bool) -> None:
        """Mark all that is unread as read, and show "typing…" if asked to. Never worth failing an answer for.

        WhatsApp ties typing to the customer's latest message, read or not (Meta: typing indicators, 2025).
        """
        async with self._store.read(tenant_id) as scope:
            newest = await messages.newest_heard(scope, conversation_id)
        if newest is None or newest.external_id is None or (newest.read is ReadState.DONE and not typing):
            return
        connector = self._connector(newest.line_id)
        if connector is None:
            return
        try:
            await connector.mark_read(newest.external_id, typing=typing)
        except DeskError:
            return
        if newest.read is ReadState.DUE:
            async with self._store.write(tenant_id) as scope:
                await messages.set_read(scope, conversation_id, newest.id)

    def _connector(self, line_id: LineId) -> CanRead | None:
        connector = self._lines.get(line_id).connector
        return connector if isinstance(connector, CanRead) else None
