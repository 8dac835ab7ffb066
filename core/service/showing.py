"""What a message looks like in its topic. Pure: messages in, posts out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from core.buttons import Action
from core.i18n import Texts
from core.ids import MessageId
from core.message import Card, Content, Direction, Kind, Media
from core.people import Address, AddressKind
from core.ports import Button, Post
from core.service import contacts as people
from core.service import starting, structured
from core.service.quoting import Target
from core.store.messages import Message
from core.text import RichText, italic, plain, struck, utf16_len

NOTHING = RichText()
TEXT_LIMIT = 4096
"""Longest text post, in UTF-16 units (Bot API)."""
CAPTION_LIMIT = 1024
_FILES = {Kind.PHOTO, Kind.DOCUMENT, Kind.VOICE, Kind.AUDIO, Kind.VIDEO, Kind.STICKER}
_WITHOUT_CAPTION = {Kind.STICKER}
_MOST_POSTS = 4
"""Of one text; a longer one (WhatsApp takes up to 65,536 characters) would push all else out of sight."""
ALBUM_LIMIT = 10
"""Most files of one album (Bot API docs, sendMediaGroup)."""
_ALBUMS = {Kind.PHOTO: "seen", Kind.VIDEO: "seen", Kind.DOCUMENT: "document", Kind.AUDIO: "audio"}
_IN_ONE_GO = timedelta(seconds=2)
_MOST_BUTTONS = 3
_LEAD_ROOM = 200
"""Kept free in a caption for the line above the words."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where one message stands in a merged post, in characters."""

    message: Message
    start: int
    length: int


def needs_file(content: Content) -> bool:
    return content.kind in _FILES and content.media is not None


def bundles(
    waiting: Sequence[Message], merge: bool, doubts: Collection[MessageId] = frozenset()
) -> list[list[Message]]:
    """Messages that go into one call each; what may stand there already (`doubts`) keeps to itself.

    Merging joins neighbouring texts as long as they fit one post, and files that Telegram shows as an album.
    Files that came in one go are an album anyway: the customer meant them as one.
    """
    result: list[list[Message]] = []
    for message in waiting:
        doubted = message.id in doubts
        same = bool(result) and (result[-1][-1].id in doubts) == doubted
        if same and _joins(result[-1], message, TEXT_LIMIT - _LEAD_ROOM * doubted, merge=merge):
            result[-1].append(message)
        else:
            result.append([message])
    return result


def is_album(bundle: Sequence[Message]) -> bool:
    return len(bundle) > 1 and _album_kind(bundle[0]) is not None


def _joins(bundle: list[Message], message: Message, limit: int, *, merge: bool) -> bool:
    together = [*bundle, message]
    if all(map(_is_plain_text, together)):
        return merge and sum(utf16_len(each.content.text.text) + _HEAD for each in together) <= limit
    kinds = {_album_kind(each) for each in together}
    if len(kinds) > 1 or None in kinds or len(together) > ALBUM_LIMIT:
        return False
    return merge or message.created_at - bundle[-1].created_at <= _IN_ONE_GO


def _album_kind(message: Message) -> str | None:
    """What may share an album: photos with videos, documents and sounds among themselves (Bot API docs)."""
    content = message.content
    fits = utf16_len(content.text.text) <= CAPTION_LIMIT - _LEAD_ROOM
    alone = content.media is None or message.reply_to_id is not None or message.direction is not Direction.IN
    moves = content.media is not None and content.media.animated  # a "GIF" has no place in an album (Bot API docs)
    return _ALBUMS.get(content.kind) if fits and not alone and not moves else None


_HEAD = 16
"""Room for the time and the line break before each part."""


def _is_plain_text(message: Message) -> bool:
    content = message.content
    if message.reply_to_external is not None:
        return False
    has_more = content.forwarded or content.notice is not None or message.reply_to_id is not None
    has_more = has_more or content.referral is not None
    return content.kind is Kind.TEXT and message.direction is Direction.IN and not has_more


