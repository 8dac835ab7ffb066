"""Helper bots in the group: more room for customers' messages, and nobody notices who posted what."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.app import Process
from core.errors import RemoteRefusal
from core.ids import ChatId, MessageId, PostId, TenantId
from core.ports import Post
from core.store import engine, messages
from core.store.messages import Copy
from core.text import plain
from core.work.limits import Spend, rates_for
from core.work.runner import Later
from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.scenario.test_merged import photo
from tests.scenario.test_weather_telegram import POSTS, quick_clock
from tests.waiting import until

HELPERS = [7000000002, 7000000003]


def token(bot_id: int) -> str:
    return f"{bot_id}:AAEsandbox-token-of-a-helper-bot-00001"


@pytest.fixture
def crew(world: World) -> World:
    """A world with two helpers in the group; the product is not started yet."""
    for bot_id in HELPERS:
        world.tg.bot(token=token(bot_id), username=f"helper{bot_id}_bot", name="Helper")
        world.tg.member(user=bot_id, status="member")
    change(world, helper_tokens=", ".join(map(token, HELPERS)), posts_per_minute=60)
    return world


def change(world: World, **telegram: Any) -> None:
    asked = {"helper_tokens": world.settings.telegram.helper_tokens, **telegram}
    facts = world.settings.telegram.model_dump() | asked
    world.settings = replace(world.settings, telegram=type(world.settings.telegram).model_validate(facts))


def authors(world: World, thread: int) -> list[int]:
    return [post["from"]["id"] for post in world.posts(thread)]


def spent(world: World) -> dict[int, int]:
    """Accepted calls to the group that our budgets count, by bot."""
    bots = [
        call["bot_id"]
        for call in world.tg.calls()
        if call["ok"] and call["chat_id"] == people.GROUP_ID and call["method"] in {*POSTS, "sendContact"}
    ]
    return {bot: bots.count(bot) for bot in set(bots)}


async def started(world: World, name: str = "Ann") -> tuple[Any, int]:
    customer = world.graph.create_customer(name)
    world.graph.say(customer, "hi")
    thread = await world.topic(name)
    await world.see(thread, "hi")
    return customer, thread


def show_card(world: World, customer: Any, name: str) -> None:
    """Something that does not merge with its neighbours."""
    card = {"name": {"formatted_name": name}, "phones": [{"phone": "+8613900139000"}]}
    world.graph.say(customer, contacts=[card])


def cards(world: World, thread: int) -> list[dict[str, Any]]:
    return [post for post in world.posts(thread) if post["kind"] == "contact"]


def names(posts: list[dict[str, Any]]) -> list[str]:
    return [post["extra"]["contact"]["first_name"] for post in posts]


async def write(world: World, customer: Any, thread: int, till: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The customer writes word after word, each once the last was shown, till it is so of the last word's post."""
    for number in range(60):
        word = f"word {world.tg.state.journal.counters()['last_seq']}-{number}."
        world.graph.say(customer, word)
        post = await world.see(thread, word)
        if till(post):
            return {**post, "word": word}
    raise AssertionError("sixty words, and it never was so")


async def word_of(world: World, bot_id: int, customer: Any, thread: int) -> dict[str, Any]:
    """A word of the customer that this very bot posted."""
    return await write(world, customer, thread, lambda post: post["from"]["id"] == bot_id)


# ------------------------------------------------------------------ room


async def test_two_helpers_triple_the_room(crew: World) -> None:
    """Budgets that do not refill: each bot posts its burst, and what is left waits."""
    change(crew, posts_per_minute=0.001)
    burst = round(rates_for(18)[Spend.POST].burst)
    async with crew.open():
        ann = crew.graph.create_customer("Ann")
        for number in range(5 * burst):
            show_card(crew, ann, f"Card {number:02}")
        await until(lambda: spent(crew) == dict.fromkeys([people.BOT_ID, *HELPERS], burst))
        thread = await crew.topic("Ann")
        shown = names(cards(crew, thread))
        assert shown == [f"Card {number:02}" for number in range(len(shown))], "in order, whoever posts"
        assert len(shown) >= 3 * burst - 2, "all but the topic and the customer's card"


