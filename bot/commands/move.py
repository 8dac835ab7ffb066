"""/move: a customer goes to another group."""

from bot.ask import Ask
from core.buttons import Action
from core.errors import UserMistake
from core.people import Group, Topic
from core.ports import Button
from core.service import moving
from core.store.scope import TenantScope


async def move(ask: Ask) -> None:
    """`/move` offers the other groups, `/move Berlin` moves at once: to a team, or to the group of this title."""
    if ask.tenant_id is None or ask.topic is None:
        raise UserMistake("only_in_topic")
    if ask.topic.has_moved:
        raise UserMistake("moved_on")
    staff = await ask.house.access.manager(ask.tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(ask.tenant_id) as scope:
        if not ask.args:
            await _offer(ask, scope, ask.topic)
            return
        group = await moving.named(scope, ask.topic, ask.args, _full_at(ask))
        await moving.start(scope, ask.topic, group, staff)
        ask.say(_moving(ask, group))


async def choose_group(ask: Ask, numbers: tuple[int, ...]) -> str:
    """A press on one of the groups."""
    if ask.tenant_id is None:
        raise UserMistake("stale")
    staff = await ask.house.access.manager(ask.tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(ask.tenant_id) as scope:
        return _moving(ask, await moving.press(scope, staff, numbers, _full_at(ask)))


async def _offer(ask: Ask, scope: TenantScope, topic: Topic) -> None:
    found = await moving.destinations(scope, topic, _full_at(ask))
    rows = tuple((Button(each.label, Action(moving.MOVE, (topic.id, each.group.id)).pack()),) for each in found)
    ask.say(ask.texts.t("move.choose"), buttons=rows)


def _moving(ask: Ask, group: Group) -> str:
    return ask.texts.t("move.begun", group=group.label)


def _full_at(ask: Ask) -> int:
    return ask.house.settings.desk.group_full_at