def merged(
    bundle: Sequence[Message], texts: Texts, timezone: str, lead: RichText = NOTHING
) -> tuple[RichText, list[Span]]:
    """One text of several messages, each on its own line behind its time; and where each stands."""
    text, spans = lead, list[Span]()
    for message in bundle:
        if spans:
            text = text + plain("\n")
        text = text + italic(texts.time(message.said_at, timezone)) + plain("  ")
        spans.append(Span(message, len(text.text), len(message.content.text.text)))
        text = text + message.content.text + plain(_sign(message))
    return text, spans


def first_start(message: Message, texts: Texts, timezone: str) -> int:
    """Where the words of the first message of a merged post begin."""
    return len(texts.time(message.said_at, timezone)) + 2


def _sign(message: Message) -> str:
    """What stands behind words that are no longer as they were first said."""
    if message.gone_at is not None:
        return " 🗑"
    return " ✏️" if message.edited_at is not None else ""


def as_it_stands(message: Message, texts: Texts, *, keeps_deleted: bool) -> Message:
    """What a customer deleted is struck through, or hidden where the house wants it so."""
    if message.gone_at is None or message.direction is not Direction.IN:
        return message
    if keeps_deleted:
        return replace(message, content=replace(message.content, text=struck(message.content.text)))
    hidden = Content(Kind.TEXT, italic(texts.t("show.deleted_hidden")))
    return replace(message, content=hidden, gone_at=None, edited_at=None)


def posts_of(
    message: Message, texts: Texts, file: Path | None, answers: Target | None, instead: RichText = NOTHING
) -> list[Post]:
    """One message as one post, or several when it is too long. Without its `file`, a line says so (`instead`)."""
    content = message.content
    lead = _lead(message, texts)
    if content.kind in _FILES:
        posts = _file_posts(content, lead, file, instead or _missing(content, texts))
    elif content.place is not None or any(map(_says_something, content.cards)):
        posts = [*_text_posts(_lines(lead, content.text)), *_thing_posts(message, texts)]
    elif file is not None:
        posts = _long_posts(_lines(lead, words_of(content, texts)), file, texts)
    else:
        posts = _text_posts(_lines(lead, words_of(content, texts)))
    return [_answering(posts[0], answers), *posts[1:]]


def _answering(post: Post, target: Target | None) -> Post:
    return replace(post, reply_to=target.post_id, quote=target.quote) if target else post


def _lead(message: Message, texts: Texts) -> RichText:
    """What stands above the words: where they came from, and what else is known about them."""
    content = message.content
    marks = [texts.t("show.from_phone")] if message.direction is Direction.OUT else []
    if message.gone_at is not None and message.direction is Direction.IN:
        marks.append(texts.t("show.deleted"))
    elif message.edited_at is not None:
        marks.append(texts.t("show.edited"))
    if content.forwarded:
        marks.append(texts.t("show.forwarded_often" if content.forwarded_often else "show.forwarded"))
    if content.notice is not None:
        marks.append(notice_text(content.notice.code, content.notice.detail, texts))
    came_by = structured.referral_lines(content.referral, texts) if content.referral else RichText()
    return _lines(came_by, italic(" · ".join(marks)))


