"""How the control API shows the world to a page: flat JSON objects, described in README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.telegram.chats import Chat, General, Message, Topic
from sandbox.telegram.words import words

if TYPE_CHECKING:
    from sandbox.telegram.state import TelegramState

MEDIA_KINDS = ("photo", "voice", "video", "audio", "document", "animation", "video_note", "sticker")
PLAIN_FIELDS = frozenset(
    words(
        "message_id from sender_chat sender_tag chat date edit_date message_thread_id is_topic_message text "
        "entities caption caption_entities reply_markup quote media_group_id reply_to_message "
        "link_preview_options has_protected_content receiver_user ephemeral_message_id "
        "ephemeral_message_parameters forward_origin"
    )
)


def message_view(state: TelegramState, message: Message) -> dict[str, Any]:
    wire = message.wire
    keyboard = wire.get("reply_markup", {}).get("inline_keyboard")
    return {
        "id": message.id,
        "chat_id": message.chat.id,
        "thread_id": message.thread_id,
        "from": {
            "id": message.sender.id,
            "name": message.sender.full_name,
            "username": message.sender.username,
            "is_bot": message.sender.is_bot,
        },
        "date": message.date,
        "edit_date": wire.get("edit_date"),
        "kind": message.content,
        "service": message.service,
        "text": message.text,
        "entities": wire.get("entities") or wire.get("caption_entities") or [],
        "reply_to": message.reply_to if message.reply_to != message.thread_id else None,
        "quote": wire.get("quote", {}).get("text"),
        "media": media_view(state, message),
        "keyboard": keyboard,
        "reactions": reactions_view(state, message),
        "pinned": message.pinned,
        "ephemeral_to": seen_only_by(message),
        "ephemeral_id": message.ephemeral_id,
        "media_group_id": wire.get("media_group_id"),
        "forwarded": "forward_origin" in wire,
        "extra": extra_view(message),
    }


def seen_only_by(message: Message) -> int | None:
    """The person who alone sees an ephemeral message: its receiver, or its sender when it is for a bot."""
    if message.receiver is None:
        return None
    return message.sender.id if message.receiver.is_bot else message.receiver.id


def extra_view(message: Message) -> dict[str, Any]:
    """What the flat fields do not tell: location, contact, poll, rich_message, forum_topic_edited …"""
    hidden = (*MEDIA_KINDS, "new_chat_members", "left_chat_member", "pinned_message")
    extra = {name: value for name, value in message.wire.items() if name not in PLAIN_FIELDS and name not in hidden}
    if "pinned_message" in message.wire:
        extra["pinned_message_id"] = message.wire["pinned_message"]["message_id"]
    return extra


def media_view(state: TelegramState, message: Message) -> dict[str, Any] | None:
    """{kind, url, mime, name, size, duration, width, height} of the file a message carries."""
    kind = message.content
    if kind not in MEDIA_KINDS:
        return None
    media = message.wire[kind][-1] if kind == "photo" else message.wire[kind]
    stored = state.files.by_unique_id(media["file_unique_id"])
    return {
        "kind": kind,
        "url": f"sim/tg/files/{stored.number}" if stored else None,
        "mime": stored.mime if stored else media.get("mime_type"),
        "name": media.get("file_name") or (stored.name if stored else None),
        "size": media.get("file_size"),
        "duration": media.get("duration"),
        "width": media.get("width") or media.get("length"),
        "height": media.get("height") or media.get("length"),
        "emoji": media.get("emoji"),
    }


def reactions_view(state: TelegramState, message: Message) -> list[dict[str, Any]]:
    shown = []
    for actor, reactions in message.reactions.items():
        user = state.users.get(actor)
        who = {"id": actor, "name": user.full_name if user else str(actor), "is_bot": bool(user and user.is_bot)}
        shown += [{"emoji": r.get("emoji") or r.get("custom_emoji_id"), "from": who} for r in reactions]
    return shown


def topic_view(state: TelegramState, chat: Chat, topic: Topic | General) -> dict[str, Any]:
    """General has id null. `icon` is the emoji of the topic's icon, null when it shows only its colour."""
    counts = {"message_count": topic.message_count, "last_message_id": topic.last_message_id}
    if isinstance(topic, General):
        general = {"id": None, "general": True, "name": topic.name, "closed": topic.closed, "hidden": topic.hidden}
        return {"chat_id": chat.id, **general, "icon_color": None, "icon_custom_emoji_id": None, "icon": None, **counts}
    return {
        "chat_id": chat.id,
        "id": topic.id,
        "general": False,
        "name": topic.name,
        "closed": topic.closed,
        "hidden": False,
        "icon_color": topic.icon_color,
        "icon_custom_emoji_id": topic.icon_custom_emoji_id,
        "icon": state.icon_emoji(topic.icon_custom_emoji_id),
        **counts,
    }


def chat_view(state: TelegramState, chat: Chat, *, with_messages: bool = True) -> dict[str, Any]:
    owner = next((bot_id for (bot_id, _), found in state.private.items() if found is chat), None)
    view: dict[str, Any] = {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title or (chat.peer.full_name if chat.peer else None),
        "username": chat.username,
        "bot_id": owner,
        "is_forum": chat.is_forum,
        "migrated_to": chat.migrated_to,
        "available_reactions": chat.available_reactions,
        "members": [member.view() for member in chat.members.values()],
        "topics": topics_view(state, chat),
        "pinned": list(chat.pinned),
    }
    if with_messages:
        shown = [*chat.messages.values(), *chat.ephemeral.values()]
        view["messages"] = [message_view(state, m) for m in shown]
    return view


def topics_view(state: TelegramState, chat: Chat) -> list[dict[str, Any]]:
    if not chat.is_forum:
        return []
    return [topic_view(state, chat, topic) for topic in (chat.general, *chat.topics.values())]


def world_view(state: TelegramState) -> dict[str, Any]:
    """The whole snapshot of GET /sim/tg/state."""
    return {
        "n": state.bus.number,
        "now": state.clock.now(),
        "users": [
            {
                "id": u.id,
                "name": u.full_name,
                "username": u.username,
                "is_bot": u.is_bot,
                "language_code": u.language_code,
            }
            for u in state.users.values()
        ],
        "bots": [bot_view(state, bot_id) for bot_id in state.bots],
        "chats": [chat_view(state, chat) for chat in (*state.groups.values(), *state.private.values())],
        "counters": state.journal.counters(),
        "flood": state.flood.view(),
        "faults": [vars(fault) for fault in state.faults.faults],
        "switches": vars(state.switches),
    }


def bot_view(state: TelegramState, bot_id: int) -> dict[str, Any]:
    bot = state.bots[bot_id]
    queue = bot.updates
    return {
        "id": bot.id,
        "name": bot.user.full_name,
        "username": bot.user.username,
        "token": bot.token,
        "privacy": bot.privacy,
        "pending_updates": len(queue.waiting),
        "allowed_updates": sorted(queue.allowed) if queue.allowed is not None else None,
        "polling": queue.poller is not None,
        "webhook": queue.webhook.url if queue.webhook else None,
        "commands": [
            {"scope": scope, "language_code": language, "commands": commands}
            for (scope, language), commands in bot.profile.commands.items()
        ],
    }
