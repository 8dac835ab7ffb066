"""A customer writes on WhatsApp, staff answer from a Telegram topic."""

import pytest

from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.waiting import until


@pytest.mark.proves("cloud", "text", "in")
@pytest.mark.proves("cloud", "text", "out")
@pytest.mark.proves("cloud", "status", "in")
async def test_a_customer_writes_and_staff_answer(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "How much is the blue one?")
    thread = await desk.topic("Ann")
    await desk.see(thread, "How much is the blue one?")

    answer = desk.tg.message(text="12 dollars", thread=thread)
    await until(lambda: "12 dollars" in desk.graph.sent_texts(ann.id))
    await desk.mark(answer["id"], "👀")


async def test_a_new_customers_topic_has_name_colour_icon_and_card(desk: World) -> None:
    lee = desk.graph.create_customer("李雷", wa_id="8613800138000")
    desk.graph.say(lee, "你好，请问价格？")
    thread = await desk.topic("李雷")
    (topic,) = desk.topics()
    assert (topic["name"], topic["icon_color"], bool(topic["icon"])) == ("李雷 · 8000", 9367192, True)
    card = await desk.see(thread, "+86 138 0013 8000")
    assert "Chinese" in card["text"]
    assert desk.texts(thread).index(card["text"]) == 0
    await until(lambda: desk.chat()["pinned"] == [card["id"]])
    await desk.see(thread, "请问价格")
    newest = [message for message in desk.chat()["messages"] if message["thread_id"] == thread][-1]
    assert not newest["service"], "the line about the pin hides what the customer wrote"


async def test_a_group_where_the_bot_may_not_pin_works_all_the_same(desk: World) -> None:
    no_right = "Bad Request: not enough rights to manage pinned messages in the chat"
    desk.tg.faults(method="pinChatMessage", code=400, description=no_right)
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hello")
    thread = await desk.topic("Ann")
    await desk.see(thread, "hello")
    await until(lambda: desk.tg.calls(method="pinChatMessage"))
    desk.graph.say(ann, "still there?")
    await desk.see(thread, "still there?")
    assert (len(desk.texts(thread)), desk.chat()["pinned"]) == (3, [])


async def test_a_name_cannot_turn_the_words_beside_it_around(desk: World) -> None:
    desk.graph.say(desk.graph.create_customer("\u202eevil\u2066", wa_id="4915112345678"), "hello")
    thread = await desk.topic("evil")
    assert [topic["name"] for topic in desk.topics()] == ["evil · 5678"]
    card = await desk.see(thread, "+49 1511 2345678")
    assert card["text"].startswith("evil\n")


@pytest.mark.proves("cloud", "reply", "out")
async def test_an_answer_quotes_the_message_it_replies_to(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "first")
    second = desk.graph.say(ann, "second")
    thread = await desk.topic("Ann")
    post = await desk.see(thread, "second")
    desk.tg.message(text="about that", thread=thread, reply_to=post["id"])
    await until(lambda: desk.graph.sent_texts(ann.id))
    (sent,) = [m for m in desk.graph.messages(ann.id) if m.direction == "out"]
    assert sent.quote == second.id


@pytest.mark.proves("cloud", "reply", "in")
async def test_a_customers_quote_answers_the_post_that_shows_it(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hello")
    thread = await desk.topic("Ann")
    answer = desk.tg.message(text="red or blue?", thread=thread)
    await desk.mark(answer["id"], "👀")
    (sent,) = [m for m in desk.graph.messages(ann.id) if m.direction == "out"]
    desk.graph.say(ann, "blue", reply_to=sent.id)
    post = await until(lambda: next((p for p in desk.posts(thread) if p["text"] == "blue"), None))
    assert post["reply_to"] == answer["id"]


async def test_notes_stay_in_the_house(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    secret = desk.tg.message(text="// asks for too much", thread=thread)
    command = desk.tg.command(text="/note wants a discount", thread=thread)
    mixed = desk.tg.message(text="Dear Ann,\n// be firm\nour price is fixed.", thread=thread)
    for message in (secret, command):
        await desk.mark(message["id"], "🙈")
    await until(lambda: desk.graph.sent_texts(ann.id))
    await desk.mark(mixed["id"], "👀")
    assert desk.graph.sent_texts(ann.id) == ["Dear Ann,\nour price is fixed."]


async def test_a_viewers_words_are_not_sent_and_they_are_told_once(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    for words in ("let me answer", "hello?"):
        desk.tg.message(text=words, thread=thread, sender=people.VIEWER_ID)
    desk.tg.message(text="done", thread=thread)
    await until(lambda: "done" in desk.graph.sent_texts(ann.id))
    assert desk.graph.sent_texts(ann.id) == ["done"]
    told = [post for post in desk.posts(thread) if "Your message was not sent" in (post["text"] or "")]
    assert len(told) == 1


async def test_an_administrators_words_are_sent(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    desk.tg.message(text="Ada here", thread=thread, sender=people.AGENT_ID)
    await until(lambda: desk.graph.sent_texts(ann.id) == ["Ada here"])


async def test_a_long_text_goes_out_in_pieces_with_nothing_lost(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    long = "价格表。" * 1020
    desk.tg.message(text=long, thread=thread)
    await until(lambda: "".join(desk.graph.sent_texts(ann.id)) == long)


@pytest.mark.proves("cloud", "formatting", "in")
@pytest.mark.proves("cloud", "formatting", "out")
async def test_formatting_is_translated_both_ways(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "this is *bold* and _italic_")
    thread = await desk.topic("Ann")
    post = await desk.see(thread, "this is bold and italic")
    assert {entity["type"] for entity in post["entities"]} == {"bold", "italic"}
    desk.tg.message(text="<b>yes</b> <i>sir</i>", parse_mode="HTML", thread=thread)
    await until(lambda: desk.graph.sent_texts(ann.id) == ["*yes* _sir_"])


async def test_a_refusal_shows_its_reason_and_retry_mends_it(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    desk.graph.fault("error", op="messages", code=131047, times=1)
    answer = desk.tg.message(text="are you there?", thread=thread)
    failure = await desk.see(thread, "Not sent")
    await desk.mark(answer["id"], "💔")
    desk.tg.tap(message=failure["id"], button=failure["keyboard"][0][0]["callback_data"])
    await until(lambda: desk.graph.sent_texts(ann.id) == ["are you there?"])
    await desk.mark(answer["id"], "👀")
    await desk.see(thread, "It went through after all")


async def test_discard_ends_it(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    desk.graph.fault("status", op="messages", code=131026, times=1)
    desk.tg.message(text="are you there?", thread=thread)
    failure = await desk.see(thread, "Not sent")
    desk.tg.tap(message=failure["id"], button=failure["keyboard"][0][1]["callback_data"])
    await desk.see(thread, "Discarded")
    assert desk.graph.sent_texts(ann.id) == []


async def test_a_lost_answer_is_proven_by_its_status_and_not_sent_twice(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    desk.graph.fault("reset_after", op="messages", times=1)
    answer = desk.tg.message(text="once", thread=thread)
    await desk.mark(answer["id"], "👀")
    assert desk.graph.sent_texts(ann.id) == ["once"]


async def test_a_lost_answer_without_proof_asks_staff(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    desk.graph.fault("hang_after", op="messages", times=1, seconds=0)
    desk.graph.knobs(sent_delay=3600, delivered_delay=3600)
    desk.graph.fault("reset_after", op="messages", times=1)
    desk.tg.message(text="perhaps", thread=thread)
    question = await desk.see(thread, "may or may not")
    assert len(question["keyboard"][0]) == 2
