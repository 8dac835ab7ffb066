"""One message of a webhook → Content. Pure, total: what is not understood becomes a notice that names it.

Shapes: Meta, webhooks/reference/messages (2025-11 to 2026-06). `type` may be missing or unknown to us.
"""

import json
from collections.abc import Callable
from dataclasses import replace

from core.message import Card, Content, Kind, Media, Notice, Place
from core.text import RichText, plain
from gateway.whatsapp_cloud import markup
from gateway.whatsapp_cloud.loose import Json, canonical, items, mapping, number, pick, text, whole

_LONGEST_DETAIL = 1000

_FILES = {
    "image": Kind.PHOTO,
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "voice": Kind.VOICE,
    "document": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
}


def content_of(message: Json) -> Content:
    """What a message says, with where it came from (an ad, a product, forwarded) kept beside it."""
    kind = kind_of(message)
    convert = _CONVERTERS.get(kind)
    found = convert(message) if convert else None
    content = found or _unknown(message, kind)
    context = mapping(message.get("context"))
    if context.get("forwarded") is True or context.get("frequently_forwarded") is True:
        content = replace(content, forwarded=True)
    return content if content.notice else replace(content, notice=_origin(message, context))


def kind_of(message: Json) -> str:
    """The documented `type`; where it is missing, the one part of the message that we could read."""
    named = text(message.get("type")).strip().lower()
    if named in _CONVERTERS and (named in message or named in _WITHOUT_PART):
        return named
    return next((kind for kind in _CONVERTERS if message.get(kind)), named)


def reply_target(message: Json) -> str:
    """The id of the message this one quotes, reacts to, changes or deletes; empty when there is none."""
    part = mapping(message.get(kind_of(message)))
    return pick(part, "message_id", "original_message_id") or pick(mapping(message.get("context")), "id", "message_id")


# ------------------------------------------------------------------ kinds


def _text(message: Json) -> Content | None:
    part = message.get("text")
    body = text(mapping(part).get("body")) or text(part)
    return Content(Kind.TEXT, markup.read(body)) if body else None


def _file(message: Json) -> Content | None:
    name = kind_of(message)
    part = mapping(message.get(name))
    caption = markup.read(text(part.get("caption")))
    ref = pick(part, "id", "url", "link")
    if not ref:
        return _notice("media_gone", name, caption)
    kind = Kind.VOICE if name == "audio" and part.get("voice") is True else _FILES[name]
    media = Media(
        ref,
        mime=pick(part, "mime_type"),
        name=pick(part, "filename"),
        size=whole(part.get("file_size")),
        animated=part.get("animated") is True,
    )
    return Content(kind, caption, media)


def _location(message: Json) -> Content | None:
    part = mapping(message.get("location"))
    latitude, longitude = number(part.get("latitude")), number(part.get("longitude"))
    if latitude is None or longitude is None or not _is_on_earth(latitude, longitude):
        return None
    place = Place(latitude, longitude, pick(part, "name"), pick(part, "address"))
    return Content(Kind.LOCATION, plain(pick(part, "url")), place=place)


