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


async def test_when_marks_lag_the_last_message_and_failures_go_first_and_the_rest_follows(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    await desk.see(thread, "hi")
    desk.tg.faults(method="setMessageReaction", code=429, retry_after=60, chat=defaults.GROUP_ID)
    desk.graph.fault("error", op="messages", code=131026, times=1)
    answers = [desk.tg.message(text=f"answer {number}", thread=thread) for number in range(6)]
    await until(lambda: len(desk.graph.sent_texts(ann.id)) == 5)
    await until(lambda: all(one.status == "read" for one in desk.graph.messages(ann.id) if one.direction == "out"))
    skip_ahead(desk, 62)
    await desk.mark(answers[-1]["id"], "👀")
    await desk.mark(answers[0]["id"], "💔")
    given_way = [answer["id"] for answer in answers[1:-1] if desk.mark_of(answer["id"]) is None]
    assert given_way, "some gave way"
    assert await waiting_marks(desk) >= len(given_way), "they are not forgotten"
    skip_ahead(desk, 62 + 600)
    for answer in answers[1:]:
        await desk.mark(answer["id"], "👀")
