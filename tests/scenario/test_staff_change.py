"""Staff edit, delete and react: before it left, where the line can, and where it cannot."""

from __future__ import annotations

from typing import Any

from sandbox.graph.people import Customer
from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.scenario.plain_line import connected
from tests.scenario.test_customers_change import ask, heard
from tests.scenario.test_merged import merged_post, skip_ahead
from tests.waiting import until


async def answered(desk: World, words: str = "12 dollars") -> tuple[Customer, int, dict[str, Any]]:
    """A customer whose question was answered with these words."""
    ann, thread, _, _ = await heard(desk)
    answer = desk.tg.message(text=words, thread=thread)
    await desk.mark(answer["id"], "👀")
    return ann, thread, answer


# ------------------------------------------------------------------ edits


async def test_words_that_wait_leave_as_they_were_edited(desk: World) -> None:
    ann, thread, _, _ = await heard(desk)
    desk.graph.fault("error", op="messages", code=131016, times=0)
    answer = desk.tg.message(text="12 dolars", thread=thread)
    await desk.mark(answer["id"], "✍")
    desk.tg.edit(message=answer["id"], text="12 dollars")
    await ask(desk, thread, "/whoami")  # a topic's updates are handled in order
    desk.graph.clear_faults()
    skip_ahead(desk, 600)
    await desk.mark(answer["id"], "👀")
    assert desk.graph.sent_texts(ann.id) == ["12 dollars"]
    assert "12 dolars" in await ask(desk, thread, "/history", answer["id"])


async def test_an_edit_during_a_call_that_does_nothing_counts_at_the_next(desk: World) -> None:
    async with connected(desk) as phone:
        thread = await desk.topic("Pam")
        phone.down = True
        phone.answers.clear()
        answer = desk.tg.message(text="12 dolars", thread=thread)
        await until(lambda: phone.calls == ["send"])
        desk.tg.edit(message=answer["id"], text="12 dollars")
        await ask(desk, thread, "/whoami")  # a topic's updates are handled in order
        phone.down = False
        phone.answers.set()
        await until(lambda: phone.texts() == ["12 dollars"])
        assert phone.calls == ["send", "send"]


async def test_a_line_that_can_edit_is_asked(desk: World) -> None:
    async with connected(desk) as phone:
        thread = await desk.topic("Pam")
        answer = desk.tg.message(text="12 dolars", thread=thread)
        await until(lambda: phone.texts() == ["12 dolars"])
        desk.tg.edit(message=answer["id"], text="12 dollars")
        await until(lambda: phone.texts() == ["12 dollars"])
        desk.tg.edit(message=answer["id"], text="13 dollars")
        await until(lambda: phone.texts() == ["13 dollars"])
        assert phone.calls == ["send", "edit", "edit"]
        told = await ask(desk, thread, "/history", answer["id"])
        assert [line.partition(" · ")[2] for line in told.splitlines()] == ["12 dolars", "12 dollars", "13 dollars"]


async def test_too_late_or_refused_offers_a_correction(desk: World) -> None:
    async with connected(desk) as phone:
        thread = await desk.topic("Pam")
        answer = desk.tg.message(text="one", thread=thread)
        await until(lambda: phone.texts() == ["one"])
        phone.refuse.add("edit")
        desk.tg.edit(message=answer["id"], text="two")
        await desk.see(thread, "refused the edit")
        skip_ahead(desk, 16 * 60)
        desk.tg.edit(message=answer["id"], text="three")
        await desk.see(thread, "too late")
        assert phone.calls == ["send", "edit"]
        await desk.see(thread, "No correction was sent")


async def test_an_official_line_offers_a_correction_and_two_presses_send_once(desk: World) -> None:
    ann, thread, answer = await answered(desk)
    desk.tg.edit(message=answer["id"], text="13 dollars")
    offer = await desk.see(thread, "cannot edit")
    assert offer["reply_to"] == answer["id"]
    first, second = (desk.tg.tap(message=offer["id"], button="📨 Send correction") for _ in range(2))
    await until(lambda: desk.tg.press(press_id=second["press_id"])["answered"])
    assert desk.tg.press(press_id=first["press_id"])["text"] == "Sending"
    assert desk.tg.press(press_id=second["press_id"])["text"] != "Sending"
    await desk.see(thread, "Sent as a correction: 13 dollars")
    await desk.mark(offer["id"], "👀")
    old, new = [one for one in desk.graph.messages(ann.id) if one.direction == "out"]
    assert (old.text, new.text, new.quote) == ("12 dollars", "13 dollars", old.id)


