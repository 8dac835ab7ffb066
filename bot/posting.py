"""A `Post` → the one Bot API method that shows it. Pure, apart from reading a file's size."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiogram.methods import (
    SendAnimation,
    SendAudio,
    SendContact,
    SendDocument,
    SendLocation,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SendSticker,
    SendVenue,
    SendVideo,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import (
    EphemeralMessageParameters,
    FSInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    LinkPreviewOptions,
    MediaUnion,
    ReplyParameters,
)

from bot import entities
from core.convert import names
from core.errors import MediaRefused
from core.message import Card, Content, Kind, Media, Place
from core.ports import Button, Post, Spot
from core.text import RichText, join, plain

LARGEST_UPLOAD = 50_000_000
LARGEST_LOCAL_UPLOAD = 2_000_000_000
"""Bot API docs: 50 MB for any upload, 2,000 MB through a server of our own; 10 MB for one shown as a photo."""
LARGEST_PHOTO = 10_000_000
LONGEST_FILE_NAME = 120
"""Bytes."""
LONGEST_VCARD = 2048

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""A customer's link must not make Telegram fetch pages or fill the topic with pictures."""

_QUOTED_TYPES = {"bold", "italic", "underline", "strikethrough", "spoiler"}
"""The formats of our own that a quote must repeat (Bot API docs, ReplyParameters)."""

_FILE_METHODS: dict[Kind, tuple[type[TelegramMethod[Any]], str]] = {
    Kind.PHOTO: (SendPhoto, "photo"),
    Kind.DOCUMENT: (SendDocument, "document"),
    Kind.VOICE: (SendVoice, "voice"),
    Kind.AUDIO: (SendAudio, "audio"),
    Kind.VIDEO: (SendVideo, "video"),
    Kind.STICKER: (SendSticker, "sticker"),
}
AlbumItem = InputMediaAudio | InputMediaDocument | InputMediaPhoto | InputMediaVideo
_ALBUM_ITEMS: dict[Kind, type[AlbumItem]] = {
    Kind.PHOTO: InputMediaPhoto,
    Kind.VIDEO: InputMediaVideo,
    Kind.DOCUMENT: InputMediaDocument,
    Kind.AUDIO: InputMediaAudio,
}


def method_of(spot: Spot, post: Post, largest: int = LARGEST_UPLOAD) -> TelegramMethod[Any]:
    """The call that shows `post`. Raises MediaRefused for a file that cannot be uploaded."""
    common = _common(spot, post)
    content = post.content
    if content is None:
        return _text(common, post.text)
    if post.file is not None and content.kind in _FILE_METHODS:
        return _upload(common, post, content, post.file, _size(post.file, largest))
    if content.place is not None:
        return _place(common, content.place)
    if content.cards:
        return _cards(common, content.cards)
    return _text(common, post.text or content.text)


def as_document(post: Post) -> Post | None:
    """The same file as a plain document, which Telegram takes when it refuses a picture; None if it is one."""
    if post.content is None or post.file is None or post.content.kind is Kind.DOCUMENT:
        return None
    return replace(post, content=replace(post.content, kind=Kind.DOCUMENT))


