"""Posts that show several messages: staff and customers can still answer the one they mean."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from core.ids import TenantId
from core.service import choosing
from core.store import messages
from core.store.store import utc_now
from sandbox.graph.chats import ChatMessage
from sandbox.graph.people import Customer
from tests.scenario.house import World
from tests.waiting import until

WAIT = 60
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)


def photo(desk: World, caption: str = "") -> dict[str, Any]:
    return {"id": desk.graph.add_media(PNG, "image/png"), "kind": "image"} | ({"caption": caption} if caption else {})


def document(desk: World, name: str) -> dict[str, Any]:
    return {"id": desk.graph.add_media(b"%PDF-1.4", "application/pdf", name), "kind": "document"}


def skip_ahead(desk: World, seconds: float) -> None:
    """The product's clock jumps: what waits for a time is due."""
    assert desk.process is not None
    store = desk.process.app.store
    began = store.clock() - utc_now()
    store.clock = lambda: utc_now() + began + timedelta(seconds=seconds)
    store.wake.set()


async def pile_up(desk: World, customer: Customer, *said: str | dict[str, Any]) -> list[ChatMessage]:
    """What a customer says while Telegram asks for patience, on the customer's side; then it has had enough."""
    desk.tg.faults(method="createForumTopic", code=429, retry_after=WAIT)
    pieces = [{"text": one} if isinstance(one, str) else {"media": one} for one in said]
    shown = desk.graph.say_many(customer, pieces[:1])
    await desk.tg.wait_for_call("createForumTopic")
    shown += desk.graph.say_many(customer, pieces[1:])
    await until(lambda: waiting(desk, len(said)))
    skip_ahead(desk, WAIT + 1)
    return shown


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


