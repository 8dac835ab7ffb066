"""What a bot sets up once: commands, names, descriptions, menu buttons."""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram import commands
from sandbox.telegram.call import Call, answers
from sandbox.telegram.errors import bad_request
from sandbox.telegram.words import words

SCOPES = frozenset(
    words("default all_private_chats all_group_chats all_chat_administrators chat chat_administrators chat_member")
)
MOST_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def scope_key(call: Call) -> tuple[str, str]:
    """(scope as canonical JSON, language code); the scope's chat must be known to the bot."""
    scope = call.get("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if scope["type"].startswith("chat") and "chat_id" not in scope:
        raise bad_request("can't parse BotCommandScope: chat_id is empty")
    if "chat_id" in scope:
        scope = {**scope, "chat_id": call.state.chat_for_bot(call.bot, scope["chat_id"]).id}
    return commands.scope_key(scope), language(call)


def language(call: Call) -> str:
    code = call.get("language_code", "")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


@answers("setMyCommands")
def set_commands(call: Call) -> bool:
    wanted = call.get("commands")
    if not isinstance(wanted, list) or len(wanted) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH" if isinstance(wanted, list) else "can't parse commands JSON object")
    call.bot.profile.commands[scope_key(call)] = [_checked(call, command) for command in wanted]
    call.state.bus.publish("commands", lambda: {"bot_id": call.bot.id})
    return True


def _checked(call: Call, command: Any) -> dict[str, Any]:
    if not isinstance(command, dict) or set(command) - {"command", "description", "is_ephemeral"}:
        raise bad_request("can't parse BotCommand")
    if not call.state.switches.ephemeral and "is_ephemeral" in command:
        raise bad_request('can\'t parse BotCommand: unknown field "is_ephemeral"')
    name = str(command.get("command", "")).removeprefix("/")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(str(command.get("description", ""))) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {**command, "command": name}


@answers("getMyCommands")
def get_commands(call: Call) -> list[dict[str, Any]]:
    return call.bot.profile.commands.get(scope_key(call), [])


@answers("deleteMyCommands")
def delete_commands(call: Call) -> bool:
    call.bot.profile.commands.pop(scope_key(call), None)
    return True


@answers("setMyName", "setMyDescription", "setMyShortDescription")
def set_text(call: Call) -> bool:
    store, field, longest = _text_place(call)
    text = call.get(field, "")
    if len(text) > longest:
        raise bad_request(f"bot {field} is too long")
    store[language(call)] = text
    return True


@answers("getMyName", "getMyDescription", "getMyShortDescription")
def get_text(call: Call) -> dict[str, str]:
    """The text of a language, else the one for all, else what the bot is called."""
    store, field, _ = _text_place(call)
    fallback = call.bot.user.first_name if field == "name" else ""
    return {field: store.get(language(call)) or store.get("") or fallback}


def _text_place(call: Call) -> tuple[dict[str, str], str, int]:
    profile = call.bot.profile
    places = {
        "Name": (profile.names, "name", 64),
        "Description": (profile.descriptions, "description", 512),
        "ShortDescription": (profile.short_descriptions, "short_description", 120),
    }
    return places[call.method[5:]]


@answers("setChatMenuButton")
def set_menu_button(call: Call) -> bool:
    button = call.get("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
        raise bad_request("can't parse MenuButton: Unsupported type specified")
    call.bot.profile.menu_buttons[call.get("chat_id", 0)] = button
    return True


@answers("getChatMenuButton")
def get_menu_button(call: Call) -> dict[str, Any]:
    buttons = call.bot.profile.menu_buttons
    return buttons.get(call.get("chat_id", 0)) or buttons.get(0) or {"type": "commands"}
