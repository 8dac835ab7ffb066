"""Topics that staff delete or rename, and topics whose opening nobody confirmed."""

from typing import Any

import httpx

from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.waiting import until

HISTORY = "What was said last"


async def started(desk: World, name: str = "Ann") -> tuple[Any, int]:
    customer = desk.graph.create_customer(name)
    desk.graph.say(customer, "hi")
    thread = await desk.topic(name)
    await desk.see(thread, "hi")
    return customer, thread


async def next_topic(desk: World, name: str, *olds: int) -> int:
    """The thread of a topic that came after the old ones."""
    (topic,) = await until(lambda: [t for t in desk.topics() if name in t["name"] and t["id"] not in olds])
    return int(topic["id"])


async def said(desk: World, customer: Any, thread: int, words: str) -> None:
    """A staff member's words, once the customer has them."""
    desk.tg.message(text=words, thread=thread)
    await until(lambda: words in desk.graph.sent_texts(customer.id))


# ------------------------------------------------------------------ deleted


async def test_a_topic_made_anew_tells_what_was_said_before(desk: World) -> None:
    ann, thread = await started(desk)
    await said(desk, ann, thread, "how can we help?")
    desk.graph.say(ann, "my lamp is broken")
    await desk.see(thread, "my lamp is broken")
    desk.tg.topic(action="delete", thread=thread)
    desk.graph.say(ann, "still there?")
    new = await next_topic(desk, "Ann", thread)
    history = await desk.see(new, HISTORY)
    words = ["hi", "how can we help?", "my lamp is broken"]
    places = [history["text"].index(each) for each in words]
    assert places == sorted(places)
    assert "Ann  my lamp" in history["text"], "who spoke"
    assert "Olive  how can" in history["text"]
    assert "still there?" not in history["text"], "it stands below in its own right"
    shown = desk.texts(new)
    assert [text for text in shown if text == "still there?"] == ["still there?"]
    assert len([text for text in shown if HISTORY in text]) == 1
    assert len([text for text in shown if "WhatsApp" in text]) == 1, "one card"


async def test_several_topics_deleted_in_a_row(desk: World) -> None:
    ann, thread = await started(desk)
    olds = [thread]
    for number in range(3):
        desk.tg.topic(action="delete", thread=olds[-1])
        desk.graph.say(ann, f"word {number}")
        new = await next_topic(desk, "Ann", *olds)
        history = await desk.see(new, HISTORY)
        assert ["hi" in history["text"], *(f"word {n}" in history["text"] for n in range(number))] == [True] * (
            number + 1
        )
        assert desk.texts(new).count(f"word {number}") == 1
        olds.append(new)
    await said(desk, ann, olds[-1], "here we are")


