"""Several groups of one tenant: which one a new customer goes to, by rule, by load, and when one cannot be used."""

from typing import Any

import pytest

from core.ids import TenantId
from core.store import desks
from sandbox.telegram import defaults as people
from tests.scenario.house import World, world_of
from tests.waiting import until

SECOND = -1002000000002
THIRD = -1002000000003


async def add_group(desk: World, chat: int, title: str, *rule: str) -> None:
    """Another forum of the same people, made a desk by its owner; then its rule."""
    members = [
        {"user": people.OWNER_ID, "status": "creator"},
        {"user": people.BOT_ID, "status": "administrator"},
        {"user": people.AGENT_ID, "status": "administrator"},
        {"user": people.VIEWER_ID, "status": "member"},
    ]
    desk.tg.chat(id=chat, title=title, is_forum=True, members=members)
    desk.tg.command(text="/setup", chat=chat)
    await told(desk, "This group is a desk now, too", chat)
    for each in rule:
        await ruled(desk, each, chat)


async def ruled(desk: World, rule: str, chat: int) -> str:
    """What /desk answers."""
    before = len(said_in(desk, "Messages so far", chat))
    desk.tg.command(text=f"/desk {rule}".strip(), chat=chat)
    return (await until(lambda: said_in(desk, "Messages so far", chat)[before:]))[-1]


def said_in(desk: World, words: str, chat: int = people.GROUP_ID) -> list[str]:
    messages = desk.chat(chat)["messages"]
    return [m["text"] for m in messages if words in (m["text"] or "") and m["from"]["is_bot"]]


async def told(desk: World, words: str, chat: int = people.GROUP_ID) -> str:
    return (await until(lambda: said_in(desk, words, chat)))[-1]


def posts(desk: World, chat: int, thread: int) -> list[str]:
    return [m["text"] or "" for m in desk.chat(chat)["messages"] if m["thread_id"] == thread and not m["service"]]


async def arrived(desk: World, name: str, chat: int, words: str) -> int:
    """The thread of the customer's topic in this group, once it shows the words."""

    def look() -> list[int]:
        found = [t["id"] for t in desk.chat(chat)["topics"] if t["id"] is not None and name in t["name"]]
        return [thread for thread in found if any(words in text for text in posts(desk, chat, thread))]

    return (await until(look))[-1]


async def writes(desk: World, name: str, chat: int, words: str = "hi") -> tuple[Any, int]:
    """A new customer, who is to appear in this group."""
    customer = desk.graph.create_customer(name)
    desk.graph.say(customer, words)
    return customer, await arrived(desk, name, chat, words)


async def test_new_customers_go_where_the_fewest_are(desk: World) -> None:
    await writes(desk, "Ann", people.GROUP_ID)
    await add_group(desk, SECOND, "Second")
    await writes(desk, "Bob", SECOND)
    await writes(desk, "Cem", SECOND)
    await writes(desk, "Dora", people.GROUP_ID)
    seen = await ruled(desk, "", people.GROUP_ID)
    assert "any customer" in seen
    assert "2 customer topics" in seen
    assert "Second" in seen


async def test_a_group_for_a_line_takes_its_customers(desk: World) -> None:
    await add_group(desk, SECOND, "Second", "line whatsapp")
    for name in ("Ann", "Bob", "Cem"):
        await writes(desk, name, SECOND)
    assert "For customers of line" in await ruled(desk, "", SECOND)
    assert "any customer" in await ruled(desk, "any", SECOND)
    await writes(desk, "Dora", people.GROUP_ID)


async def test_a_tag_decides_where_the_next_topic_opens(desk: World) -> None:
    ann, thread = await writes(desk, "Ann", people.GROUP_ID)
    await add_group(desk, SECOND, "Second", "tag ＶＩＰ")
    desk.tg.command(text="/tag Vip, Großhandel", thread=thread)
    await desk.see(thread, "Tags: ＶＩＰ, Großhandel")
    desk.tg.command(text="/untag GROSSHANDEL", thread=thread)
    await until(lambda: "Tags: ＶＩＰ" in desk.texts(thread))
    desk.graph.say(ann, "still in the old place")
    await desk.see(thread, "still in the old place")
    desk.tg.topic(action="delete", thread=thread)
    desk.graph.say(ann, "now elsewhere")
    new = await arrived(desk, "Ann", SECOND, "now elsewhere")
    await until(lambda: any("What was said last" in text for text in posts(desk, SECOND, new)))
    await writes(desk, "Bob", people.GROUP_ID)


