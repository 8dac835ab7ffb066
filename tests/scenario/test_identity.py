"""One customer, one topic: by phone, by user id, by whatever WhatsApp names them by next."""

from __future__ import annotations

from typing import Any

import pytest

from core.ids import TenantId
from core.people import Address, AddressKind
from core.store import contacts
from sandbox.graph.people import Customer
from tests.scenario.house import World
from tests.waiting import until

OLD, NEW = "US.11111111", "US.22222222"


def names(desk: World, **payload: bool) -> None:
    """Which ids WhatsApp's payloads carry from now on."""
    quirks = ["no_user_id"] if payload.get("user_id") is False else []
    desk.graph.knobs(quirks=quirks)


def hide_phone(desk: World, customer: Customer) -> None:
    desk.graph.change_customer(customer.id, wa_id=None)


async def heard(desk: World, customer: Customer | str, words: str, thread: int) -> None:
    """What they say is shown in this topic, and there is no other."""
    desk.graph.say(customer, words)
    await desk.see(thread, words)
    assert len(desk.topics()) == 1


async def answered(desk: World, customer: Customer, thread: int, words: str) -> dict[str, Any]:
    """An answer reaches them; the call that sent it."""
    desk.tg.message(text=words, thread=thread)
    await until(lambda: words in desk.graph.sent_texts(customer.id))
    return next(call.body for call in reversed(desk.graph.calls(op="messages")) if words in str(call.body))


async def test_phone_then_phone_and_user_id_then_user_id_only(desk: World) -> None:
    names(desk, user_id=False)
    ann = desk.graph.create_customer("Ann", user_id=OLD)
    desk.graph.say(ann, "by phone")
    thread = await desk.topic("Ann")
    await desk.see(thread, "by phone")
    names(desk, user_id=True)
    await heard(desk, ann, "by both", thread)
    hide_phone(desk, ann)
    await heard(desk, ann, "by user id", thread)


async def test_a_report_that_names_both_is_enough(desk: World) -> None:
    """Ann never wrote with her user id before she hid her phone: only the reports of our answer named both."""
    names(desk, user_id=False)
    ann = desk.graph.create_customer("Ann", user_id=OLD)
    desk.graph.say(ann, "by phone")
    thread = await desk.topic("Ann")
    await desk.see(thread, "by phone")
    names(desk, user_id=True)
    sent = desk.tg.message(text="hello", thread=thread)
    await desk.mark(sent["id"], "👀")
    hide_phone(desk, ann)
    await heard(desk, ann, "by user id", thread)


async def test_a_user_id_that_rotates(desk: World) -> None:
    ann = desk.graph.create_customer("Ann", wa_id=None, user_id=OLD)
    desk.graph.say(ann, "first")
    thread = await desk.topic("Ann")
    await desk.see(thread, "first")
    desk.graph.change_number(ann.id, None, NEW)
    await heard(desk, ann, "with the new id", thread)
    call = await answered(desk, ann, thread, "hello")
    assert call["recipient"] == NEW


async def test_a_number_that_changes_and_changes_back(desk: World) -> None:
    ann = desk.graph.create_customer("Ann", wa_id="8613900139001")
    desk.graph.say(ann, "first")
    thread = await desk.topic("Ann")
    await desk.see(thread, "first")
    for number in ("8613900139002", "8613900139001"):
        desk.graph.change_number(ann.id, number)
        await heard(desk, ann, f"from {number}", thread)
        call = await answered(desk, ann, thread, f"to {number}")
        assert call["to"] == f"+{number}"


@pytest.mark.parametrize(
    ("wrote", "writes"),
    [
        ("5511987654321", "551187654321"),
        ("551187654321", "5511987654321"),
        ("5215512345678", "525512345678"),
        ("5491123456789", "541123456789"),
    ],
)
async def test_a_number_in_another_spelling_is_the_same_number(desk: World, wrote: str, writes: str) -> None:
    ann = desk.graph.create_customer("Ann", wa_id=wrote, user_id=OLD)
    names(desk, user_id=False)
    desk.graph.say(ann, "first")
    thread = await desk.topic("Ann")
    await desk.see(thread, "first")
    desk.graph.change_customer(ann.id, wa_id=writes)
    await heard(desk, ann, "second", thread)
    assert desk.process is not None
    async with desk.process.app.store.read(TenantId(1)) as scope:
        (known,) = await contacts.contacts_with(scope, Address(AddressKind.PHONE, writes))
        kept = [each.value for each in await contacts.addresses_of(scope, known)]
    assert kept == [writes, wrote], "both as WhatsApp wrote them, the last one first"


async def test_a_username_that_changed_hands_names_its_new_owner(desk: World) -> None:
    ann = desk.graph.create_customer("Ann", wa_id=None, user_id=OLD, username="shop")
    desk.graph.say(ann, "first")
    await desk.see(await desk.topic("Ann"), "first")
    desk.graph.change_customer(ann.id, username="ann")
    bob = desk.graph.create_customer("Bob", wa_id=None, user_id=NEW, username="shop")
    desk.graph.say(bob, "now me")
    await desk.see(await desk.topic("Bob"), "now me")
    assert desk.process is not None
    async with desk.process.app.store.read(TenantId(1)) as scope:
        (owner,) = await contacts.contacts_with(scope, Address(AddressKind.USERNAME, "shop"))
        assert (await contacts.get_contact(scope, owner)).name == "Bob"
