"""What people send in Telegram, as the sandbox emits it, becomes the house's content."""

from typing import Any

import pytest
from aiogram.types import Message

from bot.client import TelegramClient
from bot.rendering import content_of, replied_to, spot_of, unsupported_kind
from core.message import Card, Content, Kind, Place
from core.ports import Spot
from core.text import Mark, MarkKind
from sandbox.telegram import TelegramSandbox
from tests.bot.conftest import png

OGG = b"OggS" + bytes(60)


async def received(client: TelegramClient) -> list[Message]:
    """The messages of all waiting updates, parsed as the product does."""
    updates = await client.get_updates(0, 0, ["message"])
    if updates:
        await client.get_updates(updates[-1]["update_id"] + 1, 0, ["message"])
    return [Message.model_validate(update["message"], context={"bot": client.bot}) for update in updates]


async def said(client: TelegramClient, tg: TelegramSandbox, **message: Any) -> Message:
    tg.message(**message)
    return (await received(client))[-1]


async def content(client: TelegramClient, tg: TelegramSandbox, **message: Any) -> Content:
    found = content_of(await said(client, tg, **message))
    assert found is not None
    return found


async def test_text_with_marks(client: TelegramClient, tg: TelegramSandbox) -> None:
    seen = await content(client, tg, text="🙂 <b>价格 <i>99</i></b>", parse_mode="HTML")
    assert seen.kind is Kind.TEXT
    assert seen.text.text == "🙂 价格 99"
    assert set(seen.text.marks) == {Mark(2, 7, MarkKind.BOLD), Mark(5, 7, MarkKind.ITALIC)}


@pytest.mark.parametrize(
    ("media", "kind", "mime", "animated"),
    [
        ({"kind": "photo", "data": png(400, 300)}, Kind.PHOTO, "image/jpeg", False),
        ({"kind": "document", "name": "a.pdf", "mime": "application/pdf"}, Kind.DOCUMENT, "application/pdf", False),
        ({"kind": "voice", "data": OGG, "mime": "audio/ogg"}, Kind.VOICE, "audio/ogg", False),
        ({"kind": "audio", "mime": "audio/mpeg"}, Kind.AUDIO, "audio/mpeg", False),
        ({"kind": "video", "mime": "video/mp4"}, Kind.VIDEO, "video/mp4", False),
        ({"kind": "video_note", "mime": "video/mp4"}, Kind.VIDEO, "video/mp4", False),
        ({"kind": "animation", "mime": "video/mp4"}, Kind.VIDEO, "video/mp4", True),
        ({"kind": "animation", "mime": "image/gif", "name": "a.gif"}, Kind.VIDEO, "image/gif", True),
        ({"kind": "sticker", "mime": "image/webp"}, Kind.STICKER, "image/webp", False),
    ],
)
async def test_files(
    client: TelegramClient, tg: TelegramSandbox, media: dict[str, Any], kind: Kind, mime: str, animated: bool
) -> None:
    data = media.get("data", bytes(64))
    seen = await content(client, tg, media={"data": data, **media})
    assert seen.media is not None
    assert (seen.kind, seen.media.mime, seen.media.animated) == (kind, mime, animated)
    assert seen.media.ref
    assert seen.media.size == len(data)
    assert seen.media.name == media.get("name", seen.media.name)


async def test_the_largest_photo_is_taken_with_its_caption(client: TelegramClient, tg: TelegramSandbox) -> None:
    message = await said(client, tg, text="before & after", media={"kind": "photo", "data": png(1200, 900)})
    assert message.photo is not None
    assert len(message.photo) > 1, "the sandbox offers several sizes"
    seen = content_of(message)
    assert seen is not None
    assert seen.media is not None
    assert seen.media.ref == max(message.photo, key=lambda size: size.width).file_id
    assert seen.text.text == "before & after"


async def test_places_and_cards(client: TelegramClient, tg: TelegramSandbox) -> None:
    point = {"latitude": 31.24, "longitude": 121.49}
    assert (await content(client, tg, location=point)).place == Place(31.24, 121.49)
    venue = {"location": point, "title": "The Bund", "address": "Zhongshan Rd"}
    assert (await content(client, tg, venue=venue)).place == Place(31.24, 121.49, "The Bund", "Zhongshan Rd")
    contact = {"phone_number": "+4915112345", "first_name": "Ann", "last_name": "Lee"}
    assert (await content(client, tg, contact=contact)).cards == (Card("Ann Lee", ("+4915112345",)),)


async def test_what_only_telegram_has_is_named(client: TelegramClient, tg: TelegramSandbox) -> None:
    dice = await said(client, tg, dice={"emoji": "🎲", "value": 3})
    assert content_of(dice) is None
    assert unsupported_kind(dice) == "dice"


async def test_service_messages_are_nobodys_words(client: TelegramClient, tg: TelegramSandbox) -> None:
    tg.topic(action="create", name="new")
    (created,) = await received(client)
    assert created.forum_topic_created is not None
    assert (content_of(created), unsupported_kind(created)) == (None, None)


async def test_a_topic_is_known_and_its_root_is_no_quote(
    client: TelegramClient, tg: TelegramSandbox, spot: Spot
) -> None:
    first = await said(client, tg, text="one", thread=spot.thread)
    assert first.reply_to_message is not None, "every message in a topic replies to its root"
    assert (spot_of(first), replied_to(first)) == (spot, None)
    second = await said(client, tg, text="two", thread=spot.thread, reply_to=first.message_id)
    assert replied_to(second) == first.message_id


async def test_a_reply_in_general_is_in_no_topic(client: TelegramClient, tg: TelegramSandbox) -> None:
    first = await said(client, tg, text="one")
    reply = await said(client, tg, text="two", reply_to=first.message_id)
    bogus = reply.model_copy(update={"message_thread_id": first.message_id})
    assert spot_of(bogus) == Spot(tg.group_id)
    assert replied_to(bogus) == first.message_id


def test_a_forwarded_message_says_so() -> None:
    message = Message.model_validate(
        {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 1, "type": "private"},
            "text": "hear, hear",
            "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Someone"},
        }
    )
    seen = content_of(message)
    assert seen is not None
    assert seen.forwarded


@pytest.mark.parametrize(
    ("flags", "mime"), [({"is_animated": True}, "application/x-tgsticker"), ({"is_video": True}, "video/webm")]
)
def test_moving_stickers(flags: dict[str, bool], mime: str) -> None:
    sticker = {"file_id": "f", "file_unique_id": "u", "type": "regular", "width": 512, "height": 512}
    body = {"sticker": {"is_animated": False, "is_video": False, **sticker, **flags}}
    message = Message.model_validate({"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, **body})
    seen = content_of(message)
    assert seen is not None
    assert seen.media is not None
    assert (seen.media.mime, seen.media.animated) == (mime, True)
