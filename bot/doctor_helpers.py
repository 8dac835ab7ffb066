"""The helper bots' part of the check-up: each token, and that the bot may post in the group."""

from collections.abc import Mapping
from typing import Any

from aiogram.methods import GetChat, GetChatMember, GetMe

from bot import helpers
from bot.client import TelegramClient, fields_of, open_client
from core.checkup import Finding, ok, warn
from core.errors import DeskError, GroupTrouble, LineTrouble
from core.settings import TelegramSettings

_SECONDS = 15

_UNUSABLE = {
    helpers.MALFORMED: "doctor.helper_malformed",
    helpers.MAIN: "doctor.helper_is_main",
    helpers.TWICE: "doctor.helper_twice",
}


async def check_helpers(settings: TelegramSettings) -> list[Finding]:
    """One finding a helper. A bad one is a warning: the desk works without it."""
    return [await _check(entry, settings) for entry in helpers.listed(settings)]


async def _check(entry: helpers.Listed, settings: TelegramSettings) -> Finding:
    if entry.problem:
        return warn(_UNUSABLE[entry.problem], place=entry.place)
    client = open_client(settings, entry.token)
    try:
        return await _ask(client, settings.group_id)
    except LineTrouble:
        return warn("doctor.helper_refused", place=entry.place)
    except DeskError as error:
        return warn("doctor.helper_unanswered", place=entry.place, why=error.detail)
    finally:
        await client.close()


async def _ask(client: TelegramClient, group: int | None) -> Finding:
    me: Mapping[str, Any] = await client.call(GetMe(), _SECONDS)
    name = f"@{me.get('username')}"
    if group is None:
        return ok("doctor.helper_token_ok", name=name)
    try:
        chat: Mapping[str, Any] = await client.call(GetChat(chat_id=group), _SECONDS)
        member: Mapping[str, Any] = await client.call(GetChatMember(chat_id=group, user_id=client.bot_id), _SECONDS)
    except GroupTrouble:
        return warn("doctor.helper_outside", name=name)
    return ok("doctor.helper_ok", name=name) if may_post(member, chat) else warn("doctor.helper_mute", name=name)


def may_post(member: Mapping[str, Any], chat: Mapping[str, Any]) -> bool:
    """Of a ChatMember and its ChatFullInfo as the Bot API writes them."""
    match member.get("status"):
        case "creator" | "administrator":
            return True
        case "member":
            return bool(fields_of(chat.get("permissions")).get("can_send_messages", True))
        case _:
            return bool(member.get("can_send_messages"))
