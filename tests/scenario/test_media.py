"""Files of every kind, both ways: each arrives as what it is, made fit where the other side could not show it."""

import base64
from typing import Any

import httpx
import pytest

from sandbox.graph.people import Customer
from tests import samples
from tests.scenario.house import World
from tests.waiting import until


async def start(desk: World) -> tuple[Customer, int]:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    return ann, await desk.topic("Ann")


def post_file(desk: World, thread: int, kind: str, data: bytes, **more: Any) -> dict[str, Any]:
    media = {"kind": kind, "base64": base64.b64encode(data).decode(), **more}
    return desk.tg.message(media=media, thread=thread)


async def sent(desk: World, ann: Customer, count: int = 1) -> list[Any]:
    """The files that reached the customer, once so many did."""
    await until(lambda: len(_out(desk, ann)) >= count)
    return _out(desk, ann)


def _out(desk: World, ann: Customer) -> list[Any]:
    return [each for each in desk.graph.messages(ann.id) if each.direction == "out"]


def bytes_of(desk: World, message: Any) -> bytes:
    found = desk.graph.state.media.find(message.content["id"])
    assert found is not None
    return found.data


async def heard(desk: World, thread: int, count: int = 1) -> list[dict[str, Any]]:
    """The files the topic shows, once there are so many."""
    await until(lambda: len(_shown(desk, thread)) >= count)
    return _shown(desk, thread)


def _shown(desk: World, thread: int) -> list[dict[str, Any]]:
    return [post for post in desk.posts(thread) if post["media"]]


async def content_at(desk: World, post: dict[str, Any]) -> bytes:
    async with httpx.AsyncClient() as http:
        return (await http.get(f"{desk.tg.base_url}/{post['media']['url'].lstrip('/')}")).content


def say_file(desk: World, ann: Customer, kind: str, data: bytes, mime: str, **more: Any) -> None:
    media = desk.graph.add_media(data, mime, more.get("filename"))
    desk.graph.say(ann, media={"id": media, "kind": kind, **more})


# ------------------------------------------------------------------ staff → customer


async def test_what_staff_post_arrives_as_what_it_is(desk: World) -> None:
    ann, thread = await start(desk)
    post_file(desk, thread, "photo", samples.picture("JPEG"), caption="a photo")
    post_file(desk, thread, "video", samples.mp4(), mime="video/mp4", name="v.mp4", duration=1)
    post_file(desk, thread, "animation", samples.mp4(), mime="video/mp4", name="gif.mp4", duration=1)
    post_file(desk, thread, "animation", samples.moving("GIF"), mime="image/gif", name="true.gif")
    post_file(desk, thread, "video_note", samples.mp4(), mime="video/mp4", duration=1)
    post_file(desk, thread, "voice", samples.voice(), mime="audio/ogg", duration=1)
    post_file(desk, thread, "audio", samples.mp3(), mime="audio/mpeg", name="song.mp3", title="T", performer="P")
    out = await sent(desk, ann, 7)
    assert [each.type for each in out] == ["image", "video", "video", "video", "video", "audio", "audio"]
    assert [each.content.get("voice", False) for each in out[5:]] == [True, False]
    assert out[0].content["caption"] == "a photo"
    assert [samples.kind_of(bytes_of(desk, each)) for each in out[1:5]] == ["video/mp4"] * 4
    assert bytes_of(desk, out[5]) == samples.voice()


@pytest.mark.parametrize("made", [samples.mp3, samples.stereo], ids=["mp3", "stereo"])
async def test_a_voice_note_in_another_form_is_made_into_one(desk: World, made: Any) -> None:
    ann, thread = await start(desk)
    post_file(desk, thread, "voice", made(), mime="audio/mpeg", duration=1)
    (out,) = await sent(desk, ann)
    assert (out.type, out.content.get("voice")) == ("audio", True)
    assert bytes_of(desk, out)[:64].find(b"OpusHead\x01\x01") > 0