async def test_without_tokens_nothing_changes(world: World) -> None:
    change(world, posts_per_minute=0.001)
    burst = round(rates_for(18)[Spend.POST].burst)
    async with world.open():
        ann = world.graph.create_customer("Ann")
        for number in range(5 * burst):
            show_card(world, ann, f"Card {number:02}")
        await until(lambda: spent(world) == {people.BOT_ID: burst})
        assert await gates(world) == {f"tg:{people.BOT_ID}:{people.GROUP_ID}:post"}, "it waits where it always did"


async def gates(world: World) -> set[str]:
    """What jobs wait for, once one does."""
    assert world.process is not None
    database = world.process.app.store.database

    async def look() -> set[str]:
        async with database.read() as connection:
            rows = await connection.execute(text("SELECT gate FROM job WHERE gate IS NOT NULL AND kind = 'mirror'"))
            return {row.gate for row in rows}

    return await until(look)


async def test_fifty_messages_of_ten_customers_within_telegrams_flood_rules(crew: World) -> None:
    """A minute of Telegram's is three seconds here."""
    factor = 20
    change(crew, posts_per_minute=18 * factor)
    async with quick_clock(crew, factor), crew.open():
        known = [await started(crew, f"Customer {n:02}") for n in range(10)]
        crew.tg.flood(enabled=True, reactions_per_min=10_000)
        for number in range(50):
            crew.graph.say(known[number % 10][0], f"word {number:02}.")
        for number, (_, thread) in enumerate(known):
            await crew.see(thread, f"word {number + 40:02}.")
            shown = "\n".join(crew.texts(thread))
            places = [shown.index(f"word {word:02}.") for word in range(number, 50, 10)]
            assert places == sorted(places)
            assert shown.count("word") == 5
        assert set(spent(crew)) == {people.BOT_ID, *HELPERS}, "all of them were needed"
    assert [call for call in crew.tg.calls() if call["code"] == 429] == []


async def test_while_it_has_room_the_main_bot_speaks_alone(crew: World) -> None:
    change(crew, posts_per_minute=60_000)
    async with crew.open():
        ann, thread = await started(crew)
        for number in range(3):
            crew.graph.say(ann, f"word {number}.")
            await crew.see(thread, f"word {number}.")
        assert set(authors(crew, thread)) == {people.BOT_ID}
    assert set(spent(crew)) == {people.BOT_ID}


async def test_topics_cards_and_answers_are_the_main_bots(crew: World) -> None:
    async with crew.open():
        ann, thread = await started(crew)
        await word_of(crew, HELPERS[0], ann, thread)
        crew.tg.command(text="/status", thread=thread)
        await crew.see(thread, "this bot and its helpers")
        methods = {call["method"] for call in crew.tg.calls() if call["bot_id"] in HELPERS}
        assert methods <= {"sendMessage"}, "helpers post: they fetch no updates, open no topics, pin nothing"
        said = [post["text"] for post in crew.posts(thread) if post["from"]["id"] in HELPERS]
        assert all(each == "hi" or each.startswith("word ") for each in said)


async def test_files_come_by_helpers_as_well(crew: World) -> None:
    """A file is uploaded by whoever posts it: Telegram's file ids are good for one bot only."""
    async with crew.open() as process:
        ann, thread = await started(crew)
        shown: list[dict[str, Any]] = []
        while not {post["from"]["id"] for post in shown} & set(HELPERS):
            pair = [{"media": photo(crew, f"picture {len(shown) + number:02}")} for number in range(2)]
            crew.graph.say_many(ann, pair)
            many = len(shown) + 2
            await until(lambda n=many: len(pictures(crew, thread)) == n, seconds=120)
            shown = pictures(crew, thread)
        assert [post["text"] for post in shown] == [f"picture {number:02}" for number in range(len(shown))]
        for post in shown:
            copy = await copy_at(process, post["id"])
            assert copy.bot_id == post["from"]["id"]


