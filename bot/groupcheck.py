"""Is this group fit to be a desk? Used by /setup and by `topicdesk doctor`."""

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import ChatMemberAdministrator, ChatMemberOwner

NEEDED_RIGHTS = ("can_manage_topics", "can_delete_messages", "can_pin_messages", "can_invite_users")
"""Of an administrator bot: open and name topics, tidy up, pin cards, and make links for staff."""
_ESSENTIAL = ("can_manage_topics",)


async def find_problems(bot: Bot, chat_id: int) -> list[str]:
    """What stops the desk, as keys of the texts `check.<problem>`; empty when the group is fit."""
    try:
        chat = await bot.get_chat(chat_id)
        me = await bot.get_chat_member(chat_id, bot.id)
    except TelegramAPIError:
        return ["not_reachable"]
    if chat.type != "supergroup" or not chat.is_forum:
        return ["not_forum"]
    if isinstance(me, ChatMemberOwner):
        return []
    if not isinstance(me, ChatMemberAdministrator):
        return ["not_admin"]
    return [right for right in _ESSENTIAL if not getattr(me, right, False)]