@pytest.mark.proves("cloud", "album", "in")
async def test_files_that_wait_together_are_an_album_and_keep_their_own_ids(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    files = [photo(desk, "front"), photo(desk), photo(desk, "back"), document(desk, "a.pdf"), document(desk, "b.pdf")]
    said = await pile_up(desk, ann, "look:", *files)
    thread = await desk.topic("Ann")
    await until(lambda: len([post for post in desk.posts(thread) if post["media"]]) == 5)
    assert len(desk.tg.calls(method="sendMediaGroup")) == 2
    shown = [post for post in desk.posts(thread) if post["media"]]
    assert [post["text"] for post in shown] == ["front", "", "back", "", ""]
    assert len({post["media_group_id"] for post in shown}) == 2
    desk.tg.message(text="the back one, please", thread=thread, reply_to=shown[2]["id"])
    await until(lambda: desk.graph.sent_texts(ann.id))
    (sent,) = [one for one in desk.graph.messages(ann.id) if one.direction == "out"]
    assert sent.quote == said[3].id


async def test_an_album_that_telegram_refuses_is_shown_one_by_one(desk: World) -> None:
    desk.tg.faults(method="sendMediaGroup", code=400, description="Bad Request: MEDIA_INVALID", times=0)
    ann = desk.graph.create_customer("Ann")
    await pile_up(desk, ann, photo(desk, "one"), photo(desk, "two"), photo(desk, "three"))
    thread = await desk.topic("Ann")
    await desk.see(thread, "three")
    assert [post["text"] for post in desk.posts(thread) if post["media"]] == ["one", "two", "three"]
    assert len(desk.tg.calls(method="sendMediaGroup")) == 1


async def test_a_merged_post_that_telegram_refuses_is_shown_line_by_line(desk: World) -> None:
    desk.tg.faults(method="sendMessage", code=400, description="Bad Request: odd", contains="one")
    ann = desk.graph.create_customer("Ann")
    await pile_up(desk, ann, "one", "two")
    thread = await desk.topic("Ann")
    await desk.see(thread, "two")
    assert desk.texts(thread)[-2:] == ["one", "two"]


async def merged_post(desk: World, customer: Customer, *lines: str) -> tuple[int, dict[str, Any], list[ChatMessage]]:
    """The topic, the post that shows all lines, and the lines on the customer's side."""
    said = await pile_up(desk, customer, *lines)
    thread = await desk.topic(customer.name)
    return thread, await desk.see(thread, lines[-1]), said


async def sent(desk: World, customer: Customer, many: int = 1) -> list[tuple[str, str | None]]:
    """Words and quoted message of what reached the customer, once there are so many."""

    def look() -> list[tuple[str, str | None]]:
        out = [one for one in desk.graph.messages(customer.id) if one.direction == "out"]
        return [(one.text, one.quote) for one in out] if len(out) >= many else []

    return await until(look)


async def test_an_answer_that_quotes_words_of_a_merged_post_means_their_message(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    thread, post, said = await merged_post(desk, ann, "🙂🙂 first", "second 🙂", "third")
    for number, words in enumerate(("first", "cond 🙂", "third")):
        desk.tg.message(text=words, thread=thread, reply_to=post["id"], quote=words)
        assert (await sent(desk, ann, number + 1))[-1] == (words, said[number].id)
    assert not [each for each in desk.texts(thread) if "Which message" in each]


async def test_an_answer_that_does_not_tell_waits_for_a_press(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    thread, post, said = await merged_post(desk, ann, "is it\nblue?", "is it red?")
    answer = desk.tg.message(text="yes", thread=thread, reply_to=post["id"])
    question = await desk.see(thread, "Which message do you answer?")
    assert question["reply_to"] == answer["id"]
    assert [row[0]["text"] for row in question["keyboard"]] == ["1 · is it blue?", "2 · is it red?", "No quote"]
    assert desk.graph.sent_texts(ann.id) == []
    desk.tg.tap(message=question["id"], button="1 · is it blue?")
    assert await sent(desk, ann) == [("yes", said[0].id)]
    told = await desk.see(thread, "Quotes: is it blue?")
    assert (told["id"], told["keyboard"]) == (question["id"], None)


async def test_a_press_may_say_no_quote_and_counts_once(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    thread, post, _ = await merged_post(desk, ann, "one", "two")
    desk.tg.message(text="yes", thread=thread, reply_to=post["id"])
    question = await desk.see(thread, "Which message do you answer?")
    first, second = (desk.tg.tap(message=question["id"], button=button) for button in ("No quote", "1 · one"))
    await until(lambda: desk.tg.press(press_id=second["press_id"])["answered"])
    assert desk.tg.press(press_id=first["press_id"])["text"] == "Sending"
    assert desk.tg.press(press_id=second["press_id"])["text"] != "Sending"
    await desk.see(thread, "Sent without a quote")
    assert await sent(desk, ann) == [("yes", None)]


async def test_when_nobody_presses_the_words_leave_without_a_quote(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    thread, post, _ = await merged_post(desk, ann, "one", "two")
    answer = desk.tg.message(text="yes", thread=thread, reply_to=post["id"])
    await desk.see(thread, "Which message do you answer?")
    skip_ahead(desk, choosing.PATIENCE_SECONDS + 1)
    assert await sent(desk, ann) == [("yes", None)]
    await desk.see(thread, "Sent without a quote")
    await desk.mark(answer["id"], "👀")


async def test_who_writes_on_does_not_wait_and_nothing_overtakes(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    thread, post, _ = await merged_post(desk, ann, "one", "two")
    desk.tg.message(text="yes", thread=thread, reply_to=post["id"])
    await desk.see(thread, "Which message do you answer?")
    desk.tg.message(text="and no", thread=thread)
    assert await sent(desk, ann, 2) == [("yes", None), ("and no", None)]
    skip_ahead(desk, choosing.PATIENCE_SECONDS + 1)
    await desk.see(thread, "Sent without a quote")
    assert len(await sent(desk, ann, 2)) == 2


async def test_words_that_wait_for_a_choice_outlive_a_restart(world: World) -> None:
    ann = world.graph.create_customer("Ann")
    async with world.open():
        thread, post, said = await merged_post(world, ann, "one", "two")
        world.tg.message(text="yes", thread=thread, reply_to=post["id"])
        question = await world.see(thread, "Which message do you answer?")
    async with world.open():
        assert world.graph.sent_texts(ann.id) == []
        world.tg.tap(message=question["id"], button="2 · two")
        assert await sent(world, ann) == [("yes", said[1].id)]
        skip_ahead(world, WAIT + choosing.PATIENCE_SECONDS + 2)
        world.tg.message(text="bye", thread=thread)
        assert (await sent(world, ann, 2))[1:] == [("bye", None)]
