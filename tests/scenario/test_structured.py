"""What customers send that is more than words and files: each is a line or a card that staff can read."""

from datetime import datetime
from typing import Any

import pytest

from core.ids import ContactId, TenantId
from core.store import contacts
from sandbox.graph.people import Customer
from tests.scenario.house import World
from tests.waiting import until

ITEMS = [
    {"product_retailer_id": "LAMP-7", "quantity": 2, "item_price": 1249.5, "currency": "EUR"},
    {"product_retailer_id": "BULB", "quantity": "1", "item_price": "3", "currency": "EUR"},
    {"product_retailer_id": "GIFT", "quantity": 1, "item_price": 20, "currency": "CNY"},
]
AD = {
    "source_url": "https://fb.me/1", "source_type": "ad", "source_id": "120", "headline": "Blue lamp",
    "body": "-30% this week", "media_type": "image", "image_url": "https://img.example/lamp.jpg", "ctwa_clid": "ARx9",
}  # fmt: skip
VCARD = "BEGIN:VCARD\nVERSION:3.0\nN:;Wang Fang;;;\nFN:Wang Fang\nTEL;waid=8613900139000:+86 139 0013 9000\nEND:VCARD"


async def start(desk: World, name: str = "Ann") -> tuple[Customer, int]:
    ann = desk.graph.create_customer(name)
    desk.graph.say(ann, "hi")
    thread = await desk.topic(name)
    await desk.see(thread, "hi")
    return ann, thread


async def window_of(desk: World, contact: int) -> datetime | None:
    """When the customer is known to have written last."""
    assert desk.process is not None
    async with desk.process.app.store.read(TenantId(1)) as scope:
        conversation = await contacts.latest_conversation(scope, ContactId(contact))
    assert conversation is not None
    return conversation.last_in_at


@pytest.mark.proves("cloud", "forward", "in")
async def test_forwards_are_told_apart(desk: World) -> None:
    ann, thread = await start(desk)
    desk.graph.say(ann, "a tip", extra={"context": {"forwarded": True}})
    desk.graph.say(ann, "a chain letter", extra={"context": {"frequently_forwarded": True}})
    assert (await desk.see(thread, "a tip"))["text"].startswith("↪️ Forwarded\n")
    assert (await desk.see(thread, "a chain letter"))["text"].startswith("⏩ Forwarded many times\n")


@pytest.mark.proves("cloud", "ad", "in")
async def test_an_ad_is_a_card_above_the_words_and_on_the_customers_card(desk: World) -> None:
    eve = desk.graph.create_customer("Eve")
    desk.graph.say(eve, "is it still there?", extra={"referral": AD})
    thread = await desk.topic("Eve")
    post = await desk.see(thread, "is it still there?")
    assert post["text"].splitlines() == [
        "📣 Came from an ad Blue lamp",
        "-30% this week",
        "https://fb.me/1",
        "Picture: https://img.example/lamp.jpg",
        "is it still there?",
    ]
    await desk.see(thread, "Came by: Blue lamp")


async def test_the_card_names_the_first_ad_and_the_last(desk: World) -> None:
    eve = desk.graph.create_customer("Eve")
    for headline in ("Blue lamp", "Green lamp", "Red lamp"):
        desk.graph.say(eve, f"about the {headline}", extra={"referral": {**AD, "headline": headline}})
    thread = await desk.topic("Eve")
    await desk.see(thread, "about the Red lamp")
    desk.tg.topic(action="delete", thread=thread)
    desk.graph.say(eve, "hello?")
    again = await until(lambda: next((one["id"] for one in desk.topics() if one["id"] != thread), None))
    await desk.see(again, "Came by: Blue lamp → Red lamp")


async def test_a_place_without_coordinates_keeps_its_name(desk: World) -> None:
    ann, thread = await start(desk)
    desk.graph.say(ann, location={"latitude": 123, "longitude": 9, "name": "Pier 3", "address": "Harbour Road"})
    await desk.see(thread, "Pier 3 · Harbour Road")


async def test_the_link_of_a_place_is_shown_too(desk: World) -> None:
    ann, thread = await start(desk)
    desk.graph.say(ann, location={"latitude": 1, "longitude": 2, "name": "Shop", "url": "https://shop.example"})
    await desk.see(thread, "https://shop.example")
    await until(lambda: [post for post in desk.posts(thread) if post["kind"] == "venue"])


