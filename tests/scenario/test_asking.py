"""What staff send that is more than words and files: polls, places that move, cards; and writing to shared numbers."""

from base64 import b64encode
from typing import Any

import pytest

from sandbox.graph.chats import ChatMessage
from sandbox.graph.people import Customer
from sandbox.telegram import defaults
from tests.scenario.house import World
from tests.scenario.test_kinds import WEBP
from tests.scenario.test_structured import VCARD, start
from tests.waiting import until


def poll(*options: str, **more: Any) -> dict[str, Any]:
    return {"question": "Which *size*?", "options": list(options), **more}


async def sent_to(desk: World, ann: Customer, many: int = 1) -> list[ChatMessage]:
    """What reached the customer, once it is so many."""
    await until(lambda: len([m for m in desk.graph.messages(ann.id) if m.direction == "out"]) >= many)
    return [m for m in desk.graph.messages(ann.id) if m.direction == "out"]


@pytest.mark.proves("cloud", "poll", "out")
@pytest.mark.proves("cloud", "tap", "in")
async def test_a_short_poll_is_buttons_and_a_tap_answers_the_poll(desk: World) -> None:
    ann, thread = await start(desk)
    asked = desk.tg.message(poll=poll("Small", "Large"), thread=thread)
    (sent,) = await sent_to(desk, ann)
    assert sent.content["type"] == "button"
    assert sent.content["body"]["text"] == "Which *size*?"
    assert [button["title"] for button in sent.buttons] == ["Small", "Large"]
    desk.graph.press(ann.id, sent.id, "Large")
    tapped = await desk.see(thread, "Chose: Large")
    assert tapped["reply_to"] == asked["id"]


@pytest.mark.proves("cloud", "poll", "out")
async def test_a_longer_poll_is_a_list_in_the_customers_language(desk: World) -> None:
    li = desk.graph.create_customer("李雷")
    desk.graph.say(li, "你好")
    thread = await desk.topic("李雷")
    long = "The large one, with the blue cable and the lamp"
    desk.tg.message(poll=poll("S", "M", "L", long), thread=thread)
    (sent,) = await sent_to(desk, li)
    assert sent.content["type"] == "list"
    assert sent.content["action"]["button"] == "请选择"
    assert sent.buttons[3] == {"id": "4", "title": long[:23] + "…", "description": long, "kind": "row"}
    desk.graph.press(li.id, sent.id, "4")
    await desk.see(thread, f"({long})")


async def test_a_poll_no_list_can_hold_is_numbered_words(desk: World) -> None:
    ann, thread = await start(desk)
    desk.tg.message(poll=poll(*(f"Colour {number}" for number in range(1, 12))), thread=thread)
    desk.tg.message(poll=poll("Red", "Blue", allows_multiple_answers=True), thread=thread)
    many, several = await sent_to(desk, ann, 2)
    assert many.text.splitlines()[0] == "Which *size*?"
    assert many.text.splitlines()[-1] == "11. Colour 11"
    assert several.text.splitlines()[1:] == ["1. Red", "2. Blue"]


@pytest.mark.proves("cloud", "live_location", "out")
@pytest.mark.proves("cloud", "location", "out")
async def test_a_live_location_is_one_place_and_staff_are_told(desk: World) -> None:
    ann, thread = await start(desk)
    going = desk.tg.message(location={"latitude": 1.5, "longitude": 2.5, "live_period": 900}, thread=thread)
    await desk.see(thread, "knows no live locations")
    for step in range(3):
        desk.tg.move(message=going["id"], latitude=1.6 + step, longitude=2.5)
    desk.tg.message(text="that was the way", thread=thread)
    sent = await sent_to(desk, ann, 2)
    assert [message.type for message in sent] == ["location", "text"]
    assert (sent[0].content["latitude"], sent[0].content["longitude"]) == (1.5, 2.5)
    assert len([words for words in desk.texts(thread) if "live locations" in words]) == 1


