"""Webhook bodies for tests, in the shapes of field documentation, and the count they must give."""

from datetime import UTC, datetime
from typing import Any

from core.ports import InboundEvent, LineNotice
from gateway.whatsapp_cloud.wire_in import events_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NUMBER_ID = "106540352242922"
SAID_AT = datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC)
PARTS = ("messages", "statuses", "message_echoes", "calls", "user_preferences")

JsonObject = dict[str, Any]


def value(**parts: Any) -> JsonObject:
    metadata = {"display_phone_number": "15550783881", "phone_number_id": NUMBER_ID}
    return {"messaging_product": "whatsapp", "metadata": metadata, **parts}


def change(field: str = "messages", **parts: Any) -> JsonObject:
    return {"field": field, "value": value(**parts)}


def body(*changes: JsonObject) -> JsonObject:
    return {"object": "whatsapp_business_account", "entry": [{"id": "1022", "changes": list(changes)}]}


def contact(name: str = "Ann", **ids: Any) -> JsonObject:
    return {"profile": {"name": name}, **ids}


def message(kind: str | None = "text", **parts: Any) -> JsonObject:
    """From 16505551234 unless `sender` says otherwise (None: nobody)."""
    sender = parts.pop("sender", {"from": "16505551234"}) or {}
    found = {"id": "wamid.A", "timestamp": "1749416383", **sender, **parts}
    return found if kind is None else {**found, "type": kind}


def events(payload: Any) -> list[InboundEvent]:
    return events_of(payload, NOW)


def heard(*messages: JsonObject, contacts: list[Any] | None = None, field: str = "messages") -> list[InboundEvent]:
    extra = {} if contacts is None else {"contacts": contacts}
    return events(body(change(field, messages=list(messages), **extra)))


def only(*messages: JsonObject, contacts: list[Any] | None = None) -> Any:
    (event,) = heard(*messages, contacts=contacts)
    return event


def counted(found: list[InboundEvent]) -> int:
    return sum(not isinstance(event, LineNotice) for event in found)


def expected(payload: JsonObject) -> int:
    """Messages, statuses, echoes, calls and wishes as plain counting finds them."""
    values = [change["value"] for entry in payload["entry"] for change in entry["changes"]]
    return sum(len(value.get(part, [])) for value in values for part in PARTS)
