"""Bad weather at home: the disk is full, the database cuts its connections. What was acknowledged is kept."""

import pytest
from sqlalchemy import text

from core.store.db import Database
from tests.scenario.house import World
from tests.scenario.test_weather_telegram import started
from tests.waiting import until

CUT = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


async def run(database: Database, statement: str) -> int:
    async with database.write() as connection:
        return int((await connection.execute(text(statement))).scalar() or 0)


async def test_while_the_disk_is_full_nothing_is_acknowledged_and_nothing_is_lost(desk: World) -> None:
    assert desk.process is not None
    database = desk.process.app.store.database
    if not database.is_sqlite:
        pytest.skip("SQLite can be told to be full")
    ann, thread = await started(desk)
    desk.graph.knobs(retry_first=0.05, retry_max=0.2)
    largest = await run(database, "PRAGMA max_page_count")
    await run(database, "PRAGMA max_page_count = 1")  # no smaller than what is there
    for number in range(40):
        desk.graph.say(ann, f"word {number:02} " + "x" * 3000)
    desk.tg.message(text="an answer " + "y" * 3500, thread=thread)
    await until(lambda: [one for one in desk.graph.deliveries() if one.status == 503])
    await run(database, f"PRAGMA max_page_count = {largest}")
    await until(lambda: [words for words in desk.texts(thread) if "word 39" in words], seconds=40)
    await until(lambda: len(desk.graph.sent_texts(ann.id)) == 1)
    shown = "\n".join(desk.texts(thread))
    assert [shown.count(f"word {number:02} ") for number in range(40)] == [1] * 40


async def test_cut_connections_are_opened_again(desk: World) -> None:
    assert desk.process is not None
    database = desk.process.app.store.database
    if database.is_sqlite:
        pytest.skip("SQLite has no connections to cut")
    ann, thread = await started(desk)
    for number in range(5):
        desk.graph.say(ann, f"word {number}")
        desk.tg.message(text=f"answer {number}", thread=thread)
        await run(database, CUT)
    await until(lambda: len(desk.graph.sent_texts(ann.id)) == 5, seconds=40)
    await desk.see(thread, "word 4")
    assert desk.graph.sent_texts(ann.id) == [f"answer {number}" for number in range(5)]
    shown = [words for words in desk.texts(thread) if "word" in words]
    assert list(dict.fromkeys(shown)) == [f"word {number}" for number in range(5)]
    assert not desk.process.broken.is_set()
