"""The job table's busiest statements, each built once: building one anew costs more than running it."""

from functools import cache
from typing import Any

from sqlalchemy import (
    Delete,
    Select,
    Update,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from core.store.engine_tables import budget
from core.store.engine_tables import job as jobs
from core.store.types import UtcDateTime

TODO, DOING, PARKED = "todo", "doing", "parked"
_NOW = bindparam("now", type_=UtcDateTime())
_IS_TODO = jobs.c.status == literal_column("'todo'")
_IS_LIVE = jobs.c.status.in_([literal_column("'todo'"), literal_column("'doing'")])
"""Written out, as in the conditions of the partial indexes: with bound values SQLite would not use these."""
HELD = (jobs.c.id == bindparam("held_id"), jobs.c.status == DOING, jobs.c.claim_no == bindparam("held_claim"))


@cache
def put(dialect: str, *, merging: bool) -> Any:
    """INSERT of one job; `merging`: into the job of its merge key that waits already, the earlier time wins."""
    statement: Any = (sqlite if dialect == "sqlite" else postgresql).insert(jobs)
    if not merging:
        return statement
    sooner = case((statement.excluded.run_at < jobs.c.run_at, statement.excluded.run_at), else_=jobs.c.run_at)
    return statement.on_conflict_do_update(
        index_elements=[jobs.c.merge_key],
        index_where=text("status = 'todo'"),
        set_={"run_at": sooner, "payload": statement.excluded.payload},
    )


def _may_run() -> Select[Any, Any, Any]:
    """Due heads of lanes before no closed gate; `place` counts those that wait at the same gate.

    What has waited long goes first there, so that no kind of job starves while more urgent ones keep coming.
    """
    heads = (
        select(func.min(jobs.c.id)).where(jobs.c.lane.is_not(None), _IS_LIVE).group_by(jobs.c.lane).scalar_subquery()
    )
    closed = exists().where(budget.c.key == jobs.c.gate, budget.c.open_at > _NOW)
    aged = case((jobs.c.created_at < bindparam("aged", type_=UtcDateTime()), 0), else_=jobs.c.urgency)
    place = func.row_number().over(partition_by=jobs.c.gate, order_by=(aged, jobs.c.id)).label("place")
    return select(jobs.c.id, jobs.c.gate, place).where(
        _IS_TODO,
        jobs.c.run_at <= _NOW,
        or_(jobs.c.lane.is_(None), jobs.c.id.in_(heads)),
        or_(jobs.c.gate.is_(None), ~closed),
    )


def _claim() -> Any:
    may_run = _may_run().subquery("may_run")
    due = (
        select(jobs.c.id)
        .join(may_run, may_run.c.id == jobs.c.id)
        .where(_IS_TODO, or_(may_run.c.gate.is_(None), may_run.c.place == 1))
        .order_by(jobs.c.urgency, jobs.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True, of=jobs)
        .cte("due")
    )
    held: dict[str, Any] = {"status": DOING, "lease_until": bindparam("until"), "holder": bindparam("by")}
    return (
        update(jobs)
        .where(jobs.c.id.in_(select(due.c.id)), _IS_TODO)
        .values(**held, claim_no=jobs.c.claim_no + 1)
        .returning(jobs)
    )


def _next_time() -> Select[Any, Any]:
    timer = select(func.min(jobs.c.run_at)).where(_IS_TODO, jobs.c.run_at > _NOW)
    gate = select(func.min(budget.c.open_at)).where(budget.c.open_at > _NOW)
    return select(timer.scalar_subquery(), gate.scalar_subquery())


CLAIM = _claim()
"""Takes now, until, by, most, and aged: what was put before it goes first at its gate, whatever its urgency."""
NEXT_TIME = _next_time()
"""Takes now; answers the next timer and the next gate."""
SETTLE: Delete = delete(jobs).where(*HELD)
"""Takes held_id and held_claim, like HOLD."""
HOLD: Update = update(jobs).where(*HELD).values(status=DOING)
