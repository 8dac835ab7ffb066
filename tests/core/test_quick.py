"""SQLite in the event loop: statements at once, and whatever may wait in a thread of its own."""

import asyncio
import sqlite3
import threading
from pathlib import Path

from core.store.db import Database
from core.store.quick import open_quickly


async def test_a_statement_runs_in_the_loops_own_thread(tmp_path: Path) -> None:
    connection = await open_quickly(str(tmp_path / "desk.db"))
    await connection.create_function("thread", 0, threading.get_ident)
    cursor = await connection.execute("SELECT thread()")
    assert await cursor.fetchone() == (threading.get_ident(),)
    cursor = await connection.execute("PRAGMA synchronous")
    assert await cursor.fetchone() == (2,)
    await connection.close()


async def test_processes_that_open_a_new_file_at_once_all_get_it(tmp_path: Path) -> None:
    for turn in range(40):
        path = str(tmp_path / f"{turn}.db")
        for connection in await asyncio.gather(*(open_quickly(path) for _ in range(8))):
            cursor = await connection.execute("PRAGMA journal_mode")
            assert await cursor.fetchone() == ("wal",)
            await connection.close()


async def test_waiting_for_the_write_lock_holds_up_nobody_else(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}")
    async with database.write() as connection:
        await connection.exec_driver_sql("CREATE TABLE word (text TEXT)")
    foreign = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql("INSERT INTO word VALUES ('waited')")

    waiting = asyncio.create_task(write())
    for _ in range(5):
        await asyncio.sleep(0.01)
    assert not waiting.done()
    async with database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM word")).scalar_one() == 0
    foreign.execute("ROLLBACK")
    foreign.close()
    await waiting
    async with database.read() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM word")).scalar_one() == 1
    await database.close()


async def test_a_write_that_is_cancelled_leaves_no_trace_and_no_lock(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}")
    async with database.write() as connection:
        await connection.exec_driver_sql("CREATE TABLE word (text TEXT)")

    async def write() -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql("INSERT INTO word VALUES ('given up')")
            await asyncio.sleep(60)

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    async with database.write() as connection:
        assert (await connection.exec_driver_sql("SELECT count(*) FROM word")).scalar_one() == 0
    await database.close()
