"""What Telegram will not take, and tasks that fail for good: shown in words, never in the way of the rest."""

from dataclasses import replace
from typing import Any

from sandbox.graph.people import Customer
from tests.scenario.house import World
from tests.scenario.test_kinds import PNG
from tests.waiting import until


async def start(desk: World) -> tuple[Customer, int]:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    await desk.see(thread, "hi")
    return ann, thread


async def test_a_picture_refused_in_every_form_becomes_a_line(desk: World) -> None:
    ann, thread = await start(desk)
    for method in ("sendPhoto", "sendDocument"):
        desk.tg.faults(method=method, code=400, description="Bad Request: IMAGE_PROCESS_FAILED", times=0)
    desk.graph.say(ann, media={"id": desk.graph.add_media(PNG, "image/png"), "caption": "my photo"})
    desk.graph.say(ann, "and some words")
    await desk.see(thread, "and some words")
    line = await desk.see(thread, "my photo")
    assert "photo" in line["text"].splitlines()[0]


async def test_words_refused_by_telegram_are_said_to_be_missing_and_the_rest_goes_on(desk: World) -> None:
    ann, thread = await start(desk)
    desk.tg.faults(method="sendMessage", contains="odd words", code=400, description="Bad Request: ODD_WORDS", times=0)
    desk.graph.say(ann, "odd words")
    desk.graph.say(ann, "and plain ones")
    await desk.see(thread, "could not be shown")
    await desk.see(thread, "and plain ones")


async def test_a_message_of_many_parts_goes_on_where_the_budget_stopped_it(world: World) -> None:
    telegram = world.settings.telegram.model_copy(update={"posts_per_minute": 900})
    world.settings = replace(world.settings, telegram=telegram)
    async with world.open():
        ann, thread = await start(world)
        long = "".join(f"line {number} of a long story\n" for number in range(600))
        world.graph.say(ann, long)
        await world.see(thread, "line 599")
        parts = [words for words in world.texts(thread) if "long story" in words]
        assert "".join(part if part.endswith("\n") else part + "\n" for part in parts) == long


async def test_a_task_given_up_is_told_in_general_and_a_press_revives_it(desk: World) -> None:
    desk.tg.faults(method="sendMessage", contains="First seen", code=400, description="Bad Request: NO_CARDS", times=0)
    _, thread = await start(desk)

    def told() -> list[dict[str, Any]]:
        return [post for post in desk.posts(None) if "given up" in (post["text"] or "")]

    notice = (await until(told))[0]
    desk.tg.clear_faults()
    again, _ = notice["keyboard"][0]
    desk.tg.tap(message=notice["id"], button=again["callback_data"])
    await desk.see(thread, "First seen")
    press = desk.tg.tap(message=notice["id"], button=again["callback_data"])
    await until(lambda: "already" in (desk.tg.press(press_id=press["press_id"]).get("text") or ""))