async def copy_at(process: Process, post_id: int) -> Copy:
    """What is remembered of a post; that is written a moment after it is seen."""

    async def look() -> list[Copy]:
        async with process.app.store.read(TenantId(1)) as scope:
            return await messages.copies_at(scope, people.GROUP_ID, post_id)

    (copy,) = await until(look)
    return copy


def pictures(world: World, thread: int) -> list[dict[str, Any]]:
    return [post for post in world.posts(thread) if post["kind"] == "photo"]


# ------------------------------------------------------------------ staff


@pytest.mark.parametrize("by", HELPERS[:1])
async def test_an_answer_to_a_helpers_post_quotes_the_customers_message(crew: World, by: int) -> None:
    async with crew.open():
        ann, thread = await started(crew)
        post = await word_of(crew, by, ann, thread)
        crew.tg.message(text="yes, that one", thread=thread, reply_to=post["id"])
        await until(lambda: "yes, that one" in crew.graph.sent_texts(ann.id))
        theirs = crew.graph.messages(ann.id)
        meant = next(m for m in theirs if m.text == post["word"])
        assert next(m for m in theirs if m.text == "yes, that one").quote == meant.id


async def test_a_customers_reply_answers_a_post_whoever_posted_it(crew: World) -> None:
    async with crew.open():
        ann, thread = await started(crew)
        post = await word_of(crew, HELPERS[0], ann, thread)
        meant = next(m for m in crew.graph.messages(ann.id) if m.text == post["word"])
        crew.graph.say(ann, "I meant this", reply_to=meant.id)
        assert (await crew.see(thread, "I meant this"))["reply_to"] == post["id"]


# ------------------------------------------------------------------ trouble


async def test_a_429_to_one_helper_freezes_that_helper_alone(crew: World) -> None:
    async with crew.open():
        ann, thread = await started(crew)
        crew.tg.faults(bot=HELPERS[0], method="sendMessage", retry_after=300)
        await write(crew, ann, thread, lambda _: [call for call in crew.tg.calls() if call["code"] == 429])
        (busy,) = [call for call in crew.tg.calls() if call["code"] == 429]
        await word_of(crew, HELPERS[1], ann, thread)
        await word_of(crew, people.BOT_ID, ann, thread)
        await word_of(crew, HELPERS[1], ann, thread)
        late = [call for call in crew.tg.calls(busy["seq"]) if call["bot_id"] == HELPERS[0]]
        assert late == [], "it is left in peace as long as Telegram asked"


@pytest.mark.parametrize("trouble", ["kicked", "muted", "token"])
async def test_a_helper_that_fails_in_mid_stream_loses_nothing(crew: World, trouble: str) -> None:
    crew.tg.command(text="/start", chat=people.OWNER_ID, sender=people.OWNER_ID)
    async with crew.open():
        ann, thread = await started(crew)
        for number in range(30):
            show_card(crew, ann, f"Card {number:02}")
            if number == 15:
                await until(lambda: [p for p in cards(crew, thread) if p["from"]["id"] == HELPERS[0]])
                break_helper(crew, trouble)
        await until(lambda: len(cards(crew, thread)) >= 30)
        assert names(cards(crew, thread)) == [f"Card {number:02}" for number in range(30)]
        assert len(failures(crew)) == 1, "it is asked again only after ten minutes"
        (told,) = await until(lambda: notices(crew))
        assert str(HELPERS[0]) in told["text"]
        crew.tg.message(text="still here", thread=thread)
        await until(lambda: "still here" in crew.graph.sent_texts(ann.id))


def failures(world: World) -> list[dict[str, Any]]:
    return [call for call in world.tg.calls() if call["bot_id"] == HELPERS[0] and not call["ok"]]


def notices(world: World) -> list[dict[str, Any]]:
    """What the owner was told in private."""
    return [post for post in world.tg.messages(chat=people.OWNER_ID) if "helper bot" in post["text"]]


def break_helper(world: World, trouble: str) -> None:
    if trouble == "kicked":
        world.tg.member(user=HELPERS[0], status="kicked")
    elif trouble == "muted":
        world.tg.member(user=HELPERS[0], status="restricted", rights=[])
    else:
        world.tg.faults(bot=HELPERS[0], code=401, description="Unauthorized", times=0)