async def test_a_reply_to_the_history_answers_the_message_that_is_quoted_there(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.topic(action="delete", thread=thread)
    desk.graph.say(ann, "still there?")
    new = await next_topic(desk, "Ann", thread)
    history = await desk.see(new, HISTORY)
    desk.tg.message(text="hello again", thread=new, reply_to=history["id"])
    await until(lambda: "hello again" in desk.graph.sent_texts(ann.id))
    first = desk.graph.messages(ann.id)[0]
    answer = next(m for m in desk.graph.messages(ann.id) if m.text == "hello again")
    assert answer.quote == first.id


async def test_a_long_past_fits_into_one_post_and_only_its_end_is_told(desk: World) -> None:
    ann, thread = await started(desk)
    for number in range(12):
        desk.graph.say(ann, f"{number:02} " + "long story 😀 " * 200)
    await desk.see(thread, "11 long")
    desk.tg.topic(action="delete", thread=thread)
    desk.graph.say(ann, "still there?")
    new = await next_topic(desk, "Ann", thread)
    history = await desk.see(new, HISTORY)
    assert [number for number in range(12) if f"{number:02} long" in history["text"]] == list(range(2, 12))
    assert len(history["text"].encode("utf-16-le")) // 2 <= 4096


async def test_a_message_of_two_parts_cut_by_a_deletion_is_shown_whole(desk: World) -> None:
    """Its first part went down with the old topic."""
    ann, thread = await started(desk)
    gone = "Bad Request: TOPIC_DELETED"
    desk.tg.faults(method="sendContact", thread=thread, contains="Bo", code=400, description=gone)
    names = ("Al", "Bo")
    cards = [
        {"name": {"formatted_name": name}, "phones": [{"phone": f"+861390013900{n}"}]} for n, name in enumerate(names)
    ]
    desk.graph.say(ann, contacts=cards)
    new = await next_topic(desk, "Ann", thread)

    def contacts(of: int) -> list[str]:
        return [post["extra"]["contact"]["first_name"] for post in desk.posts(of) if post["kind"] == "contact"]

    await until(lambda: contacts(new) == ["Al", "Bo"])


# ------------------------------------------------------------------ renamed


async def test_a_name_given_by_staff_is_kept_when_the_topic_is_made_anew(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.topic(action="rename", thread=thread, name="Ann (wholesale)", sender=people.AGENT_ID)
    await said(desk, ann, thread, "hello")
    desk.tg.topic(action="delete", thread=thread)
    desk.graph.say(ann, "still me")
    new = await next_topic(desk, "Ann", thread)
    assert [topic["name"] for topic in desk.topics() if topic["id"] == new] == ["Ann (wholesale)"]
    assert "editForumTopic" not in [call["method"] for call in desk.tg.calls()]


# ------------------------------------------------------------------ opened, but the answer was lost


async def test_a_topic_whose_answer_was_lost_is_adopted(desk: World) -> None:
    desk.tg.faults(method="createForumTopic", drop_response=True)
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    await desk.see(thread, "hi")
    assert len(desk.topics()) == 1
    assert len([call for call in desk.tg.calls() if call["method"] == "createForumTopic"]) == 1
    await until(lambda: len(desk.posts(thread)) == 2)
    await said(desk, ann, thread, "hello")


async def test_a_topic_that_takes_for_ever_to_open_holds_nobody_up(desk: World) -> None:
    """Telegram opened it and never answers: it is adopted, and the customer is shown well before a minute is over."""
    desk.tg.faults(method="createForumTopic", contains="Ann", hang=True)
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    await until(lambda: [topic for topic in desk.topics() if "Ann" in topic["name"]])
    desk.graph.say(desk.graph.create_customer("Bea"), "me too")
    await desk.see(await desk.topic("Bea"), "me too")
    thread = await desk.topic("Ann")
    assert desk.texts(thread) == [], "Ann's call is still under way"
    await desk.see(thread, "hi")
    assert len(desk.topics()) == 2


async def test_two_customers_of_one_name_do_not_get_each_others_topic(desk: World) -> None:
    """Both openings are unanswered: nobody can tell whose topic is whose, so each gets another one."""
    desk.tg.faults(method="createForumTopic", drop_response=True, times=2)
    twins = [desk.graph.create_customer("Kim", wa_id=f"8613900{n}39000") for n in range(2)]
    for number, kim in enumerate(twins):
        desk.graph.say(kim, f"I am {number}")
    for number, kim in enumerate(twins):
        found = await until(lambda n=number: [t["id"] for t in desk.topics() if f"I am {n}" in desk.texts(t["id"])])
        assert len(found) == 1
        await said(desk, kim, found[0], f"hello {number}")


async def test_a_topic_of_ours_that_nobody_waits_for_says_so(desk: World) -> None:
    await started(desk)
    async with httpx.AsyncClient() as telegram:
        created = await telegram.post(
            f"{desk.tg.base_url}/bot{people.BOT_TOKEN}/createForumTopic",
            json={"chat_id": people.GROUP_ID, "name": "Nobody"},
        )
    thread = created.json()["result"]["message_thread_id"]
    desk.tg.message(text="hello?", thread=thread)
    await desk.see(thread, "left over")
