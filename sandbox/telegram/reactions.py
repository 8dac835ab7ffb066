"""Reactions: the fixed list, what a chat allows, and how setting one replaces the former."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import delivery
from sandbox.telegram.chats import Message
from sandbox.telegram.errors import bad_request
from sandbox.telegram.people import User
from sandbox.telegram.state import TelegramState
from sandbox.telegram.views import message_view
from sandbox.telegram.words import words

ALLOWED = words(
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 "
    "🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 "
    "😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 "
    "🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
"""All emoji that may be a reaction (source: Bot API docs, ReactionTypeEmoji), written without U+FE0F."""

_SELECTOR = "\ufe0f"
MOST_PER_PERSON = 3


def plain(emoji: str) -> str:
    """Without the variation selector, which clients write or leave out."""
    return emoji.replace(_SELECTOR, "")


def checked(message: Message, reactions: Any, *, most: int) -> list[dict[str, Any]]:
    """ReactionType objects that this message may get. Raises REACTION_INVALID as Telegram does."""
    if not isinstance(reactions, list):
        raise bad_request("can't parse reaction types JSON object")
    kept = [_one(message, reaction) for reaction in reactions]
    if len(kept) > most:
        raise bad_request("REACTIONS_TOO_MANY")
    return kept


def _one(message: Message, reaction: Any) -> dict[str, Any]:
    kind = reaction.get("type") if isinstance(reaction, dict) else None
    if kind == "custom_emoji":
        present = [r for given in message.reactions.values() for r in given]
        if not any(r.get("custom_emoji_id") == reaction.get("custom_emoji_id") for r in present):
            raise bad_request("REACTION_INVALID")
        return {"type": "custom_emoji", "custom_emoji_id": reaction["custom_emoji_id"]}
    emoji = plain(str(reaction.get("emoji", ""))) if kind == "emoji" else ""
    allowed = message.chat.available_reactions
    if emoji not in ALLOWED or (allowed is not None and emoji not in map(plain, allowed)):
        raise bad_request("REACTION_INVALID")
    return {"type": "emoji", "emoji": emoji}


def react(state: TelegramState, message: Message, actor: User, new: list[dict[str, Any]]) -> None:
    """Replace what `actor` reacted; an empty list takes it back."""
    old = message.reactions.get(actor.id, [])
    if old == new:
        return
    if new:
        message.reactions[actor.id] = new
    else:
        message.reactions.pop(actor.id, None)
    delivery.reaction_changed(state, message, actor, old, new)
    state.bus.publish("reaction", lambda: {"message": message_view(state, message)})