@pytest.mark.proves("cloud", "contact", "in")
async def test_a_card_that_is_only_a_vcard_is_read(desk: World) -> None:
    ann, thread = await start(desk)
    desk.graph.say(ann, contacts=[{"vcard": VCARD}])
    (post,) = await until(lambda: [p for p in desk.posts(thread) if p["kind"] == "contact"])
    assert post["extra"]["contact"]["first_name"] == "Wang Fang"
    assert post["extra"]["contact"]["phone_number"] == "+86 139 0013 9000"


async def test_a_card_with_nothing_in_it_is_not_silent(desk: World) -> None:
    ann, thread = await start(desk)
    desk.graph.say(ann, contacts=[{"vcard": "BEGIN:VCARD\nno end"}])
    await desk.see(thread, "empty message")


@pytest.mark.proves("cloud", "order", "in")
async def test_an_order_is_a_bill_with_a_total_for_each_currency(desk: World) -> None:
    ann, thread = await start(desk)
    content = {"catalog_id": "777", "text": "by Friday please", "product_items": ITEMS}
    desk.graph.say(ann, any={"type": "order", "content": content})
    post = await desk.see(thread, "by Friday please")
    assert post["text"].splitlines() == [
        "by Friday please",
        "🛒 Order of 4 pieces",
        "2 × LAMP-7  €1,249.50 = €2,499.00",
        "1 × BULB  €3.00",
        "1 × GIFT  CN¥20.00",
        "Total: €2,502.00",
        "Total: CN¥20.00",
        "Catalog 777",
    ]


async def test_an_order_speaks_the_desks_language(desk: World) -> None:
    ann, thread = await start(desk)
    desk.tg.command(text="/lang group zh", thread=thread)
    await desk.see(thread, "中文")
    desk.graph.say(ann, any={"type": "order", "content": {"product_items": ITEMS[2:] * 2}})
    post = await desk.see(thread, "🛒 订单，共 2 件")
    assert post["text"].splitlines()[-1] == "合计：¥40.00"


async def test_no_total_where_a_price_is_missing(desk: World) -> None:
    ann, thread = await start(desk)
    items = [ITEMS[0], {"product_retailer_id": "ASK", "quantity": 1}]
    desk.graph.say(ann, any={"type": "order", "content": {"product_items": items}})
    post = await desk.see(thread, "1 × ASK")
    assert "Total" not in post["text"]


@pytest.mark.proves("cloud", "form", "in")
async def test_answers_of_all_kinds_say_what_they_are(desk: World) -> None:
    ann, thread = await start(desk)

    def answer(kind: str, **part: Any) -> None:
        desk.graph.say(ann, any={"type": "interactive", "content": {"type": kind, kind: part}})

    answer(
        "nfm_reply", name="flow", body="Sent", response_json='{"flow_token":"t","size":"L","colours":["red","blue"]}'
    )
    answer("nfm_reply", name="flow", body="Sent", response_json="{broken")
    answer("call_permission_reply", response="accept")
    answer("hologram_reply", title="wave")
    assert (await desk.see(thread, "size: L"))["text"] == "Filled in a form:\nsize: L\ncolours: red, blue"
    await desk.see(thread, "{broken")
    await desk.see(thread, "Allowed you to call")
    await desk.see(thread, "hologram_reply: wave")
    assert not any(words.startswith("Chose") for words in desk.texts(thread))


@pytest.mark.proves("cloud", "poll", "in")
@pytest.mark.proves("cloud", "invite", "in")
@pytest.mark.proves("cloud", "view_once", "in")
async def test_what_whatsapp_only_hints_at_is_named(desk: World) -> None:
    ann, thread = await start(desk)
    for kind in ("poll_creation", "poll_update", "group_invite", "view_once"):
        error = {"code": 131051, "title": "Message type unknown"}
        desk.graph.say(ann, any={"type": "unsupported", "content": {"type": kind}}, extra={"errors": [error]})
    for words in ("Sent a poll", "Voted in a poll", "invitation to a group", "view_once"):
        await desk.see(thread, words)