def keyboard(buttons: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    rows = [[InlineKeyboardButton(text=each.label, callback_data=each.action) for each in row] for row in buttons]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _common(spot: Spot, post: Post) -> dict[str, Any]:
    is_group = spot.chat < 0
    return {
        "chat_id": spot.chat,
        "message_thread_id": spot.thread,
        "disable_notification": post.silent or None,
        "reply_markup": keyboard(post.buttons),
        "reply_parameters": _reply(post),
        "ephemeral_message_parameters": (
            EphemeralMessageParameters(receiver_user_id=post.only_for) if post.only_for and is_group else None
        ),
    }


def _reply(post: Post) -> ReplyParameters | None:
    """The answer is shown even when staff deleted the post it quotes: Telegram tells nobody about deletions."""
    if post.reply_to is None:
        return None
    quoted = entities.write(post.quote.text) if post.quote else None
    return ReplyParameters(
        message_id=post.reply_to,
        allow_sending_without_reply=True,
        quote=quoted.text if quoted else None,
        quote_entities=[each for each in quoted.entities if each.type in _QUOTED_TYPES] or None if quoted else None,
        quote_position=post.quote.start if post.quote else None,
    )


def _text(common: dict[str, Any], text: RichText) -> SendMessage:
    written = entities.write(text)
    return SendMessage(
        **common,
        text=written.text or entities.BLANK,
        entities=written.entities or None,
        link_preview_options=NO_PREVIEW,
    )


def album(spot: Spot, posts: Sequence[Post], largest: int = LARGEST_UPLOAD) -> SendMediaGroup:
    """Files in one call. Raises MediaRefused where they cannot go together, or are too much for one upload."""
    items: list[MediaUnion] = [_album_item(post, largest) for post in posts]
    if sum(_size(post.file, largest) for post in posts if post.file) > largest:
        raise MediaRefused("too much for one upload", "too_big")
    kinds = {item.type for item in items}
    if len(kinds) > 1 and not kinds <= {"photo", "video"}:
        raise MediaRefused("these kinds do not mix")
    silent = all(post.silent for post in posts) or None
    return SendMediaGroup(chat_id=spot.chat, message_thread_id=spot.thread, media=items, disable_notification=silent)


def _album_item(post: Post, largest: int) -> AlbumItem:
    if post.content is None or post.file is None or post.content.kind not in _ALBUM_ITEMS:
        raise MediaRefused("no file for an album")
    media = post.content.media or Media("")
    kind = _sendable_kind(post.content.kind, _size(post.file, largest))
    caption = entities.write(post.text)
    given: dict[str, Any] = {"caption": caption.text or None, "caption_entities": caption.entities or None}
    given |= _details(media, kind)
    return _ALBUM_ITEMS[kind](media=FSInputFile(post.file, filename=file_name(media, kind)), **given)


def _upload(common: dict[str, Any], post: Post, content: Content, file: Path, size: int) -> TelegramMethod[Any]:
    media = content.media or Media("")
    kind = _sendable_kind(content.kind, size)
    method, field = _FILE_METHODS[kind]
    if kind is Kind.VIDEO and media.animated:
        method, field = SendAnimation, "animation"
    given: dict[str, Any] = {field: FSInputFile(file, filename=file_name(media, kind)), **common}
    if kind is not Kind.STICKER:
        caption = entities.write(post.text)
        given |= {"caption": caption.text or None, "caption_entities": caption.entities or None}
    return method(**given | _details(media, kind))


def _details(media: Media, kind: Kind) -> dict[str, Any]:
    """What Telegram wants to know of a file beside its bytes."""
    details: dict[str, Any] = {}
    if kind in {Kind.VOICE, Kind.AUDIO, Kind.VIDEO}:
        details["duration"] = media.seconds
    if kind is Kind.AUDIO:
        details |= {"title": media.title or None, "performer": media.performer or None}
    if kind in {Kind.PHOTO, Kind.VIDEO}:
        details["has_spoiler"] = media.view_once or None
    if kind is Kind.VIDEO and not media.animated:
        details["supports_streaming"] = True
    return details


def _sendable_kind(kind: Kind, size: int) -> Kind:
    return Kind.DOCUMENT if kind is Kind.PHOTO and size > LARGEST_PHOTO else kind


def _size(file: Path, largest: int) -> int:
    try:
        size = file.stat().st_size
    except OSError as error:
        raise MediaRefused(f"cannot be read: {error.strerror}", "media_missing") from error
    if size > largest:
        raise MediaRefused(f"{size} bytes", "too_big")
    if size == 0:
        raise MediaRefused("an empty file", "media_empty")
    return size


def file_name(media: Media, kind: Kind) -> str:
    """A name fit for a request: the sender's, tidied up, else kind and ending."""
    return names.shortened(names.clean(entities.sendable(media.name), media.mime, kind.value), LONGEST_FILE_NAME)


def _place(common: dict[str, Any], place: Place) -> SendVenue | SendLocation:
    where: dict[str, Any] = {"latitude": place.latitude, "longitude": place.longitude, **common}
    if not place.name and not place.address:
        return SendLocation(**where)
    return SendVenue(**where, title=place.name or place.address, address=place.address or place.name)


def _cards(common: dict[str, Any], cards: tuple[Card, ...]) -> SendContact | SendMessage:
    """Telegram's own card holds one name and one number; anything richer is written out."""
    card = cards[0]
    if len(cards) > 1 or len(card.phones) != 1 or card.emails:
        return _text(common, join([plain(_card_lines(each)) for each in cards], "\n\n"))
    vcard = card.vcard if 0 < len(card.vcard.encode("utf-8", "replace")) <= LONGEST_VCARD else None
    return SendContact(**common, phone_number=card.phones[0], first_name=card.name or card.phones[0], vcard=vcard)


def _card_lines(card: Card) -> str:
    return "\n".join(filter(None, (f"👤 {card.name}".rstrip(), *card.phones, *card.emails)))