def _is_on_earth(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= 90 and abs(longitude) <= 180


def _contacts(message: Json) -> Content | None:
    cards = tuple(_card(mapping(contact)) for contact in items(message.get("contacts")))
    return Content(Kind.CONTACT, cards=cards) if cards else None


def _card(contact: Json) -> Card:
    name = mapping(contact.get("name"))
    both = f"{pick(name, 'first_name')} {pick(name, 'last_name')}".strip()
    phones = _values(contact, "phones", "phone", "wa_id")
    emails = _values(contact, "emails", "email")
    company = pick(mapping(contact.get("org")), "company")
    shown = pick(name, "formatted_name") or both or company or next(iter(phones + emails), "?")
    return Card(shown, phones, emails, text(contact.get("vcard")))


def _values(contact: Json, part: str, *names: str) -> tuple[str, ...]:
    found = (pick(mapping(each), *names) or text(each) for each in items(contact.get(part)))
    return tuple(value for value in found if value)


def _reaction(message: Json) -> Content | None:
    """The emoji; none (missing or empty) takes the reaction away."""
    part = mapping(message.get("reaction"))
    return Content(Kind.REACTION, plain(pick(part, "emoji"))) if part else None


def _button(message: Json) -> Content | None:
    """A quick reply of a template."""
    title = pick(mapping(message.get("button")), "text", "payload")
    return _notice("choice", title) if title else None


def _interactive(message: Json) -> Content | None:
    part = mapping(message.get("interactive"))
    named = pick(part, "type") or next((key for key, value in part.items() if isinstance(value, dict)), "")
    inner = mapping(part.get(named))
    if named == "nfm_reply":
        return _notice("form", _form(inner))
    title, more = pick(inner, "title", "name", "response", "id"), pick(inner, "description")
    if named in {"button_reply", "list_reply"}:
        return _notice("choice", f"{title} ({more})" if more else title)
    return _notice("choice", f"{named}: {title}" if title else named) if named else None


def _form(reply: Json) -> str:
    """A filled-in form as lines of `field: value`; broken JSON is shown as it came."""
    raw = reply.get("response_json")
    try:
        answers = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        answers = None
    given = [f"{text(key)}: {_flat(value)}" for key, value in mapping(answers).items() if key != "flow_token"]
    return "\n".join(given) or text(raw) or pick(reply, "body", "name")


def _flat(value: object) -> str:
    return text(value) or text(canonical(value))


def _order(message: Json) -> Content | None:
    part = mapping(message.get("order"))
    lines = [_order_line(mapping(item)) for item in items(part.get("product_items"))]
    words = plain(text(part.get("text")))
    return _notice("order", "\n".join(lines) or pick(part, "catalog_id") or "?", words) if part else None


def _order_line(item: Json) -> str:
    price = " ".join(filter(None, (pick(item, "item_price"), pick(item, "currency"))))
    line = f"{pick(item, 'quantity') or '1'} × {pick(item, 'product_retailer_id') or '?'}"
    return f"{line}, {price}" if price else line


def _system(message: Json) -> Content:
    part = mapping(message.get("system"))
    return _notice("system", pick(part, "body", "type") or "?")


def _unsupported(message: Json) -> Content:
    """`unsupported.type` says what it was (an edit, a poll); else the error does."""
    kind = pick(mapping(message.get("unsupported")), "type")
    if kind in _UNSEEN:
        return _notice(_UNSEEN[kind], "")
    error = mapping(next(iter(items(message.get("errors"))), None))
    details = pick(mapping(error.get("error_data")), "details") or pick(error, "message", "title", "code")
    return _notice("unsupported", kind or details or "?")


_UNSEEN = {"edit": "edited_unseen", "revoke": "deleted_unseen"}
"""What customers did to an earlier message, where Meta says neither to which nor how."""


def _edit(message: Json) -> Content | None:
    """The new words of an earlier message, or the new caption of its file."""
    part = mapping(message.get("edit"))
    inner = mapping(part.get("message"))
    convert = _CONVERTERS.get(kind_of(inner)) if "edit" not in inner else None
    new = convert(inner) if convert else None
    return _notice("edited", "", new.text if new else RichText()) if part else None


def _revoke(message: Json) -> Content | None:
    return _notice("deleted", "") if mapping(message.get("revoke")) else None


_CONVERTERS: dict[str, Callable[[Json], Content | None]] = {
    "text": _text,
    **dict.fromkeys(_FILES, _file),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "system": _system,
    "edit": _edit,
    "revoke": _revoke,
    "unsupported": _unsupported,
}
_WITHOUT_PART = frozenset({"unsupported", "system"})


# ------------------------------------------------------------------ the rest


def _unknown(message: Json, kind: str) -> Content:
    if items(message.get("errors")):
        return _unsupported(message)
    words = pick(mapping(message.get(kind)), "body", "text", "title", "caption")
    return _notice("unknown", kind or "?", plain(words))


def _origin(message: Json, context: Json) -> Notice | None:
    """What led the customer here: an ad or a post (`referral`), or a product of the catalog."""
    referral = mapping(message.get("referral"))
    if referral:
        words = (pick(referral, "headline"), pick(referral, "body"), pick(referral, "source_url", "source_id"))
        return _short("referral", " · ".join(filter(None, words)))
    product = pick(mapping(context.get("referred_product")), "product_retailer_id", "catalog_id")
    return _short("product", product) if product else None


def _notice(code: str, detail: str, words: RichText | None = None) -> Content:
    return Content(Kind.NOTICE, words or RichText(), notice=_short(code, detail))


def _short(code: str, detail: str) -> Notice:
    return Notice(code, detail if len(detail) <= _LONGEST_DETAIL else detail[: _LONGEST_DETAIL - 1] + "…")
