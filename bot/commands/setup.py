"""/setup: make this group the desk."""

from bot.ask import Ask
from bot.groupcheck import find_problems
from core.errors import UserMistake
from core.ids import TenantId
from core.people import Role
from core.ports import Standing
from core.service import tenants
from core.store import desks


async def setup(ask: Ask) -> None:
    if ask.is_private:
        raise UserMistake("only_in_group")
    tenant_id = await _tenant_for(ask)
    problems = await find_problems(ask.house.client, ask.chat)
    if problems:
        ask.say("\n".join(ask.texts.t(f"check.{problem}") for problem in problems), to_all=True)
        return
    async with ask.act.transaction(tenant_id) as scope:
        await desks.keep_staff(scope, ask.person.telegram_id, ask.person.name, Role.OWNER)
        joined = await tenants.join_group(scope, ask.chat, ask.message.chat.title or "")
        is_first = len(await desks.groups(scope)) == 1
        done = ask.texts.t("setup.done" if is_first else "setup.another")
        ask.say(done if joined else ask.texts.t("setup.already"), to_all=True)


async def _tenant_for(ask: Ask) -> TenantId:
    """Whose desk this becomes: the owner's. Without a named owner, the first group's creator is it."""
    async with ask.house.store.read_across_tenants() as system:
        tenant_id = ask.tenant_id or (await desks.tenants(system))[0].id
    async with ask.house.store.read(tenant_id) as scope:
        owners = {owner.telegram_id for owner in await desks.owners(scope)}
    if owners and ask.person.telegram_id not in owners:
        raise UserMistake("not_owner")
    if not owners and await ask.house.surface.desk.standing(ask.chat, ask.person.telegram_id) is not Standing.CREATOR:
        raise UserMistake("not_creator")
    return tenant_id
