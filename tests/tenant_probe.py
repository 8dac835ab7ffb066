"""The tenant probe: a statement on a tenant's table that does not name its tenant fails the test."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from core.store.db import Database
from core.store.tables import OWNED

ALLOWED_ACROSS = (
    # Routing: whose chat, whose line, whose person is this? (`SystemScope`, core/store/desks.py)
    re.compile(r"SELECT desk_group\.tenant_id .*WHERE desk_group\.chat_id", re.DOTALL),
    re.compile(r"SELECT staff\.tenant_id .*WHERE staff\.telegram_id", re.DOTALL),
    re.compile(r"SELECT line\..*FROM line ORDER BY line\.id", re.DOTALL),
)
_TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)", re.IGNORECASE)
_TENANT = re.compile(r"tenant_id\s*=|\(tenant_id|, tenant_id", re.IGNORECASE)


class TenantLeak(AssertionError):
    """A statement could reach another tenant's rows."""


def check(statement: str) -> None:
    touched = {name.lower() for name in _TABLE.findall(statement)} & OWNED
    if not touched or _TENANT.search(_after_columns(statement)):
        return
    if any(pattern.search(statement) for pattern in ALLOWED_ACROSS):
        return
    raise TenantLeak(f"no tenant in a statement on {sorted(touched)}: {statement}")


def _after_columns(statement: str) -> str:
    """A tenant among the selected columns proves nothing: only what stands behind FROM counts."""
    if statement.lstrip().upper().startswith("SELECT"):
        return statement[statement.upper().index("FROM") :]
    return statement


@contextmanager
def watch(database: Database) -> Iterator[None]:
    """Every statement while inside is looked at; the first leak is raised at the end too, should somebody hide it."""
    engines = {database.writer.sync_engine, database.reader.sync_engine}
    leaks: list[TenantLeak] = []

    def before(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        try:
            check(statement)
        except TenantLeak as leak:
            leaks.append(leak)
            raise

    for engine in engines:
        event.listen(engine, "before_cursor_execute", before)
    yield
    for engine in engines:
        event.remove(engine, "before_cursor_execute", before)
    if leaks:
        raise leaks[0]
