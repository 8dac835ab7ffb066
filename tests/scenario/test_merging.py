"""Two contacts that turn out to be one person: merged, asked about, and taken apart again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.events import EventKind
from core.ids import ContactId, TenantId
from core.people import Address, AddressKind
from core.store import contacts, messages
from core.store.store import utc_now
from core.store.tables import conversation, event, message, note
from sandbox.graph.people import Customer
from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.waiting import until

PHONE, OTHER = "8613900139001", "8613900139002"
ANNS_ID, BOBS_ID = "US.11111111", "US.22222222"
NOTE, ASKED = "WhatsApp shows that", "Are they one person?"


async def contact_of(desk: World, kind: AddressKind, value: str) -> ContactId:
    assert desk.process is not None
    async with desk.process.app.store.read(TenantId(1)) as scope:
        (found,) = await contacts.contacts_with(scope, Address(kind, value))
        return found


async def facts(desk: World, kind: EventKind) -> list[tuple[int, str]]:
    """(contact, actor) of the events of a kind."""
    assert desk.process is not None
    async with desk.process.app.store.read(TenantId(1)) as scope:
        rows = await scope.all(scope.select(event).where(event.c.kind == kind.value).order_by(event.c.id))
        return [(row.contact_id, row.actor) for row in rows]


async def says(desk: World, customer: Customer, words: str, thread: int) -> None:
    desk.graph.say(customer, words)
    await desk.see(thread, words)


async def answers(desk: World, customer: Customer, words: str, thread: int) -> None:
    desk.tg.message(text=words, thread=thread)
    await until(lambda: words in desk.graph.sent_texts(customer.id))


async def one_person_two_topics(desk: World) -> tuple[Customer, int, int]:
    """Ann wrote by phone, and later, her phone hidden, by user id. Nothing yet says that both are one."""
    desk.graph.knobs(quirks=["no_user_id"])
    ann = desk.graph.create_customer("Ann", wa_id=PHONE, user_id=ANNS_ID)
    desk.graph.say(ann, "by phone")
    first = await desk.topic("Ann · 9001")
    await desk.see(first, "by phone")
    desk.graph.knobs(quirks=[])
    desk.graph.change_customer(ann.id, wa_id=None, name="Ann B")
    desk.graph.say(ann, "by user id")
    second = await desk.topic("Ann B")
    await desk.see(second, "by user id")
    return ann, first, second


def shows_phone(desk: World, customer: Customer, wa_id: str = PHONE) -> None:
    desk.graph.change_customer(customer.id, wa_id=wa_id)


def closed(desk: World, thread: int) -> bool:
    return next(topic["closed"] for topic in desk.topics() if topic["id"] == thread)


def button_of(post: dict[str, Any], label: str) -> str:
    (text,) = [each["text"] for row in post["keyboard"] for each in row if label in each["text"]]
    return text


async def press(desk: World, post: dict[str, Any], label: str, sender: int = people.OWNER_ID) -> str:
    """Press the button with this label; what the press was answered with."""
    pressed = desk.tg.tap(message=post["id"], button=button_of(post, label), sender=sender)
    await until(lambda: desk.tg.press(press_id=pressed["press_id"])["answered"])
    return desk.tg.press(press_id=pressed["press_id"])["text"] or ""


# ------------------------------------------------------------------ by themselves


async def test_one_payload_with_both_addresses_makes_one_of_two(desk: World) -> None:
    ann, first, second = await one_person_two_topics(desk)
    shows_phone(desk, ann)
    await says(desk, ann, "by both", first)
    told = await desk.see(first, NOTE)
    assert "Ann B" in told["text"]
    pointed = await desk.see(second, "goes on in another topic")
    assert f"/{first}" in pointed["text"]
    await until(lambda: closed(desk, second))
    await desk.see(first, "by user id")
    await answers(desk, ann, "hello", first)
    desk.graph.change_customer(ann.id, wa_id=None)
    await says(desk, ann, "hidden again", first)
    kept = await contact_of(desk, AddressKind.PHONE, PHONE)
    assert await contact_of(desk, AddressKind.BSUID, ANNS_ID) == kept
    assert await facts(desk, EventKind.MERGED) == [(kept, "system")]
    assert len([text for text in desk.texts(first) if NOTE in text]) == 1


async def test_undone_everything_is_as_it_was(desk: World) -> None:
    ann, first, second = await one_person_two_topics(desk)
    noted = desk.tg.message(text="// pays late", thread=second)
    await desk.mark(noted["id"], "🙈")
    shows_phone(desk, ann)
    await says(desk, ann, "by both", first)
    told = await desk.see(first, NOTE)
    await until(lambda: closed(desk, second))
    desk.graph.change_customer(ann.id, wa_id=None)
    await says(desk, ann, "by user id since", first)
    await press(desk, told, "Undo")
    await desk.see(first, "Apart again")
    await desk.see(second, "their own topic again")
    await until(lambda: not closed(desk, second))
    await says(desk, ann, "where am I?", second)
    await answers(desk, ann, "here", second)
    shows_phone(desk, ann)
    since = await desk.see(first, "by user id since")
    desk.tg.message(text="to the phone", thread=first, reply_to=since["id"])
    said = await until(lambda: [one for one in desk.graph.messages(ann.id) if "to the phone" in one.text])
    assert (said[0].text, said[0].quote) == ("to the phone", None), "not the other's words"
    await says(desk, ann, "by both again", first)
    phone, user_id = [
        await contact_of(desk, kind, value)
        for kind, value in ((AddressKind.PHONE, PHONE), (AddressKind.BSUID, ANNS_ID))
    ]
    assert phone != user_id, "staff said that they are two: nothing merges them again"
    assert await words_of(desk, phone) == ["by phone", "by both", "to the phone", "by both again"]
    assert await words_of(desk, user_id) == ["by user id", "by user id since", "where am I?", "here"]
    assert await notes_of(desk, user_id) == ["pays late"]
    assert [contact for contact, _ in await facts(desk, EventKind.UNMERGED)] == [phone, user_id]
    assert not [text for text in desk.texts(first) if ASKED in text]


async def words_of(desk: World, contact_id: ContactId) -> list[str]:
    """All that was said with a contact, by the conversation it is in."""
    assert desk.process is not None
    async with desk.process.app.store.read(TenantId(1)) as scope:
        theirs = scope.select(conversation, conversation.c.id).where(conversation.c.contact_id == contact_id)
        rows = await scope.all(
            scope.select(message).where(message.c.conversation_id.in_(theirs)).order_by(message.c.id)
        )
        assert {row.contact_id for row in rows} == {contact_id}
        return [(await messages.get(scope, row.id)).content.text.text for row in rows]


async def notes_of(desk: World, contact_id: ContactId) -> list[str]:
    assert desk.process is not None
    async with desk.process.app.store.read(TenantId(1)) as scope:
        return [row.text for row in await scope.all(scope.select(note).where(note.c.contact_id == contact_id))]


async def test_a_day_later_it_is_too_late(desk: World) -> None:
    ann, first, _ = await one_person_two_topics(desk)
    shows_phone(desk, ann)
    await says(desk, ann, "by both", first)
    told = await desk.see(first, NOTE)
    assert desk.process is not None
    desk.process.app.store.clock = lambda: utc_now() + timedelta(hours=24, seconds=1)
    assert "24 hours only" in await press(desk, told, "Undo")
    assert await facts(desk, EventKind.UNMERGED) == []
    desk.process.app.store.wake.set()
    await until(lambda: not keyboard_of(desk, first, told["id"]))


def keyboard_of(desk: World, thread: int, post_id: int) -> Any:
    return next(post["keyboard"] for post in desk.posts(thread) if post["id"] == post_id)


# ------------------------------------------------------------------ with a conflict


async def two_people(desk: World) -> tuple[Customer, Customer, int, int]:
    """Both with a phone and a user id of their own."""
    both = []
    for name, phone, user_id in (("Ann", PHONE, ANNS_ID), ("Bob", OTHER, BOBS_ID)):
        customer = desk.graph.create_customer(name, wa_id=phone, user_id=user_id)
        desk.graph.say(customer, f"I am {name}")
        both.append(customer)
    threads = [await desk.topic(name) for name in ("Ann", "Bob")]
    for thread, name in zip(threads, ("Ann", "Bob"), strict=True):
        await desk.see(thread, f"I am {name}")
    return both[0], both[1], threads[0], threads[1]


def says_as_both(desk: World, words: str, number: int) -> None:
    """Somebody with Ann's phone and Bob's user id."""
    desk.graph.field_update(
        "messages",
        {
            "messaging_product": "whatsapp",
            "metadata": {"phone_number_id": desk.settings.whatsapp.phone_number_id},
            "contacts": [{"profile": {"name": "Ann"}, "wa_id": PHONE, "user_id": BOBS_ID}],
            "messages": [
                {"id": f"wamid.both{number}", "from": PHONE, "from_user_id": BOBS_ID, "type": "text",
                 "timestamp": str(int(utc_now().timestamp())), "text": {"body": words}},
            ],
        },
    )  # fmt: skip


async def test_who_have_different_phones_are_asked_about_once(desk: World) -> None:
    ann, bob, first, second = await two_people(desk)
    for number in range(2):
        says_as_both(desk, f"who am I? {number}", number)
        await desk.see(first, f"who am I? {number}")
    asked = await desk.see(first, ASKED)
    assert len([text for thread in (first, second) for text in desk.texts(thread) if ASKED in text]) == 1
    assert await facts(desk, EventKind.MERGED) == []
    await press(desk, asked, "Keep apart")
    await desk.see(first, "Kept apart")
    says_as_both(desk, "and now?", 3)
    await desk.see(first, "and now?")
    await answers(desk, bob, "you are Bob", second)
    await answers(desk, ann, "you are Ann", first)
    assert len([text for text in desk.texts(first) if ASKED in text]) == 0


async def test_merged_by_a_press_and_answered_where_they_wrote_last(desk: World) -> None:
    ann, bob, first, second = await two_people(desk)
    says_as_both(desk, "who am I?", 0)
    asked = await desk.see(first, ASKED)
    await press(desk, asked, "Merge")
    await desk.see(first, "Merged: Bob")
    await desk.see(second, "goes on in another topic")
    await says(desk, bob, "from my second phone", first)
    await answers(desk, bob, "to the second", first)
    await says(desk, ann, "from my first phone", first)
    await answers(desk, ann, "to the first", first)


@pytest.mark.parametrize("label", ["Merge", "Keep apart"])
async def test_only_managers_decide(desk: World, label: str) -> None:
    await two_people(desk)
    says_as_both(desk, "who am I?", 0)
    asked = await desk.see(await desk.topic("Ann"), ASKED)
    assert "managers" in await press(desk, asked, label, sender=people.VIEWER_ID)
    assert "Keep apart" in str(keyboard_of(desk, await desk.topic("Ann"), asked["id"]))
    assert await facts(desk, EventKind.MERGED) == []


# ------------------------------------------------------------------ by hand


@pytest.mark.parametrize("typed", ["+86 139 0013 9002", "008613900139002", "8613900139002"])
async def test_merge_by_number_asks_first(desk: World, typed: str) -> None:
    ann, bob, first, second = await two_people(desk)
    desk.tg.command(text=f"/merge {typed}", thread=first)
    asked = await desk.see(first, "Is Bob (+86 139 0013 9002) the customer of this topic, too?")
    await press(desk, asked, "Merge")
    await until(lambda: closed(desk, second))
    await says(desk, bob, "hi", first)
    actor = (await facts(desk, EventKind.MERGED))[0][1]
    assert actor.startswith("staff:")
    desk.tg.message(text="written in the old topic", thread=second)
    await desk.see(first, "written in the old topic")
    assert "written in the old topic" not in desk.graph.sent_texts(ann.id) + desk.graph.sent_texts(bob.id)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Name the other customer"), ("Bob", "Name the other customer"), ("+49 151 23456789", "No customer has"),
     ("+86 139 0013 9001", "customer's already")],
)  # fmt: skip
async def test_merge_that_cannot_be(desk: World, typed: str, said: str) -> None:
    _, _, first, _ = await two_people(desk)
    desk.tg.command(text=f"/merge {typed}", thread=first)
    await until(lambda: [each for each in desk.tg.calls(method="sendMessage") if said in str(each["params"])])
    assert await facts(desk, EventKind.MERGED) == []


async def test_what_waits_of_both_is_shown_in_order(desk: World) -> None:
    """Telegram asks for patience while both have something to show; meanwhile they become one."""
    ann, first, second = await one_person_two_topics(desk)
    desk.tg.faults(method="sendMessage", code=429, retry_after=2)
    desk.graph.say(ann, "waiting by user id")
    await until(lambda: "waiting by user id" in str(desk.tg.calls(method="sendMessage")))
    shows_phone(desk, ann)
    for number in range(3):
        desk.graph.say(ann, f"then by both {number}")
    await desk.see(first, "then by both 2")
    everywhere = "\n".join([*desk.texts(second), *desk.texts(first)])
    said = ["waiting by user id", *(f"then by both {number}" for number in range(3))]
    assert [everywhere.count(words) for words in said[1:]] == [1, 1, 1]
    assert everywhere.index(said[0]) < everywhere.index(said[1]) < everywhere.index(said[2]) < everywhere.index(said[3])