@pytest.mark.proves("cloud", "location", "out")
@pytest.mark.proves("cloud", "contact", "out")
async def test_a_venue_and_a_card_reach_the_customer_whole(desk: World) -> None:
    ann, thread = await start(desk)
    where = {"location": {"latitude": 1, "longitude": 2}, "title": "Shop", "address": "Main Street 1"}
    vcard = VCARD.replace("END:", "TEL:+4930123456\nEMAIL:wang@example.com\nEND:")
    desk.tg.message(venue=where, thread=thread)
    card = {"phone_number": "8613900139000", "first_name": "Wang", "vcard": vcard}
    desk.tg.message(contact=card, thread=thread)
    place, shared = await sent_to(desk, ann, 2)
    assert (place.content["name"], place.content["address"]) == ("Shop", "Main Street 1")
    (sent,) = shared.content
    assert [phone["phone"] for phone in sent["phones"]] == ["8613900139000", "+4930123456"]
    assert sent["emails"] == [{"email": "wang@example.com"}]


@pytest.mark.proves("cloud", "window", "out")
async def test_a_shared_number_can_be_written_to(desk: World) -> None:
    ann, thread = await start(desk)
    desk.graph.say(ann, contacts=[{"vcard": VCARD}])
    (card,) = await until(lambda: [post for post in desk.posts(thread) if post["kind"] == "contact"])
    desk.tg.tap(message=card["id"], button="✏️ Write to +86 139 0013 9000")
    other = await desk.topic("Wang Fang")
    await desk.see(other, "From a card that Ann shared")
    press = desk.tg.tap(message=card["id"], button="✏️ Write to +86 139 0013 9000")
    answered = await until(lambda: desk.tg.press(press_id=press["press_id"]).get("text"))
    assert answered.startswith("There is a topic already: Wang Fang")
    wang = desk.graph.create_customer("Wang Fang", wa_id="8613900139000")
    desk.tg.message(text="hello, Ann sent me", thread=other)
    await desk.see(other, "only a template can be sent")
    desk.graph.say(wang, "who is there?")
    await desk.see(other, "who is there?")
    desk.tg.message(text="it is us", thread=other)
    await until(lambda: desk.graph.sent_texts(wang.id) == ["it is us"])


async def test_a_viewer_opens_no_topics_and_a_national_number_has_no_button(desk: World) -> None:
    ann, thread = await start(desk)
    number = {"phone": "0151 234567", "wa_id": "49151234567"}
    desk.graph.say(ann, contacts=[{"name": {"formatted_name": "Kim"}, "phones": [{"phone": "0151 9999999"}]}])
    desk.graph.say(ann, contacts=[{"name": {"formatted_name": "Bo"}, "phones": [number]}])
    await until(lambda: len([post for post in desk.posts(thread) if post["kind"] == "contact"]) == 2)
    kim, bo = [post for post in desk.posts(thread) if post["kind"] == "contact"]
    assert not kim["keyboard"]
    viewer = defaults.VIEWER_ID
    (label,) = [button["text"] for row in bo["keyboard"] for button in row]
    press = desk.tg.tap(message=bo["id"], button=label, sender=viewer)
    await until(lambda: "speak to customers" in (desk.tg.press(press_id=press["press_id"]).get("text") or ""))
    assert [topic["name"] for topic in desk.topics() if "Bo" in topic["name"]] == []


@pytest.mark.proves("cloud", "video", "out")
@pytest.mark.proves("cloud", "audio", "out")
@pytest.mark.proves("cloud", "sticker", "out")
async def test_films_sounds_and_stickers_reach_the_customer_as_what_they_are(desk: World) -> None:
    ann, thread = await start(desk)
    files = {
        "video": ("video/mp4", b"\x00\x00\x00\x18ftypmp42 a short clip"),
        "audio": ("audio/mpeg", b"ID3\x03 a song"),
        "sticker": ("image/webp", WEBP),
    }
    for kind, (mime, data) in files.items():
        desk.tg.message(media={"kind": kind, "mime": mime, "base64": b64encode(data).decode()}, thread=thread)
    sent = await sent_to(desk, ann, 3)
    assert [message.type for message in sent] == ["video", "audio", "sticker"]