async def test_a_suspended_group_is_passed_over(desk: World) -> None:
    await add_group(desk, SECOND, "Second", "line WhatsApp")
    desk.tg.member(user=people.BOT_ID, status="left", chat=SECOND)
    await until(lambda: suspended(desk, SECOND))
    await writes(desk, "Ann", people.GROUP_ID)
    assert "The desk is paused" in await ruled(desk, "", people.GROUP_ID)
    desk.tg.member(user=people.BOT_ID, status="administrator", chat=SECOND)
    await until(lambda: works(desk, SECOND))
    await writes(desk, "Bob", SECOND)


async def suspended(desk: World, chat: int) -> bool:
    assert desk.process is not None
    async with desk.process.app.store.read(TenantId(1)) as scope:
        group = await desks.group_of_chat(scope, chat)
    return group is not None and group.suspended is not None


async def works(desk: World, chat: int) -> bool:
    return not await suspended(desk, chat)


async def test_who_may_rule_a_group_and_what_it_says_to_nonsense(desk: World) -> None:
    await add_group(desk, SECOND, "Second")
    desk.tg.command(text="/desk team Berlin", chat=SECOND, sender=people.VIEWER_ID)
    await told(desk, "Only owners and managers", SECOND)
    for nonsense in ("team", "colour red", "any thing"):
        before = len(said_in(desk, "Like this: /desk team", SECOND))
        desk.tg.command(text=f"/desk {nonsense}", chat=SECOND)
        await until(lambda b=before: said_in(desk, "Like this: /desk team", SECOND)[b:])
    desk.tg.command(text="/desk line nobody", chat=SECOND)
    assert "WhatsApp" in await told(desk, "which line nobody is", SECOND)
    assert "any customer" in await ruled(desk, "", SECOND)
    assert "For customers of team Berlin" in await ruled(desk, "team Berlin", SECOND)


async def test_an_administrator_of_one_group_has_no_say_in_another(desk: World) -> None:
    """Telegram's word on who is an administrator holds for the group it was asked about."""
    _, thread = await writes(desk, "Ann", people.GROUP_ID)
    await add_group(desk, SECOND, "Second")
    desk.tg.user(id=5000009, name="Vic")
    desk.tg.member(user=5000009, status="administrator")
    desk.tg.member(user=5000009, status="member", chat=SECOND)
    desk.tg.command(text="/tags", thread=thread, sender=5000009)
    await desk.see(thread, "No tags")
    desk.tg.command(text="/desk tag vip", chat=SECOND, sender=5000009)
    await told(desk, "Only owners and managers", SECOND)
    desk.tg.command(text="/tag vip", thread=thread, sender=5000009)
    await desk.see(thread, "Tags: vip")


async def test_a_full_group_gets_no_new_topics_and_its_owner_knew(database_url: str, tmp_path: Any) -> None:
    async with world_of(database_url, tmp_path / "data", human_read=False, group_full_at=120) as desk, desk.open():
        desk.tg.message(text="/start", chat=people.OWNER_ID)  # opens the private chat
        ann, thread = await writes(desk, "Ann", people.GROUP_ID)
        chatter(desk, 110)
        desk.graph.say(ann, "one more")
        await desk.see(thread, "one more")
        await told(desk, "A group is filling up (Topicdesk demo", people.OWNER_ID)
        chatter(desk, 100)
        desk.graph.say(ann, "and more")
        await desk.see(thread, "and more")
        await told(desk, "no other group for new customers", people.OWNER_ID)
        await writes(desk, "Bob", people.GROUP_ID)
        await add_group(desk, SECOND, "Second")
        for name in ("Cem", "Dora"):
            await writes(desk, name, SECOND)
        desk.graph.say(ann, "I stay")
        await desk.see(thread, "I stay")
        assert "full" in await ruled(desk, "", SECOND)
        assert len(said_in(desk, "filling up", people.OWNER_ID)) == 1
        assert len(said_in(desk, "no other group", people.OWNER_ID)) == 1


def chatter(desk: World, many: int) -> None:
    """What people say in General counts as well: a supergroup numbers all its messages in one sequence."""
    for number in range(many):
        desk.tg.message(text=f"word {number}")


@pytest.mark.parametrize("command", ["/tag", "/tag ,", "/untag nothing", "/tag " + "x" * 51])
async def test_a_tag_that_is_none_says_how(desk: World, command: str) -> None:
    _, thread = await writes(desk, "Ann", people.GROUP_ID)
    desk.tg.command(text=command, thread=thread)
    await desk.see(thread, "no tag nothing" if "nothing" in command else "Write the tag behind it")
