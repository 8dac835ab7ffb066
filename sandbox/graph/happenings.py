"""What customers do that is no message: calls, and wishes about marketing."""

from __future__ import annotations

from typing import Any

from sandbox.graph import ids, payloads
from sandbox.graph.people import Customer, Number
from sandbox.graph.state import GraphState


def call(state: GraphState, customer: Customer, number: Number, seconds: int) -> str:
    """A customer calls: `connect`, then `terminate`; with `seconds` somebody answered. It opens the window."""
    call_id, now = f"wacid.{ids.numeric_id()}", state.clock.now()
    state.chats.of(number.id, customer.id).open_window(now)
    people = {"from": customer.wa_id or "", "from_user_id": customer.user_id, "to": number.display_phone_number}
    common = {"id": call_id, **people, "direction": "USER_INITIATED", "timestamp": str(int(now))}
    ended: dict[str, Any] = {"event": "terminate", "status": "COMPLETED" if seconds else "FAILED"}
    if seconds:
        ended |= {"start_time": str(int(now)), "end_time": str(int(now + seconds)), "duration": seconds}
    for stage in ({"event": "connect"}, ended):
        _tell(state, customer, number, "calls", {"calls": [{**common, **stage}]})
    return call_id


def wish(state: GraphState, customer: Customer, number: Number, value: str) -> None:
    """`stop` or `resume` of marketing messages (Meta: user_preferences, 2026)."""
    named = {"wa_id": customer.wa_id, "user_id": customer.user_id}
    one: dict[str, Any] = {name: value for name, value in named.items() if value}
    one |= {"detail": f"User requested to {value} marketing messages", "category": "marketing_messages"}
    one |= {"value": value, "timestamp": int(state.clock.now())}
    _tell(state, customer, number, "user_preferences", {"user_preferences": [one]})


def _tell(state: GraphState, customer: Customer, number: Number, field: str, parts: dict[str, Any]) -> None:
    value = payloads.envelope_of(number) | {"contacts": [payloads.contact(customer, state.knobs)], **parts}
    state.webhooks.push(payloads.Update(number.id, number.waba_id, field, value))
