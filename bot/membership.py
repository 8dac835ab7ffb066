"""Changes of rights: the bot's own, and other people's."""

from aiogram.types import ChatMemberAdministrator, ChatMemberUpdated

from bot.house import House
from core.ids import ChatId, TenantId
from core.service import tenants
from core.store import desks

_OUT = {"left", "kicked"}


async def about_me(house: House, change: ChatMemberUpdated) -> None:
    """Removed or stripped of rights: the desk waits. Back again: it goes on by itself."""
    tenant_id = await _tenant_of(house, change.chat.id)
    if tenant_id is None:
        return
    missing = missing_right(change)
    if missing:
        await house.surface.suspend(tenant_id, ChatId(change.chat.id), missing)
        return
    async with house.store.write(tenant_id) as scope:
        await tenants.join_group(scope, ChatId(change.chat.id), change.chat.title or "")


def missing_right(change: ChatMemberUpdated) -> str:
    """The right whose lack stops the desk, by Telegram's name; empty when all is well."""
    if change.new_chat_member.status in _OUT:
        return "member"
    if not isinstance(change.new_chat_member, ChatMemberAdministrator):
        return "administrator"
    return "" if change.new_chat_member.can_manage_topics else "can_manage_topics"


async def about_member(house: House, change: ChatMemberUpdated) -> None:
    tenant_id = await _tenant_of(house, change.chat.id)
    if tenant_id is not None:
        await house.access.forget(tenant_id, change.new_chat_member.user.id)


async def moved(house: House, old: int, new: int) -> None:
    """The group became a supergroup with another id."""
    tenant_id = await _tenant_of(house, old)
    if tenant_id is not None:
        async with house.store.write(tenant_id) as scope:
            await desks.move_group(scope, old, new)


async def _tenant_of(house: House, chat_id: int) -> TenantId | None:
    async with house.store.read_across_tenants() as system:
        return await desks.tenant_of_chat(system, chat_id)
