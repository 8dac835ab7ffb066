"""Customers edit, delete and react: the post that shows the message tells, and what was said before is kept."""

from __future__ import annotations

from typing import Any

import pytest

from core.i18n import texts_for
from sandbox.graph.chats import ChatMessage
from sandbox.graph.people import Customer
from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.scenario.test_merged import merged_post, photo
from tests.waiting import until


async def heard(desk: World, words: str = "one blue lamp") -> tuple[Customer, int, ChatMessage, dict[str, Any]]:
    """A customer who wrote, on a number that tells of edits; their topic, message and post."""
    desk.graph.state.number().coexistence = True
    ann = desk.graph.create_customer("Ann")
    said = desk.graph.say(ann, words)
    thread = await desk.topic("Ann")
    return ann, thread, said, await desk.see(thread, words)


def post_of(desk: World, post_id: int) -> dict[str, Any]:
    (found,) = [message for message in desk.chat()["messages"] if message["id"] == post_id]
    return found


async def ask(desk: World, thread: int, command: str, reply_to: int | None = None, **more: Any) -> str:
    """What the desk answers to a command."""
    before = {post["id"] or post["ephemeral_id"] for post in desk.posts(thread) if post["from"]["is_bot"]}
    desk.tg.command(text=command, thread=thread, reply_to=reply_to, **more)

    def answers() -> list[str]:
        new = [post for post in desk.posts(thread) if post["from"]["is_bot"]]
        return [post["text"] for post in new if (post["id"] or post["ephemeral_id"]) not in before]

    return (await until(answers))[-1]


async def test_an_edit_changes_the_post_and_history_tells_what_stood_there(desk: World) -> None:
    ann, thread, said, post = await heard(desk)
    desk.graph.edit(ann.id, said.id, "two blue lamps")
    await until(lambda: "two blue lamps" in post_of(desk, post["id"])["text"])
    assert post_of(desk, post["id"])["text"] == "✏️ Edited\ntwo blue lamps"
    desk.graph.edit(ann.id, said.id, "three lamps")
    await until(lambda: "three lamps" in post_of(desk, post["id"])["text"])
    told = (await ask(desk, thread, "/history", post["id"])).splitlines()
    assert [line.partition(" · ")[2] for line in told] == ["one blue lamp", "two blue lamps", "three lamps"]
    assert len([words for words in desk.texts(thread) if "lamp" in words and "·" not in words]) == 1


async def test_an_edit_of_one_line_of_a_merged_post_changes_that_line(desk: World) -> None:
    desk.graph.state.number().coexistence = True
    ann = desk.graph.create_customer("Ann")
    thread, post, said = await merged_post(desk, ann, "is it\nblue?", "how much?", "when?")
    desk.graph.edit(ann.id, said[1].id, "how much is it with tax?")
    await until(lambda: "with tax" in post_of(desk, post["id"])["text"])
    lines = post_of(desk, post["id"])["text"].splitlines()
    assert [line.rpartition("  ")[2] for line in lines] == ["is it", "blue?", "how much is it with tax? ✏️", "when?"]
    desk.tg.message(text="soon", thread=thread, reply_to=post["id"], quote="when?")
    await until(lambda: desk.graph.sent_texts(ann.id))
    (sent,) = [one for one in desk.graph.messages(ann.id) if one.direction == "out"]
    assert sent.quote == said[2].id
    told = await ask(desk, thread, "/history", post["id"])
    assert [line.partition(" · ")[2] for line in told.splitlines()] == ["how much?", "how much is it with tax?"]


async def test_an_edited_caption_changes_under_its_picture(desk: World) -> None:
    ann, thread, _, _ = await heard(desk)
    said = desk.graph.say(ann, media=photo(desk, "this one"))
    post = await desk.see(thread, "this one")
    desk.graph.edit(ann.id, said.id, "that one")
    await until(lambda: post_of(desk, post["id"])["text"] == "✏️ Edited\nthat one")
    assert post_of(desk, post["id"])["media"]


async def test_a_post_that_cannot_be_edited_is_answered_with_the_new_words(desk: World) -> None:
    ann, thread, said, post = await heard(desk)
    desk.tg.faults(method="editMessageText", code=400, description="Bad Request: message can't be edited")
    desk.graph.edit(ann.id, said.id, "two blue lamps")
    answer = await desk.see(thread, "two blue lamps")
    assert (answer["reply_to"], post_of(desk, post["id"])["text"]) == (post["id"], "one blue lamp")


async def test_history_of_what_never_changed_says_so(desk: World) -> None:
    _, thread, _, post = await heard(desk)
    assert await ask(desk, thread, "/history", post["id"]) == "This message was never changed."
    assert "reply" in await ask(desk, thread, "/history")


