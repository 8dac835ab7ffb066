"""Topics that staff close or that Telegram will not open: a customer's words reach staff all the same."""

from dataclasses import replace

from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.waiting import until


def is_closed(desk: World, thread: int) -> bool:
    return next(topic["closed"] for topic in desk.topics() if topic["id"] == thread)


async def test_a_closed_topic_opens_again_when_the_customer_writes(desk: World) -> None:
    """Telegram lets an administrator's bot write in a closed topic, so no refusal tells that it is closed."""
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "first")
    thread = await desk.topic("Ann")
    await desk.see(thread, "first")
    desk.tg.topic(action="close", thread=thread, sender=people.OWNER_ID)
    desk.tg.message(text="a note after closing", thread=thread)
    await until(lambda: desk.graph.sent_texts(ann.id))
    assert is_closed(desk, thread)
    desk.graph.say(ann, "one more question")
    await desk.see(thread, "one more question")
    assert not is_closed(desk, thread)


async def test_a_topic_that_staff_opened_again_is_left_alone(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "first")
    thread = await desk.topic("Ann")
    desk.tg.topic(action="close", thread=thread, sender=people.OWNER_ID)
    desk.tg.topic(action="reopen", thread=thread, sender=people.OWNER_ID)
    desk.tg.message(text="hello", thread=thread)
    await until(lambda: desk.graph.sent_texts(ann.id))
    desk.graph.say(ann, "second")
    await desk.see(thread, "second")
    assert "reopenForumTopic" not in [call["method"] for call in desk.tg.calls()]


async def test_a_name_telegram_refuses_does_not_keep_the_customer_out(desk: World) -> None:
    desk.tg.faults(
        method="createForumTopic", contains="Odd", code=400, description="Bad Request: TOPIC_TITLE_EMPTY", times=0
    )
    desk.graph.say(desk.graph.create_customer("Odd"), "can you see me?")
    await until(desk.topics)
    (odd,) = desk.topics()
    await desk.see(odd["id"], "can you see me?")
    desk.graph.say(desk.graph.create_customer("Bea"), "hi")
    thread = await desk.topic("Bea")
    assert next(topic["icon"] for topic in desk.topics() if topic["id"] == thread), "icons stay in use"


async def test_a_mistyped_group_is_mended_by_a_restart_with_the_right_one(world: World) -> None:
    right = world.settings
    mistyped = right.telegram.model_copy(update={"group_id": -100_000_000_005})
    world.settings = replace(right, telegram=mistyped)
    async with world.open():
        world.graph.say(world.graph.create_customer("Ann"), "is anybody there?")
        await until(lambda: [call for call in world.tg.calls() if call["method"] == "createForumTopic"])
    world.settings = right
    async with world.open():
        world.graph.say(world.graph.create_customer("Bea"), "me too")
        await world.see(await world.topic("Bea"), "me too")
        await world.see(await world.topic("Ann"), "is anybody there?")
