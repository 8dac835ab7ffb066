"""Marks when reactions are scarce: the last message of a topic tells, the others give way."""

from core.jobs import JobKind
from core.store import queue
from sandbox.telegram import defaults
from tests.scenario.house import World
from tests.scenario.test_merged import skip_ahead
from tests.waiting import until


async def waiting_marks(desk: World) -> int:
    assert desk.process is not None
    async with desk.process.app.store.read_across_tenants() as scope:
        depth = await queue.depth(scope.connection)
    return sum(many for (kind, _), (many, _) in depth.items() if kind == JobKind.MARK)


async def test_when_marks_lag_only_the_last_message_and_failures_are_marked(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    await desk.see(thread, "hi")
    desk.tg.faults(method="setMessageReaction", code=429, retry_after=60, chat=defaults.GROUP_ID)
    desk.graph.fault("error", op="messages", code=131026, times=1)
    answers = [desk.tg.message(text=f"answer {number}", thread=thread) for number in range(4)]
    await until(lambda: len(desk.graph.sent_texts(ann.id)) == 3)
    await until(lambda: all(one.status == "read" for one in desk.graph.messages(ann.id) if one.direction == "out"))
    skip_ahead(desk, 62)
    await desk.mark(answers[-1]["id"], "👀")

    async def all_settled() -> bool:
        return await waiting_marks(desk) == 0

    await until(all_settled)
    marks = [desk.mark_of(answer["id"]) for answer in answers]
    assert marks == ["💔", None, None, "👀"]
