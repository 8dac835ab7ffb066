"""The parts of a message that have a structure of their own: cards, orders, forms, menus, ads. Pure, total.

Shapes: Meta, webhooks/reference/messages (contacts, order, interactive, referral; 2025-11 to 2026-06).
"""

import json
from decimal import Decimal, InvalidOperation

from core import vcard
from core.message import Card, Content, Item, Kind, Notice, Order, Question, Referral
from core.text import bold, join, plain
from gateway.whatsapp_cloud.loose import Json, canonical, items, mapping, pick, text, whole

_LONGEST_PRICE = 30
_LONGEST_NUMBER = 1_000_000
_LONGEST = 1000


def referral(message: Json) -> Referral | None:
    """The ad or post a customer came from (click to WhatsApp)."""
    part = mapping(message.get("referral"))
    if not part:
        return None
    return Referral(
        pick(part, "source_type"),
        pick(part, "headline")[:_LONGEST],
        pick(part, "body")[:_LONGEST],
        pick(part, "source_url")[:_LONGEST],
        pick(part, "source_id")[:_LONGEST],
        pick(part, "image_url", "video_url", "thumbnail_url")[:_LONGEST],
        pick(part, "ctwa_clid")[:_LONGEST],
    )


def card(contact: Json) -> Card:
    """A shared contact; what its own fields leave out is read from its vCard, where it has one."""
    written = text(contact.get("vcard"))
    read = vcard.read(written)
    name = mapping(contact.get("name"))
    both = f"{pick(name, 'first_name')} {pick(name, 'last_name')}".strip()
    named = tuple(filter(None, (_phone(mapping(each)) or text(each) for each in items(contact.get("phones")))))
    phones = named or read.phones
    emails = _values(contact, "emails", "email") or read.emails
    company = pick(mapping(contact.get("org")), "company")
    shown = pick(name, "formatted_name") or both or read.name or company or next(iter(phones + emails), "")
    return Card(shown, phones, emails, written)


def _phone(part: Json) -> str:
    """As the sender wrote it; where that lacks the country, WhatsApp's own number of that person."""
    written, known = pick(part, "phone"), pick(part, "wa_id")
    return written if written.startswith("+") or not known else "+" + known.removeprefix("+")


def _values(contact: Json, part: str, *names: str) -> tuple[str, ...]:
    found = (pick(mapping(each), *names) or text(each) for each in items(contact.get(part)))
    return tuple(value for value in found if value)


def order(part: Json) -> Order:
    return Order(tuple(_item(mapping(each)) for each in items(part.get("product_items"))), pick(part, "catalog_id"))


def _item(part: Json) -> Item:
    quantity = whole(part.get("quantity"))
    known = quantity is not None and 0 < quantity < _LONGEST_NUMBER
    return Item(
        pick(part, "product_retailer_id") or "?",
        quantity if known and quantity is not None else 1,
        _price(pick(part, "item_price")),
        pick(part, "currency").upper(),
    )


def _price(written: str) -> str | None:
    """A price we can count with; None for anything else."""
    try:
        price = Decimal(written) if len(written) <= _LONGEST_PRICE else Decimal("NaN")
    except InvalidOperation:
        return None
    return str(price) if price.is_finite() and 0 <= price < 10**15 else None


def form(reply: Json) -> str:
    """A filled-in form as lines of `field: value`; broken JSON is shown as it came."""
    raw = reply.get("response_json")
    try:
        answers = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        answers = None
    given = [f"{text(key)}: {_flat(value)}" for key, value in mapping(answers).items() if key != "flow_token"]
    return "\n".join(given) or text(raw) or pick(reply, "body", "name")


def _flat(value: object) -> str:
    """A list of plain values as words; anything deeper as JSON."""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    listed = [text(each) for each in items(value)]
    return ", ".join(listed) if listed and all(listed) else text(canonical(value))


def menu(part: Json) -> Content | None:
    """What the business asked from its phone: the words around the choices, and the choices."""
    head, body, foot = (text(mapping(part.get(each)).get("text")).strip() for each in ("header", "body", "footer"))
    options = tuple(filter(None, _options(mapping(part.get("action")))))
    words = join([piece for piece in (bold(head), plain(body), plain(foot)) if piece])
    if not words and not options:
        return None
    return Content(Kind.POLL, words, question=Question(options)) if options else Content(Kind.TEXT, words)


def _options(action: Json) -> list[str]:
    buttons = [pick(mapping(mapping(each).get("reply")), "title", "id") for each in items(action.get("buttons"))]
    sections = [mapping(each) for each in items(action.get("sections"))]
    rows = [mapping(row) for section in sections for row in items(section.get("rows"))]
    products = [mapping(item) for section in sections for item in items(section.get("product_items"))]
    parameters = mapping(action.get("parameters"))
    link = " · ".join(filter(None, (pick(parameters, "display_text", "flow_cta"), pick(parameters, "url"))))
    listed = [" · ".join(filter(None, (pick(row, "title", "id"), pick(row, "description")))) for row in rows]
    named = [pick(product, "product_retailer_id") for product in (*products, action)]
    return [*buttons, *listed, *named, link]


def wish(part: Json) -> Notice:
    """What a customer wants to receive (Meta: user_preferences, 2026)."""
    value = pick(part, "value").lower()
    code = {"stop": "marketing_off", "resume": "marketing_on"}.get(value, "consent")
    detail = " · ".join(filter(None, (pick(part, "category"), value, pick(part, "detail")[:_LONGEST])))
    return Notice(code if "marketing" in pick(part, "category") else "consent", detail or "?")
