"""Bad weather on Telegram's side: floods, closed doors, odd answers. Nothing is lost, and nobody knocks too early."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.waiting import until

POSTS = {"sendMessage", "createForumTopic", "editMessageText", "reopenForumTopic", "sendPhoto"}


@asynccontextmanager
async def quick_clock(desk: World, factor: float) -> AsyncIterator[None]:
    """Telegram's time runs `factor` times as fast as ours."""

    async def turn() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.02)
            desk.tg.clock(advance=(time.perf_counter() - began) * (factor - 1))

    turning = asyncio.create_task(turn())
    yield
    turning.cancel()


def posts_between(desk: World, first: float, last: float) -> list[str]:
    """Calls to the group that Telegram counts, between two points of its time."""
    calls = [call for call in desk.tg.calls() if call["chat_id"] == people.GROUP_ID and call["method"] in POSTS]
    return [call["method"] for call in calls if first < call["at"] < last]


async def started(desk: World, name: str = "Ann") -> tuple[Any, int]:
    customer = desk.graph.create_customer(name)
    desk.graph.say(customer, "hi")
    thread = await desk.topic(name)
    await desk.see(thread, "hi")
    return customer, thread


async def test_a_429_freezes_its_chat_alone_and_nobody_knocks_before_its_time(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="sendMessage", chat=people.GROUP_ID, retry_after=2)
    desk.graph.say(ann, "are you there?")
    refused = (await until(lambda: [call for call in desk.tg.calls() if call["code"] == 429]))[0]
    desk.graph.say(ann, "hello?")
    desk.tg.command(text="/start", chat=people.OWNER_ID, sender=people.OWNER_ID)
    await until(lambda: [m for m in desk.tg.messages(chat=people.OWNER_ID) if m["from"]["is_bot"]])
    assert not [words for words in desk.texts(thread) if "are you there" in words], "the private chat was not held up"
    await desk.see(thread, "hello?")
    await desk.see(thread, "are you there?")
    assert posts_between(desk, refused["at"], refused["at"] + 2) == []


async def test_a_burst_within_telegrams_flood_rules_loses_nothing(world: World) -> None:
    """60 messages of 20 customers; 20 posts a minute, a minute being three seconds here."""
    factor = 20
    telegram = world.settings.telegram.model_copy(update={"posts_per_minute": 18 * factor})
    world.settings = replace(world.settings, telegram=telegram)
    world.tg.flood(enabled=True, reactions_per_min=10_000)
    async with quick_clock(world, factor), world.open():
        customers = [world.graph.create_customer(f"Customer {n:02}") for n in range(20)]
        for number in range(60):
            world.graph.say(customers[number % 20], f"word {number:02}.")
        for number in range(20):
            thread = await world.topic(f"Customer {number:02}")
            for word in (number, number + 20, number + 40):
                await until(lambda t=thread, w=word: [x for x in world.texts(t) if f"word {w:02}." in x], seconds=60)
            shown = "\n".join(world.texts(thread))
            places = [shown.index(f"word {word:02}.") for word in (number, number + 20, number + 40)]
            assert places == sorted(places)
        assert shown.count("word") == 3
    assert world.tg.state.journal.counters()["too_many_requests"] <= 3


async def test_a_deleted_topic_is_opened_anew_for_the_next_message(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.topic(action="delete", thread=thread)
    desk.graph.say(ann, "still me")
    (topic,) = await until(lambda: [t for t in desk.topics() if "Ann" in t["name"] and t["id"] != thread])
    await desk.see(topic["id"], "still me")
    desk.tg.message(text="welcome back", thread=topic["id"])
    await until(lambda: desk.graph.sent_texts(ann.id) == ["welcome back"])


async def test_a_topic_closed_for_everybody_is_opened_again(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.switches(closed_for_all=True)
    desk.tg.topic(action="close", thread=thread)
    desk.graph.say(ann, "one more thing")
    await desk.see(thread, "one more thing")


async def test_a_group_that_moves_takes_the_desk_along(desk: World) -> None:
    ann, _ = await started(desk)
    new_id = -1002000000777
    desk.tg.migrate(new_id=new_id)
    desk.tg.chat_settings(chat=new_id, is_forum=True)
    desk.graph.say(ann, "where did you go?")
    await until(lambda: [m for m in desk.chat(new_id)["messages"] if "where did you go" in (m["text"] or "")])
    moved = next(topic["id"] for topic in desk.chat(new_id)["topics"] if "Ann" in topic["name"])
    desk.tg.message(text="here", chat=new_id, thread=moved)
    await until(lambda: desk.graph.sent_texts(ann.id) == ["here"])


async def test_removed_from_the_group_and_taken_back_the_desk_goes_on(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.command(text="/start", chat=people.OWNER_ID, sender=people.OWNER_ID)
    desk.tg.member(user=people.BOT_ID, status="kicked")
    desk.graph.say(ann, "anybody?")
    await until(lambda: [m for m in desk.tg.messages(chat=people.OWNER_ID) if "Nothing is lost" in m["text"]])
    desk.tg.member(user=people.BOT_ID, status="administrator")
    await desk.see(thread, "anybody?")


async def test_an_owner_who_never_wrote_to_the_bot_is_not_knocked_at_for_ever(desk: World) -> None:
    await started(desk)
    desk.tg.member(user=people.BOT_ID, status="kicked")
    await until(lambda: [call for call in desk.tg.calls() if call["chat_id"] == people.OWNER_ID])
    assert desk.process is not None
    database = desk.process.app.store.database

    async def notices() -> bool:
        async with database.read() as connection:
            return not (await connection.execute(text("SELECT id FROM job WHERE kind = 'notify'"))).all()

    await until(notices)


@pytest.mark.parametrize("body", [{"message": {"odd": True}}, {"message": 7}, {"nobody_knows": {}}, {}])
async def test_an_update_nobody_can_read_is_kept_and_the_rest_goes_on(desk: World, body: dict[str, Any]) -> None:
    ann, thread = await started(desk)
    desk.tg.update(body=body)
    desk.tg.message(text="sent all the same", thread=thread)
    await until(lambda: desk.graph.sent_texts(ann.id) == ["sent all the same"])
    await until(lambda: desk.tg.pending_updates() == 0)


async def test_a_web_page_for_an_answer_is_tried_again(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="sendMessage", contains="through", code=502, html=True, times=2)
    desk.graph.say(ann, "does it get through?")
    await desk.see(thread, "does it get through?")
    desk.graph.say(ann, "and this?")
    await desk.see(thread, "and this?")


async def test_updates_that_come_twice_are_sent_once(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.update_faults(duplicates=5)
    for word in ("one", "two", "three"):
        desk.tg.message(text=word, thread=thread)
    await until(lambda: len(desk.graph.sent_texts(ann.id)) >= 3)
    await until(lambda: desk.tg.pending_updates() == 0)
    desk.tg.message(text="four", thread=thread)
    await until(lambda: "four" in desk.graph.sent_texts(ann.id))
    assert desk.graph.sent_texts(ann.id) == ["one", "two", "three", "four"]
