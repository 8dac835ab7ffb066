"""The stickers that may be topic icons (getForumTopicIconStickers): emoji and made-up ids in Telegram's shape."""

from __future__ import annotations

from typing import Any

ICON_EMOJI = ("💬", "❓", "❗", "✅", "🔥", "⭐", "💼", "📝", "🛒", "💰", "🎁", "⚡", "🤖", "📣", "👀", "🏆")

ICON_IDS = {f"54178154600770{index:05d}": emoji for index, emoji in enumerate(ICON_EMOJI, start=61001)}
"""custom_emoji_id -> the emoji it shows."""


def stickers() -> list[dict[str, Any]]:
    """The Sticker objects. Their files cannot be fetched here; only the ids matter."""
    return [
        {
            "file_id": f"CAACAgIAAxUAAicon{custom_id}",
            "file_unique_id": f"AgADicon{custom_id}",
            "type": "custom_emoji",
            "width": 512,
            "height": 512,
            "is_animated": True,
            "is_video": False,
            "emoji": emoji,
            "set_name": "Topics",
            "custom_emoji_id": custom_id,
            "needs_repainting": False,
        }
        for custom_id, emoji in ICON_IDS.items()
    ]
