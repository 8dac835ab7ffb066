"""Everything the Bot API may answer, and what the desk makes of it: the table of refusals, row by row."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx
import pytest

from core.ids import ChatId
from core.ports import Spot
from core.service.saying import Answer, say_job
from core.store import desks, engine, queue
from core.store.engine import BudgetRow
from core.store.queue import PARKED
from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.waiting import until

GROUP = people.GROUP_ID
PNG = b"\x89PNG\r\n\x1a\n a small picture"


async def started(desk: World, name: str = "Ann") -> tuple[Any, int]:
    customer = desk.graph.create_customer(name)
    desk.graph.say(customer, "hi")
    thread = await desk.topic(name)
    await desk.see(thread, "hi")
    return customer, thread


def calls(desk: World, method: str) -> list[dict[str, Any]]:
    return [call for call in desk.tg.calls() if call["method"] == method]


async def parked(desk: World) -> int:
    """Tasks that were given up."""
    assert desk.process is not None
    async with desk.process.app.store.read_across_tenants() as scope:
        depth = await queue.depth(scope.connection)
    return sum(count for (_, status), (count, _) in depth.items() if status == PARKED)


async def thawed(desk: World) -> None:
    """As if the minute were over for which a desk in trouble leaves its group alone, if it does."""
    assert desk.process is not None
    store = desk.process.app.store

    async def frozen() -> bool:
        async with store.read_across_tenants() as scope:
            return any(row.frozen_until for row in await engine.budgets(scope, "tg:"))

    with suppress(AssertionError):
        await until(frozen, seconds=2)
    async with store.write_across_tenants() as scope:
        await engine.thaw(scope, GROUP)
    store.wake.set()


def refuse(desk: World, method: str, words: str, **more: Any) -> None:
    desk.tg.faults(**{"method": method, "chat": GROUP, "code": 400, "description": f"Bad Request: {words}", **more})


@pytest.mark.parametrize("words", ["message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID"])
async def test_a_topic_that_is_gone_is_made_anew(desk: World, words: str) -> None:
    ann, thread = await started(desk)
    refuse(desk, "sendMessage", words, thread=thread)
    desk.graph.say(ann, "second")
    await until(lambda: len(desk.topics()) == 2)
    await desk.see(desk.topics()[-1]["id"], "second")


async def test_a_closed_topic_is_opened_and_not_modified_counts_as_done(desk: World) -> None:
    ann, thread = await started(desk)
    refuse(desk, "sendMessage", "TOPIC_CLOSED", thread=thread)
    refuse(desk, "reopenForumTopic", "TOPIC_NOT_MODIFIED")
    desk.graph.say(ann, "second")
    await desk.see(thread, "second")
    assert len(calls(desk, "reopenForumTopic")) == 1


async def test_a_post_to_edit_that_is_gone_is_let_go(desk: World) -> None:
    ann, thread = await started(desk)
    desk.graph.fault("error", op="messages", code=131047, times=1)
    desk.tg.message(text="no luck", thread=thread)
    told = (await until(lambda: [post for post in desk.posts(thread) if post["keyboard"]]))[0]
    refuse(desk, "editMessageText", "message to edit not found")
    desk.tg.tap(message=told["id"], button=told["keyboard"][0][1]["text"])
    await until(lambda: calls(desk, "editMessageText"))
    desk.graph.say(ann, "second")
    await desk.see(thread, "second")
    assert await parked(desk) == 0


async def test_an_answer_to_a_post_that_is_gone_comes_without_its_quote(desk: World) -> None:
    ann, thread = await started(desk)
    first = desk.graph.messages(ann.id)[0]
    refuse(desk, "sendMessage", "message to be replied not found", thread=thread)
    desk.graph.say(ann, "about that", reply_to=first.id)
    assert (await desk.see(thread, "about that"))["reply_to"] is None


async def test_formats_telegram_cannot_read_are_left_out(desk: World) -> None:
    ann, thread = await started(desk)
    refuse(desk, "sendMessage", "can't parse entities: odd offset", thread=thread)
    desk.graph.say(ann, "so *bold*")
    assert (await desk.see(thread, "so bold"))["entities"] == []


async def test_buttons_telegram_refuses_are_left_out(desk: World) -> None:
    _ann, thread = await started(desk)
    desk.graph.fault("error", op="messages", code=131047, times=1)
    refuse(desk, "sendMessage", "BUTTON_DATA_INVALID", thread=thread)
    asked = desk.tg.message(text="no luck", thread=thread)
    await until(lambda: [post for post in desk.posts(thread) if (post["reply_to"] or {}) and post["id"] > asked["id"]])
    assert await parked(desk) == 0


async def test_a_reaction_the_group_does_not_allow_gives_way_to_the_next(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.chat_settings(available_reactions=["👍", "❤"])
    posted = desk.tg.message(text="hello", thread=thread)
    await desk.mark(posted["id"], "👍")
    desk.graph.read(ann.id)
    await desk.mark(posted["id"], "❤")


async def test_where_no_reaction_is_allowed_nothing_is_drawn_and_nothing_stops(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.chat_settings(available_reactions=[])
    desk.tg.message(text="hello", thread=thread)
    await until(lambda: calls(desk, "setMessageReaction"))
    desk.tg.message(text="again", thread=thread)
    await until(lambda: desk.graph.sent_texts(ann.id) == ["hello", "again"])
    assert await parked(desk) == 0


def send_picture(desk: World, customer: Any) -> None:
    media = desk.graph.add_media(PNG, "image/png", None)
    desk.graph.say(customer, media={"id": media, "kind": "image", "caption": "look"})


@pytest.mark.parametrize("words", ["PHOTO_INVALID_DIMENSIONS", "IMAGE_PROCESS_FAILED"])
async def test_a_picture_telegram_cannot_draw_comes_as_a_document(desk: World, words: str) -> None:
    ann, thread = await started(desk)
    refuse(desk, "sendPhoto", words)
    send_picture(desk, ann)
    await desk.see(thread, "look")
    assert desk.posts(thread)[-1]["kind"] == "document"


async def test_a_file_too_big_leaves_a_line_and_its_words(desk: World) -> None:
    ann, thread = await started(desk)
    refuse(desk, "sendPhoto", "file is too big")
    send_picture(desk, ann)
    await desk.see(thread, "look")
    assert desk.posts(thread)[-1]["kind"] == "text"


async def test_a_server_that_knows_no_ephemeral_posts_shows_them_to_all(desk: World) -> None:
    desk.tg.switches(ephemeral=False)
    desk.tg.command(text="/whoami")
    await until(lambda: [t for t in desk.texts(None) if str(people.OWNER_ID) in t])


async def test_a_missing_right_is_named_to_the_owner_once_and_its_return_resumes_the_desk(desk: World) -> None:
    ann, thread = await started(desk)
    rights = next(member["rights"] for member in desk.chat()["members"] if member["id"] == people.BOT_ID)
    desk.tg.member(user=people.BOT_ID, status="administrator", rights=[r for r in rights if r != "can_manage_topics"])
    desk.graph.say(desk.graph.create_customer("Bea"), "new here")

    def told() -> list[str]:
        return [m["text"] for m in desk.tg.messages(chat=people.OWNER_ID) if m["from"]["is_bot"]]

    desk.tg.message(text="/start", chat=people.OWNER_ID, sender=people.OWNER_ID)
    await until(lambda: [text for text in told() if "can_manage_topics" in text])
    desk.graph.say(ann, "still here")
    desk.tg.member(user=people.BOT_ID, status="administrator", rights=rights)
    await desk.see(await desk.topic("Bea"), "new here")
    await desk.see(thread, "still here")
    assert len([text for text in told() if "can_manage_topics" in text]) == 1


async def test_a_group_thought_lost_is_used_again_after_the_first_call_that_works(desk: World) -> None:
    """Nobody reports its return: the next try does."""
    ann, thread = await started(desk)
    assert desk.process is not None
    store = desk.process.app.store
    refuse(desk, "sendMessage", "chat not found", thread=thread)
    desk.graph.say(ann, "second")

    async def why() -> str | None:
        async with store.read_across_tenants() as system:
            (tenant,) = await desks.tenants(system)
        async with store.read(tenant.id) as scope:
            return (await desks.groups(scope))[0].suspended

    await until(why)
    await thawed(desk)
    await desk.see(thread, "second")

    async def is_well() -> bool:
        return await why() is None

    await until(is_well)


async def test_a_group_that_moved_takes_budgets_and_waiting_jobs_along(desk: World) -> None:
    ann, _thread = await started(desk)
    assert desk.process is not None
    store, new_id = desk.process.app.store, -1002000000778
    async with store.write_across_tenants() as scope:
        old = BudgetRow(f"tg:{people.BOT_ID}:{GROUP}:post", 7.0, 3, 0, scope.now, None, None)
        await engine.save_budget(scope, old)
        (tenant,) = await desks.tenants(scope)
        waits = say_job(tenant.id, Answer(Spot(ChatId(GROUP)), "said a little later"))
        await scope.put(replace(waits, delay=1.5))
    desk.tg.migrate(new_id=new_id)
    desk.tg.chat_settings(chat=new_id, is_forum=True)
    desk.graph.say(ann, "where did you go?")
    await until(lambda: [m for m in desk.chat(new_id)["messages"] if "where did you go" in (m["text"] or "")])
    await until(lambda: [m for m in desk.chat(new_id)["messages"] if "said a little later" in (m["text"] or "")])
    assert not [
        call
        for call in calls(desk, "sendMessage")
        if call["chat_id"] == GROUP and call["params"].get("text") == "said a little later"
    ]
    async with store.read_across_tenants() as scope:
        keys = {row.key: row.per_minute for row in await engine.budgets(scope, "tg:")}
    assert keys[f"tg:{people.BOT_ID}:{new_id}:post"] == 7.0
    assert not [key for key in keys if str(GROUP) in key]


async def test_a_second_poller_shows_in_readyz_and_nothing_is_lost(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="getUpdates", code=409, times=1)
    desk.tg.faults(method="sendMessage", chat=GROUP, code=409, times=1)
    desk.tg.command(text="/help")  # ends the long poll that is under way
    desk.graph.say(ann, "second")

    async def unready() -> bool:
        assert desk.process is not None
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{desk.process.address}/readyz")
        return answer.status_code == 503 and "conflict" in answer.text

    await until(unready)
    await until(lambda: [call for call in calls(desk, "sendMessage") if call["code"] == 409])
    await thawed(desk)
    await desk.see(thread, "second")
    assert await parked(desk) == 0


@pytest.mark.parametrize("trouble", [{"code": 502}, {"code": 500, "html": True}, {"reset": True}])
async def test_trouble_at_telegram_before_the_work_is_tried_again(desk: World, trouble: dict[str, Any]) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="sendMessage", contains="second", **trouble)
    desk.graph.say(ann, "second")
    await desk.see(thread, "second")
    assert [text.splitlines()[-1] for text in desk.texts(thread)].count("second") == 1


@pytest.mark.parametrize("trouble", [{"code": 502, "after": True}, {"drop_response": True}])
async def test_an_answer_lost_after_the_work_shows_the_words_twice_at_most(
    desk: World, trouble: dict[str, Any]
) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="sendMessage", contains="second", **trouble)
    desk.graph.say(ann, "second")
    desk.graph.say(ann, "third")
    await desk.see(thread, "third")
    shown = "\n".join(desk.texts(thread))
    assert 1 <= shown.count("second") <= 2
    assert shown.rindex("second") < shown.index("third")
