"""The product is killed again and again while customers and staff write. Nothing is lost, nothing is sent twice."""

import asyncio
import logging
import random

from tests.crash.load import Load
from tests.crash.street import Street

KILLS = 9
log = logging.getLogger(__name__)


async def test_many_kills_under_load(at_work: Street) -> None:
    chance = random.Random(20)
    at_work.graph.knobs(duplicate_every=3, batch=3, sent_delay=0.02, delivered_delay=0.05, read_delay=0.1)
    load = Load(at_work, customers=4, seed=4)
    writing = asyncio.create_task(load.write(messages=200))
    for kill in range(KILLS):
        await asyncio.sleep(chance.uniform(0.05, 1.2))
        spoil(at_work, chance)
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        at_work.product.kill()
        await asyncio.sleep(0.05)  # what it sent with its last breath arrives
        load.note_in_flight()
        at_work.product.start()
        if kill % 4 != 3:  # now and then it is killed while it starts
            await at_work.product.until_open()
    await at_work.product.until_open()
    await writing
    await at_work.settled()
    found = load.check()
    assert found["shown twice"] <= KILLS * load.customers
    log.info("%s after %d kills", dict(found), at_work.product.kills)


def spoil(street: Street, chance: random.Random) -> None:
    """The next call is done, but its answer is lost; or the next is refused before anything is done."""
    match chance.randrange(6):
        case 0:
            street.graph.fault("reset_after", op="messages", times=1)
        case 1:
            street.graph.fault("hang_after", op="messages", times=1, seconds=1)
        case 2:
            street.graph.fault("reset_before", op="messages", times=1)
        case 3:
            street.tg.faults(method="sendMessage", drop_response=True, contains="c")
        case 4:
            street.tg.faults(method="sendMessage", code=502, html=True)
        case _:
            street.tg.faults(method="getUpdates", drop_response=True)
