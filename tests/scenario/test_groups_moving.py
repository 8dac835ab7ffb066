"""A customer moves to another group: the new topic, the old one, and what happens in between."""

from typing import Any

import pytest

from core.ids import TenantId
from core.store import desks
from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.scenario.test_groups import SECOND, THIRD, add_group, arrived, posts, ruled, said_in, suspended, writes
from tests.waiting import until


def link(chat: int, thread: int) -> str:
    return f"https://t.me/c/{str(chat)[4:]}/{thread}"


def topic(desk: World, chat: int, thread: int) -> dict[str, Any]:
    (found,) = [each for each in desk.chat(chat)["topics"] if each["id"] == thread]
    return dict(found)


def threads(desk: World, chat: int, name: str) -> list[int]:
    return [each["id"] for each in desk.chat(chat)["topics"] if each["id"] is not None and name in each["name"]]


async def moved(desk: World, name: str, chat: int, *before: int) -> int:
    """The customer's topic of this group, once it is there."""
    return (await until(lambda: [each for each in threads(desk, chat, name) if each not in before]))[-1]


async def shows(desk: World, chat: int, thread: int, words: str) -> str:
    found = await until(lambda: [text for text in posts(desk, chat, thread) if words in text])
    return found[-1]


async def offered(desk: World, thread: int, sender: int = people.OWNER_ID) -> dict[str, Any]:
    """The post with the groups to choose from, asked for by somebody."""
    known = {post["ephemeral_id"] for post in desk.posts(thread)}
    desk.tg.command(text="/move", thread=thread, sender=sender)
    asked = "Which group takes this customer?"

    def look() -> list[dict[str, Any]]:
        return [p for p in desk.posts(thread) if asked in (p["text"] or "") and p["ephemeral_id"] not in known]

    return dict((await until(look))[-1])


def presses(desk: World) -> list[str]:
    return [call["params"].get("text", "") for call in desk.tg.calls(method="answerCallbackQuery")]


async def test_a_customer_moves_to_a_team_and_stays_there(desk: World) -> None:
    ann, old = await writes(desk, "Ann", people.GROUP_ID)
    desk.tg.message(text="how can we help?", thread=old)
    await until(lambda: "how can we help?" in desk.graph.sent_texts(ann.id))
    await add_group(desk, SECOND, "Spree", "team Berlin")
    desk.tg.command(text="/move ＢＥＲＬＩＮ", thread=old)
    new = await moved(desk, "Ann", SECOND)
    assert link(SECOND, new) in await shows(desk, people.GROUP_ID, old, "is in Spree now")
    assert link(people.GROUP_ID, old) in await shows(desk, SECOND, new, "Earlier topic")
    history = await shows(desk, SECOND, new, "What was said last")
    assert history.index("hi") < history.index("how can we help?")
    await until(lambda: topic(desk, people.GROUP_ID, old)["closed"])
    desk.graph.say(ann, "hello Berlin")
    await shows(desk, SECOND, new, "hello Berlin")
    desk.tg.message(text="hello from the Spree", thread=new, chat=SECOND)
    await until(lambda: "hello from the Spree" in desk.graph.sent_texts(ann.id))
    assert topic(desk, people.GROUP_ID, old)["closed"]
    desk.tg.topic(action="delete", thread=new, chat=SECOND)
    desk.graph.say(ann, "where am I?")
    assert await arrived(desk, "Ann", SECOND, "where am I?") != new
    assert threads(desk, people.GROUP_ID, "Ann") == [old]


async def test_words_in_the_topic_that_was_left_are_not_sent_and_not_lost(desk: World) -> None:
    ann, old = await writes(desk, "Ann", people.GROUP_ID)
    await add_group(desk, SECOND, "Second")
    desk.tg.command(text="/move Second", thread=old)
    new = await moved(desk, "Ann", SECOND)
    await until(lambda: topic(desk, people.GROUP_ID, old)["closed"])
    desk.tg.message(text="we open at nine", thread=old)
    assert link(SECOND, new) in await shows(desk, people.GROUP_ID, old, "Your words were not sent")
    assert "we open at nine" in await shows(desk, SECOND, new, "It was not sent")
    desk.tg.command(text="/move Second", thread=old)
    await shows(desk, people.GROUP_ID, old, "please use the newer topic")
    desk.tg.message(text="we open at ten", thread=new, chat=SECOND)
    await until(lambda: desk.graph.sent_texts(ann.id))
    assert desk.graph.sent_texts(ann.id) == ["we open at ten"]


async def test_marks_and_failures_of_the_old_topic_go_on(desk: World) -> None:
    ann, old = await writes(desk, "Ann", people.GROUP_ID)
    sent = desk.tg.message(text="on its way", thread=old)
    await until(lambda: "on its way" in desk.graph.sent_texts(ann.id))
    await add_group(desk, SECOND, "Second")
    desk.tg.command(text="/move Second", thread=old)
    new = await moved(desk, "Ann", SECOND)
    await shows(desk, SECOND, new, "What was said last")
    desk.graph.read(ann.id)
    await desk.mark(sent["id"], "👀")


