"""The Desk port on the sandbox Bot API: every method, and every kind of trouble it must tell apart."""

import hashlib
import json
from pathlib import Path

import pytest

from bot import posting
from bot.desk import TelegramDesk
from core.errors import (
    Busy,
    GroupMoved,
    GroupTrouble,
    MediaRefused,
    ReactionRefused,
    RemoteRefusal,
    TopicClosed,
    TopicGone,
    Unsupported,
)
from core.ids import PostId, ThreadId
from core.message import Card, Content, Kind, Media, Place
from core.ports import Button, Desk, Post, Quote, Spot, Standing
from core.text import Mark, MarkKind, RichText, plain
from sandbox.telegram import TelegramSandbox
from tests.bot.conftest import png


def shown(tg: TelegramSandbox, post_id: PostId) -> dict:
    (chat,) = (chat for chat in tg.view()["chats"] if chat["id"] == tg.group_id)
    return next(message for message in chat["messages"] if message["id"] == post_id)


def written(tmp_path: Path, data: bytes, name: str = "file.bin") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_it_is_a_desk(desk: TelegramDesk, tg: TelegramSandbox) -> None:
    assert isinstance(desk, Desk)
    assert desk.bot_id == tg.bot_id


async def test_a_topic_has_name_colour_and_icon(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    icon_id = (await desk.icons())["❗"]
    thread = await desk.open_topic(spot.chat, "李雷 🙂 · 5678", 9367192, icon_id)
    (topic,) = (topic for topic in tg.view()["chats"][0]["topics"] if topic["id"] == thread)
    assert (topic["name"], topic["icon_color"], topic["icon"]) == ("李雷 🙂 · 5678", 9367192, "❗")


async def test_a_formatted_post_with_buttons_and_a_quote(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    first = await desk.post(spot, Post(text=plain("question")))
    text = RichText("🙂 see <b>", (Mark(2, 5, MarkKind.ITALIC),))
    buttons = ((Button("Retry", "retry:1"), Button("Drop", "drop:1")),)
    message = shown(tg, await desk.post(spot, Post(text=text, buttons=buttons, reply_to=first)))
    assert message["text"] == "🙂 see <b>"
    assert message["entities"] == [{"type": "italic", "offset": 3, "length": 3}]
    assert message["reply_to"] == first
    assert message["keyboard"] == [
        [{"text": "Retry", "callback_data": "retry:1"}, {"text": "Drop", "callback_data": "drop:1"}]
    ]


async def test_links_show_no_preview(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    await desk.post(spot, Post(text=plain("https://example.org")))
    sent = tg.calls(method="sendMessage")[-1]["params"]
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}


async def test_a_quote_of_a_deleted_post_is_left_out(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    message = shown(tg, await desk.post(spot, Post(text=plain("late"), reply_to=PostId(999))))
    assert message["reply_to"] is None


async def test_words_of_a_post_are_quoted_and_left_out_once_they_changed(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot
) -> None:
    first = await desk.post(spot, Post(text=plain("🙂 tea or tea?")))
    meant = Post(text=plain("the second"), reply_to=first, quote=Quote(plain("tea"), 10))
    assert shown(tg, await desk.post(spot, meant))["quote"] == "tea"
    await desk.edit(spot.chat, first, Post(text=plain("coffee?")))
    late = shown(tg, await desk.post(spot, meant))
    assert (late["reply_to"], late["quote"]) == (first, None)


@pytest.mark.parametrize(
    ("kind", "mime", "data"),
    [
        (Kind.PHOTO, "image/png", png()),
        (Kind.DOCUMENT, "application/pdf", b"%PDF-1.4"),
        (Kind.VOICE, "audio/ogg", b"OggS" + bytes(60)),
        (Kind.AUDIO, "audio/mpeg", b"ID3" + bytes(60)),
        (Kind.VIDEO, "video/mp4", bytes(64)),
    ],
)
async def test_files_arrive_byte_for_byte(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot, tmp_path: Path, kind: Kind, mime: str, data: bytes
) -> None:
    content = Content(kind, media=Media("wa-media", mime, seconds=3))
    post_id = await desk.post(spot, Post(text=plain("见附件"), content=content, file=written(tmp_path, data)))
    message = shown(tg, post_id)
    assert (message["kind"], message["text"]) == (kind.value, "见附件")
    assert message["media"]["size"] == len(data)
    number = int(message["media"]["url"].rpartition("/")[2])
    assert tg.state.files.by_number(number).data == data


def photo_post(tmp_path: Path, name: str, data: bytes, kind: Kind = Kind.PHOTO, words: str = "") -> Post:
    return Post(text=plain(words), content=Content(kind, media=Media(name)), file=written(tmp_path, data, name))


async def test_an_album_is_one_call_with_a_caption_for_each(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot, tmp_path: Path
) -> None:
    one = photo_post(tmp_path, "a", png(), words="前")
    two = photo_post(tmp_path, "b", bytes(64), Kind.VIDEO, "back")
    ids = await desk.post_album(spot, [one, two])
    messages = [shown(tg, post_id) for post_id in ids]
    assert [(each["kind"], each["text"]) for each in messages] == [("photo", "前"), ("video", "back")]
    assert len({each["media_group_id"] for each in messages}) == 1
    assert len(tg.calls(method="sendMediaGroup")) == 1


async def test_files_that_do_not_go_together_are_not_tried(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot, tmp_path: Path
) -> None:
    small = photo_post(tmp_path, "a", png())
    huge = photo_post(tmp_path, "b", png() + bytes(posting.LARGEST_PHOTO))
    heavy = [photo_post(tmp_path, name, bytes(posting.LARGEST_UPLOAD // 2 + 1), Kind.VIDEO) for name in "cd"]
    for posts in ([small, huge], heavy, [small, Post(text=plain("words"))]):
        with pytest.raises(MediaRefused):
            await desk.post_album(spot, posts)
    assert not tg.calls(method="sendMediaGroup")


async def test_a_sticker_goes_without_caption(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot, tmp_path: Path
) -> None:
    webp = b"RIFF" + (22).to_bytes(4, "little") + b"WEBPVP8X" + (10).to_bytes(4, "little") + bytes(10)
    content = Content(Kind.STICKER, media=Media("s", "image/webp"))
    message = shown(tg, await desk.post(spot, Post(content=content, file=written(tmp_path, webp))))
    assert message["kind"] == "sticker"


async def test_a_unicode_file_name_survives(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot, tmp_path: Path
) -> None:
    content = Content(Kind.DOCUMENT, media=Media("d", "application/pdf", '../报价 "最终".pdf'))
    message = shown(tg, await desk.post(spot, Post(content=content, file=written(tmp_path, b"%PDF"))))
    assert message["media"]["name"] == "报价 _最终_.pdf"


@pytest.mark.parametrize("data", [b"no picture at all", png(1, 60)])
async def test_a_refused_photo_goes_as_a_document(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot, tmp_path: Path, data: bytes
) -> None:
    content = Content(Kind.PHOTO, media=Media("p", "image/jpeg"))
    message = shown(tg, await desk.post(spot, Post(text=plain("x"), content=content, file=written(tmp_path, data))))
    assert (message["kind"], message["text"]) == ("document", "x")


async def test_a_photo_past_ten_megabytes_goes_as_a_document_at_once(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot, tmp_path: Path
) -> None:
    data = png() + bytes(posting.LARGEST_PHOTO)
    content = Content(Kind.PHOTO, media=Media("p", "image/png"))
    message = shown(tg, await desk.post(spot, Post(content=content, file=written(tmp_path, data))))
    assert message["kind"] == "document"
    assert tg.calls(method="sendPhoto") == []


async def test_files_that_cannot_be_uploaded_are_named(desk: TelegramDesk, spot: Spot, tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(posting.LARGEST_UPLOAD + 1)
    codes = []
    for path in (huge, written(tmp_path, b""), tmp_path / "absent"):
        with pytest.raises(MediaRefused) as refused:
            await desk.post(spot, Post(content=Content(Kind.DOCUMENT, media=Media("d")), file=path))
        codes.append(refused.value.code)
    assert codes == ["too_big", "media_empty", "media_missing"]


async def test_places_and_cards(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    async def kind_of(content: Content) -> str:
        return shown(tg, await desk.post(spot, Post(content=content)))["kind"]

    assert await kind_of(Content(Kind.LOCATION, place=Place(31.23, 121.47))) == "location"
    assert await kind_of(Content(Kind.LOCATION, place=Place(31.23, 121.47, "The Bund"))) == "venue"
    assert await kind_of(Content(Kind.CONTACT, cards=(Card("Ann", ("+4915112345",)),))) == "contact"


async def test_a_rich_card_is_written_out(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    cards = (Card("Ann", ("+491", "+492"), ("ann@example.org",)), Card("Bob"))
    message = shown(tg, await desk.post(spot, Post(content=Content(Kind.CONTACT, cards=cards))))
    assert message["text"] == "👤 Ann\n+491\n+492\nann@example.org\n\n👤 Bob"


async def test_an_answer_for_one_person_is_seen_by_them_alone(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot
) -> None:
    await desk.post(spot, Post(text=plain("for Ada"), only_for=tg.agent_id))
    (message,) = (each for each in tg.view()["chats"][0]["messages"] if each["text"] == "for Ada")
    assert message["ephemeral_to"] == tg.agent_id


async def test_a_server_without_ephemeral_posts_shows_it_to_all(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot
) -> None:
    tg.switches(ephemeral=False)
    post_id = await desk.post(spot, Post(text=plain("for Ada"), only_for=tg.agent_id))
    assert shown(tg, post_id)["ephemeral_to"] is None


async def test_an_edit_changes_words_and_buttons_and_may_change_nothing(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot
) -> None:
    post_id = await desk.post(spot, Post(text=plain("one"), buttons=((Button("A", "a:1"),),)))
    for _ in range(2):
        await desk.edit(spot.chat, post_id, Post(text=plain("two")))
    assert (shown(tg, post_id)["text"], shown(tg, post_id)["keyboard"]) == ("two", None)


async def test_a_caption_is_edited_as_a_caption(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot, tmp_path: Path
) -> None:
    content = Content(Kind.PHOTO, media=Media("p", "image/png"))
    post_id = await desk.post(spot, Post(text=plain("old"), content=content, file=written(tmp_path, png())))
    await desk.edit(spot.chat, post_id, Post(text=plain("new"), content=content))
    assert shown(tg, post_id)["text"] == "new"


async def test_an_edit_of_a_deleted_post_is_refused(desk: TelegramDesk, spot: Spot) -> None:
    with pytest.raises(RemoteRefusal) as refused:
        await desk.edit(spot.chat, PostId(999), Post(text=plain("x")))
    assert refused.value.code == "post_gone"


@pytest.mark.parametrize("emoji", ["✍", "👌", "🕊", "👀", "💔", "❤️", "✍️"])
async def test_marks_replace_each_other(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot, emoji: str) -> None:
    post_id = await desk.post(spot, Post(text=plain("x")))
    await desk.mark(spot.chat, post_id, "🎉")
    await desk.mark(spot.chat, post_id, emoji)
    assert [each["emoji"] for each in shown(tg, post_id)["reactions"]] == [emoji.replace("\ufe0f", "")]
    await desk.mark(spot.chat, post_id, None)
    assert shown(tg, post_id)["reactions"] == []


async def test_a_reaction_off_the_list_is_refused(desk: TelegramDesk, spot: Spot) -> None:
    post_id = await desk.post(spot, Post(text=plain("x")))
    with pytest.raises(ReactionRefused):
        await desk.mark(spot.chat, post_id, "✅")


async def test_pinning_needs_no_right_to_be_worth_a_suspension(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot
) -> None:
    post_id = await desk.post(spot, Post(text=plain("card")))
    await desk.pin(spot.chat, post_id)
    assert shown(tg, post_id)["pinned"]
    tg.member(user=tg.bot_id, status="administrator", rights=["can_manage_topics"])
    with pytest.raises(Unsupported):
        await desk.pin(spot.chat, post_id)


async def test_a_deleted_topic_is_gone(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    tg.topic(action="delete", thread=spot.thread)
    with pytest.raises(TopicGone):
        await desk.post(spot, Post(text=plain("x")))


async def test_a_closed_topic_can_be_opened_again(desk: TelegramDesk, tg: TelegramSandbox) -> None:
    thread = ThreadId(tg.topic(action="create", name="by a person")["id"])
    spot = Spot(tg.group_id, thread)
    tg.topic(action="close", thread=thread)
    tg.member(user=tg.bot_id, status="administrator", rights=["can_pin_messages"])
    with pytest.raises(TopicClosed):
        await desk.post(spot, Post(text=plain("x")))
    tg.member(user=tg.bot_id, status="administrator", rights=["can_manage_topics"])
    for _ in range(2):  # opening an open one is no error
        await desk.reopen_topic(spot.chat, thread)
    assert await desk.post(spot, Post(text=plain("x")))


async def test_a_missing_right_names_itself(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    tg.member(user=tg.bot_id, status="administrator", rights=["can_pin_messages"])
    with pytest.raises(GroupTrouble) as trouble:
        await desk.open_topic(spot.chat, "x", None, None)
    assert (trouble.value.code, trouble.value.detail) == ("missing_right", "can_manage_topics")


async def test_a_bot_that_was_thrown_out(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    tg.member(user=tg.bot_id, status="kicked")
    with pytest.raises(GroupTrouble) as trouble:
        await desk.post(spot, Post(text=plain("x")))
    assert trouble.value.code == "kicked"


async def test_a_group_that_moved(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    tg.migrate(new_id=-1009998887776)
    with pytest.raises(GroupMoved) as moved:
        await desk.post(spot, Post(text=plain("x")))
    assert moved.value.new_chat_id == -1009998887776


async def test_flood_control_names_the_wait(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    tg.faults(method="sendMessage", code=429, retry_after=9)
    with pytest.raises(Busy) as busy:
        await desk.post(spot, Post(text=plain("x")))
    assert busy.value.retry_after == 9


async def test_standing_of_people(desk: TelegramDesk, tg: TelegramSandbox, spot: Spot) -> None:
    people = (tg.owner_id, tg.agent_id, tg.viewer_id, 404404)
    standings = [await desk.standing(spot.chat, person) for person in people]
    assert standings == [Standing.CREATOR, Standing.ADMIN, Standing.MEMBER, Standing.OUTSIDE]
    tg.member(user=tg.viewer_id, status="left")
    assert await desk.standing(spot.chat, tg.viewer_id) is Standing.OUTSIDE
    with pytest.raises(GroupTrouble):
        await desk.standing(-100123, tg.owner_id)


async def test_what_people_send_can_be_fetched(
    desk: TelegramDesk, tg: TelegramSandbox, spot: Spot, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 999
    post_id = await desk.post(
        spot, Post(content=Content(Kind.DOCUMENT, media=Media("d")), file=written(tmp_path, data))
    )
    stored = tg.state.files.by_number(int(shown(tg, post_id)["media"]["url"].rpartition("/")[2]))
    media = Media(tg.state.files.register(stored, tg.bot_id), "application/octet-stream")
    fetched = await desk.fetch(media, tmp_path / "copy", len(data))
    assert (fetched.size, fetched.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (tmp_path / "copy").read_bytes() == data
    with pytest.raises(MediaRefused) as refused:
        await desk.fetch(media, tmp_path / "copy", len(data) - 1)
    assert refused.value.code == "too_big"
    with pytest.raises(MediaRefused):
        await desk.fetch(Media("no-such-file"), tmp_path / "copy", 100)
