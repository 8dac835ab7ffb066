"""What is said: content of a message, its direction, and the ladder of its status."""

from dataclasses import dataclass
from enum import StrEnum

from core.text import RichText


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Kind(StrEnum):
    """What a message is, seen from both messengers."""

    TEXT = "text"
    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    REACTION = "reaction"
    """An emoji put on another message (`reply_to`); `text` is the emoji, empty when it was taken away."""
    ORDER = "order"
    """What a customer put into the basket of a catalog; `text` is what they wrote with it."""
    POLL = "poll"
    """A question with choices (`question`); `text` is what is asked."""
    NOTICE = "notice"
    """Something the desk shows as a line: an event kind we name but do not model, or do not know at all."""


@dataclass(frozen=True, slots=True)
class Media:
    """A file of a message.

    `ref` is how its owner finds it (WhatsApp media id, Telegram file_id); `sha256` (hex) names our own copy
    in the blob store once it was fetched. `size` is in bytes, `seconds` the duration of sound and video.
    """

    ref: str
    mime: str = ""
    name: str = ""
    size: int | None = None
    seconds: int | None = None
    sha256: str | None = None
    animated: bool = False
    """Moves without sound: a "GIF", or a sticker that moves."""
    title: str = ""
    performer: str = ""
    view_once: bool = False
    """May be looked at once (WhatsApp), or is hidden until touched (Telegram's spoiler)."""
    expired: bool = False
    """Our copy was deleted when its time was over; it is not fetched again."""
    checksum: str = ""
    """SHA-256 as the sender's side claims it, in base64 or hex."""


@dataclass(frozen=True, slots=True)
class Place:
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
    live_seconds: int | None = None
    """For how long the sender's phone goes on telling where it is; None: this place and no other."""


@dataclass(frozen=True, slots=True)
class Card:
    """A contact somebody shared: `phones` as written by the sender."""

    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    vcard: str = ""


@dataclass(frozen=True, slots=True)
class Referral:
    """The ad or post that led a customer here. `click_id` is Meta's own id of the click (`ctwa_clid`)."""

    kind: str
    """`ad`, `post`, or whatever WhatsApp names."""
    headline: str = ""
    body: str = ""
    url: str = ""
    source_id: str = ""
    picture: str = ""
    click_id: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order. `price` of one piece, as a decimal number; None where none was named."""

    product: str
    quantity: int = 1
    price: str | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    items: tuple[Item, ...] = ()
    catalog: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What can be chosen. `label`: the words on the button that opens the choices, where a line has one."""

    options: tuple[str, ...]
    several: bool = False
    """May more than one be chosen?"""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for staff about something that is not a plain message.

    `code` picks the text (`notice.<code>` in the catalogs, `notice.unknown` when there is none);
    `detail` is the best plain text there is: a button's title, a form's lines, the raw kind.
    """

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """One message's substance. `text` is the text of a text message or the caption of a file."""

    kind: Kind
    text: RichText = RichText()
    media: Media | None = None
    place: Place | None = None
    cards: tuple[Card, ...] = ()
    notice: Notice | None = None
    forwarded: bool = False
    forwarded_often: bool = False
    """WhatsApp calls it "forwarded many times": hardly the sender's own words."""
    referral: Referral | None = None
    order: Order | None = None
    question: Question | None = None


def words_of(content: Content) -> str:
    """Everything in a message that people may look for: text, names of files and places, what was ordered."""
    found = [content.text.text]
    if content.media is not None:
        found.append(content.media.name)
    if content.place is not None:
        found += [content.place.name, content.place.address]
    for card in content.cards:
        found += [card.name, *card.phones, *card.emails]
    if content.referral is not None:
        found += [content.referral.headline, content.referral.body]
    if content.order is not None:
        found += [item.product for item in content.order.items]
    if content.question is not None:
        found += content.question.options
    if content.notice is not None:
        found.append(content.notice.detail)
    return "\n".join(filter(None, found))


class Status(StrEnum):
    QUEUED = "queued"
    UNCERTAIN = "uncertain"
    """The request left us and its answer was lost: it may or may not have reached the customer."""
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"
    DISCARDED = "discarded"
    """Staff gave it up after a failure."""
    RECEIVED = "received"
    """The only status of a customer's message."""


_LADDER = (Status.QUEUED, Status.UNCERTAIN, Status.SENT, Status.DELIVERED, Status.READ, Status.PLAYED)
_PROVEN = frozenset({Status.DELIVERED, Status.READ, Status.PLAYED})
_OVER = frozenset({Status.FAILED, Status.DISCARDED})


def advance(old: Status, new: Status) -> Status:
    """The status after hearing `new`: the ladder only climbs, in whatever order reports arrive.

    A failure ends it unless delivery is proven before or after (Meta: `delivered` may follow `failed`).
    """
    if old in _OVER:
        return new if new in _PROVEN else old
    if new in _OVER:
        return old if old in _PROVEN else new
    return max(old, new, key=_LADDER.index)