async def test_of_two_who_press_at_once_one_moves_the_customer(desk: World) -> None:
    _, old = await writes(desk, "Ann", people.GROUP_ID)
    await add_group(desk, SECOND, "Second")
    await add_group(desk, THIRD, "Third")
    first = await offered(desk, old)
    desk.tg.member(user=people.AGENT_ID, status="administrator")
    second = await offered(desk, old, people.AGENT_ID)
    desk.tg.tap(button="Second", ephemeral=first["ephemeral_id"])
    desk.tg.tap(button="Third", ephemeral=second["ephemeral_id"], sender=people.AGENT_ID)
    await until(lambda: len(presses(desk)) == 2)
    assert sorted("Moving to" in each for each in presses(desk)) == [False, True]
    assert any("decided already" in each for each in presses(desk))
    await until(lambda: topic(desk, people.GROUP_ID, old)["closed"])
    assert len(threads(desk, SECOND, "Ann")) + len(threads(desk, THIRD, "Ann")) == 1
    desk.tg.tap(button="Second", ephemeral=first["ephemeral_id"])
    await until(lambda: len(presses(desk)) == 3)
    assert "decided already" in presses(desk)[-1]


async def to_be_asked_about(desk: World, telegram_id: int) -> bool:
    """Telegram's news of somebody's rights has arrived."""
    assert desk.process is not None
    async with desk.process.app.store.read(TenantId(1)) as scope:
        row = await desks.staff_of(scope, telegram_id)
    return row is not None and row.checked_at is None


async def test_a_press_is_checked_anew(desk: World) -> None:
    _, old = await writes(desk, "Ann", people.GROUP_ID)
    await add_group(desk, SECOND, "Second")
    desk.tg.member(user=people.AGENT_ID, status="administrator")
    post = await offered(desk, old, people.AGENT_ID)
    desk.tg.member(user=people.AGENT_ID, status="member")
    await until(lambda: to_be_asked_about(desk, people.AGENT_ID))
    desk.tg.command(text="/move Second", thread=old, sender=people.AGENT_ID)
    await shows(desk, people.GROUP_ID, old, "Only owners and managers")
    desk.tg.tap(button="Second", ephemeral=post["ephemeral_id"], sender=people.AGENT_ID)
    await until(lambda: presses(desk))
    assert "Only owners and managers" in presses(desk)[-1]
    assert threads(desk, SECOND, "Ann") == []


async def test_another_tenants_group_is_nowhere_to_go(desk: World) -> None:
    _, old = await writes(desk, "Ann", people.GROUP_ID)
    assert desk.process is not None
    store = desk.process.app.store
    async with store.write_across_tenants() as system:
        other = await desks.add_tenant(system, "Other", "en", "UTC")
    async with store.write(other.id) as scope:
        await desks.add_group(scope, THIRD, "Theirs")
    desk.tg.command(text="/move Theirs", thread=old)
    await shows(desk, people.GROUP_ID, old, "no group called Theirs")
    desk.tg.command(text="/move", thread=old)
    await shows(desk, people.GROUP_ID, old, "no other group")
    assert "Theirs" not in await ruled(desk, "", people.GROUP_ID)
    async with store.read(TenantId(1)) as scope:
        assert await desks.group_of_chat(scope, THIRD) is None


async def test_a_customer_can_leave_a_group_that_cannot_be_used(desk: World) -> None:
    """What waits there does not stand in the way; the old topic is told and closed once the group is back."""
    ann, old = await writes(desk, "Ann", people.GROUP_ID)
    await add_group(desk, SECOND, "Second")
    post = await offered(desk, old)
    desk.tg.member(user=people.BOT_ID, status="left")
    desk.graph.say(ann, "can you hear me?")
    await until(lambda: suspended(desk, people.GROUP_ID))
    desk.tg.tap(button="Second", ephemeral=post["ephemeral_id"])
    new = await arrived(desk, "Ann", SECOND, "can you hear me?")
    desk.tg.member(user=people.BOT_ID, status="administrator")
    await until(lambda: topic(desk, people.GROUP_ID, old)["closed"])
    assert [each for each in posts(desk, SECOND, new) if each == "can you hear me?"] == ["can you hear me?"]


@pytest.mark.parametrize("method", ["createForumTopic", "sendMessage", "closeForumTopic"])
async def test_a_restart_in_the_middle_of_a_move_loses_and_doubles_nothing(world: World, method: str) -> None:
    async with world.open():
        ann, old = await writes(world, "Ann", people.GROUP_ID)
        await add_group(world, SECOND, "Second")
        chat, words = (SECOND, "Ann") if method == "createForumTopic" else (people.GROUP_ID, None)
        words = "is in Second now" if method == "sendMessage" else words
        world.tg.faults(method=method, code=500, chat=chat, contains=words)
        world.tg.command(text="/move Second", thread=old)
        await until(lambda: [call for call in world.tg.calls(method=method) if call["code"] == 500])
    world.graph.say(ann, "while you were out")
    async with world.open():
        new = await arrived(world, "Ann", SECOND, "while you were out")
        await until(lambda: topic(world, people.GROUP_ID, old)["closed"])
        await shows(world, SECOND, new, "What was said last")
        assert threads(world, SECOND, "Ann") == [new]
        assert len([text for text in posts(world, people.GROUP_ID, old) if "is in Second now" in text]) == 1
        assert posts(world, SECOND, new).count("while you were out") == 1


async def test_a_move_that_no_group_can_take_any_more_is_called_off(desk: World) -> None:
    ann, old = await writes(desk, "Ann", people.GROUP_ID)
    await add_group(desk, SECOND, "Second")
    desk.tg.faults(
        method="createForumTopic", code=403, description="Forbidden: bot was kicked from the supergroup chat"
    )
    desk.tg.command(text="/move Second", thread=old)
    desk.graph.say(ann, "am I moving?")
    await desk.see(old, "They stay here")
    await desk.see(old, "am I moving?")
    desk.tg.message(text="no", thread=old)
    await until(lambda: "no" in desk.graph.sent_texts(ann.id))
    assert said_in(desk, "is in Second now") == []