@pytest.mark.parametrize(
    ("made", "name", "moves"),
    [
        (lambda: samples.picture("WEBP", (512, 400)), "s.webp", False),
        (samples.tgs, "s.tgs", True),
        (samples.webm, "s.webm", True),
    ],
    ids=["webp", "tgs", "webm"],
)
async def test_stickers_of_every_kind_become_stickers_of_whatsapp(
    desk: World, made: Any, name: str, moves: bool
) -> None:
    ann, thread = await start(desk)
    post_file(desk, thread, "sticker", made(), name=name)
    (out,) = await sent(desk, ann)
    data = bytes_of(desk, out)
    assert out.type == "sticker"
    assert samples.size_of(data) == (512, 512)
    assert (samples.frames_of(data) > 1) is moves
    assert len(data) <= (500 if moves else 100) * 1024


async def test_what_cannot_be_made_fit_goes_as_a_document_and_holds_nobody_up(desk: World) -> None:
    ann, thread = await start(desk)
    post_file(desk, thread, "sticker", b"\x1f\x8b broken", name="s.tgs")
    post_file(desk, thread, "video", b"\x1a\x45\xdf\xa3 no film at all, only its beginning webm", name="v.webm")
    desk.tg.message(text="and words", thread=thread)
    out = await sent(desk, ann, 3)
    assert [each.type for each in out] == ["document", "document", "text"]
    assert out[0].content["filename"] == "file.tgs"


async def test_hostile_names_are_tidied_on_the_way_out(desk: World) -> None:
    ann, thread = await start(desk)
    post_file(desk, thread, "document", b"%PDF-1.4", name=samples.HOSTILE, mime="application/pdf")
    (out,) = await sent(desk, ann)
    name = out.content["filename"]
    assert name.endswith(".PDF")
    assert len(name.encode()) <= 240
    assert not set(name) & set("/\\\u202e\x00\n")
    assert "长长" in name


async def test_a_spoiler_is_said_to_go_as_an_ordinary_picture(desk: World) -> None:
    ann, thread = await start(desk)
    post_file(desk, thread, "photo", samples.picture("JPEG"), spoiler=True)
    (out,) = await sent(desk, ann)
    assert out.type == "image"
    said = await until(lambda: [post for post in desk.posts(thread) if "spoiler" in (post["text"] or "").lower()])
    assert len(said) == 1


@pytest.mark.parametrize("count", [2, 10])
async def test_an_album_arrives_in_order_with_the_words_on_its_first_file(desk: World, count: int) -> None:
    ann, thread = await start(desk)
    album = [_item("photo", samples.picture("JPEG", (20 + n, 20))) for n in range(count)]
    desk.tg.message(text="all of *these*", parse_mode="MarkdownV2", album=album, thread=thread)
    out = await sent(desk, ann, count)
    assert [each.type for each in out] == ["image"] * count
    assert [samples.size_of(bytes_of(desk, each))[0] for each in out] == [20 + n for n in range(count)]
    assert [each.content.get("caption", "") for each in out] == ["all of *these*"] + [""] * (count - 1)


async def test_one_file_too_big_does_not_stop_the_rest_of_its_album(desk: World) -> None:
    ann, thread = await start(desk)
    album = [
        _item("photo", samples.picture("JPEG")),
        _item("video", samples.mp4() + bytes(20 * 1024 * 1024), mime="video/mp4", name="long.mp4"),
        _item("video", samples.mp4(), mime="video/mp4", name="short.mp4"),
    ]
    posted = desk.tg.message(text="two kinds", album=album, thread=thread)["messages"]
    out = await sent(desk, ann, 2)
    assert [each.type for each in out] == ["image", "video"]
    assert [each.content.get("caption", "") for each in out] == ["two kinds", ""]
    await desk.mark(posted[1]["id"], "💔")


async def test_the_answer_to_one_file_of_an_album_means_that_file(desk: World) -> None:
    ann, thread = await start(desk)
    names = []
    for number in range(3):
        media = desk.graph.add_media(samples.picture("PNG", (30 + number, 30)), "image/png")
        names.append(desk.graph.say(ann, media={"id": media, "kind": "image"}).id)
    posts = await heard(desk, thread, 3)
    desk.tg.message(text="this one", thread=thread, reply_to=posts[1]["id"])
    await sent(desk, ann)
    (call,) = desk.graph.calls(op="messages")
    assert call.body["context"] == {"message_id": names[1]}


