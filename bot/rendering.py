"""Telegram messages → the house's `Content`, and where a message stands. Pure."""

from collections.abc import Callable
from typing import Any

from aiogram.types import Animation, Contact, Message, Poll, Sticker

from bot import entities
from core import vcard
from core.ids import ChatId, PostId, ThreadId
from core.message import Card, Content, Kind, Media, Place, Question
from core.ports import Spot
from core.text import RichText

_MP4 = "video/mp4"


def content_of(message: Message) -> Content | None:
    """What a person said; None for service messages and for what only Telegram has (`unsupported_kind`)."""
    for field, make in _READERS.items():
        if getattr(message, field) is not None:
            return make(message)
    return None


def unsupported_kind(message: Message) -> str | None:
    """Telegram's name of a kind no customer can get (a dice, a game …); None when it is not such a message."""
    if content_of(message) is not None:
        return None
    return next((field for field in _TELEGRAM_ONLY if getattr(message, field, None) is not None), None)


def spot_of(message: Message) -> Spot:
    """The chat and topic of a message.

    A reply in General carries a thread id that is no topic: only `is_topic_message` can be trusted
    (telegram-bot-api#447).
    """
    thread = message.message_thread_id if message.is_topic_message else None
    return Spot(ChatId(message.chat.id), ThreadId(thread) if thread is not None else None)


def replied_to(message: Message) -> PostId | None:
    """The post a person answered on purpose: every message in a topic is also a reply to the topic's root."""
    target = message.reply_to_message
    if target is None or target.forum_topic_created is not None:
        return None
    is_root = message.is_topic_message and target.message_id == message.message_thread_id
    return None if is_root else PostId(target.message_id)


def quoted(message: Message) -> range | None:
    """Which characters of the answered post a person picked out for their answer."""
    target = message.reply_to_message
    if message.quote is None or target is None:
        return None
    return entities.stretch(target.text or target.caption or "", message.quote.position, message.quote.text)


def answered_words(message: Message) -> str:
    """What the answered post says, for one that shows no message of a customer's.

    Notes and commands stay in the house, and so does all that the desk itself says there (cards, notices).
    """
    target = message.reply_to_message
    if target is None:
        return message.quote.text if message.quote is not None and message.external_reply is not None else ""
    words = target.text or target.caption or ""
    if replied_to(message) is None or (target.from_user is not None and target.from_user.is_bot):
        return ""
    if words.lstrip().startswith("/") or "\n//" in words:
        return ""
    return message.quote.text if message.quote is not None else words


def _of(message: Message, kind: Kind, media: Media | None = None, **rest: Any) -> Content:
    return Content(kind, _words(message), media, forwarded=message.forward_origin is not None, **rest)


def _words(message: Message) -> RichText:
    if message.text is not None:
        return entities.read(message.text, message.entities)
    return entities.read(message.caption, message.caption_entities)


def _text(message: Message) -> Content:
    return _of(message, Kind.TEXT)


def _photo(message: Message) -> Content | None:
    if not message.photo:
        return None
    largest = max(message.photo, key=lambda size: size.width * size.height)
    media = Media(largest.file_id, "image/jpeg", size=largest.file_size, view_once=_is_hidden(message))
    return _of(message, Kind.PHOTO, media)


def _is_hidden(message: Message) -> bool:
    """A picture behind a spoiler."""
    return message.has_media_spoiler is True


def _file(kind: Kind, field: str, mime: str) -> Callable[[Message], Content]:
    """A reader of one file field; `mime` is used where Telegram names none."""

    def read(message: Message) -> Content:
        file: Any = getattr(message, field)
        media = Media(
            file.file_id,
            getattr(file, "mime_type", None) or mime,
            _words_of(file, "file_name"),
            file.file_size,
            getattr(file, "duration", None),
            title=_words_of(file, "title"),
            performer=_words_of(file, "performer"),
            view_once=_is_hidden(message),
        )
        return _of(message, kind, media)

    return read


def _words_of(file: Any, field: str) -> str:
    """Without NUL, which PostgreSQL's JSON cannot hold: a file's name is whatever its maker wrote."""
    return (getattr(file, field, None) or "").replace("\x00", "")


def _animation(message: Message) -> Content:
    """A "GIF" is nearly always a silent film; the rare true .gif is made into one."""
    file: Animation = _present(message.animation)
    media = Media(
        file.file_id,
        file.mime_type or _MP4,
        _words_of(file, "file_name"),
        file.file_size,
        file.duration,
        animated=True,
        view_once=_is_hidden(message),
    )
    return _of(message, Kind.VIDEO, media)


def _sticker(message: Message) -> Content:
    file: Sticker = _present(message.sticker)
    mime = "image/webp"
    if file.is_animated:
        mime = "application/x-tgsticker"
    elif file.is_video:
        mime = "video/webm"
    moves = file.is_animated or file.is_video
    return _of(message, Kind.STICKER, Media(file.file_id, mime, size=file.file_size, animated=moves))


def _venue(message: Message) -> Content:
    venue = _present(message.venue)
    place = Place(venue.location.latitude, venue.location.longitude, venue.title, venue.address)
    return _of(message, Kind.LOCATION, place=place)


def _location(message: Message) -> Content:
    location = _present(message.location)
    place = Place(location.latitude, location.longitude, live_seconds=location.live_period)
    return _of(message, Kind.LOCATION, place=place)


def _contact(message: Message) -> Content:
    contact: Contact = _present(message.contact)
    name = " ".join(filter(None, (contact.first_name, contact.last_name)))
    card, first = vcard.read(contact.vcard or ""), contact.phone_number
    others = [phone for phone in card.phones if _digits(phone) != _digits(first)]
    phones = tuple(filter(None, (first, *others)))
    return _of(message, Kind.CONTACT, cards=(Card(name, phones, card.emails, contact.vcard or ""),))


def _digits(phone: str) -> str:
    return "".join(char for char in phone if char.isdigit())


def _poll(message: Message) -> Content:
    poll: Poll = _present(message.poll)
    words = entities.read(poll.question, poll.question_entities)
    question = Question(tuple(option.text for option in poll.options), several=poll.allows_multiple_answers)
    return Content(Kind.POLL, words, question=question, forwarded=message.forward_origin is not None)


def _present(value: Any) -> Any:
    assert value is not None  # noqa: S101 - a reader is only called where its field is set
    return value


_READERS: dict[str, Callable[[Message], Content | None]] = {
    "text": _text,
    "animation": _animation,  # before document: Telegram fills both
    "photo": _photo,
    "voice": _file(Kind.VOICE, "voice", "audio/ogg"),
    "audio": _file(Kind.AUDIO, "audio", "audio/mpeg"),
    "video": _file(Kind.VIDEO, "video", _MP4),
    "video_note": _file(Kind.VIDEO, "video_note", _MP4),
    "sticker": _sticker,
    "document": _file(Kind.DOCUMENT, "document", "application/octet-stream"),
    "venue": _venue,  # before location: Telegram fills both
    "location": _location,
    "contact": _contact,
    "poll": _poll,
}

_TELEGRAM_ONLY = (
    "dice",
    "game",
    "story",
    "checklist",
    "paid_media",
    "live_photo",
    "rich_message",
    "invoice",
    "giveaway",
    "gift",
    "unique_gift",
)
