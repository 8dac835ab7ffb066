"""Tags: staff's words for kinds of customers."""

from core.errors import UserMistake
from core.events import Event, EventKind
from core.people import Staff, Topic
from core.store import tags
from core.store.scope import TenantScope

_LONGEST = 50


def names_in(words: str) -> list[str]:
    """`vip, Großhandel`: commas part tags, a leading # is decoration. Raises UserMistake."""
    names = [" ".join(each.split()).removeprefix("#").strip() for each in words.replace("，", ",").split(",")]
    names = [each for each in names if each]
    if not names or any(len(each) > _LONGEST for each in names):
        raise UserMistake("tag_form")
    return names


async def add(scope: TenantScope, topic: Topic, staff: Staff, words: str) -> list[str]:
    """The tags the customer has now."""
    for name in names_in(words):
        if await tags.add(scope, topic.contact_id, name):
            await _record(scope, EventKind.TAG_ADDED, topic, staff, name)
    return list((await tags.of(scope, topic.contact_id)).values())


async def remove(scope: TenantScope, topic: Topic, staff: Staff, words: str) -> list[str]:
    """The tags the customer has left. Raises UserMistake when they had none of this name."""
    for name in names_in(words):
        if not await tags.remove(scope, topic.contact_id, name):
            raise UserMistake("not_tagged", name=name)
        await _record(scope, EventKind.TAG_REMOVED, topic, staff, name)
    return list((await tags.of(scope, topic.contact_id)).values())


async def _record(scope: TenantScope, kind: EventKind, topic: Topic, staff: Staff, name: str) -> None:
    actor = f"staff:{staff.id}"
    await scope.record(Event(kind, scope.tenant_id, actor, topic.contact_id, data={"tag": name}))