async def test_a_later_edit_takes_the_place_of_an_offer(desk: World) -> None:
    ann, thread, answer = await answered(desk)
    desk.tg.edit(message=answer["id"], text="13 dollars")
    offer = await desk.see(thread, "cannot edit")
    desk.tg.edit(message=answer["id"], text="14 dollars")
    await until(lambda: [p for p in desk.posts(thread) if p["id"] == offer["id"] and "No correction" in p["text"]])
    newer = await desk.see(thread, "cannot edit")
    desk.tg.tap(message=newer["id"], button="📨 Send correction")
    await until(lambda: desk.graph.sent_texts(ann.id) == ["12 dollars", "14 dollars"])


async def test_edits_that_change_nothing_for_the_customer_are_ignored(desk: World) -> None:
    ann, thread, answer = await answered(desk, "our price:\n// not lower than 10\n12 dollars")
    desk.tg.edit(message=answer["id"], text="our price:\n// not lower than 11\n12 dollars")
    desk.tg.edit(message=answer["id"], text="our price:\n// not lower than 9\n12 dollars")
    await desk.tg.wait_until_quiet()
    desk.tg.message(text="next", thread=thread)
    await until(lambda: len(desk.graph.sent_texts(ann.id)) == 2)
    assert not [words for words in desk.texts(thread) if "✏️" in words]


async def test_a_note_that_is_edited_stays_in_the_house(desk: World) -> None:
    ann, thread, _, _ = await heard(desk)
    note = desk.tg.message(text="// wants a discount", thread=thread)
    await desk.mark(note["id"], "🙈")
    desk.tg.edit(message=note["id"], text="// wants a big discount")
    desk.tg.edit(message=note["id"], text="wants a big discount")
    command = desk.tg.command(text="/note tall", thread=thread)
    await desk.mark(command["id"], "🙈")
    desk.tg.edit(message=command["id"], text="/note very tall")
    await desk.tg.wait_until_quiet()
    desk.tg.message(text="hello", thread=thread)
    await until(lambda: desk.graph.sent_texts(ann.id) == ["hello"])


# ------------------------------------------------------------------ deleting


async def test_what_waits_is_withdrawn_and_never_sent(desk: World) -> None:
    ann, thread, _, _ = await heard(desk)
    desk.graph.fault("error", op="messages", code=131016, times=0)
    answer = desk.tg.message(text="oops", thread=thread)
    await desk.mark(answer["id"], "✍")
    await until(lambda: len(desk.graph.calls(op="messages")) > 3)  # the next try is seconds away
    command = desk.tg.command(text="/del", thread=thread, reply_to=answer["id"])
    await desk.mark(answer["id"], "👻")
    desk.graph.clear_faults()
    skip_ahead(desk, 600)
    desk.tg.message(text="hello", thread=thread)
    await until(lambda: desk.graph.sent_texts(ann.id) == ["hello"])
    await until(lambda: command["id"] not in [post["id"] for post in desk.posts(thread)])


async def test_a_line_that_can_delete_is_asked(desk: World) -> None:
    async with connected(desk) as phone:
        thread = await desk.topic("Pam")
        answers = [desk.tg.message(text=words, thread=thread) for words in ("one", "two")]
        await until(lambda: phone.texts() == ["one", "two"])
        desk.tg.command(text="/del", thread=thread, reply_to=answers[0]["id"])
        await desk.mark(answers[0]["id"], "👻")
        assert phone.texts() == ["two"]
        skip_ahead(desk, 3 * 24 * 3600)
        assert "two days" in await ask(desk, thread, "/del", answers[1]["id"])
        assert phone.texts() == ["two"]


async def test_an_official_line_says_plainly_that_it_cannot_delete(desk: World) -> None:
    ann, thread, answer = await answered(desk)
    assert "cannot delete" in await ask(desk, thread, "/del", answer["id"])
    assert desk.graph.sent_texts(ann.id) == ["12 dollars"]


async def test_only_what_was_written_here_can_be_taken_back(desk: World) -> None:
    _, thread, _, post = await heard(desk)
    assert "Only what was written here" in await ask(desk, thread, "/del", post["id"])
    assert "as a reply" in await ask(desk, thread, "/del")


# ------------------------------------------------------------------ reactions


def reactions_of(desk: World, message_id: str) -> list[str]:
    message = desk.graph.state.chats.message(message_id)
    assert message is not None
    return [emoji for who, emoji in message.reactions.items() if who != "customer"]