@pytest.mark.proves("cloud", "call", "in")
async def test_a_call_is_one_line_and_an_answered_one_says_how_long(desk: World) -> None:
    ann, thread = await start(desk)
    desk.graph.call(ann.id)
    desk.graph.call(ann.id, seconds=125)
    await desk.see(thread, "ended after 2:05")
    assert len([words for words in desk.texts(thread) if "Called on WhatsApp" in words]) == 2


@pytest.mark.proves("cloud", "consent", "in")
@pytest.mark.proves("cloud", "system", "in")
async def test_a_wish_and_news_are_lines_that_open_no_window(desk: World) -> None:
    gil = desk.graph.create_customer("Gil")
    desk.graph.wish(gil.id, "stop")
    thread = await desk.topic("Gil")
    await desk.see(thread, "Wants no more marketing messages")
    desk.graph.wish(gil.id, "resume")
    await desk.see(thread, "Wants marketing messages again")
    content = {"type": "customer_identity_changed", "body": "Gil has a new phone"}
    desk.graph.say(gil, any={"type": "system", "content": content})
    await desk.see(thread, "security code of this customer changed, as with a new phone: Gil has a new phone")
    assert await window_of(desk, 1) is None
    desk.graph.say(gil, "now I write")
    await desk.see(thread, "now I write")
    assert await window_of(desk, 1) is not None


@pytest.mark.proves("cloud", "echo", "in")
@pytest.mark.proves("cloud", "tap", "in")
async def test_what_the_phone_sent_is_shown_with_its_status(desk: World) -> None:
    ann, thread = await start(desk)
    menu = {
        "type": "button", "body": {"text": "Which size?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "s", "title": "Small"}},
                               {"type": "reply", "reply": {"id": "l", "title": "Large"}}]},
    }  # fmt: skip
    desk.graph.echo(ann.id, "from my phone")
    asked = desk.graph.echo(ann.id, any={"type": "interactive", "content": menu})
    desk.graph.echo(ann.id, location={"latitude": 1, "longitude": 2})
    said = await desk.see(thread, "from my phone")
    assert said["text"].startswith("📱 Sent from the phone\n")
    post = await desk.see(thread, "Which size?")
    assert post["text"].endswith("Which size?\n1. Small\n2. Large")
    await until(lambda: [one for one in desk.posts(thread) if one["kind"] == "location"])
    desk.graph.status(asked.id, "delivered")
    await desk.mark(post["id"], "🕊")
    desk.graph.status(asked.id, "read")
    await desk.mark(post["id"], "👀")
    desk.graph.press(ann.id, asked.id, "Large")
    tapped = await desk.see(thread, "Chose: Large")
    assert tapped["reply_to"] == post["id"]
    assert desk.graph.calls(op="messages") == []


@pytest.mark.proves("cloud", "audio", "in")
async def test_a_sound_that_is_no_voice_note_is_an_audio_file(desk: World) -> None:
    ann, thread = await start(desk)
    media = desk.graph.add_media(b"ID3\x03 a song", "audio/mpeg")
    desk.graph.say(ann, media={"id": media, "kind": "audio"})
    await until(lambda: [post for post in desk.posts(thread) if post["media"] and post["media"]["kind"] == "audio"])


@pytest.mark.proves("cloud", "product", "in")
async def test_a_question_about_a_product_names_it(desk: World) -> None:
    ann, thread = await start(desk)
    product = {"catalog_id": "777", "product_retailer_id": "LAMP-7"}
    desk.graph.say(ann, "how long is the cable?", extra={"context": {"referred_product": product}})
    post = await desk.see(thread, "how long is the cable?")
    assert post["text"].startswith("Asks about a product: LAMP-7\n")


@pytest.mark.proves("cloud", "edit", "in")
@pytest.mark.proves("cloud", "delete", "in")
async def test_a_change_or_deletion_that_whatsapp_hides_is_told(desk: World) -> None:
    ann, thread = await start(desk)
    said = desk.graph.say(ann, "ten pieces")
    await desk.see(thread, "ten pieces")
    desk.graph.edit(ann.id, said.id, "twelve pieces")
    await desk.see(thread, "Changed an earlier message")
    desk.graph.delete(ann.id, said.id)
    await desk.see(thread, "Deleted a message")
