"""Posts whose answer was lost: shown again, with a line that says so; and without it where nothing is in doubt."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.scenario.house import World
from tests.scenario.test_merged import photo, pile_up
from tests.waiting import until

TWICE = "Possibly shown twice"


async def started(desk: World, name: str = "Ann") -> tuple[Any, int]:
    customer = desk.graph.create_customer(name)
    desk.graph.say(customer, "hi")
    thread = await desk.topic(name)
    await desk.see(thread, "hi")
    await desk.see(thread, "First seen")
    return customer, thread


def posts_with(desk: World, thread: int | None, words: str) -> list[str]:
    return [said for said in desk.texts(thread) if words in said]


async def none_left(desk: World) -> bool:
    """Nothing is in doubt any more."""
    assert desk.process is not None
    async with desk.process.app.store.database.read() as connection:
        return not (await connection.execute(text("SELECT name FROM posting WHERE tenant_id = 1"))).all()


@pytest.mark.parametrize("trouble", [{"code": 502, "after": True}, {"drop_response": True}])
async def test_words_whose_answer_was_lost_stand_twice_and_the_second_says_so(
    desk: World, trouble: dict[str, Any]
) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="sendMessage", contains="second", **trouble)
    desk.graph.say(ann, "second")
    await desk.see(thread, TWICE)
    assert posts_with(desk, thread, "second") == ["second", f"⚠ {TWICE}\nsecond"]
    desk.graph.say(ann, "third")
    await desk.see(thread, "third")
    assert posts_with(desk, thread, "third") == ["third"], "the doubt is over"
    await until(lambda: none_left(desk))


@pytest.mark.parametrize("refusal", [{"code": 429, "retry_after": 1}, {"code": 400, "description": "Bad Request: odd"}])
async def test_words_that_were_refused_are_not_in_doubt(desk: World, refusal: dict[str, Any]) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="sendMessage", contains="second", **refusal)
    desk.graph.say(ann, "second")
    desk.graph.say(ann, "third")
    await desk.see(thread, "third")
    assert posts_with(desk, thread, TWICE) == []
    await until(lambda: none_left(desk))


async def test_a_refusal_after_a_lost_answer_does_not_end_the_doubt(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="sendMessage", contains="second", drop_response=True)
    desk.tg.faults(method="sendMessage", contains="second", code=429, retry_after=1)
    desk.graph.say(ann, "second")
    await desk.see(thread, TWICE)
    assert len(posts_with(desk, thread, "second")) == 2


async def test_a_merged_post_in_doubt_says_so_and_answers_find_their_part(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.tg.faults(method="sendMessage", contains="two", drop_response=True)
    said = await pile_up(desk, ann, "one", "two")
    thread = await desk.topic("Ann")
    post = await desk.see(thread, TWICE)
    assert post["text"].splitlines()[0] == f"⚠ {TWICE}"
    assert [line.split("  ")[1] for line in post["text"].splitlines()[1:]] == ["one", "two"]
    desk.tg.message(text="about two", thread=thread, reply_to=post["id"], quote="two")
    await until(lambda: desk.graph.sent_texts(ann.id))
    (sent,) = [one for one in desk.graph.messages(ann.id) if one.direction == "out"]
    assert sent.quote == said[1].id
    desk.graph.say(ann, "and this", reply_to=said[1].id)
    assert (await desk.see(thread, "and this"))["quote"] == "two"


async def test_an_album_in_doubt_says_so_in_its_first_caption(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.tg.faults(method="sendMediaGroup", drop_response=True)
    await pile_up(desk, ann, photo(desk, "front"), photo(desk, "back"))
    thread = await desk.topic("Ann")
    await desk.see(thread, TWICE)
    shown = [post["text"] for post in desk.posts(thread) if post["media"]]
    assert shown == ["front", "back", f"⚠ {TWICE}\nfront", "back"]


async def test_where_no_words_fit_the_line_stands_before(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="sendLocation", drop_response=True)
    desk.graph.say(ann, location={"latitude": 1.5, "longitude": 2.5})
    await desk.see(thread, TWICE)
    await until(lambda: len([post for post in desk.posts(thread) if post["kind"] == "location"]) == 2)
    assert [post["kind"] for post in desk.posts(thread)][-3:] == ["location", "text", "location"]


async def test_a_failure_notice_in_doubt_says_so(desk: World) -> None:
    _ann, thread = await started(desk)
    desk.graph.fault("error", op="messages", code=131047, times=1)
    desk.tg.faults(method="sendMessage", contains="Not sent", drop_response=True)
    desk.tg.message(text="no luck", thread=thread)
    post = await desk.see(thread, TWICE)
    assert "Not sent" in post["text"]
    assert post["keyboard"]
    await until(lambda: none_left(desk))


async def test_what_may_be_repeated_harmlessly_says_nothing(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="setMessageReaction", drop_response=True)
    posted = desk.tg.message(text="hello", thread=thread)
    await desk.mark(posted["id"], "👌")
    desk.graph.say(ann, "thanks")
    await desk.see(thread, "thanks")
    assert posts_with(desk, thread, TWICE) == []


async def test_a_doubt_goes_down_with_its_topic(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="sendMessage", contains="second", drop_response=True)
    desk.tg.faults(method="sendMessage", contains="second", code=400, description="Bad Request: TOPIC_DELETED")
    desk.graph.say(ann, "second")
    (new,) = await until(lambda: [topic["id"] for topic in desk.topics() if topic["id"] != thread])
    await desk.see(new, "second")
    assert posts_with(desk, new, TWICE) == []


async def test_a_lost_answer_in_chinese(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.command(text="/lang group zh")
    await until(lambda: [call for call in desk.tg.calls(method="sendMessage") if "中文" in str(call["params"])])
    desk.tg.faults(method="sendMessage", contains="second", drop_response=True)
    desk.graph.say(ann, "second")
    await desk.see(thread, "可能重复显示")
