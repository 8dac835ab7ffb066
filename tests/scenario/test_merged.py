"""Posts that show several messages: staff and customers can still answer the one they mean."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from core.ids import TenantId
from core.store import messages
from core.store.store import utc_now
from sandbox.graph.people import Customer
from tests.scenario.house import World
from tests.waiting import until

WAIT = 60


def skip_ahead(desk: World, seconds: float) -> None:
    """The product's clock jumps: what waits for a time is due."""
    assert desk.process is not None
    store = desk.process.app.store
    began = store.clock() - utc_now()
    store.clock = lambda: utc_now() + began + timedelta(seconds=seconds)
    store.wake.set()


async def pile_up(desk: World, customer: Customer, *lines: str) -> list[Any]:
    """What a customer writes while Telegram asks for patience, on the customer's side; then it has had enough."""
    desk.tg.faults(method="createForumTopic", code=429, retry_after=WAIT)
    said = [desk.graph.say(customer, lines[0])]
    await desk.tg.wait_for_call("createForumTopic")
    said += [desk.graph.say(customer, line) for line in lines[1:]]
    await until(lambda: waiting(desk, len(lines)))
    skip_ahead(desk, WAIT + 1)
    return said


async def waiting(desk: World, many: int) -> bool:
    assert desk.process is not None
    async with desk.process.app.store.read(TenantId(1)) as scope:
        return (await messages.waiting_count(scope))[0] == many


async def test_a_customers_quote_names_its_line_of_a_merged_post(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    said = await pile_up(desk, ann, "🙂🙂 hello", "is the *blue one* there?", "or the red?")
    thread = await desk.topic("Ann")
    post = await desk.see(thread, "or the red?")
    assert post["text"].count("\n") == 2
    desk.graph.say(ann, "I mean this", reply_to=said[1].id)
    answer = await desk.see(thread, "I mean this")
    assert (answer["reply_to"], answer["quote"]) == (post["id"], "is the blue one there?")
    sent = json.loads(desk.tg.calls(method="sendMessage")[-1]["params"]["reply_parameters"])
    before = post["text"].partition("is the")[0]
    assert sent["quote_position"] == len(before) + 2
    assert [(each["type"], each["offset"]) for each in sent["quote_entities"]] == [("bold", 7)]


async def test_a_reaction_to_a_line_of_a_merged_post_quotes_it(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    said = await pile_up(desk, ann, "one", "two")
    thread = await desk.topic("Ann")
    post = await desk.see(thread, "two")
    desk.graph.react(ann.id, said[1].id, "👍")
    line = await desk.see(thread, "👍")
    assert (line["reply_to"], line["quote"]) == (post["id"], "two")
