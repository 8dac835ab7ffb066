"""Telegram's words → our errors: each row is one thing the Bot API says."""

import pytest

from bot.refusals import is_unchanged, refusal
from core.errors import (
    Busy,
    DeskError,
    Down,
    GroupMoved,
    GroupTrouble,
    LineTrouble,
    MediaRefused,
    ReactionRefused,
    RemoteRefusal,
    ReplyTargetGone,
    TopicClosed,
    TopicGone,
    Uncertain,
    Unsupported,
)

TABLE: list[tuple[int, str, type[DeskError], str]] = [
    (400, "Bad Request: message thread not found", TopicGone, "topic_gone"),
    (400, "Bad Request: TOPIC_DELETED", TopicGone, "topic_gone"),
    (400, "Bad Request: TOPIC_ID_INVALID", TopicGone, "topic_gone"),
    (400, "Bad Request: TOPIC_CLOSED", TopicClosed, "topic_closed"),
    (400, "Bad Request: message to be replied not found", ReplyTargetGone, "reply_target_gone"),
    (400, "Bad Request: replied message not found", ReplyTargetGone, "reply_target_gone"),
    (400, "Bad Request: REACTION_INVALID", ReactionRefused, "reaction_refused"),
    (400, "Bad Request: file is too big", MediaRefused, "too_big"),
    (413, "Request Entity Too Large", MediaRefused, "too_big"),
    (400, "Bad Request: wrong file identifier/HTTP URL specified", MediaRefused, "media_refused"),
    (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", MediaRefused, "media_refused"),
    (400, "Bad Request: IMAGE_PROCESS_FAILED", MediaRefused, "media_refused"),
    (400, "Bad Request: VOICE_MESSAGES_FORBIDDEN", MediaRefused, "media_refused"),
    (400, "Bad Request: file must be non-empty", MediaRefused, "media_refused"),
    (400, "Bad Request: message to edit not found", RemoteRefusal, "post_gone"),
    (400, "Bad Request: message can't be edited", RemoteRefusal, "post_gone"),
    (400, "Bad Request: message to react not found", RemoteRefusal, "post_gone"),
    (400, "Bad Request: chat not found", GroupTrouble, "chat_not_found"),
    (400, "Bad Request: the chat is not a forum", GroupTrouble, "not_a_forum"),
    (400, "Bad Request: not enough rights to create a topic", GroupTrouble, "missing_right"),
    (400, "Bad Request: not enough rights to send stickers to the chat", GroupTrouble, "missing_right"),
    (400, "Bad Request: need administrator rights in the channel chat", GroupTrouble, "missing_right"),
    (400, "Bad Request: CHAT_ADMIN_REQUIRED", GroupTrouble, "missing_right"),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", GroupTrouble, "missing_right"),
    (400, "Bad Request: not enough rights to manage pinned messages in the chat", Unsupported, "cannot_pin"),
    (403, "Forbidden: bot was kicked from the supergroup chat", GroupTrouble, "kicked"),
    (403, "Forbidden: bot is not a member of the supergroup chat", GroupTrouble, "kicked"),
    (403, "Forbidden: bot was blocked by the user", GroupTrouble, "group_trouble"),
    (400, "Bad Request: message is too long", RemoteRefusal, "refused"),
    (400, "Bad Request: BUTTON_DATA_INVALID", RemoteRefusal, "bad_buttons"),
    (400, "Bad Request: can't parse entities: unsupported start tag", RemoteRefusal, "bad_entities"),
    (401, "Unauthorized", LineTrouble, "telegram_token"),
    (404, "Not Found", LineTrouble, "telegram_token"),
    (404, "Not Found: method not found", Unsupported, "unsupported"),
    (409, "Conflict: terminated by other getUpdates request", Down, "conflict"),
    (500, "Internal Server Error", Uncertain, "uncertain"),
    (502, "Bad Gateway", Uncertain, "uncertain"),
]


@pytest.mark.parametrize(("status", "words", "kind", "code"), TABLE)
def test_words_of_telegram(status: int, words: str, kind: type[DeskError], code: str) -> None:
    error = refusal(status, words, {})
    assert type(error) is kind
    assert error.code == code


def test_a_missing_right_is_named() -> None:
    assert refusal(400, "Bad Request: not enough rights to create a topic", {}).detail == "can_manage_topics"


def test_slow_down_carries_the_time() -> None:
    error = refusal(429, "Too Many Requests: retry after 17", {"retry_after": 17})
    assert isinstance(error, Busy)
    assert error.retry_after == 17


def test_slow_down_without_a_time_is_still_slow_down() -> None:
    error = refusal(429, "Too Many Requests", {})
    assert isinstance(error, Busy)
    assert error.retry_after is None


def test_a_group_that_moved_says_where_to() -> None:
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    error = refusal(400, words, {"migrate_to_chat_id": -1001234})
    assert isinstance(error, GroupMoved)
    assert error.new_chat_id == -1001234


@pytest.mark.parametrize(
    "words",
    [
        "Bad Request: message is not modified: specified new message content is exactly the same",
        "Bad Request: TOPIC_NOT_MODIFIED",
    ],
)
def test_nothing_to_change_is_success(words: str) -> None:
    assert is_unchanged(words)
    assert not is_unchanged("Bad Request: chat not found")
