"""Facts, appended in the transaction of the change they report, and the jobs that follow from each.

The fan-out happens when the fact is written: no consumer keeps a cursor, so none can skip a fact.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.ids import ChatId, ContactId, ConversationId, MessageId, TenantId
from core.jobs import JobKind, NewJob, Urgency


class EventKind(StrEnum):
    CONTACT_CREATED = "contact_created"
    ADDRESS_CHANGED = "address_changed"
    MESSAGE_RECEIVED = "message_received"
    MESSAGE_ECHOED = "message_echoed"
    MESSAGE_QUEUED = "message_queued"
    STATUS_CHANGED = "status_changed"
    MESSAGE_FAILED = "message_failed"
    MESSAGE_UNCERTAIN = "message_uncertain"
    MESSAGE_RETRIED = "message_retried"
    MESSAGE_DISCARDED = "message_discarded"
    MESSAGE_PROVEN = "message_proven"
    """A report showed that a message staff were told about went through after all."""
    MESSAGE_CONFIRMED = "message_confirmed"
    """Staff looked at the customer's side: an uncertain message had arrived."""
    CUSTOMER_EDITED = "customer_edited"
    CUSTOMER_DELETED = "customer_deleted"
    CUSTOMER_REACTED = "customer_reacted"
    STAFF_EDITED = "staff_edited"
    """Words that had not left yet."""
    STAFF_REACTED = "staff_reacted"
    EDIT_WANTED = "edit_wanted"
    """Words that have left already: the line is asked."""
    EDIT_CARRIED_OUT = "edit_carried_out"
    CORRECTION_OFFERED = "correction_offered"
    CORRECTION_ENDED = "correction_ended"
    MESSAGE_WITHDRAWN = "message_withdrawn"
    """Staff took back what had not left yet."""
    REVOKE_WANTED = "revoke_wanted"
    MESSAGE_REVOKED = "message_revoked"
    NOTE_CHANGED = "note_changed"
    SETTING_CHANGED = "setting_changed"
    TOPIC_OPENED = "topic_opened"
    TOPIC_LOST = "topic_lost"
    TOPIC_LEFT = "topic_left"
    """Another topic, in another group, took its place."""
    CONTACT_MOVED = "contact_moved"
    """Staff chose another group; the topic there follows."""
    NOTE_ADDED = "note_added"
    TAG_ADDED = "tag_added"
    TAG_REMOVED = "tag_removed"
    MERGED = "merged"
    """Two contacts are one person; `data` names the one that is part of this one now."""
    UNMERGED = "unmerged"
    LINE_NOTICE = "line_notice"
    """News about an account that staff should read now."""
    LINE_NEWS = "line_news"
    """News for the record."""
    JOB_PARKED = "job_parked"
    """A task was given up after its tries; staff decide what becomes of it."""
    GROUP_JOINED = "group_joined"
    GROUP_SUSPENDED = "group_suspended"
    GROUP_RESUMED = "group_resumed"
    HELPER_LEFT_OUT = "helper_left_out"
    """A helper bot cannot post in a group; the others do its work."""
    GROUP_RULED = "group_ruled"
    """Staff said which customers a group is for."""
    GROUP_FILLING = "group_filling"
    GROUP_FULL = "group_full"
    """No other group can take new topics, so this one goes on being used."""


@dataclass(frozen=True, slots=True)
class Event:
    kind: EventKind
    tenant_id: TenantId
    actor: str
    """`customer`, `system`, `phone`, or `staff:<id>`."""
    contact_id: ContactId | None = None
    message_id: MessageId | None = None
    data: dict[str, Any] = field(default_factory=dict[str, Any])


def mirror_job(tenant_id: TenantId, contact_id: ContactId) -> NewJob:
    return NewJob(
        JobKind.MIRROR,
        tenant_id,
        {"contact": contact_id},
        lane=f"desk:{contact_id}",
        urgency=Urgency.CUSTOMER,
        merge_key=f"mirror:{contact_id}",
    )


def move_job(tenant_id: TenantId, contact_id: ContactId) -> NewJob:
    """In the lane of what is shown: of the two, whichever comes first opens the topic, and never both."""
    return NewJob(
        JobKind.MOVE,
        tenant_id,
        {"contact": contact_id},
        lane=f"desk:{contact_id}",
        urgency=Urgency.CUSTOMER,
        merge_key=f"move:{contact_id}",
    )


def measure_job(tenant_id: TenantId, chat_id: ChatId) -> NewJob:
    key = f"measure:{chat_id}"
    return NewJob(JobKind.MEASURE, tenant_id, {"chat": chat_id}, urgency=Urgency.NUMBERS, merge_key=key)


def deliver_lane(conversation: ConversationId) -> str:
    return f"out:{conversation}"


def deliver_job(tenant_id: TenantId, conversation: ConversationId, message_id: MessageId) -> NewJob:
    return NewJob(
        JobKind.DELIVER,
        tenant_id,
        {"message": message_id},
        lane=deliver_lane(conversation),
        urgency=Urgency.REPLY,
    )


