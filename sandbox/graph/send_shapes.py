"""What `POST /{phone_number_id}/messages` takes, type by type, with Meta's lengths and limits."""

from __future__ import annotations

from typing import Any

from sandbox.graph.errors import bad_value, invalid
from sandbox.graph.shapes import Anything, Choice, Flag, Many, Number, Obj, Shape, Text

BAD = 131009  # what Meta answers to wrong lengths inside interactive messages

_MEDIA = {"id": Text(), "link": Text()}
_CAPTION = {"caption": Text(1024, empty=True)}
_MEDIA_OBJECTS: dict[str, Shape] = {
    "image": Obj(_MEDIA | _CAPTION, ("id", "link")),
    "video": Obj(_MEDIA | _CAPTION, ("id", "link")),
    "document": Obj(_MEDIA | _CAPTION | {"filename": Text(240)}, ("id", "link")),
    "audio": Obj(_MEDIA | {"voice": Flag()}, ("id", "link")),
    "sticker": Obj(dict(_MEDIA), ("id", "link")),
}

_PLACE = Obj(
    {
        "latitude": Number(-90, 90, required=True),
        "longitude": Number(-180, 180, required=True),
        "name": Text(1000, empty=True),
        "address": Text(1000, empty=True),
    }
)

_LABEL = {"type": Text()}
_ADDRESS_PARTS = ("street", "city", "state", "zip", "country", "country_code", "type")
_ADDRESS = Obj({name: Text(empty=True) for name in _ADDRESS_PARTS})
_NAME_PARTS = ("first_name", "last_name", "middle_name", "prefix", "suffix")
_PERSON = Obj(
    {
        "name": Obj(
            {"formatted_name": Text(required=True)} | {name: Text(empty=True) for name in _NAME_PARTS},
            required=True,
        ),
        "phones": Many(Obj({"phone": Text(), "wa_id": Text()} | _LABEL)),
        "emails": Many(Obj({"email": Text()} | _LABEL)),
        "urls": Many(Obj({"url": Text()} | _LABEL)),
        "addresses": Many(_ADDRESS),
        "org": Obj({name: Text(empty=True) for name in ("company", "department", "title")}),
        "birthday": Text(),
    }
)
MOST_CONTACTS = 257

_HEADER = Obj(
    {
        "type": Choice(("text", "image", "video", "document"), required=True),
        "text": Text(60, code=BAD),
        "sub_text": Text(60, code=BAD),
        "image": _MEDIA_OBJECTS["image"],
        "video": _MEDIA_OBJECTS["video"],
        "document": _MEDIA_OBJECTS["document"],
    }
)
_FOOTER = Obj({"text": Text(60, required=True, code=BAD)})
_REPLY = Obj({"id": Text(256, True, code=BAD), "title": Text(20, True, code=BAD)}, required=True)
_BUTTONS = Many(Obj({"type": Choice(("reply",), required=True), "reply": _REPLY}), 1, 3, True, BAD)
_ROW = Obj(
    {
        "id": Text(200, required=True, code=BAD),
        "title": Text(24, required=True, code=BAD),
        "description": Text(72, empty=True, code=BAD),
    }
)
_ROWS = Many(_ROW, 1, 10, True, BAD)
_PRODUCTS = Many(Obj({"product_retailer_id": Text(required=True)}), 1, 30, True, BAD)
_NAMED_ACTION = {"name": Text(required=True), "parameters": Anything()}

_ACTIONS: dict[str, Shape] = {
    "button": Obj({"buttons": _BUTTONS}, required=True),
    "list": Obj(
        {
            "button": Text(20, required=True, code=BAD),
            "sections": Many(Obj({"title": Text(24, code=BAD), "rows": _ROWS}), 1, 10, True, BAD),
        },
        required=True,
    ),
    "product": Obj({"catalog_id": Text(required=True), "product_retailer_id": Text(required=True)}, required=True),
    "product_list": Obj(
        {
            "catalog_id": Text(required=True),
            "sections": Many(Obj({"title": Text(24, code=BAD), "product_items": _PRODUCTS}), 1, 10, True, BAD),
        },
        required=True,
    ),
    **{
        name: Obj(dict(_NAMED_ACTION), required=True)
        for name in (
            "flow",
            "cta_url",
            "catalog_message",
            "order_details",
            "order_status",
            "location_request_message",
            "call_permission_request",
            "voice_call",
            "address_message",
        )
    },
}
_LIST_BODY, _BODY = 4096, 1024
_BODYLESS = ("product", "call_permission_request")