async def test_what_a_customer_deletes_is_struck_through(desk: World) -> None:
    ann, thread, said, post = await heard(desk)
    desk.graph.delete(ann.id, said.id)
    await until(lambda: "Deleted by the customer" in post_of(desk, post["id"])["text"])
    shown = post_of(desk, post["id"])
    assert shown["text"] == "🗑 Deleted by the customer\none blue lamp"
    assert "strikethrough" in {entity["type"] for entity in shown["entities"]}
    assert "one blue lamp" in await ask(desk, thread, "/history", post["id"])


async def test_a_desk_may_hide_what_customers_delete(desk: World) -> None:
    ann, thread, said, post = await heard(desk)
    assert "is hidden here" in await ask(desk, thread, "/settings deleted hide")
    desk.graph.delete(ann.id, said.id)
    await until(lambda: post_of(desk, post["id"])["text"] == "🗑 The customer deleted this message")
    assert "lamp" not in await ask(desk, thread, "/history", post["id"])
    picture = desk.graph.say(ann, media=photo(desk, "my passport"))
    shown = await desk.see(thread, "my passport")
    desk.graph.delete(ann.id, picture.id)
    await until(lambda: [p for p in desk.posts(thread) if p["text"] == "🗑 The customer deleted this message"][1:])
    assert shown["id"] not in [p["id"] for p in desk.posts(thread)]


async def test_settings_are_set_by_a_press_and_not_by_viewers(desk: World) -> None:
    _, thread, _, _ = await heard(desk)
    assert await ask(desk, thread, "/settings deleted hide", sender=people.VIEWER_ID) == texts_for("en").error(
        "not_allowed"
    )
    assert "struck through" in await ask(desk, thread, "/settings")
    shown = desk.posts(thread)[-1]
    where = {"ephemeral": shown["ephemeral_id"]} if not shown["id"] else {"message": shown["id"]}
    press = desk.tg.tap(**where, button="Hide deleted")
    told = await until(lambda: desk.tg.press(press_id=press["press_id"]).get("text"))
    assert told == "What customers delete is hidden here."


async def test_a_reaction_takes_the_place_of_the_mark_and_proves_reading(desk: World) -> None:
    ann, thread, _, _ = await heard(desk)
    desk.graph.change_customer(ann.id, auto_read=False)
    answer = desk.tg.message(text="it is 12", thread=thread)
    await desk.mark(answer["id"], "🕊")
    (sent,) = [m for m in desk.graph.messages(ann.id) if m.direction == "out"]
    desk.graph.react(ann.id, sent.id, "❤️")
    await desk.mark(answer["id"], "❤")
    desk.graph.react(ann.id, sent.id, "👍🏽")
    await desk.mark(answer["id"], "👍")
    desk.graph.react(ann.id, sent.id, "")
    await desk.mark(answer["id"], "👀")
    assert not [words for words in desk.texts(thread) if "eact" in words]


@pytest.mark.parametrize("emoji", ["🦞", "💔"])
async def test_what_cannot_be_drawn_is_told_in_words(desk: World, emoji: str) -> None:
    """💔 on staff's post would look like our mark of failure."""
    ann, thread, _, _ = await heard(desk)
    answer = desk.tg.message(text="it is 12", thread=thread)
    await desk.mark(answer["id"], "👀")
    (sent,) = [m for m in desk.graph.messages(ann.id) if m.direction == "out"]
    desk.graph.react(ann.id, sent.id, emoji)
    line = await desk.see(thread, f"Reacted with {emoji}")
    assert line["reply_to"] == answer["id"]
    desk.graph.react(ann.id, sent.id, "")
    await desk.see(thread, "Took the reaction back")
    await desk.mark(answer["id"], "👀")


async def test_a_group_that_allows_few_reactions_gets_words(desk: World) -> None:
    ann, thread, _, _ = await heard(desk)
    desk.tg.chat_settings(available_reactions=["👀", "👌", "🕊"])
    answer = desk.tg.message(text="it is 12", thread=thread)
    await desk.mark(answer["id"], "👀")
    (sent,) = [m for m in desk.graph.messages(ann.id) if m.direction == "out"]
    desk.graph.react(ann.id, sent.id, "🔥")
    await desk.see(thread, "Reacted with 🔥")
    await desk.mark(answer["id"], "👀")


async def test_a_customers_reaction_to_their_own_words_is_drawn_there(desk: World) -> None:
    ann, _, said, post = await heard(desk)
    desk.graph.react(ann.id, said.id, "😂")
    await desk.mark(post["id"], "🤣")
    desk.graph.react(ann.id, said.id, "")
    await until(lambda: desk.mark_of(post["id"]) is None)
