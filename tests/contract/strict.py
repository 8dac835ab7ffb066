"""Two independent judges of what the sandbox Bot API answers and emits: aiogram, made strict, and PTB's de_json.

Neither knows enumerations, so a small table of allowed words is the third judge.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import telegram
from aiogram.methods.base import TelegramMethod
from aiogram.types import TelegramObject, Update
from pydantic import BaseModel, TypeAdapter

from sandbox.telegram.words import words

os.environ.setdefault("PTB_TIMEDELTA", "1")
"""PTB's way to be read without its warning about durations."""

NEWER_THAN_PTB = frozenset(
    (
        "can_send_welcome_messages",
        "supports_join_request_queries",
        "receiver_user",
        "ephemeral_message_id",
        "rich_message",
        "is_ephemeral",
    )
)
"""Fields that came with Bot API 10.1 to 10.3; PTB 22.8 knows 10.0."""

ENTITY_TYPES = frozenset(
    words(
        "mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler "
        "blockquote expandable_blockquote code pre text_link text_mention custom_emoji date_time"
    )
)
CHAT_TYPES = frozenset(("private", "group", "supergroup", "channel"))
STATUSES = frozenset(("creator", "administrator", "member", "restricted", "left", "kicked"))

PTB_TYPES = {
    "User": telegram.User,
    "Message": telegram.Message,
    "MessageId": telegram.MessageId,
    "ForumTopic": telegram.ForumTopic,
    "Sticker": telegram.Sticker,
    "File": telegram.File,
    "ChatFullInfo": telegram.ChatFullInfo,
    "WebhookInfo": telegram.WebhookInfo,
    "BotCommand": telegram.BotCommand,
    "BotName": telegram.BotName,
    "BotDescription": telegram.BotDescription,
    "BotShortDescription": telegram.BotShortDescription,
    "UserProfilePhotos": telegram.UserProfilePhotos,
    "Update": telegram.Update,
}


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def check_result(method: type[TelegramMethod[Any]], result: Any) -> None:
    """A method's result, by both libraries."""
    check_aiogram(method.__returning__, result)
    check_words(result)
    for item in result if isinstance(result, list) else [result]:
        name = _ptb_name(str(method.__returning__), item)
        if name is not None:
            check_ptb(name, item)


def check_update(raw: dict[str, Any]) -> None:
    """An update, by both libraries."""
    check_aiogram(Update, raw)
    check_words(raw)
    check_ptb("Update", raw)


def check_aiogram(kind: Any, raw: Any) -> None:
    """Validates, has no unknown field, and is dumped back to exactly what came, types included."""
    adapter = _adapter(kind)
    value = adapter.validate_python(raw)
    for model in _models(value):
        assert not model.model_extra, f"{type(model).__name__} has unknown fields {sorted(model.model_extra)}"
    again = adapter.dump_python(value, mode="json", by_alias=True, exclude_unset=True)
    assert _canonical(again) == _canonical(raw)


def _models(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, TelegramObject):
        yield value
        for name in value.model_fields_set:
            yield from _models(getattr(value, name, None))
    elif isinstance(value, list):
        for item in value:
            yield from _models(item)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _ptb_name(returning: str, item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    if "status" in item and "user" in item:
        return "ChatMember"
    return next((name for name in sorted(PTB_TYPES, key=len, reverse=True) if f".{name}'" in returning), None) or next(
        (name for name in sorted(PTB_TYPES, key=len, reverse=True) if f".{name}" in returning), None
    )


def check_ptb(name: str, raw: dict[str, Any]) -> telegram.TelegramObject:
    """PTB reads it and finds no field it does not know, apart from those newer than it."""
    kind = telegram.ChatMember if name == "ChatMember" else PTB_TYPES[name]
    value = kind.de_json(json.loads(json.dumps(raw)), None)
    assert value is not None
    for found in _ptb_objects(value):
        unknown = set(found.api_kwargs) - NEWER_THAN_PTB
        assert not unknown, f"{type(found).__name__} has unknown fields {sorted(unknown)}"
    return value


def _ptb_objects(value: Any) -> Iterator[telegram.TelegramObject]:
    if isinstance(value, telegram.TelegramObject):
        yield value
        for name in value.to_dict(recursive=False):
            yield from _ptb_objects(getattr(value, "from_user" if name == "from" else name, None))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _ptb_objects(item)


def check_words(value: Any) -> None:
    """The enumerations that both libraries take for any text."""
    if isinstance(value, list):
        for item in value:
            check_words(item)
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        if name in ("entities", "caption_entities"):
            assert {entity["type"] for entity in item} <= ENTITY_TYPES
        if name == "chat" or (name == "sender_chat"):
            assert item["type"] in CHAT_TYPES
        if name == "status":
            assert item in STATUSES
        check_words(item)
