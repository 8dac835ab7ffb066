"""Several processes on one PostgreSQL database: more hands, same promises."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.conftest import POSTGRES_URL, fresh_postgres
from tests.crash.load import Load
from tests.crash.product import Product
from tests.crash.street import Street, street
from tests.waiting import until

pytestmark = pytest.mark.skipif(not POSTGRES_URL, reason="set TOPICDESK_TEST_POSTGRES_URL: SQLite has one process")


@asynccontextmanager
async def two(home: Path, role: str) -> AsyncIterator[tuple[Street, Product]]:
    """A street whose product does everything, and a second process with a role of its own."""
    async with fresh_postgres() as url, street(url, home) as opened:
        second = Product(opened.product.env, home, role)
        opened.product.start()
        await opened.product.until_open()
        second.start()
        try:
            await until(lambda: all_present(opened, 2), seconds=60)
            yield opened, second
        finally:
            second.kill()


async def all_present(street: Street, wanted: int) -> bool:
    here = "SELECT oid FROM pg_database WHERE datname = current_database()"
    rows = await street.rows(f"SELECT 1 FROM pg_locks WHERE objsubid = 2 AND granted AND database = ({here})")
    return len(rows) >= wanted


async def test_two_workers_keep_every_lane_in_order_and_double_nothing(tmp_path: Path) -> None:
    async with two(tmp_path, "worker") as (opened, _):
        load, holders = Load(opened, customers=4, seed=2), set[int]()
        writing = asyncio.create_task(load.write(messages=1000, pause=0.02))
        while not writing.done() and (len(holders) < 2 or load.said.total() < 100):
            holders |= {row[0] for row in await opened.rows("SELECT holder FROM job WHERE status = 'doing'")}
            await asyncio.sleep(0.01)
        writing.cancel()
        await opened.settled()
        found = load.check()
        assert (found["shown twice"], found["uncertain"]) == (0, 0)
        assert len(holders) == 2


async def test_one_worker_dies_and_the_other_finishes_its_work(tmp_path: Path) -> None:
    async with two(tmp_path, "worker") as (opened, second):
        load = Load(opened, customers=3, seed=3)
        writing = asyncio.create_task(load.write(messages=60, pause=0.02))
        for _ in range(3):
            await asyncio.sleep(0.3)
            second.kill()
            await asyncio.sleep(0.05)
            load.note_in_flight()
            second.start()
        await writing
        second.kill()
        load.note_in_flight()
        await opened.settled()
        load.check()


async def test_one_process_polls_and_the_other_takes_over(tmp_path: Path) -> None:
    async with two(tmp_path, "all") as (opened, second):
        ann = opened.graph.create_customer("Ann")
        opened.graph.say(ann, "hi")
        thread = await opened.topic("Ann")
        opened.tg.message(text="one", thread=thread)
        await until(lambda: opened.graph.sent_texts(ann.id) == ["one"])
        polls = [call for call in opened.tg.state.journal.calls if call.method == "getUpdates"]
        assert {call.code for call in polls} <= {0, 200}, "two pollers disturb each other"
        await opened.graph.set_callback(f"{second.url}/hooks/whatsapp")
        opened.product.kill()
        opened.tg.message(text="two", thread=thread)
        await until(lambda: opened.graph.sent_texts(ann.id) == ["one", "two"])
