"""A group that was upgraded and has another id: what staff wrote under the old one goes its way."""

from typing import Any

from core.store import queue
from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.waiting import until

NEW = -1002000000779


async def started(desk: World, name: str = "Ann") -> tuple[Any, int]:
    customer = desk.graph.create_customer(name)
    desk.graph.say(customer, "hi")
    thread = await desk.topic(name)
    await desk.see(thread, "hi")
    return customer, thread


def upgrade(desk: World) -> None:
    desk.tg.migrate(new_id=NEW)
    desk.tg.chat_settings(chat=NEW, is_forum=True)


def shown_there(desk: World, words: str) -> list[dict[str, Any]]:
    return [m for m in desk.chat(NEW)["messages"] if words in (m["text"] or "")]


async def test_words_nobody_had_read_when_the_group_moved_are_sent(world: World) -> None:
    """They were written while the desk was away, and so was the move."""
    async with world.open():
        ann, thread = await started(world)
    world.tg.message(text="one", thread=thread)
    world.tg.message(text="two", thread=thread)
    upgrade(world)
    async with world.open():
        await until(lambda: world.graph.sent_texts(ann.id) == ["one", "two"])
        world.graph.say(ann, "thank you")
        await until(lambda: shown_there(world, "thank you"))


async def test_words_in_the_new_group_count_at_once(world: World) -> None:
    """The move and the first words there come in one breath."""
    async with world.open():
        ann, _thread = await started(world)
    upgrade(world)
    world.tg.command(text="/whoami", chat=NEW)
    async with world.open():
        world.graph.say(ann, "still me")
        await until(lambda: shown_there(world, "still me"))
        await until(lambda: shown_there(world, "owner"))


async def test_words_that_wait_for_whatsapp_are_sent_and_a_failure_is_told_in_the_new_group(desk: World) -> None:
    ann, thread = await started(desk)
    desk.graph.fault("error", op="messages", code=130429, times=1)  # asked to slow down: it waits five seconds
    desk.tg.message(text="no luck", thread=thread)
    desk.tg.message(text="goes out", thread=thread)
    await until(lambda: desk.graph.calls(op="messages"))
    desk.graph.fault("error", op="messages", code=131047, times=1)
    upgrade(desk)
    await until(lambda: desk.graph.sent_texts(ann.id) == ["goes out"])
    assert (await until(lambda: shown_there(desk, "Not sent")))[0]["keyboard"]


async def test_a_restart_with_the_old_id_in_its_settings_uses_the_new_group(world: World) -> None:
    async with world.open():
        ann, _thread = await started(world)
        upgrade(world)
        world.graph.say(ann, "second")
        await until(lambda: shown_there(world, "second"))
    calls = len([call for call in world.tg.calls() if call["chat_id"] == people.GROUP_ID])
    async with world.open() as process:
        world.graph.say(ann, "third")
        await until(lambda: shown_there(world, "third"))
        async with process.app.store.read_across_tenants() as scope:
            depth = await queue.depth(scope.connection)
        assert not [key for key in depth if key[1] == queue.PARKED]
    assert len([call for call in world.tg.calls() if call["chat_id"] == people.GROUP_ID]) == calls
