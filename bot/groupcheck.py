"""Is this group fit to be a desk? Used by /setup and by `topicdesk doctor`."""

from typing import Any

from aiogram.methods import GetChat, GetChatMember

from bot.client import TelegramClient
from core.errors import DeskError

ESSENTIAL_RIGHTS = ("can_manage_topics",)
"""Without these there is no desk."""
USEFUL_RIGHTS = ("can_pin_messages", "can_delete_messages")
"""Without these cards are not pinned, and nothing can be tidied up."""


async def find_problems(client: TelegramClient, chat_id: int) -> list[str]:
    """What stops the desk, as keys of the texts `check.<problem>`; empty when the group is fit."""
    try:
        chat: dict[str, Any] = await client.call(GetChat(chat_id=chat_id))
        me: dict[str, Any] = await client.call(GetChatMember(chat_id=chat_id, user_id=client.bot_id))
    except DeskError:
        return ["not_reachable"]
    if chat.get("type") != "supergroup" or not chat.get("is_forum"):
        return ["not_forum"]
    return missing_rights(me, ESSENTIAL_RIGHTS)


def missing_rights(member: dict[str, Any], wanted: tuple[str, ...]) -> list[str]:
    """Of a ChatMember as the Bot API writes it: `not_admin`, or the wanted rights it lacks."""
    if member.get("status") == "creator":
        return []
    if member.get("status") != "administrator":
        return ["not_admin"]
    return [right for right in wanted if not member.get(right)]