def merge_job(tenant_id: TenantId, merge_id: int, delay: float = 0) -> NewJob:
    """Tell what holds about two contacts. With a `delay` it is a timer, hence without a lane."""
    lane = None if delay else f"merge:{merge_id}"
    return NewJob(JobKind.MERGE, tenant_id, {"merge": merge_id}, lane=lane, urgency=Urgency.NOTICE, delay=delay)


def _show(event: Event) -> NewJob:
    assert event.contact_id is not None  # noqa: S101 - every message event names its contact
    return mirror_job(event.tenant_id, event.contact_id)


def _deliver(event: Event) -> NewJob:
    assert event.message_id is not None  # noqa: S101
    return deliver_job(event.tenant_id, ConversationId(event.data["conversation"]), event.message_id)


def _mark(event: Event) -> NewJob:
    return NewJob(
        JobKind.MARK,
        event.tenant_id,
        {"message": event.message_id},
        lane=f"mark:{event.message_id}",
        urgency=Urgency.MARK,
        merge_key=f"mark:{event.message_id}",
        delay=_QUEUED_MARK_SECONDS if event.kind in _QUEUED else 0,
    )


def _redraw(event: Event) -> NewJob:
    """In the lane of what is shown: a change never overtakes the words it changes."""
    return NewJob(
        JobKind.REDRAW,
        event.tenant_id,
        {"message": event.message_id},
        lane=f"desk:{event.contact_id}",
        urgency=Urgency.CUSTOMER,
        merge_key=f"redraw:{event.message_id}",
    )


def _at_customer(kind: JobKind, event: Event) -> NewJob:
    """In the lane of what is sent: never before the message that it is about."""
    payload = {"message": event.message_id, **event.data}
    number = event.data.get("correction", event.message_id)
    return NewJob(
        kind,
        event.tenant_id,
        payload,
        lane=f"out:{event.data['conversation']}",
        urgency=Urgency.REPLY,
        merge_key=f"{kind.value}:{number}",
    )


def _react(event: Event) -> NewJob:
    return _at_customer(JobKind.REACT, event)


def _edit(event: Event) -> NewJob:
    return _at_customer(JobKind.EDIT, event)


def _revoke(event: Event) -> NewJob:
    return _at_customer(JobKind.REVOKE, event)


def _offer(event: Event) -> NewJob:
    key = f"offer:{event.data['correction']}"
    payload = {"correction": event.data["correction"]}
    return NewJob(JobKind.OFFER, event.tenant_id, payload, lane=key, urgency=Urgency.NOTICE, merge_key=key)


def tell_job(tenant_id: TenantId, contact_id: ContactId | None, message_id: MessageId | None) -> NewJob:
    return NewJob(
        JobKind.TELL,
        tenant_id,
        {"message": message_id},
        lane=f"tell:{contact_id}",
        urgency=Urgency.NOTICE,
        merge_key=f"tell:{message_id}",
    )


def _tell(event: Event) -> NewJob:
    return tell_job(event.tenant_id, event.contact_id, event.message_id)


def _notify(event: Event) -> NewJob:
    return NewJob(JobKind.NOTIFY, event.tenant_id, dict(event.data), lane=f"notify:{event.tenant_id}")


_QUEUED = (EventKind.MESSAGE_QUEUED, EventKind.MESSAGE_RETRIED)
_QUEUED_MARK_SECONDS = 1.0
"""Most messages are sent sooner than this: then "queued" is never drawn, which saves a call."""

SUBSCRIBERS: Mapping[EventKind, tuple[Callable[[Event], NewJob], ...]] = {
    EventKind.MESSAGE_RECEIVED: (_show,),
    EventKind.MESSAGE_ECHOED: (_show,),
    EventKind.MESSAGE_QUEUED: (_deliver, _mark),
    EventKind.MESSAGE_RETRIED: (_deliver, _mark, _tell),
    EventKind.MESSAGE_PROVEN: (_tell,),
    EventKind.STATUS_CHANGED: (_mark,),
    EventKind.MESSAGE_FAILED: (_mark, _tell),
    EventKind.MESSAGE_UNCERTAIN: (_mark, _tell),
    EventKind.MESSAGE_DISCARDED: (_mark, _tell),
    EventKind.MESSAGE_CONFIRMED: (_mark, _tell),
    EventKind.CUSTOMER_EDITED: (_redraw,),
    EventKind.CUSTOMER_DELETED: (_redraw,),
    EventKind.CUSTOMER_REACTED: (_mark,),
    EventKind.STAFF_REACTED: (_react,),
    EventKind.EDIT_WANTED: (_edit,),
    EventKind.CORRECTION_OFFERED: (_offer,),
    EventKind.CORRECTION_ENDED: (_offer,),
    EventKind.MESSAGE_WITHDRAWN: (_mark,),
    EventKind.REVOKE_WANTED: (_revoke,),
    EventKind.MESSAGE_REVOKED: (_mark,),
    EventKind.LINE_NOTICE: (_notify,),
    EventKind.JOB_PARKED: (_notify,),
    EventKind.GROUP_SUSPENDED: (_notify,),
    EventKind.HELPER_LEFT_OUT: (_notify,),
    EventKind.GROUP_FILLING: (_notify,),
    EventKind.GROUP_FULL: (_notify,),
}


def follow_ups(event: Event) -> list[NewJob]:
    return [make(event) for make in SUBSCRIBERS.get(event.kind, ())]
