"""One status of a webhook → StatusChanged. Pure, total. (Meta: webhooks/reference/messages/status, 2025-11)"""

from datetime import datetime

from core.ids import ExternalId
from core.message import Status
from core.ports import Party, Problem, StatusChanged
from gateway.whatsapp_cloud.errors import problem_of
from gateway.whatsapp_cloud.loose import Json, items, mapping, moment, pick
from gateway.whatsapp_cloud.party import Contacts, addresses, parent, party

_WORDS = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "played": Status.PLAYED,
    "failed": Status.FAILED,
}
"""Other words were seen (`deleted`, `warning`): they are reported as they came and change nothing."""


def status_of(status: Json, contacts: Contacts, fallback_id: str, fallback_at: datetime) -> StatusChanged:
    word = pick(status, "status")
    known = _WORDS.get(word.lower())
    return StatusChanged(
        external_id=ExternalId(pick(status, "id") or fallback_id),
        status=known,
        raw_status=word,
        at=moment(status.get("timestamp")) or fallback_at,
        client_id=pick(status, "biz_opaque_callback_data") or None,
        problem=_problem(status, failed=known is Status.FAILED),
        recipient=_recipient(status, contacts),
    )


def _problem(status: Json, *, failed: bool) -> Problem | None:
    errors = items(status.get("errors"))
    if errors:
        return problem_of(mapping(errors[0]))
    return Problem("unknown") if failed else None


def _recipient(status: Json, contacts: Contacts) -> Party | None:
    """None when the report names nobody. A group's id is nobody's address."""
    to_group = pick(status, "recipient_type").lower() == "group"
    named = status.get("recipient_participant_id" if to_group else "recipient_id")
    found = [*addresses(named, status.get("recipient_user_id"))]
    above = parent(status.get("recipient_parent_user_id") or status.get("parent_recipient_user_id"))
    who = party([*found, above] if above else found, contacts)
    return who if who.addresses else None
