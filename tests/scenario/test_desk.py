"""Commands, set-up, languages, reading like a person, and what happens across a restart."""

from dataclasses import replace

import httpx
import pytest

from sandbox.telegram import defaults as people
from tests.scenario.house import World, world_of
from tests.waiting import until


async def said_to(desk: World, words: str, chat: int = people.GROUP_ID) -> str:
    """A message of the bot outside topics, once it is there."""

    def look() -> list[str]:
        messages = desk.chat(chat)["messages"]
        return [m["text"] for m in messages if words in (m["text"] or "") and m["from"]["is_bot"]]

    return (await until(look))[-1]


async def test_status_whoami_help_and_unknown_commands(desk: World) -> None:
    desk.tg.command(text="/status")
    assert "No customer message is waiting" in await said_to(desk, "customer topics")
    desk.tg.command(text="/whoami")
    assert "owner" in await said_to(desk, str(people.OWNER_ID))
    desk.tg.command(text="/help")
    await said_to(desk, "👀 read")
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    desk.tg.command(text="/discuont 20", thread=thread)
    await desk.see(thread, "/discuont")
    assert desk.graph.sent_texts(ann.id) == []


async def test_each_person_has_their_language_and_the_group_its_own(desk: World) -> None:
    desk.tg.command(text="/lang zh")
    await said_to(desk, "之后我用中文和你交流")
    desk.tg.command(text="/status")
    await said_to(desk, "没有等待显示的客户消息")
    desk.tg.command(text="/lang group zh")
    await said_to(desk, "之后话题里都用中文")
    desk.graph.say(desk.graph.create_customer("Ann"), "hi")
    thread = await desk.topic("Ann")
    await until(lambda: any("首次" in words or "线路" in words for words in desk.texts(thread)))


async def test_commands_are_suggested_in_both_languages(desk: World) -> None:
    def suggested() -> set[str]:
        (bot,) = desk.tg.view()["bots"]
        return {menu["language_code"] or "" for menu in bot["commands"]}

    await until(lambda: suggested() == {"", "zh"})


@pytest.mark.proves("cloud", "read", "out")
async def test_reading_like_a_person(world: World) -> None:
    async with (
        world_of(
            world.settings.desk.database, world.settings.desk.data_dir / "b", read_delay_min=3, read_delay_max=3.2
        ) as slow,
        slow.open(),
    ):
        ann = slow.graph.create_customer("Ann")
        message = slow.graph.say(ann, "hi")
        await slow.topic("Ann")
        assert not message.read
        await until(lambda: slow.graph.messages(ann.id)[0].read)
        assert not [call for call in slow.graph.calls() if call.op == "typing"]


@pytest.mark.proves("cloud", "typing", "out")
async def test_an_answer_reads_at_once_and_shows_typing(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    desk.tg.message(text="hello", thread=thread)
    await until(lambda: desk.graph.sent_texts(ann.id))
    calls = [call.op for call in desk.graph.calls() if call.op in {"read", "typing", "messages"}]
    assert calls.index("typing") < calls.index("messages")
    assert desk.graph.messages(ann.id)[0].read


async def test_setup_in_a_group_makes_it_the_desk(world: World) -> None:
    telegram = world.settings.telegram.model_copy(update={"group_id": None, "owner_id": None})
    world.settings = replace(world.settings, telegram=telegram)
    async with world.open():
        ann = world.graph.create_customer("Ann")
        world.graph.say(ann, "anybody there?")
        world.tg.command(text="/setup", sender=people.AGENT_ID)
        await said_to(world, "Only the creator")
        world.tg.command(text="/setup")
        await said_to(world, "This group is the desk now")
        thread = await world.topic("Ann")
        await world.see(thread, "anybody there?")
        world.tg.command(text="/setup")
        await said_to(world, "already")


async def test_setup_says_what_is_missing(world: World) -> None:
    telegram = world.settings.telegram.model_copy(update={"group_id": None})
    world.settings = replace(world.settings, telegram=telegram)
    world.tg.member(user=people.BOT_ID, status="administrator", rights=["can_pin_messages"])
    async with world.open():
        world.tg.command(text="/setup")
        await said_to(world, "Manage topics")


@pytest.mark.parametrize("answered", [True, False])
async def test_nothing_is_lost_or_doubled_by_a_restart(world: World, answered: bool) -> None:
    ann = world.graph.create_customer("Ann")
    async with world.open():
        world.graph.say(ann, "before")
        thread = await world.topic("Ann")
        await world.see(thread, "before")
        if answered:
            world.tg.message(text="answer", thread=thread)
            await until(lambda: world.graph.sent_texts(ann.id))
    world.graph.say(ann, "while you were out")
    world.tg.message(text="and I wrote too", thread=thread)
    async with world.open():
        await world.see(thread, "while you were out")
        await until(lambda: "and I wrote too" in world.graph.sent_texts(ann.id))
        assert len(world.topics()) == 1
        assert [words for words in world.texts(thread) if words in {"before", "while you were out"}] == [
            "before",
            "while you were out",
        ]


@pytest.mark.parametrize(("role", "worker"), [("all", "last seen"), ("intake", "in another process")])
async def test_readiness_tells_what_is_well(world: World, role: str, worker: str) -> None:
    """Also where the worker lives in another process."""
    async with world.open(role) as process, httpx.AsyncClient(base_url=process.address) as http:
        await until(lambda: process.runner.beat is not None or role == "intake")
        answer = await http.get("/readyz")
        assert answer.status_code == 200
        checks = answer.json()["checks"]
        assert set(checks) == {"database", "worker", "telegram", "lines"}
        assert worker in checks["worker"]["detail"]
        assert (await http.get("/healthz")).json() == {"ok": True}
        assert "topicdesk_" in (await http.get("/metrics")).text