async def test_staffs_reaction_reaches_the_customer_and_goes_again(desk: World) -> None:
    _, _, said, post = await heard(desk)
    desk.tg.react(message=post["id"], emoji="❤")
    await until(lambda: reactions_of(desk, said.id) == ["❤️"])
    desk.tg.react(message=post["id"], emoji="🔥")
    await until(lambda: reactions_of(desk, said.id) == ["🔥"])
    desk.tg.react(message=post["id"])
    await until(lambda: reactions_of(desk, said.id) == [])


async def test_of_several_people_the_last_counts(desk: World) -> None:
    _, _, said, post = await heard(desk)
    desk.tg.react(message=post["id"], emoji="👍")
    await until(lambda: reactions_of(desk, said.id) == ["👍"])
    desk.tg.react(message=post["id"], emoji="🎉", sender=people.AGENT_ID)
    await until(lambda: reactions_of(desk, said.id) == ["🎉"])
    desk.tg.react(message=post["id"], sender=people.AGENT_ID)
    await until(lambda: reactions_of(desk, said.id) == ["👍"])


async def test_a_viewers_reaction_and_one_on_the_card_do_nothing(desk: World) -> None:
    _, thread, said, post = await heard(desk)
    desk.tg.react(message=post["id"], emoji="👎", sender=people.VIEWER_ID)
    desk.tg.react(message=desk.posts(thread)[0]["id"], emoji="👎")
    desk.tg.react(message=post["id"], emoji="👍")
    await until(lambda: reactions_of(desk, said.id) == ["👍"])
    assert len([call for call in desk.graph.calls(op="messages") if "reaction" in str(call)]) == 1


async def test_a_reaction_on_a_merged_post_means_its_last_line(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    _, post, said = await merged_post(desk, ann, "one", "two")
    desk.tg.react(message=post["id"], emoji="👍")
    await until(lambda: reactions_of(desk, said[1].id) == ["👍"])


async def test_a_reaction_that_came_too_late_is_said(desk: World) -> None:
    ann, thread, _, post = await heard(desk)
    desk.graph.state.clock.advance(31 * 24 * 3600)
    desk.graph.say(ann, "still there?")
    await desk.see(thread, "still there?")
    desk.tg.react(message=post["id"], emoji="👍")
    told = await desk.see(thread, "did not reach the customer")
    assert ("30 days" in told["text"], told["reply_to"]) == (True, post["id"])


# ------------------------------------------------------------------ replies


async def test_an_answer_to_what_shows_no_message_quotes_in_words(desk: World) -> None:
    ann, thread, _, _ = await heard(desk)
    desk.tg.message(text="is it in stock?", thread=thread, sender=people.VIEWER_ID)
    asked = await desk.see(thread, "is it in stock?")
    desk.tg.message(text="yes, it is", thread=thread, reply_to=asked["id"])
    await until(lambda: desk.graph.sent_texts(ann.id) == ["> is it in stock?\nyes, it is"])


async def test_what_stays_in_the_house_is_never_quoted(desk: World) -> None:
    ann, thread, _, _ = await heard(desk)
    note = desk.tg.message(text="// asks for too much", thread=thread)
    await desk.mark(note["id"], "🙈")
    desk.tg.message(text="one", thread=thread, reply_to=note["id"])
    desk.tg.message(text="two", thread=thread, reply_to=desk.posts(thread)[0]["id"])
    await until(lambda: desk.graph.sent_texts(ann.id) == ["one", "two"])


async def test_a_quote_of_a_message_that_never_left_goes_in_words(desk: World) -> None:
    ann, thread, _, _ = await heard(desk)
    desk.graph.fault("error", op="messages", code=131026, times=1)
    lost = desk.tg.message(text="12 dollars", thread=thread)
    await desk.mark(lost["id"], "💔")
    desk.tg.message(text="did you get it?", thread=thread, reply_to=lost["id"])
    await until(lambda: desk.graph.sent_texts(ann.id) == ["> 12 dollars\ndid you get it?"])


async def test_a_customers_quote_waits_for_the_id_of_what_it_quotes(desk: World) -> None:
    ann, thread, _, _ = await heard(desk)
    desk.graph.knobs(sent_delay=3600, delivered_delay=3600)
    desk.graph.fault("slow", op="messages", times=1, seconds=2)
    answer = desk.tg.message(text="red or blue?", thread=thread)
    await until(lambda: [m for m in desk.graph.messages(ann.id) if m.direction == "out"])
    (sent,) = [m for m in desk.graph.messages(ann.id) if m.direction == "out"]
    desk.graph.say(ann, "blue", reply_to=sent.id)
    post = await until(lambda: next((p for p in desk.posts(thread) if p["text"] == "blue"), None))
    assert post is not None
    assert post["reply_to"] == answer["id"]
