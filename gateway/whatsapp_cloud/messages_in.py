"""One message of a webhook → Content. Pure, total: what is not understood becomes a notice that names it.

Shapes: Meta, webhooks/reference/messages (2025-11 to 2026-06). `type` may be missing or unknown to us.
"""

from collections.abc import Callable
from dataclasses import replace

from core.message import Content, Kind, Media, Notice, Place
from core.text import RichText, plain
from gateway.whatsapp_cloud import markup, structured
from gateway.whatsapp_cloud.loose import Json, items, mapping, number, pick, text, whole

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
    often = context.get("frequently_forwarded") is True
    if often or context.get("forwarded") is True:
        content = replace(content, forwarded=True, forwarded_often=often)
    content = replace(content, referral=structured.referral(message))
    return content if content.notice else replace(content, notice=_product(context))


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
        checksum=pick(part, "sha256"),
    )
    return Content(kind, caption, media)


def _location(message: Json) -> Content | None:
    """Where no map can show it, what the customer called the place is shown all the same."""
    part = mapping(message.get("location"))
    latitude, longitude = number(part.get("latitude")), number(part.get("longitude"))
    if latitude is None or longitude is None or not _is_on_earth(latitude, longitude):
        named = " · ".join(filter(None, (pick(part, name) for name in ("name", "address", "url"))))
        return _notice("place_unclear", named) if named else None
    place = Place(latitude, longitude, pick(part, "name"), pick(part, "address"))
    return Content(Kind.LOCATION, plain(pick(part, "url")), place=place)


def _is_on_earth(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= 90 and abs(longitude) <= 180


def _contacts(message: Json) -> Content | None:
    cards = tuple(structured.card(mapping(contact)) for contact in items(message.get("contacts")))
    return Content(Kind.CONTACT, cards=cards) if cards else None


def _reaction(message: Json) -> Content | None:
    """The emoji; none (missing or empty) takes the reaction away."""
    part = mapping(message.get("reaction"))
    return Content(Kind.REACTION, plain(pick(part, "emoji"))) if part else None


def _button(message: Json) -> Content | None:
    """A quick reply of a template."""
    title = pick(mapping(message.get("button")), "text", "payload")
    return _notice("choice", title) if title else None


def _interactive(message: Json) -> Content | None:
    """A tap on a choice of ours, a filled-in form, or a kind of answer that is only named."""
    part = mapping(message.get("interactive"))
    named = pick(part, "type") or next((key for key, value in part.items() if isinstance(value, dict)), "")
    inner = mapping(part.get(named))
    if named in _MENUS:
        return structured.menu(part)
    if named == "nfm_reply":
        return _notice("form", structured.form(inner))
    title, more = pick(inner, "title", "name", "response", "id"), pick(inner, "description")
    if named in {"button_reply", "list_reply"}:
        return _notice("choice", f"{title} ({more})" if more else title)
    if named == "call_permission_reply":
        allowed = pick(inner, "response").lower() == "accept"
        return _notice("call_allowed" if allowed else "call_denied", "")
    return _notice("answer_unknown", f"{named}: {title}" if title else named) if named else None


_MENUS = frozenset({"button", "list", "flow", "cta_url", "product", "product_list", "catalog_message"})
"""What a business sends; it comes back as an echo of the phone app."""


def _order(message: Json) -> Content | None:
    part = mapping(message.get("order"))
    if not part:
        return None
    return Content(Kind.ORDER, plain(text(part.get("text"))), order=structured.order(part))


_NEWS = {
    "user_changed_number": "number_changed",
    "customer_changed_number": "number_changed",
    "user_changed_user_id": "user_id_changed",
    "customer_identity_changed": "identity_changed",
}


def _system(message: Json) -> Content:
    part = mapping(message.get("system"))
    return _notice(_NEWS.get(pick(part, "type"), "system"), pick(part, "body", "type") or "?")


def _unsupported(message: Json) -> Content:
    """`unsupported.type` says what it was (an edit, a poll); else the error does."""
    kind = pick(mapping(message.get("unsupported")), "type")
    if kind in _UNSEEN:
        return _notice(_UNSEEN[kind], "")
    error = mapping(next(iter(items(message.get("errors"))), None))
    details = pick(mapping(error.get("error_data")), "details") or pick(error, "message", "title", "code")
    return _notice("unsupported", kind or details or "?")


_UNSEEN = {
    "edit": "edited_unseen",
    "revoke": "deleted_unseen",
    "poll_creation": "poll_unseen",
    "poll_update": "vote_unseen",
    "group_invite": "invite_unseen",
}
"""What customers did, where Meta says that they did it and no more."""


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


def _product(context: Json) -> Notice | None:
    """The product of the catalog that a customer asks about."""
    product = pick(mapping(context.get("referred_product")), "product_retailer_id", "catalog_id")
    return _short("product", product) if product else None


def _notice(code: str, detail: str, words: RichText | None = None) -> Content:
    return Content(Kind.NOTICE, words or RichText(), notice=_short(code, detail))


def _short(code: str, detail: str) -> Notice:
    return Notice(code, detail if len(detail) <= _LONGEST_DETAIL else detail[: _LONGEST_DETAIL - 1] + "…")
