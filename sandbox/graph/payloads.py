"""Webhook values as Meta documents them, with the variants that are seen in life (knob `quirks`)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.graph.chats import ChatMessage
from sandbox.graph.knobs import Knobs
from sandbox.graph.people import Customer, Number

LISTS = ("messages", "statuses", "contacts", "message_echoes")


@dataclass(frozen=True, slots=True)
class Update:
    """One change on its way to the product: the value of one `changes[]` element."""

    number_id: str
    waba_id: str
    field: str
    value: dict[str, Any]


def contact(customer: Customer, knobs: Knobs) -> dict[str, Any]:
    if knobs.has("bare_contacts"):
        return _ids(customer, knobs, "wa_id", "user_id")
    profile: dict[str, Any] = {"name": customer.name}
    if customer.username:
        profile["username"] = customer.username
    return {"profile": profile, **_ids(customer, knobs, "wa_id", "user_id", "parent_user_id")}


def _ids(customer: Customer, knobs: Knobs, phone: str, user: str, parent: str = "") -> dict[str, Any]:
    """The customer's ids under the names this block uses; absent ones are left out."""
    found: dict[str, Any] = {}
    if customer.wa_id:
        found[phone] = int(customer.wa_id) if knobs.has("numbers") else customer.wa_id
    elif knobs.has("bsuid_in_from") and phone == "from":
        found[phone] = customer.user_id
    elif knobs.has("empty_ids"):
        found[phone] = ""
    if customer.user_id and not knobs.has("no_user_id"):
        found[user] = customer.user_id
        if customer.parent_user_id and parent:
            found[parent] = customer.parent_user_id
    return found


def _metadata(number: Number) -> dict[str, Any]:
    return {"display_phone_number": number.display_phone_number, "phone_number_id": number.id}


def _timestamp(at: float, knobs: Knobs) -> str | int:
    return int(at) if knobs.has("numbers") else str(int(at))


def envelope_of(number: Number) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "metadata": _metadata(number)}


def inbound(number: Number, customer: Customer, message: ChatMessage, knobs: Knobs, extra: dict[str, Any]) -> Update:
    """A customer's message. `extra` holds further keys of the message (referral, errors ...)."""
    body: dict[str, Any] = _ids(customer, knobs, "from", "from_user_id", "from_parent_user_id")
    body |= {"id": message.id, "timestamp": _timestamp(message.at, knobs)}
    if message.quote:
        body["context"] = {"from": number.display_phone_number, "id": message.quote}
    if not knobs.has("no_type"):
        body["type"] = message.type
    if message.content is not None:
        body[message.type] = message.content
    value = envelope_of(number)
    if message.type != "system" and not knobs.has("no_contacts"):
        value["contacts"] = [contact(customer, knobs)]
    value["messages"] = [{**body, **extra}]
    return Update(number.id, number.waba_id, "messages", value)


def status(
    number: Number, customer: Customer, message: ChatMessage, name: str, at: float, knobs: Knobs
) -> dict[str, Any]:
    """One element of `statuses` (Meta: status, 2025-11; ids of people as of April 2026)."""
    body: dict[str, Any] = {"id": message.id, "status": name, "timestamp": _timestamp(at, knobs)}
    parent = "parent_recipient_user_id"
    body |= _ids(customer, knobs, "recipient_id", "recipient_user_id", parent)
    if message.callback_data is not None:
        body["biz_opaque_callback_data"] = message.callback_data
    return body


def status_update(number: Number, customer: Customer, body: dict[str, Any], knobs: Knobs) -> Update:
    """Contacts are left out on `failed` (Meta: BSUID)."""
    value = envelope_of(number)
    if body["status"] != "failed" and not knobs.has("no_status_contacts"):
        value["contacts"] = [contact(customer, knobs)]
    value["statuses"] = [body]
    return Update(number.id, number.waba_id, "messages", value)


def body_of(updates: Iterable[Update], shape: str, at: float) -> dict[str, Any]:
    """The envelope of one POST. `shape` says where several updates are put."""
    entries: list[dict[str, Any]] = []
    for update in updates:
        change = {"value": update.value, "field": update.field}
        same = entries[-1] if entries and entries[-1]["id"] == update.waba_id else None
        if same is None or shape == "entries":
            entries.append({"id": update.waba_id, "changes": [change]})
            if update.field != "messages":
                entries[-1]["time"] = int(at)
        elif shape == "changes" or not _merge(same["changes"][-1], change):
            same["changes"].append(change)
    return {"object": "whatsapp_business_account", "entry": entries}


def _merge(into: dict[str, Any], change: dict[str, Any]) -> bool:
    """Put the second value's lists behind the first one's, when both are about the same number."""
    first, second = into["value"], change["value"]
    same = into["field"] == change["field"] and first.get("metadata") == second.get("metadata")
    if not same or "metadata" not in first:
        return False
    merged = dict(first)
    for name in LISTS:
        more = second.get(name, [])
        if name == "contacts":
            more = [one for one in more if one not in first.get(name, [])]
        if more:
            merged[name] = [*first.get(name, []), *more]
    into["value"] = merged
    return True


def encode(body: dict[str, Any]) -> bytes:
    r"""The exact bytes that are signed: compact, non-ASCII as \uXXXX, slashes as \/.

    Only a receiver that checks the raw bytes gets the signature right.
    """
    text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
    return text.replace("/", "\\/").encode("ascii")
