"""Two contacts that are one person: merged when nothing speaks against it, asked about when something does.

A payload that names addresses of two contacts says that they are one. They become one by themselves, with a note
and a way back, unless both have an address of the same kind and not the same one: two phones may be two people who
share an account. Then staff decide, and are asked once. See docs/decisions/0010.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import phones
from core.errors import UserMistake
from core.events import Event, EventKind, merge_job, mirror_job
from core.ids import ContactId
from core.people import Address, AddressKind
from core.store import belongings, contacts, merges, queue, topics
from core.store.merges import Merge, MergeState
from core.store.scope import TenantScope

UNITE, APART, UNDO = "unite", "apart", "undo"
"""Verbs of the buttons; their one number is the merge."""
UNDO_FOR = timedelta(hours=24)
_IN_STEP = timedelta(minutes=5)
"""By how much WhatsApp's clock and ours, or two of its webhooks, may differ in order."""
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Change:
    """A payload says that somebody's addresses are `new` ones since `at`: that these differ is no conflict.

    But a phone that somebody has now may have been another person's before, so a contact known by it from before
    the change is not taken for the same in silence. User ids are never given again.
    """

    new: tuple[Address, ...]
    at: datetime


async def join(scope: TenantScope, known: Sequence[ContactId], change: Change | None) -> ContactId:
    """Whom a payload is about, of those whose addresses it names, the most trusted first."""
    first = known[0]
    for other in known[1:]:
        first = await _consider(scope, first, other, change)
    return first


async def _consider(scope: TenantScope, one: ContactId, other: ContactId, change: Change | None) -> ContactId:
    if await merges.between(scope, one, other):
        return one  # asked, or decided before
    kept, gone = await _in_order(scope, one, other)
    found = await merges.add(scope, kept, gone, SYSTEM)
    if await _conflict(scope, kept, gone, change):
        await scope.put(merge_job(scope.tenant_id, found.id))
        return one
    await unite(scope, found, SYSTEM)
    return kept


async def _in_order(scope: TenantScope, one: ContactId, other: ContactId) -> tuple[ContactId, ContactId]:
    """Who is kept: the one whom a topic shows, else the one known for longer."""
    older, younger = min(one, other), max(one, other)
    shown = [await topics.topic_of(scope, each) is not None for each in (older, younger)]
    return (younger, older) if shown == [False, True] else (older, younger)


async def _conflict(scope: TenantScope, one: ContactId, other: ContactId, change: Change | None) -> bool:
    """Has each an address that the other has another of, on the same line?"""
    mine, theirs = await contacts.address_book(scope, one), await contacts.address_book(scope, other)
    explained = await _explained(scope, one, other, change) if change else frozenset[AddressKind]()
    both = [(line, kind) for line, kind in mine if (line, kind) in theirs and kind not in explained]
    return any(not _same(mine[each], theirs[each]) for each in both)


async def _explained(scope: TenantScope, one: ContactId, other: ContactId, change: Change) -> frozenset[AddressKind]:
    kinds = {address.kind for address in change.new}
    began = [(await contacts.get_contact(scope, each)).created_at for each in (one, other)]
    if max(began) < change.at - _IN_STEP:
        kinds.discard(AddressKind.PHONE)
    return frozenset(kinds)


def _same(some: set[str], others: set[str]) -> bool:
    return any(phones.same(one, other) for one in some for other in others)


# ------------------------------------------------------------------ by hand


async def propose(scope: TenantScope, kept: ContactId, wanted: Address, actor: str) -> None:
    """Ask whether whoever has this address is the kept contact, too. Raises UserMistake."""
    kept = await merges.living(scope, kept)
    found = await contacts.contacts_with(scope, wanted)
    if not found:
        raise UserMistake("merge_unknown")
    others = [each for each in found if each != kept]
    if not others:
        raise UserMistake("merge_same")
    for other in others:
        proposed = await merges.add(scope, kept, other, actor)
        await scope.put(merge_job(scope.tenant_id, proposed.id))


async def decide(scope: TenantScope, verb: str, merge_id: int, actor: str) -> None:
    """A press. Raises UserMistake when it is decided already, or too late."""
    found = await merges.get(scope, merge_id)
    if found is None:
        raise UserMistake("stale")
    if verb == UNDO:
        await _undo(scope, found, actor)
        return
    if found.state is not MergeState.ASKED or not await _both_live(scope, found):
        raise UserMistake("stale")
    if verb == UNITE:
        await unite(scope, found, actor)
    elif await merges.decide(scope, found, MergeState.APART, actor):
        await scope.put(merge_job(scope.tenant_id, found.id))


async def _both_live(scope: TenantScope, found: Merge) -> bool:
    """Neither has become part of somebody else since."""
    pair = (found.kept_id, found.gone_id)
    return [await merges.living(scope, each) for each in pair] == list(pair)


# ------------------------------------------------------------------ done and undone


async def unite(scope: TenantScope, found: Merge, actor: str) -> None:
    """All of the one becomes the other's, in this transaction."""
    moved = await belongings.move(scope, found.gone_id, found.kept_id)
    if not await merges.decide(scope, found, MergeState.DONE, actor, moved):
        raise UserMistake("stale")
    await _show_anew(scope, found.gone_id, found.kept_id)
    await scope.record(_event(scope, EventKind.MERGED, found, found.kept_id, actor))
    later = merge_job(scope.tenant_id, found.id, delay=UNDO_FOR.total_seconds())
    await scope.put(merge_job(scope.tenant_id, found.id), later)


async def _undo(scope: TenantScope, found: Merge, actor: str) -> None:
    if found.state is not MergeState.DONE or found.decided_at is None:
        raise UserMistake("stale")
    if not may_undo(found, scope.now):
        raise UserMistake("undo_too_late")
    if not await merges.decide(scope, found, MergeState.UNDONE, actor):
        raise UserMistake("stale")
    holder = await merges.living(scope, found.kept_id)
    await belongings.restore(scope, found.gone_id, holder, found.moved)
    await scope.put(mirror_job(scope.tenant_id, holder), mirror_job(scope.tenant_id, found.gone_id))
    for contact_id in (holder, found.gone_id):
        await scope.record(_event(scope, EventKind.UNMERGED, found, contact_id, actor))
    await scope.put(merge_job(scope.tenant_id, found.id))


def may_undo(found: Merge, now: datetime) -> bool:
    return found.state is MergeState.DONE and found.decided_at is not None and now < found.decided_at + UNDO_FOR


async def _show_anew(scope: TenantScope, gone: ContactId, kept: ContactId) -> None:
    """What waits of both is shown in one topic, after what is being shown right now: one job for both lanes."""
    job = mirror_job(scope.tenant_id, kept)
    old, new = mirror_job(scope.tenant_id, gone).lane, job.lane
    assert old is not None and new is not None  # noqa: PT018, S101 - showing is an ordered promise
    await queue.drop_waiting(scope.connection, scope.tenant_id, job.kind, old, new)
    await queue.change_lane(scope.connection, scope.tenant_id, old, new)
    await scope.put(job)


def _event(scope: TenantScope, kind: EventKind, found: Merge, contact_id: ContactId, actor: str) -> Event:
    data = {"merge": found.id, "kept": found.kept_id, "gone": found.gone_id}
    return Event(kind, scope.tenant_id, actor, contact_id, data=data)
