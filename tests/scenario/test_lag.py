"""When customers' messages wait, staff are told once, in one line that is kept true."""

from dataclasses import replace
from typing import Any

from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.waiting import until


def lines(world: World, chat: int) -> list[dict[str, Any]]:
    messages = world.chat(chat)["messages"] if any(c["id"] == chat for c in world.tg.view()["chats"]) else []
    words = ("wait to be shown", "waits to be shown", "are shown again")
    return [m for m in messages if any(each in (m["text"] or "") for each in words)]


async def test_a_backlog_is_told_in_general_once_and_ends_when_all_is_shown(world: World) -> None:
    telegram = world.settings.telegram.model_copy(update={"posts_per_minute": 120})
    world.settings = replace(
        world.settings, telegram=telegram, desk=world.settings.desk.model_copy(update={"lag_seconds": 1})
    )
    async with world.open():
        for number in range(12):
            world.graph.say(world.graph.create_customer(f"Customer {number}"), "anybody there?")
        told = (await until(lambda: lines(world, people.GROUP_ID)))[0]
        assert "20 posts a minute" in told["text"]
        await until(lambda: "shown again" in lines(world, people.GROUP_ID)[0]["text"], seconds=40)
        assert len(lines(world, people.GROUP_ID)) == 1


async def test_while_telegram_pauses_the_group_its_owner_is_told_in_private(world: World) -> None:
    world.settings = replace(world.settings, desk=world.settings.desk.model_copy(update={"lag_seconds": 1}))
    async with world.open():
        world.tg.message(text="/start", chat=people.OWNER_ID)
        world.tg.faults(method="createForumTopic", code=429, retry_after=7)
        world.graph.say(world.graph.create_customer("Ann"), "hi")
        told = (await until(lambda: lines(world, people.OWNER_ID)))[0]
        assert "asked us to pause" in told["text"]
        await world.topic("Ann")
        await until(lambda: "shown again" in lines(world, people.OWNER_ID)[0]["text"])
        assert lines(world, people.GROUP_ID) == []
