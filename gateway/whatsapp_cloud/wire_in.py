"""A webhook's JSON → events. Pure; never raises, whatever the JSON is.

The rule: as many events as the payload has messages, statuses, echoes, calls and changed wishes of customers,
over all entries and all changes. News about the account (LineNotice) come on top and do not count.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.ids import ExternalId
from core.message import Content, Kind, Notice
from core.people import Address
from core.ports import AddressChanged, EchoOut, InboundEvent, LineNotice, MessageIn, Party
from gateway.whatsapp_cloud.account_in import notices_of
from gateway.whatsapp_cloud.loose import Json, canonical, items, mapping, moment, pick, whole
from gateway.whatsapp_cloud.messages_in import content_of, kind_of, reply_target
from gateway.whatsapp_cloud.party import Contacts, addresses, contacts_of, parent, party, sender
from gateway.whatsapp_cloud.statuses_in import status_of
from gateway.whatsapp_cloud.structured import wish

_MADE_UP = "sha256:"
_LONGEST_CALL = 1_000_000
"""Seconds: more is no duration."""


def is_made_up(external_id: str) -> bool:
    """Is this an id of ours for a message that came without one? WhatsApp does not know it."""
    return external_id.startswith(_MADE_UP)


@dataclass(frozen=True, slots=True)
class _Change:
    """One `changes[]` element: `at` is the time to use where a part names none."""

    field: str
    value: Json
    contacts: Contacts
    at: datetime


def events_of(body: Json, now: datetime) -> list[InboundEvent]:
    """Everything a body reports, in its order. `now` stands in where neither message nor entry names a time."""
    return [event for change in _changes(body, now) for event in _events(change)]


def _changes(body: Json, now: datetime) -> Iterator[_Change]:
    for entry in map(mapping, items(mapping(body).get("entry"))):
        at = moment(entry.get("time")) or now
        for change in map(mapping, items(entry.get("changes"))):
            value = mapping(change.get("value"))
            yield _Change(pick(change, "field"), value, contacts_of(value), at)


def _events(change: _Change) -> Iterator[InboundEvent]:
    parts = list(_parts(change, items(change.value.get("messages"))))
    yield from parts
    if not parts or items(change.value.get("errors")):
        yield from _news(change)


def _parts(change: _Change, heard: Sequence[object]) -> Iterator[InboundEvent]:
    value = change.value
    for each in heard:
        yield _message(mapping(each), change, _stable_id(each), alone=len(heard) == 1)
    for each in items(value.get("statuses")):
        yield status_of(mapping(each), change.contacts, _stable_id(each), change.at)
    for each in items(value.get("message_echoes")):
        yield _echo(mapping(each), change, _stable_id(each))
    if change.field == "calls":
        for each in items(value.get("calls")):
            yield _call(mapping(each), change, _stable_id(each))
    if change.field == "user_preferences":
        for each in items(value.get("user_preferences")):
            yield _wish(mapping(each), change, _stable_id(each))


def _news(change: _Change) -> list[LineNotice]:
    """A change under `messages` that says nothing is not worth a line; any other field is."""
    return notices_of(change.field, change.value) if change.value or change.field else []


def _message(message: Json, change: _Change, fallback_id: str, *, alone: bool) -> MessageIn | AddressChanged:
    who = sender(message, change.contacts, alone=alone)
    external_id = ExternalId(pick(message, "id") or fallback_id)
    at, content = moment(message.get("timestamp")) or change.at, content_of(message)
    if kind_of(message) == "system":
        new, before = _named_in_change(message)
        if set(new) - set(who.addresses) or before:
            who = Party(tuple(dict.fromkeys((*before, *who.addresses))), who.name)
            return AddressChanged(external_id, who, at, new, content)
        return MessageIn(external_id, who, at, content, opens_window=False, readable=False)
    return MessageIn(external_id, who, at, content, ExternalId(reply_target(message)) or None)


def _named_in_change(message: Json) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """The ids a `system` message says the customer has now, and those it says they had before."""
    part = mapping(message.get("system"))
    above = parent(part.get("parent_user_id"))
    named = (*addresses(part.get("new_wa_id") or part.get("wa_id"), part.get("user_id")), *([above] if above else []))
    before = addresses(part.get("previous_user_id"), part.get("previous_wa_id"))
    return named, before if named else ()


def _echo(message: Json, change: _Change, fallback_id: str) -> EchoOut:
    """Written on the phone itself: `to` and `to_user_id` name the customer (Meta: smb_message_echoes, 2026)."""
    who = party([*addresses(message.get("to"), message.get("to_user_id"))], change.contacts)
    external_id = ExternalId(pick(message, "id") or fallback_id)
    at = moment(message.get("timestamp")) or change.at
    return EchoOut(external_id, who, at, content_of(message), ExternalId(reply_target(message)) or None)


def _call(call: Json, change: _Change, fallback_id: str) -> MessageIn | EchoOut:
    """A call, by either side. All stages of a call have the same id, so a call is one line; how long people spoke
    is another. A customer's call opens the window too.
    """
    is_ours = pick(call, "direction").upper().startswith("BUSINESS")
    seconds = whole(call.get("duration")) or 0
    spoke = 0 < seconds < _LONGEST_CALL
    code = "call_ended" if spoke else "call_out" if is_ours else "call"
    content = Content(Kind.NOTICE, notice=Notice(code, f"{seconds // 60}:{seconds % 60:02}" if spoke else ""))
    external_id = ExternalId((pick(call, "id") or fallback_id) + (":end" if spoke else ""))
    at = moment(call.get("timestamp")) or change.at
    if is_ours:
        return EchoOut(
            external_id, party(addresses(call.get("to"), call.get("to_user_id")), change.contacts), at, content
        )
    return MessageIn(external_id, sender(call, change.contacts, alone=True), at, content, readable=False)


def _wish(part: Json, change: _Change, fallback_id: str) -> MessageIn:
    """A customer said what they want to receive: a line in their topic, and no right to write to them freely."""
    who = party(addresses(part.get("wa_id"), part.get("user_id")), change.contacts)
    at = moment(part.get("timestamp")) or change.at
    content = Content(Kind.NOTICE, notice=wish(part))
    return MessageIn(ExternalId(fallback_id), who, at, content, opens_window=False, readable=False)


def _stable_id(part: object) -> str:
    """An id for what came without one: the same part, delivered again, has the same."""
    return _MADE_UP + hashlib.sha256(canonical(part).encode()).hexdigest()[:32]