_PARAMETER_TYPES = (
    "text",
    "currency",
    "date_time",
    "image",
    "video",
    "document",
    "location",
    "payload",
    "coupon_code",
    "action",
    "limited_time_offer",
    "product",
)
_COMPONENT = Obj(
    {
        "type": Choice(("header", "body", "button", "footer", "carousel", "limited_time_offer"), required=True),
        "sub_type": Text(),
        "index": Number(0, 20),
        "parameters": Many(Anything()),
        "cards": Many(Anything()),
    }
)
_TEMPLATE = Obj(
    {
        "name": Text(required=True),
        "language": Obj({"code": Text(required=True), "policy": Text()}, required=True),
        "components": Many(_COMPONENT),
        "namespace": Text(),
    }
)

SHAPES: dict[str, Shape] = {
    "text": Obj({"body": Text(4096, required=True), "preview_url": Flag()}),
    **_MEDIA_OBJECTS,
    "location": _PLACE,
    "contacts": Many(_PERSON, 1, MOST_CONTACTS),
    "reaction": Obj({"message_id": Text(required=True), "emoji": Text(empty=True)}),
    "interactive": Anything(),
    "template": _TEMPLATE,
}

_COMMON = {
    "messaging_product": Choice(("whatsapp",), required=True),
    "recipient_type": Choice(("individual", "group")),
    "to": Text(),
    "recipient": Text(),
    "recipient_identity_key_hash": Text(),
    "type": Choice(tuple(SHAPES)),
    "context": Obj({"message_id": Text(required=True)}),
    "biz_opaque_callback_data": Text(512),
    "ttl": Number(),
    "message_activity_sharing": Flag(),
}
_READ = Obj(
    {
        "messaging_product": Choice(("whatsapp",), required=True),
        "status": Choice(("read",), required=True),
        "message_id": Text(required=True),
        "typing_indicator": Obj({"type": Choice(("text",), required=True)}),
    }
)


def check_read(body: dict[str, Any]) -> None:
    _READ.check(body, "")


def check_send(body: dict[str, Any]) -> str:
    """Check a whole message and return its type. Without `type` it is inferred, as Meta does."""
    kind = body.get("type")
    if kind is None:
        kind = next((name for name in SHAPES if name in body), "text")
    kind = kind.lower() if isinstance(kind, str) else kind
    content = {kind: SHAPES[kind]} if isinstance(kind, str) and kind in SHAPES else {}
    Obj(_COMMON | content).check(body, "")
    if body.get(kind) is None:
        raise invalid(f"The parameter {kind} is required.")
    if not body.get("to") and not body.get("recipient"):
        raise invalid("The parameter to is required.")
    if kind == "interactive":
        _check_interactive(body["interactive"])
    if kind == "reaction" and "context" in body:
        raise invalid("Reactions cannot be replies.")
    return kind


def _check_interactive(content: dict[str, Any]) -> None:
    kind = content.get("type")
    if not isinstance(kind, str) or kind not in _ACTIONS:
        names = ", ".join(name.upper() for name in _ACTIONS)
        raise invalid(f"Param interactive['type'] must be one of {{{names}}} - got {kind!r}.")
    longest = _LIST_BODY if kind == "list" else _BODY
    body = Obj({"text": Text(longest, required=True, code=BAD)}, required=kind not in _BODYLESS)
    keys = {"type": Text(), "header": _HEADER, "body": body, "footer": _FOOTER, "action": _ACTIONS[kind]}
    Obj(keys).check(content, "interactive")
    action = content["action"]
    _check_unique("Button", [b["reply"] for b in action.get("buttons", [])])
    rows = [row for section in action.get("sections", []) for row in section.get("rows", [])]
    if len(rows) > 10:
        raise bad_value("Total row count exceed max allowed count: 10")
    _check_unique("Row", rows)


def _check_unique(what: str, items: list[dict[str, Any]]) -> None:
    if len({item["id"] for item in items}) != len(items):
        raise bad_value(f"{what} ids must be unique")
