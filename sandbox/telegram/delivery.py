"""Which bot is told about what: privacy mode, rights, allowed_updates, and never about other bots' words."""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram import media
from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.people import User
from sandbox.telegram.state import Bot, TelegramState

_COMMAND = re.compile(r"^/[A-Za-z0-9_]+(?:@(\w+))?")


def deliver(state: TelegramState, message: Message, kind: str) -> None:
    """Queue a message or its edit for every bot that sees it."""
    form: dict[str, Any] | None = None
    for bot in state.bots_in(message.chat):
        if sees(bot, message):
            form = form or message.form()
            push(state, bot, kind, media.localized(state, bot.id, form) if _carries_file(message) else form)


def _carries_file(message: Message) -> bool:
    """Has the message, or the one it replies to, file ids that differ from bot to bot?"""
    if message.content == "pinned_message":
        return True
    replied = message.chat.messages.get(message.reply_to) if message.reply_to else None
    return any(m.content in media.KINDS for m in (message, replied) if m is not None)


def push(state: TelegramState, bot: Bot, kind: str, payload: dict[str, Any]) -> None:
    bot.updates.push(kind, payload, state.clock.now())


def sees(bot: Bot, message: Message) -> bool:
    """Bots see no bot's words, but do see service messages, their own included."""
    if message.service:
        return True
    if message.sender.is_bot:
        return False
    if message.chat.is_private or not bot.privacy or _is_admin(bot, message.chat):
        return True
    return _meant_for(bot, message)


def _is_admin(bot: Bot, chat: Chat) -> bool:
    member = chat.members.get(bot.id)
    return bool(member and member.is_admin)


def _meant_for(bot: Bot, message: Message) -> bool:
    """What privacy mode lets through: commands, replies to the bot, mentions of it."""
    text = message.text
    command = _COMMAND.match(text)
    if command:
        return command.group(1) is None or command.group(1).lower() == (bot.user.username or "").lower()
    replied = message.chat.messages.get(message.reply_to) if message.reply_to else None
    if replied and replied.sender.id == bot.id:
        return True
    return f"@{bot.user.username}".lower() in text.lower()


def reaction_changed(
    state: TelegramState, message: Message, actor: User, old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> None:
    """message_reaction goes to admin bots that named it, never for reactions of bots, and has no thread id."""
    if actor.is_bot:
        return
    chat = message.chat
    member = chat.members.get(actor.id)
    payload: dict[str, Any] = {"chat": chat.wire(), "message_id": message.id}
    if member and member.is_anonymous:
        payload["actor_chat"] = chat.wire()
    else:
        payload["user"] = actor.wire()
    payload |= {"date": state.now(), "old_reaction": old, "new_reaction": new}
    for bot in state.bots_in(chat):
        if chat.is_private or _is_admin(bot, chat):
            push(state, bot, "message_reaction", payload)


def membership_changed(
    state: TelegramState, chat: Chat, actor: User, change: tuple[dict[str, Any], dict[str, Any]], who: User
) -> None:
    """my_chat_member to the bot concerned, chat_member to admin bots that named it. `change` is (old, new)."""
    old, new = change
    payload = {
        "chat": chat.wire(),
        "from": actor.wire(),
        "date": state.now(),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    if who.id in state.bots:
        push(state, state.bots[who.id], "my_chat_member", payload)
    for bot in state.bots_in(chat):
        if bot.id != who.id and _is_admin(bot, chat):
            push(state, bot, "chat_member", payload)
