"""The job table's busiest statements, each built once: building one anew costs more than running it."""

from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
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
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

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


class _EitherForm(FunctionElement[bool]):
    """One condition in two forms: the first for SQLite, the second for PostgreSQL."""

    inherit_cache = True
    type = Boolean()


@compiles(_EitherForm)  # pyright: ignore[reportUntypedFunctionDecorator, reportUnknownArgumentType]
def _for_sqlite(element: _EitherForm, compiler: SQLCompiler, **more: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[0], **more)})"


@compiles(_EitherForm, "postgresql")  # pyright: ignore[reportUntypedFunctionDecorator, reportUnknownArgumentType]
def _for_postgres(element: _EitherForm, compiler: SQLCompiler, **more: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[1], **more)})"


def _is_head_or_free() -> _EitherForm:
    """First of its lane, or without one.

    SQLite leaps through the index from lane to lane and goes from the list of heads to their rows: a lane of 20,000
    costs what a lane of one does. PostgreSQL, which knows nothing yet about a table that has just grown, would then
    compare every row with the whole list. It reads what is due and looks it up in a hash of the heads.
    """
    in_lane = (jobs.c.lane.is_not(None), _IS_LIVE)
    free = select(jobs.c.id).where(jobs.c.lane.is_(None), _IS_TODO, jobs.c.run_at <= _NOW)
    grouped = select(func.min(jobs.c.id)).where(*in_lane).group_by(jobs.c.lane).scalar_subquery()
    leapt = jobs.c.id.in_(union_all(_heads(), free))
    return _EitherForm(leapt, or_(jobs.c.lane.is_(None), jobs.c.id.in_(grouped)))


def _heads() -> Select[Any]:
    """The first live job of each lane, each lane found from the one before."""
    live = (jobs.c.lane.is_not(None), _IS_LIVE)
    lanes = select(func.min(jobs.c.lane).label("lane")).where(*live).cte("lanes", recursive=True)
    next_lane = select(func.min(jobs.c.lane)).where(*live, jobs.c.lane > lanes.c.lane).scalar_subquery()
    lanes = lanes.union_all(select(next_lane).where(lanes.c.lane.is_not(None)))
    head = select(func.min(jobs.c.id)).where(*live, jobs.c.lane == lanes.c.lane).scalar_subquery()
    return select(head.label("id")).where(lanes.c.lane.is_not(None))


def _may_run() -> Select[Any, Any, Any]:
    """Due heads of lanes before no closed gate; `place` counts those that wait at the same gate.

    What has waited long goes first there, so that no kind of job starves while more urgent ones keep coming.
    """
    closed = exists().where(budget.c.key == jobs.c.gate, budget.c.open_at > _NOW)
    aged = case((jobs.c.created_at < bindparam("aged", type_=UtcDateTime()), 0), else_=jobs.c.urgency)
    place = func.row_number().over(partition_by=jobs.c.gate, order_by=(aged, jobs.c.id)).label("place")
    return select(jobs.c.id, jobs.c.gate, place).where(
        _IS_TODO,
        jobs.c.run_at <= _NOW,
        _is_head_or_free(),
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
