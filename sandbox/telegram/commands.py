"""Which commands a person sees in a chat: the narrowest scope that has any, in his language (Bot API docs)."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.telegram.chats import Chat
from sandbox.telegram.people import User
from sandbox.telegram.state import Bot, TelegramState

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?!\S)")

Commands = list[dict[str, Any]]


def scope_key(scope: dict[str, Any]) -> str:
    """One text per scope, whatever the order of its fields."""
    return json.dumps(scope, sort_keys=True)


def visible(bot: Bot, chat: Chat, user: User) -> Commands:
    """The commands in this person's menu."""
    languages = (user.language_code or "").partition("-")[0], ""
    for scope in _scopes(chat, user):
        for language in languages:
            commands = bot.profile.commands.get((scope_key(scope), language))
            if commands:
                return commands
    return []


def _scopes(chat: Chat, user: User) -> list[dict[str, Any]]:
    """From the narrowest to the widest."""
    here = {"type": "chat", "chat_id": chat.id}
    if chat.is_private:
        return [here, {"type": "all_private_chats"}, {"type": "default"}]
    member = chat.member(user.id)
    admin = bool(member and member.is_admin)
    scopes = [
        ({"type": "chat_member", "chat_id": chat.id, "user_id": user.id}, True),
        ({"type": "chat_administrators", "chat_id": chat.id}, admin),
        (here, True),
        ({"type": "all_chat_administrators"}, admin),
        ({"type": "all_group_chats"}, True),
        ({"type": "default"}, True),
    ]
    return [scope for scope, applies in scopes if applies]


def ephemeral_for(state: TelegramState, chat: Chat, user: User, text: str) -> Bot | None:
    """The bot that alone sees this command, if it registered it as ephemeral for this person; else None."""
    found = _COMMAND.match(text)
    if not found or not chat.is_group:
        return None
    name, addressed = found.group(1).lower(), (found.group(2) or "").lower()
    for bot in state.bots_in(chat):
        if addressed in ("", (bot.user.username or "").lower()) and _is_ephemeral(visible(bot, chat, user), name):
            return bot
    return None


def _is_ephemeral(commands: Commands, name: str) -> bool:
    return any(command["command"] == name and command.get("is_ephemeral") for command in commands)
