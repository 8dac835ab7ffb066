"""A backup while the product writes: complete, checked, and never over an older one."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from core.errors import UserMistake
from core.store import engine
from core.store.backup import back_up
from core.store.store import Store


async def test_a_backup_holds_what_was_committed_before_it(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "one.db"
    if not store.database.is_sqlite:
        with pytest.raises(UserMistake) as told:
            await back_up(store.database, target)
        assert told.value.code == "backup_not_sqlite"
        return
    writing = asyncio.create_task(_keep_writing(store))
    async with store.write_across_tenants() as scope:
        await engine.set_setting(scope, "before", "kept")
    size = await back_up(store.database, target)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    with sqlite3.connect(target) as copy:
        assert copy.execute("SELECT value FROM setting WHERE name = 'before'").fetchone() == ("kept",)
    copy.close()
    assert size == target.stat().st_size
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UserMistake) as told:
        await back_up(store.database, target)
    assert told.value.code == "backup_target_exists"


async def _keep_writing(store: Store) -> None:
    number = 0
    while True:
        number += 1
        async with store.write_across_tenants() as scope:
            await engine.set_setting(scope, "busy", str(number))