def _item(kind: str, data: bytes, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "base64": base64.b64encode(data).decode(), **more}


# ------------------------------------------------------------------ customer → staff


async def test_what_a_customer_sends_is_shown_as_what_it_is(desk: World) -> None:
    ann, thread = await start(desk)
    desk.graph.say(ann, "first")
    await desk.see(thread, "first")
    for kind, data, mime in (
        ("video", samples.mp4(), "video/mp4"),
        ("audio", samples.mp3(), "audio/mpeg"),
        ("document", b"%PDF-1.4", "application/pdf"),
    ):
        say_file(desk, ann, kind, data, mime)
    say_file(desk, ann, "audio", samples.voice(), "audio/ogg; codecs=opus", voice=True)
    posts = await heard(desk, thread, 4)
    assert [post["media"]["kind"] for post in posts] == ["video", "audio", "document", "voice"]
    assert posts[3]["media"]["duration"] == 1


async def test_old_films_and_foreign_voice_notes_are_made_playable(desk: World) -> None:
    ann, thread = await start(desk)
    old = samples.film("3gp", "-c:v", "h263", "-s", "176x144", "-an")
    say_file(desk, ann, "video", old, "video/3gpp")
    say_file(desk, ann, "audio", samples.mp3(), "audio/mpeg", voice=True)
    film, voice = await heard(desk, thread, 2)
    assert film["media"]["kind"] == "video"
    assert samples.kind_of(await content_at(desk, film)) == "video/mp4"
    assert voice["media"]["kind"] == "voice"
    assert samples.kind_of(await content_at(desk, voice)) == "audio/ogg"


async def test_stickers_of_customers_are_stickers_and_move_when_they_moved(desk: World) -> None:
    ann, thread = await start(desk)
    say_file(desk, ann, "sticker", samples.picture("WEBP", (512, 512)), "image/webp")
    say_file(desk, ann, "sticker", samples.moving(), "image/webp", animated=True)
    say_file(desk, ann, "sticker", samples.moving(stays=900), "image/webp", animated=True)
    still, short, long = await heard(desk, thread, 3)
    assert [each["media"]["kind"] for each in (still, short, long)] == ["sticker", "sticker", "animation"]
    assert samples.kind_of(await content_at(desk, still)) == "image/webp"
    assert samples.kind_of(await content_at(desk, short)) == "video/webm"
    assert samples.kind_of(await content_at(desk, long)) == "video/mp4"


async def test_broken_files_of_customers_are_shown_as_documents_and_hold_nobody_up(desk: World) -> None:
    ann, thread = await start(desk)
    say_file(desk, ann, "video", b"\x1a\x45\xdf\xa3 webm that is none", "video/webm", caption="see")
    say_file(desk, ann, "sticker", samples.moving()[:200], "image/webp", animated=True)
    desk.graph.say(ann, "still there?")
    await desk.see(thread, "still there?")
    assert len(await heard(desk, thread, 2)) == 2
    assert await desk.see(thread, "see")


async def test_hostile_names_are_tidied_on_the_way_in(desk: World) -> None:
    ann, thread = await start(desk)
    say_file(desk, ann, "document", b"%PDF-1.4", "application/pdf", filename=samples.HOSTILE)
    (post,) = await heard(desk, thread)
    name = post["media"]["name"]
    assert name.endswith(".PDF")
    assert not set(name) & set("/\\\u202e\x00\n")


async def test_a_photo_of_a_shape_telegram_refuses_goes_as_a_document(desk: World) -> None:
    ann, thread = await start(desk)
    say_file(desk, ann, "image", samples.picture("PNG", (2100, 100)), "image/png", caption="long")
    say_file(desk, ann, "image", samples.picture("PNG", (6000, 4100)), "image/png")
    long, wide = await heard(desk, thread, 2)
    assert [long["media"]["kind"], wide["media"]["kind"]] == ["document", "document"]
    assert long["text"] == "long"
