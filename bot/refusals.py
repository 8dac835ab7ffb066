"""What the Bot API's answers mean to the house: one table, from Telegram's words to `core.errors`.

Telegram names most refusals by text alone. Texts: Bot API server, seen in answers; the guide to each is the test.
"""

from collections.abc import Callable, Mapping
from typing import Any

from core.errors import (
    Busy,
    DeskError,
    Down,
    GroupMoved,
    GroupTrouble,
    LineTrouble,
    MediaRefused,
    QuoteGone,
    ReactionRefused,
    RemoteRefusal,
    ReplyTargetGone,
    TopicClosed,
    TopicGone,
    Uncertain,
    Unsupported,
)

Make = Callable[[str], DeskError]

_UNCHANGED = ("message is not modified", "topic_not_modified", "chat_not_modified")

_RIGHTS = {
    "topic": "can_manage_topics",
    "pinned": "can_pin_messages",
    "delete": "can_delete_messages",
    "send": "can_send_messages",
}
"""A word in "not enough rights to …" → the right that is missing."""


_LACKS = {"kicked": "member", "missing_right": "administrator"}
"""What the bot is not, in the words that changes of membership are told with (bot/membership.py)."""


def _group(code: str) -> Make:
    return lambda text: GroupTrouble(_LACKS.get(code) or _reason(text), code)


def _media(code: str | None = None) -> Make:
    return lambda text: MediaRefused(_reason(text), code)


def _missing_right(text: str) -> DeskError:
    right = next((right for word, right in _RIGHTS.items() if word in text.lower()), _reason(text))
    if right == "can_pin_messages":
        return Unsupported(right, "cannot_pin")  # a group without pinned cards still works
    if right == "can_delete_messages":
        return Unsupported(right, "cannot_delete")  # and one that nobody tidies
    return GroupTrouble(right, "missing_right")


def _ours(code: str) -> Make:
    """Our own mistake in what surrounds the words: they are sent without it."""
    return lambda text: RemoteRefusal(_reason(text), code, 400)


def _post_gone(text: str) -> DeskError:
    return RemoteRefusal(_reason(text), "post_gone", 400)


_TEXTS: tuple[tuple[str, Make], ...] = (
    ("not enough rights", _missing_right),
    ("message thread not found", TopicGone),
    ("topic_deleted", TopicGone),
    ("topic_id_invalid", TopicGone),
    ("topic_closed", TopicClosed),
    ("message to be replied not found", ReplyTargetGone),
    ("replied message not found", ReplyTargetGone),
    ("message to reply not found", ReplyTargetGone),
    ("reply_message_id_invalid", ReplyTargetGone),
    ("quote_text_invalid", QuoteGone),
    ("can't parse entities", _ours("bad_entities")),
    ("entity_", _ours("bad_entities")),
    ("button_data_invalid", _ours("bad_buttons")),
    ("button_", _ours("bad_buttons")),
    ("reaction_invalid", ReactionRefused),
    ("reaction_empty", ReactionRefused),
    ("reactions_too_many", ReactionRefused),
    ("file is too big", _media("too_big")),
    ("too large", _media("too_big")),
    ("wrong file identifier", _media()),
    ("wrong remote file identifier", _media()),
    ("file must be non-empty", _media()),
    ("file_id", _media()),
    ("photo_", _media()),
    ("image_process_failed", _media()),
    ("video_", _media()),
    ("audio_", _media()),
    ("document_invalid", _media()),
    ("sticker", _media()),
    ("media_", _media()),
    ("can't use file of type", _media()),
    ("wrong type of the web page content", _media()),
    ("voice_messages_forbidden", _media()),
    ("message to edit not found", _post_gone),
    ("message can't be edited", _post_gone),
    ("message to delete not found", _post_gone),
    ("message can't be deleted", _post_gone),
    ("message to react not found", _post_gone),
    ("message to pin not found", _post_gone),
    ("message_id_invalid", _post_gone),
    ("need administrator rights", _group("missing_right")),
    ("chat_admin_required", _group("missing_right")),
    ("have no rights to send", _group("missing_right")),
    ("chat_write_forbidden", _group("missing_right")),
    ("chat not found", _group("chat_not_found")),
    ("peer_id_invalid", _group("chat_not_found")),
    ("chat is not a forum", _group("not_a_forum")),
    ("kicked", _group("kicked")),
    ("not a member", _group("kicked")),
    ("group chat was deactivated", _group("kicked")),
    ("group chat was deleted", _group("kicked")),
)
"""Searched in this order, without regard to case."""


def is_unchanged(description: str) -> bool:
    """ "Not modified": what was asked for is already so, hence a success."""
    return any(word in description.lower() for word in _UNCHANGED)


def refusal(status: int, description: str, parameters: Mapping[str, Any]) -> DeskError:
    """The error for an answer with `ok: false`. `status` is Telegram's error_code."""
    if status == 429 or parameters.get("retry_after"):
        return Busy(description, retry_after=_seconds(parameters.get("retry_after")))
    moved_to = parameters.get("migrate_to_chat_id")
    if isinstance(moved_to, int):
        return GroupMoved(description, moved_to)
    by_status = _BY_STATUS.get(status)
    if by_status is not None:
        return by_status(description)
    if status >= 500:
        return Uncertain(description, code="uncertain")
    return _by_text(status, description)


def _by_text(status: int, description: str) -> DeskError:
    lowered = description.lower()
    for words, make in _TEXTS:
        if words in lowered:
            return make(_reason(description))
    if status == 403:
        return GroupTrouble(_reason(description))
    return RemoteRefusal(_reason(description), number=status)


def _not_found(description: str) -> DeskError:
    """404 means a token that is none, unless Telegram says that it lacks the method."""
    if "method" in description.lower():
        return Unsupported(_reason(description))
    return LineTrouble(description, "telegram_token", 404)


_BY_STATUS: dict[int, Make] = {
    401: lambda text: LineTrouble(text, "telegram_token", 401),
    404: _not_found,
    409: lambda text: Down(text, code="conflict"),
    413: _media("too_big"),
}


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _reason(description: str) -> str:
    """Telegram's words without "Bad Request: "."""
    return description.partition(": ")[2] or description