def words_only(message: Message, texts: Texts) -> Post:
    """The words of a message without its file."""
    return Post(text=_lines(_lead(message, texts), message.content.text).cut(0, TEXT_LIMIT // 2))


def refused(message: Message, texts: Texts, code: str) -> Post:
    """A line in the place of what Telegram would not take in any form."""
    why = texts.error(code)
    return Post(text=italic(texts.t("show.refused", kind=texts.kind(message.content.kind), why=why)))


def doubt(texts: Texts) -> RichText:
    """Above what may stand in the topic already. Without characters that Telegram counts twice: quotes count on it."""
    return italic(texts.t("show.perhaps_twice"))


def doubtful(post: Post, lead: RichText) -> tuple[Post | None, Post]:
    """The post with that line above its words; where it has no room for words, a post of its own before it."""
    words = lead + post.text
    if _has_words(post) and utf16_len(words.text) <= (CAPTION_LIMIT if post.file else TEXT_LIMIT):
        return None, replace(post, text=words)
    return Post(text=lead, silent=True), post


def _has_words(post: Post) -> bool:
    if post.content is None:
        return True
    return post.file is not None and post.content.kind not in _WITHOUT_CAPTION


def is_long(content: Content) -> bool:
    """Would it fill more posts than anybody reads in a topic? Then its end is in a file besides."""
    units = utf16_len(content.text.text)
    if content.kind is not Kind.TEXT or units <= (_MOST_POSTS - 1) * TEXT_LIMIT // 2:
        return False
    return len(content.text.split(TEXT_LIMIT)) > _MOST_POSTS


def _long_posts(text: RichText, file: Path, texts: Texts) -> list[Post]:
    """How it begins, and all of it as a file."""
    note = plain("\n") + italic(texts.t("show.goes_on"))
    begin = text.split(TEXT_LIMIT - utf16_len(note.text))[0]
    media = Media("", "text/plain", f"{texts.t('show.whole_text')}.txt")
    return [Post(text=begin + note), Post(content=Content(Kind.DOCUMENT, media=media), file=file)]


def _text_posts(text: RichText) -> list[Post]:
    return [Post(text=piece) for piece in text.split(TEXT_LIMIT)] if text else []


def _says_something(card: Card) -> bool:
    return bool(card.name or card.phones or card.emails)


def _thing_posts(message: Message, texts: Texts) -> list[Post]:
    """A place, or each of the shared contacts with a button for each number that can be written to."""
    content = message.content
    if not content.cards:
        return [Post(content=content)]
    return [
        Post(content=replace(content, cards=(card,)), buttons=_write_buttons(message, number, card, texts))
        for number, card in enumerate(content.cards)
        if _says_something(card)
    ]


def _write_buttons(message: Message, card_no: int, card: Card, texts: Texts) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = []
    for phone_no, written in enumerate(card.phones[:_MOST_BUTTONS]):
        digits = people.international(written)
        if digits is not None:
            phone = people.show_address(Address(AddressKind.PHONE, digits))
            action = Action(starting.WRITE, (message.id, card_no, phone_no)).pack()
            rows.append((Button(texts.t("contact.write", phone=phone), action),))
    return tuple(rows)


def _missing(content: Content, texts: Texts) -> RichText:
    expired = content.media is not None and content.media.expired
    return italic(texts.t("show.file_expired" if expired else "show.file_missing", kind=texts.kind(content.kind)))


def _file_posts(content: Content, lead: RichText, file: Path | None, instead: RichText) -> list[Post]:
    words = _lines(lead, content.text)
    if file is None:
        return _text_posts(_lines(instead, words))
    as_caption = utf16_len(words.text) <= CAPTION_LIMIT and content.kind not in _WITHOUT_CAPTION
    first = Post(text=words if as_caption else RichText(), content=content, file=file)
    return [first] if as_caption else [first, *_text_posts(words)]


def words_of(content: Content, texts: Texts) -> RichText:
    """The words of a message without a file, or a line in their place."""
    if content.kind is Kind.REACTION:
        key = "show.reacted" if content.text else "show.unreacted"
        return italic(texts.t(key, emoji=content.text.text) if content.text else texts.t(key))
    words = structured.body_of(content, texts) or content.text
    return words if words or content.notice or content.referral else italic(texts.t("show.empty"))


def notice_text(code: str, detail: str, texts: Texts) -> str:
    key = f"notice.{code}"
    return texts.t(key if texts.has(key) else "notice.unknown", detail=detail or code)


def _lines(first: RichText, second: RichText) -> RichText:
    return first + plain("\n") + second if first and second else first or second
