"""Reports about our messages: applied in whatever order they arrive, never downwards."""

from core.events import Event, EventKind
from core.ids import ExternalId, LineId, MessageId, TenantId
from core.message import Status
from core.ports import Party, Problem, StatusChanged
from core.service import contacts as people
from core.store import contacts, messages
from core.store.messages import Message
from core.store.scope import TenantScope

_TOLD_ABOUT = (Status.FAILED, Status.UNCERTAIN, Status.QUEUED)
"""From these a report ends what the failure post in the topic says."""


def client_id(tenant_id: TenantId, message_id: MessageId, attempt: int) -> str:
    """What goes along with a send and comes back in each of its reports."""
    return f"td:{tenant_id}:{message_id}:{attempt}"


async def apply(scope: TenantScope, line_id: LineId, report: StatusChanged) -> None:
    """Apply one report. One that comes before we know the message's id is kept until we do."""
    if report.status is None:
        return  # a word we do not know: the raw row keeps it
    found = await _find(scope, line_id, report)
    if found is None:
        await messages.keep_early(scope, line_id, report.external_id, report.status, report.problem)
        return
    if found.external_id is None and report.external_id:
        await messages.set_external(scope, found.id, report.external_id)
    if report.recipient is not None and await _is_about(scope, found, report.recipient):
        await people.learn(scope, line_id, found.contact_id, report.recipient.addresses)
    if not _is_of_an_older_try(found, report):
        await climb(scope, found, report.status, report.problem)


async def _is_about(scope: TenantScope, found: Message, party: Party) -> bool:
    """Somebody of a group may have got it, too: only whoever has one of the contact's addresses is the contact."""
    if len(party.addresses) < 2:
        return False  # nothing to learn
    return found.contact_id in await contacts.contacts_at(scope, found.line_id, party.addresses)


async def climb(scope: TenantScope, found: Message, heard: Status, problem: Problem | None = None) -> None:
    """Move a message up its ladder and say so, if anything changed."""
    now = await messages.climb(scope, found, heard, problem)
    if now is not found.status:
        kind = EventKind.MESSAGE_FAILED if now is Status.FAILED else EventKind.STATUS_CHANGED
        data = {"status": now.value}
        await scope.record(Event(kind, scope.tenant_id, "system", found.contact_id, found.id, data))
        if found.told_post_id is not None and found.status in _TOLD_ABOUT:
            await scope.record(Event(EventKind.MESSAGE_PROVEN, scope.tenant_id, "system", found.contact_id, found.id))


async def catch_up(scope: TenantScope, line_id: LineId, message_id: MessageId, external_id: ExternalId) -> None:
    """Apply the reports that came before the answer of the send."""
    for status, problem in await messages.early(scope, line_id, external_id):
        await climb(scope, await messages.get(scope, message_id), status, problem)


async def _find(scope: TenantScope, line_id: LineId, report: StatusChanged) -> Message | None:
    found = await messages.by_external(scope, line_id, report.external_id)
    if found is not None:
        return found
    named = _message_of(scope.tenant_id, report.client_id)
    try:
        return await messages.get(scope, named) if named else None
    except LookupError:
        return None


def _message_of(tenant_id: TenantId, client: str | None) -> MessageId | None:
    match (client or "").split(":"):
        case ["td", tenant, message, _] if tenant == str(tenant_id) and message.isdigit():
            return MessageId(int(message))
        case _:
            return None


def _is_of_an_older_try(found: Message, report: StatusChanged) -> bool:
    """A failure of a try that staff have replaced by a newer one says nothing about the newer one."""
    if report.status is not Status.FAILED or not report.client_id:
        return False
    return report.client_id.rpartition(":")[2] != str(found.attempt)
