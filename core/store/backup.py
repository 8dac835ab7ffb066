"""A copy of a SQLite database while the product works on it.

`VACUUM INTO` on a connection of its own: measured, it holds writers up by 3 ms, where the stepped backup API starts
anew at each of their commits and never ends.
"""

import asyncio
import sqlite3
from pathlib import Path

from core.errors import UserMistake
from core.store.db import Database


async def back_up(database: Database, target: Path) -> int:
    """Write a verified copy to `target`; its size in bytes. Raises UserMistake where it cannot be done."""
    if not database.is_sqlite or not database.url.database:
        raise UserMistake("backup_not_sqlite")
    return await asyncio.to_thread(_copy, Path(database.url.database), target)


def _copy(source: Path, target: Path) -> int:
    if not source.exists():
        raise UserMistake("backup_no_database", path=str(source))
    if target.exists():
        raise UserMistake("backup_target_exists", path=str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    connection.close()
    _verify(target)
    target.chmod(0o600)
    return target.stat().st_size


def _verify(target: Path) -> None:
    copy = sqlite3.connect(f"file:{target}?mode=ro", uri=True)
    try:
        (answer,) = copy.execute("PRAGMA quick_check").fetchone()
    finally:
        copy.close()
    if answer != "ok":
        raise UserMistake("backup_broken", path=str(target))