async def test_a_helper_that_is_back_is_told_of_anew_when_it_fails_again(crew: World) -> None:
    crew.tg.command(text="/start", chat=people.OWNER_ID, sender=people.OWNER_ID)
    async with crew.open() as process:
        ann, thread = await started(crew)
        for times in (1, 2):
            crew.tg.faults(bot=HELPERS[0], code=403, description="Forbidden: bot was kicked from the supergroup chat")
            await write(crew, ann, thread, lambda _, n=times: len(failures(crew)) == n)
            await until(lambda n=times: len(notices(crew)) == n)
            async with process.app.store.write_across_tenants() as scope:  # ten minutes later
                await engine.thaw(scope, people.GROUP_ID)
            await word_of(crew, HELPERS[0], ann, thread)


async def test_what_a_helper_is_refused_the_main_bot_tries(crew: World) -> None:
    """Groups may forbid plain members what administrators may do."""
    async with crew.open():
        ann, thread = await started(crew)
        for bot_id in HELPERS:
            refusal = "Bad Request: CHAT_SEND_OTHER_FORBIDDEN"
            crew.tg.faults(bot=bot_id, method="sendContact", code=400, description=refusal, times=0)
        for number in range(8):
            show_card(crew, ann, f"Card {number:02}")
        await until(lambda: len(cards(crew, thread)) == 8)
        assert names(cards(crew, thread)) == [f"Card {number:02}" for number in range(8)]
        assert [c for c in crew.tg.calls() if c["bot_id"] in HELPERS and not c["ok"]], "they were asked"


async def test_without_its_main_bot_the_desk_waits_as_before(crew: World) -> None:
    """Staff's answers would not be heard: helpers alone are no desk."""
    async with crew.open():
        ann, thread = await started(crew)
        crew.tg.member(user=people.BOT_ID, status="kicked")
        for number in range(12):
            show_card(crew, ann, f"Card {number:02}")
        await until(lambda: [c for c in crew.tg.calls() if c["code"] == 403 and c["bot_id"] == people.BOT_ID])
        crew.tg.member(user=people.BOT_ID, status="administrator")
        await until(lambda: len(cards(crew, thread)) == 12)
        assert names(cards(crew, thread)) == [f"Card {number:02}" for number in range(12)]


# ------------------------------------------------------------------ changing what was posted


async def test_only_the_bot_that_posted_changes_a_post(crew: World) -> None:
    async with crew.open() as process:
        ann, thread = await started(crew)
        tenant, surface = TenantId(1), process.app.house.surface
        for bot_id in (HELPERS[0], HELPERS[1], people.BOT_ID):
            post = await word_of(crew, bot_id, ann, thread)
            copy = await copy_at(process, post["id"])
            assert copy.bot_id == bot_id
            changed = Post(text=plain(f"changed by {bot_id}"))

            async def edit(copy: Copy = copy, changed: Post = changed) -> bool:
                try:
                    await surface.change(tenant, copy, lambda desk: desk.edit(copy.chat_id, copy.post_id, changed))
                except Later:
                    return False
                return True

            await until(edit)
            await crew.see(thread, f"changed by {bot_id}")


async def test_a_post_of_a_bot_that_is_no_longer_here_counts_as_gone(crew: World) -> None:
    async with crew.open() as process:
        copy = Copy(MessageId(1), ChatId(people.GROUP_ID), PostId(5), bot_id=7000000099)
        with pytest.raises(RemoteRefusal) as gone:
            await process.app.house.surface.change(TenantId(1), copy, lambda desk: desk.pin(copy.chat_id, copy.post_id))
        assert gone.value.code == "post_gone"
        crew.tg.faults(bot=HELPERS[0], code=401, description="Unauthorized", times=0)
        out = replace(copy, bot_id=HELPERS[0])
        with pytest.raises(RemoteRefusal) as silent:
            await process.app.house.surface.change(TenantId(1), out, lambda desk: desk.pin(copy.chat_id, copy.post_id))
        assert silent.value.code == "post_gone"
