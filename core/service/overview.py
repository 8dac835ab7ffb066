"""The numbers behind /status: what waits, how fast the group may be used, how the lines are."""

from dataclasses import dataclass
from datetime import datetime

from core.i18n import Texts
from core.ids import ChatId, LineId, TenantId
from core.service.intake import source_of
from core.service.turns import Turns, pause, shortest_pause
from core.store import desks, inbox, messages, queue, topics
from core.store.engine import BudgetRow
from core.store.store import Store


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
    to_post: int
    """Posts that the waiting messages need at least."""
    parked: int
    dead: int
    lines: tuple[LineState, ...]
    budgets: tuple[BudgetRow, ...]
    """Of each bot that posts here, the main bot's first; none before the first post."""
    suspended: str | None


async def look(store: Store, turns: Turns, tenant_id: TenantId, chat: ChatId) -> Overview:
    async with store.read(tenant_id) as scope:
        many, since = await messages.waiting_count(scope)
        to_post = await messages.waiting_contacts(scope)
        group = await desks.group_of_chat(scope, chat)
        rows = await desks.lines(scope)
        open_topics = await topics.count(scope)
        parked = await queue.parked_of(scope.connection, tenant_id)
        dead = await inbox.dead_of(scope, [source_of(LineId(row.id)) for row in rows])
    return Overview(
        topics=open_topics,
        waiting=many,
        since=since,
        to_post=to_post,
        parked=parked,
        dead=dead,
        lines=tuple(LineState(row.label, row.state) for row in rows),
        budgets=tuple(await turns.look(chat)),
        suspended=group.suspended if group else None,
    )


def lines_of(seen: Overview, texts: Texts, now: datetime) -> list[str]:
    """For /status: one line a fact, and only facts that say something."""
    rows = [texts.n("status.topics", seen.topics)]
    if seen.waiting and seen.since:
        rows.append(texts.n("status.waiting", seen.waiting, seconds=round((now - seen.since).total_seconds())))
    else:
        rows.append(texts.t("status.nothing_waits"))
    if seen.budgets:
        rows += _pace(seen, texts, now)
    if seen.suspended:
        rows.append(texts.t("status.suspended", why=seen.suspended))
    rows += [texts.t("status.line", label=line.label, state=_state(line.state, texts)) for line in seen.lines]
    if seen.parked or seen.dead:
        rows.append(texts.t("status.parked", jobs=seen.parked, rows=seen.dead))
    return rows


def _pace(seen: Overview, texts: Texts, now: datetime) -> list[str]:
    """How fast the group may be used, and until when that takes. A bot that is paused adds nothing for now."""
    if len(seen.budgets) == 1:
        rows = [texts.t("status.budget", rate=round(seen.budgets[0].per_minute))]
    else:
        paces = [0 if pause(row, now) else round(row.per_minute) for row in seen.budgets]
        rows = [texts.t("status.budget_shared", rate=sum(paces), each=" + ".join(map(str, paces)))]
    if seen.to_post:
        rows.append(texts.t("status.eta", seconds=eta(seen, now)))
    left = round(shortest_pause(seen.budgets, now))
    return [*rows, texts.t("status.frozen", seconds=left)] if left else rows


def eta(seen: Overview, now: datetime) -> int:
    """Seconds until all that waits is shown, at the pace of now, by all bots that are not paused."""
    if not seen.budgets:
        return 0
    wait = shortest_pause(seen.budgets, now)
    pace = sum(row.per_minute for row in seen.budgets if pause(row, now) <= wait)
    return round(wait + seen.to_post * 60 / pace)


def _state(state: str, texts: Texts) -> str:
    """`online` and `new` have words of their own; anything else is the reason why the line is stopped."""
    return texts.t(f"line.{state}") if texts.has(f"line.{state}") else texts.error(state)
