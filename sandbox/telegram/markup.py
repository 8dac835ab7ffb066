"""reply_markup: what Telegram accepts, refuses and keeps on a message."""

from __future__ import annotations

import json
from typing import Any

from sandbox.telegram.errors import bad_request
from sandbox.telegram.words import words

ACTIONS = words(
    "url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat "
    "switch_inline_query_chosen_chat copy_text callback_game pay"
)
DECORATIONS = ("text", "icon_custom_emoji_id", "style", "disabled")
STYLES = ("danger", "success", "primary")
MOST_BUTTONS = 100
MOST_PER_ROW = 8
LARGEST_MARKUP = 10_000
OTHER_MARKUPS = ("keyboard", "remove_keyboard", "force_reply")


def inline_keyboard(markup: Any, *, private: bool) -> dict[str, Any] | None:
    """The inline keyboard a message will carry; None for no markup and for the kinds that messages do not keep."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if any(name in markup for name in OTHER_MARKUPS):
        return None
    rows = markup.get("inline_keyboard")
    if rows is None and not markup:
        return None
    if not isinstance(rows, list):
        raise bad_request('can\'t parse reply keyboard markup: Field "inline_keyboard" must be of type Array')
    if set(markup) != {"inline_keyboard"}:
        raise bad_request('can\'t parse reply keyboard markup: unknown field beside "inline_keyboard"')
    return _checked_rows(rows, private=private)


def _checked_rows(rows: list[Any], *, private: bool) -> dict[str, Any] | None:
    kept = [[_button(button, private=private) for button in _row(row)] for row in rows]
    kept = [row for row in kept if row]
    count = sum(len(row) for row in kept)
    if count > MOST_BUTTONS or any(len(row) > MOST_PER_ROW for row in kept):
        raise bad_request("reply markup is too long")
    if len(json.dumps(kept, ensure_ascii=False).encode()) > LARGEST_MARKUP:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": kept} if kept else None


def _row(row: Any) -> list[Any]:
    if not isinstance(row, list):
        raise bad_request("can't parse inline keyboard button: an array of arrays is expected")
    return row


def _button(button: Any, *, private: bool) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    kept = {name: value for name, value in button.items() if value is not None}
    unknown = set(kept) - set(ACTIONS) - set(DECORATIONS)
    if unknown:
        raise bad_request(f'can\'t parse inline keyboard button: unknown field "{sorted(unknown)[0]}"')
    if not isinstance(kept.get("text"), str) or not kept["text"].strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    actions = [name for name in ACTIONS if name in kept]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one action is expected")
    if kept.get("style") is not None and kept["style"] not in STYLES:
        raise bad_request("BUTTON_STYLE_INVALID")
    _check_action(actions[0], kept[actions[0]], private=private)
    return kept


def _check_action(action: str, value: Any, *, private: bool) -> None:
    if action == "callback_data" and not (isinstance(value, str) and 1 <= len(value.encode()) <= 64):
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and not _is_link(value):
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    if action == "copy_text" and not _is_copy_text(value):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if action == "web_app" and not private:
        raise bad_request("BUTTON_TYPE_INVALID")


def _is_link(value: Any) -> bool:
    return isinstance(value, str) and value.partition(":")[0].lower() in ("http", "https", "tg", "ton")


def _is_copy_text(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("text"), str) and 1 <= len(value["text"]) <= 256
