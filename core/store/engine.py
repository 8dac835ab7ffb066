"""Small rows of the engine: remembered values, leases, and the budgets towards Telegram."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.store.engine_tables import budget, lease, setting
from core.store.living import is_dead
from core.store.scope import Scope


async def get_setting(scope: Scope, name: str) -> str | None:
    row = await scope.first(select(setting.c.value).where(setting.c.name == name))
    return row.value if row else None


async def set_setting(scope: Scope, name: str, value: str) -> None:
    await _upsert(scope, setting, setting.c.name, {"name": name, "value": value}, {"value": value})


async def note_move(scope: Scope, old: int, new: int) -> None:
    """A chat has another id, for good: what still names the old one can be followed."""
    await set_setting(scope, _moved(old), str(new))


async def moved_to(scope: Scope, chat_id: int) -> int:
    """The id a chat has today; the same one when it never moved."""
    seen = {chat_id}
    while (found := await get_setting(scope, _moved(chat_id))) and int(found) not in seen:
        chat_id = int(found)
        seen.add(chat_id)
    return chat_id


def _moved(chat_id: int) -> str:
    return f"moved:{chat_id}"


async def take_lease(scope: Scope, name: str, holder: int, hold_for: timedelta) -> bool:
    """Hold (or keep holding) what only one process may do. False: somebody else, who is alive, holds it."""
    values = {"holder": str(holder), "until": scope.now + hold_for}
    await _insert_new(scope, lease, {"name": name, **values})
    ended = or_(lease.c.until < scope.now, is_dead(scope.connection, lease.c.holder))
    free = or_(lease.c.holder == str(holder), ended)
    mine = await scope.connection.execute(update(lease).where(lease.c.name == name, free).values(**values))
    return mine.rowcount == 1


async def drop_lease(scope: Scope, name: str, holder: int) -> None:
    await scope.connection.execute(delete(lease).where(lease.c.name == name, lease.c.holder == str(holder)))


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A leaky bucket: `tokens` calls may go now, refilled at `per_minute` since `counted_at`."""

    key: str
    per_minute: float
    tokens: float
    clean: int
    """Calls accepted since the rate last changed."""
    counted_at: datetime
    frozen_until: datetime | None
    open_at: datetime | None
    """When the next call may go; None: at once. Jobs that wait for this budget are not claimed before."""


async def get_budget(scope: Scope, key: str) -> BudgetRow | None:
    """Locked for this transaction, so that two processes never spend the same token."""
    row = await scope.first(select(budget).where(budget.c.key == key).with_for_update())
    return _budget(row) if row else None


async def save_budget(scope: Scope, row: BudgetRow) -> None:
    values = {
        "per_minute": row.per_minute,
        "tokens": row.tokens,
        "clean": row.clean,
        "counted_at": row.counted_at,
        "frozen_until": row.frozen_until,
        "open_at": row.open_at,
    }
    await _upsert(scope, budget, budget.c.key, {"key": row.key, **values}, values)


async def budgets(scope: Scope, prefix: str) -> list[BudgetRow]:
    found = await scope.all(select(budget).where(budget.c.key.startswith(prefix, autoescape=True)))
    return [_budget(row) for row in found]


async def thaw(scope: Scope, chat_id: int) -> None:
    """The reason to leave a chat alone is gone: its frozen budgets, of whatever bot, are open again and refill."""
    frozen = (budget.c.key.like(f"tg:%:{chat_id}:%"), budget.c.frozen_until > scope.now)
    values = {"frozen_until": None, "open_at": None, "counted_at": scope.now}
    await scope.connection.execute(update(budget).where(*frozen).values(values))


async def move_budgets(scope: Scope, old: int, new: int) -> None:
    """A chat has another id: what was spent there, and any flood window, goes along."""
    for row in await scope.all(select(budget.c.key).where(budget.c.key.like(f"tg:%:{old}:%"))):
        key = row.key.replace(f":{old}:", f":{new}:")
        await scope.connection.execute(delete(budget).where(budget.c.key == key))
        await scope.connection.execute(update(budget).where(budget.c.key == row.key).values(key=key))


def _budget(row: Any) -> BudgetRow:
    return BudgetRow(row.key, row.per_minute, row.tokens, row.clean, row.counted_at, row.frozen_until, row.open_at)


async def _insert_new(scope: Scope, table: Any, values: dict[str, Any]) -> None:
    dialect = sqlite if scope.connection.dialect.name == "sqlite" else postgresql
    await scope.connection.execute(dialect.insert(table).values(**values).on_conflict_do_nothing())


async def _upsert(scope: Scope, table: Any, key: Any, values: dict[str, Any], changes: dict[str, Any]) -> None:
    dialect = sqlite if scope.connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(**values)
    await scope.connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=changes))
