"""Groups that became supergroups: their old id stands in updates that came before, and in some that come after."""

from collections.abc import Mapping
from typing import Any, cast

from core.store import engine
from core.store.scope import SystemScope

_SPOKEN = ("message", "edited_message", "callback_query")
"""What people do. Changes of membership are about the old group alone: that we left it means nothing."""


def move_of(update: Mapping[str, Any]) -> tuple[int, int] | None:
    """(old id, new id) when this update tells of a move. Both sides tell; whichever is read first counts."""
    message = _mapping(update.get("message"))
    chat = _mapping(message.get("chat")).get("id")
    to, since = message.get("migrate_to_chat_id"), message.get("migrate_from_chat_id")
    if isinstance(chat, int) and isinstance(to, int):
        return chat, to
    return (since, chat) if isinstance(chat, int) and isinstance(since, int) else None


async def followed(scope: SystemScope, update: dict[str, Any]) -> dict[str, Any]:
    """The update as if it came from where its chat is today."""
    for kind in _SPOKEN:
        body = _mapping(update.get(kind))
        message = _mapping(body.get("message")) if kind == "callback_query" else body
        chat = _mapping(message.get("chat"))
        if not isinstance(chat.get("id"), int):
            continue
        today = await engine.moved_to(scope, chat["id"])
        if today != chat["id"]:
            there = {**message, "chat": {**chat, "id": today, "type": "supergroup"}}
            return {**update, kind: {**body, "message": there} if kind == "callback_query" else there}
    return update


def _mapping(value: object) -> dict[str, Any]:
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}
