"""Every kind of message the main road carries, both ways, and what it cannot carry: never silence."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.graph.people import Customer
from tests.scenario.house import World
from tests.waiting import until

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGNgYGD4z0A6YBjVAQAGQQEBq8Gq3gAAAABJRU5ErkJggg=="
)
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\r\x00\x00\x00/\x00\x00\x00\x10\x07\x10\x11"
OGG = (Path(__file__).parent.parent.parent / "sandbox/page/samples/voice.ogg").read_bytes()


async def start(desk: World) -> tuple[Customer, int]:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    return ann, await desk.topic("Ann")


async def fetch(desk: World, url: str) -> bytes:
    async with httpx.AsyncClient() as http:
        return (await http.get(f"{desk.tg.base_url}/{url.lstrip('/')}")).content


async def post_with(desk: World, thread: int, kind: str) -> dict[str, Any]:
    found = await until(lambda: [p for p in desk.posts(thread) if p["media"] and p["media"]["kind"] == kind])
    return found[-1]


@pytest.mark.parametrize(
    ("kind", "mime", "name", "data", "shown"),
    [
        ("image", "image/png", "", PNG, "photo"),
        ("document", "application/pdf", "报价单 2026.pdf", b"%PDF-1.4 price list", "document"),
        ("audio", "audio/ogg", "", OGG, "voice"),
        ("video", "video/mp4", "", b"\x00\x00\x00\x18ftypmp42 a short clip", "video"),
        (
            "sticker",
            "image/webp",
            "",
            b"RIFF\x1a\x00\x00\x00WEBPVP8L\r\x00\x00\x00/\x00\x00\x00\x10\x07\x10\x11",
            "sticker",
        ),
    ],
)
@pytest.mark.proves("cloud", "photo", "in")
@pytest.mark.proves("cloud", "document", "in")
@pytest.mark.proves("cloud", "voice", "in")
@pytest.mark.proves("cloud", "video", "in")
@pytest.mark.proves("cloud", "sticker", "in")
async def test_a_customers_file_lands_in_the_topic(
    desk: World, kind: str, mime: str, name: str, data: bytes, shown: str
) -> None:
    ann, thread = await start(desk)
    media = desk.graph.add_media(data, mime, name or None)
    piece: dict[str, Any] = {"id": media, "kind": kind, "filename": name or None, "voice": kind == "audio"}
    if kind in {"image", "document", "video"}:
        piece["caption"] = "look at this"
    desk.graph.say(ann, media={key: value for key, value in piece.items() if value})
    post = await post_with(desk, thread, shown)
    assert await fetch(desk, post["media"]["url"]) == data
    if "caption" in piece:
        assert post["text"] == "look at this"
    if name:
        assert post["media"]["name"] == name


@pytest.mark.proves("cloud", "location", "in")
@pytest.mark.proves("cloud", "contact", "in")
async def test_a_place_and_a_contact_land_in_the_topic(desk: World) -> None:
    ann, thread = await start(desk)
    desk.graph.say(ann, location={"latitude": 22.5431, "longitude": 114.0579, "name": "Factory", "address": "Shenzhen"})
    desk.graph.say(ann, contacts=[{"name": {"formatted_name": "Wang Fang"}, "phones": [{"phone": "+8613900139000"}]}])
    posts = await until(lambda: [p for p in desk.posts(thread) if p["kind"] in {"venue", "location", "contact"}][1:])
    assert posts[0]["extra"]["contact"]["phone_number"].lstrip("+") == "8613900139000"


@pytest.mark.proves("cloud", "photo", "out")
@pytest.mark.proves("cloud", "document", "out")
@pytest.mark.proves("cloud", "voice", "out")
async def test_staffs_files_reach_the_customer(desk: World) -> None:
    ann, thread = await start(desk)
    photo = {"kind": "photo", "name": "a.png", "mime": "image/png", "base64": base64.b64encode(PNG).decode()}
    pdf = {"kind": "document", "name": "报价.pdf", "mime": "application/pdf",
           "base64": base64.b64encode(b"%PDF-1.4 x").decode()}  # fmt: skip
    voice = {"kind": "voice", "mime": "audio/ogg", "base64": base64.b64encode(OGG).decode(), "duration": 2}
    desk.tg.message(media=photo | {"caption": "our **new** model"}, thread=thread)
    desk.tg.message(media=pdf, thread=thread)
    desk.tg.message(media=voice, thread=thread)
    sent = await until(lambda: [m for m in desk.graph.messages(ann.id) if m.direction == "out"][2:])
    assert len(sent) == 1
    image, document, audio = [m for m in desk.graph.messages(ann.id) if m.direction == "out"]
    assert (image.type, image.content["caption"]) == ("image", "our **new** model")
    assert (document.type, document.content["filename"]) == ("document", "报价.pdf")
    assert (audio.type, audio.content.get("voice")) == ("audio", True)


async def test_what_cannot_be_fetched_is_said_and_the_rest_goes_on(desk: World) -> None:
    ann, thread = await start(desk)
    media = desk.graph.add_media(PNG, "image/png")
    desk.graph.fault("error", op="media_url", code=100, times=0)
    desk.graph.say(ann, media={"id": media, "kind": "image", "caption": "see?"})
    desk.graph.say(ann, "did you get it?")
    await desk.see(thread, "did you get it?")
    assert any("see?" in words for words in desk.texts(thread))


@pytest.mark.proves("cloud", "reaction", "in")
@pytest.mark.proves("cloud", "unknown", "in")
async def test_a_reaction_and_an_edit_and_an_unknown_kind_are_never_silent(desk: World) -> None:
    ann, thread = await start(desk)
    answer = desk.tg.message(text="thanks!", thread=thread)
    await until(lambda: desk.graph.sent_texts(ann.id))
    (sent,) = [m for m in desk.graph.messages(ann.id) if m.direction == "out"]
    desk.graph.react(ann.id, sent.id, "❤")
    await desk.mark(answer["id"], "❤")
    desk.graph.say(ann, any={"type": "hologram", "content": {"frames": 3}})
    await desk.see(thread, "hologram")


@pytest.mark.proves("cloud", "unknown", "out")
async def test_a_kind_only_telegram_has_is_refused_in_words(desk: World) -> None:
    ann, thread = await start(desk)
    desk.tg.message(dice={"emoji": "🎲", "value": 3}, thread=thread)
    await desk.see(thread, "was not sent")
    assert desk.graph.sent_texts(ann.id) == []


async def test_phone_less_customers_have_a_topic_and_get_answers(desk: World) -> None:
    ben = desk.graph.create_customer("Ben", wa_id=None, user_id="US.13491208655302741918", username="ben")
    desk.graph.say(ben, "no number here")
    thread = await desk.topic("Ben")
    desk.tg.message(text="no problem", thread=thread)
    await until(lambda: desk.graph.sent_texts(ben.id) == ["no problem"])


async def test_a_whole_batch_is_taken_whatever_its_shape(desk: World) -> None:
    """Two entries, several changes and messages, contacts without ids, numbers as numbers, an unknown field."""

    def change(*messages: dict[str, Any], **value: Any) -> dict[str, Any]:
        metadata = {"display_phone_number": 15550100001, "phone_number_id": desk.settings.whatsapp.phone_number_id}
        return {"field": "messages", "value": {"metadata": metadata, "messages": list(messages), **value}}

    def text(number: int, words: str) -> dict[str, Any]:
        sender = 4915123456789
        return {"from": sender, "id": f"wamid.B{number}", "timestamp": 1795376012 + number, "type": "text",
                "text": {"body": words}}  # fmt: skip

    body = {
        "object": "whatsapp_business_account",
        "entry": [
            {"id": "1", "changes": [change(text(1, "one"), text(2, "two")), change(text(3, "three"))]},
            {"id": "1", "changes": [change(text(4, "four"), contacts=[{"profile": {"name": "Kim"}}]),
                                    change({"id": "wamid.B5", "from": "4915123456789"}),
                                    {"field": "weather", "value": {"sunny": True}}]},
            {},
        ],
    }  # fmt: skip
    await desk.graph.raw(body)
    thread = await desk.topic("Kim · 6789")
    for words in ("one", "two", "three", "four"):
        await desk.see(thread, words)
