"""Writing to somebody whose number a customer shared: a contact, a conversation and a topic of their own."""

from dataclasses import dataclass

from core.errors import UserMistake
from core.events import mirror_job
from core.ids import MessageId
from core.message import Content, Direction, Kind, Notice, Status
from core.people import Address, AddressKind, Topic
from core.ports import Party
from core.service import contacts as people
from core.service.lines import Lines
from core.store import contacts, messages, topics
from core.store.messages import Message, NewMessage, Shown
from core.store.scope import TenantScope

WRITE = "write"
"""The verb of the button under a shared card: message, card, phone."""


@dataclass(frozen=True, slots=True)
class Started:
    """Whom, and their topic where they have one already."""

    name: str
    topic: Topic | None


async def start(scope: TenantScope, lines: Lines, numbers: tuple[int, ...]) -> Started:
    """On the line the card came by. Raises UserMistake when the button no longer means anything."""
    message, name, written = await _shared(scope, numbers)
    digits = people.international(written)
    if digits is None:
        raise UserMistake("stale")
    party = Party((Address(AddressKind.PHONE, digits),), name)
    contact_id, _ = await people.find_or_add(scope, message.line_id, party, "")
    topic = await topics.topic_of(scope, contact_id)
    contact = await contacts.get_contact(scope, contact_id)
    if topic is None:
        sharer = await contacts.get_contact(scope, message.contact_id)
        has_window = lines.get(message.line_id).connector.limits.window_hours is not None
        code = "introduced_window" if has_window else "introduced"
        new = NewMessage(
            await contacts.keep_conversation(scope, contact_id, message.line_id),
            contact_id,
            message.line_id,
            Direction.IN,
            author="system",
            content=Content(Kind.NOTICE, notice=Notice(code, sharer.name)),
            status=Status.RECEIVED,
            shown=Shown.WAITING,
            said_at=scope.now,
            origin=f"start:{contact_id}",
        )
        await messages.add(scope, new)
        await scope.put(mirror_job(scope.tenant_id, contact_id))
    return Started(contact.name, topic)


async def _shared(scope: TenantScope, numbers: tuple[int, ...]) -> tuple[Message, str, str]:
    """The message, and the name and phone of its card."""
    try:
        message_id, card_no, phone_no = numbers
        message = await messages.get(scope, MessageId(message_id))
        card = message.content.cards[card_no]
        return message, card.name, card.phones[phone_no]
    except (ValueError, LookupError) as gone:
        raise UserMistake("stale") from gone
