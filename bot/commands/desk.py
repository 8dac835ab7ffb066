"""/desk: which customers this group is for, how full it is, and which groups there are besides."""

from bot.ask import Ask
from core.errors import UserMistake
from core.ids import TenantId
from core.people import Staff
from core.service import grouping


async def desk(ask: Ask) -> None:
    """`/desk`; `/desk team Berlin`, `/desk line WhatsApp`, `/desk tag vip`, `/desk any`."""
    tenant_id, staff = await _manager(ask)
    full_at, newest = ask.house.settings.desk.group_full_at, ask.message.message_id
    async with ask.act.transaction(tenant_id) as scope:
        if ask.args:
            rule = await grouping.rule_from(scope, ask.args)
            await grouping.set_rule(scope, ask.chat, rule, staff)
        rows = await grouping.lines_of(scope, ask.chat, newest, full_at, ask.texts)
        ask.say("\n".join(rows))


async def _manager(ask: Ask) -> tuple[TenantId, Staff]:
    if ask.is_private:
        raise UserMistake("only_in_group")
    if ask.tenant_id is None:
        raise UserMistake("no_desk_here")
    return ask.tenant_id, await ask.house.access.manager(ask.tenant_id, ask.chat, ask.person)
