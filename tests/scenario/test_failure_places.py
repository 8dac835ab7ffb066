"""A failure notice is never dropped: in the topic, in the one made anew, or in General."""

from typing import Any

from tests.scenario.house import World
from tests.waiting import until


async def started(desk: World, name: str = "Ann") -> tuple[Any, int]:
    customer = desk.graph.create_customer(name)
    desk.graph.say(customer, "hi")
    thread = await desk.topic(name)
    await desk.see(thread, "hi")
    return customer, thread


async def about_to_fail(desk: World, thread: int) -> None:
    """Staff's words are under way: WhatsApp asked for five seconds, and will refuse them then."""
    desk.graph.fault("error", op="messages", code=130429, times=1)
    desk.tg.message(text="no luck", thread=thread)
    await until(lambda: desk.graph.calls(op="messages"))
    desk.graph.fault("error", op="messages", code=131047, times=1)


async def test_a_notice_of_a_deleted_topic_stands_in_general_with_its_buttons(desk: World) -> None:
    ann, thread = await started(desk)
    await about_to_fail(desk, thread)
    desk.tg.topic(action="delete", thread=thread)
    notice = await desk.see(None, "Not sent")
    assert notice["text"].splitlines()[0] == "To Ann: “no luck”"
    desk.tg.tap(message=notice["id"], button=notice["keyboard"][0][0]["text"])
    await until(lambda: desk.graph.sent_texts(ann.id) == ["no luck"])
    await until(lambda: desk.posts(None)[-1]["keyboard"] is None)


async def test_a_notice_nobody_decided_stands_again_in_the_topic_made_anew(desk: World) -> None:
    ann, thread = await started(desk)
    desk.graph.fault("error", op="messages", code=131047, times=1)
    desk.tg.message(text="no luck", thread=thread)
    await desk.see(thread, "Not sent")
    desk.tg.topic(action="delete", thread=thread)
    desk.graph.say(ann, "still there?")
    (new,) = await until(lambda: [topic["id"] for topic in desk.topics() if topic["id"] != thread])
    notice = await desk.see(new, "Not sent")
    desk.tg.tap(message=notice["id"], button=notice["keyboard"][0][0]["text"])
    await until(lambda: desk.graph.sent_texts(ann.id) == ["no luck"])


async def test_a_notice_that_staff_deleted_stands_again_when_the_retry_fails_too(desk: World) -> None:
    _ann, thread = await started(desk)
    desk.graph.fault("error", op="messages", code=131047, times=2)
    desk.tg.message(text="no luck", thread=thread)
    notice = await desk.see(thread, "Not sent")
    desk.tg.tap(message=notice["id"], button=notice["keyboard"][0][0]["text"])
    desk.tg.delete(message=notice["id"])
    assert (await desk.see(thread, "Not sent"))["keyboard"]


async def test_a_notice_for_a_topic_closed_for_all_opens_it(desk: World) -> None:
    _ann, thread = await started(desk)
    await about_to_fail(desk, thread)
    desk.tg.switches(closed_for_all=True)
    desk.tg.topic(action="close", thread=thread)
    await desk.see(thread, "Not sent")
