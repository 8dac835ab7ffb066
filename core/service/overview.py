"""The numbers behind /status: what waits, how fast the group may be used, how the lines are."""

from dataclasses import dataclass
from datetime import datetime

from core.ids import ChatId, TenantId
from core.store import desks, inbox, messages, queue, topics
from core.store.engine import BudgetRow
from core.store.store import Store
from core.work.limits import Budgets, Spend


@dataclass(frozen=True, slots=True)
class LineState:
    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Overview:
    """`waiting`: customers' messages no topic shows yet, the oldest `since`; `parked` jobs gave up."""

    topics: int
    waiting: int
    since: datetime | None
    parked: int
    dead: int
    lines: tuple[LineState, ...]
    budget: BudgetRow | None
    suspended: str | None


async def look(store: Store, budgets: Budgets, tenant_id: TenantId, chat: ChatId) -> Overview:
    async with store.read(tenant_id) as scope:
        many, since = await messages.waiting_count(scope)
        group = await desks.group_of_chat(scope, chat)
        lines = tuple(LineState(row.label, row.state) for row in await desks.lines(scope))
        open_topics = await topics.count(scope)
    async with store.read_across_tenants() as system:
        depth = await queue.depth(system.connection)
        raw = await inbox.counts(system)
    return Overview(
        topics=open_topics,
        waiting=many,
        since=since,
        parked=sum(count for (_, status), (count, _) in depth.items() if status == queue.PARKED),
        dead=raw.get(inbox.DEAD, 0),
        lines=lines,
        budget=(await budgets.look(chat)).get(Spend.POST),
        suspended=group.suspended if group else None,
    )
