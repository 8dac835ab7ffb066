"""Polls as people and bots make them. Nobody can vote in one yet: enough to show it."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.errors import bad_request

MOST_OPTIONS = 12


def made(number: int, wish: dict[str, Any]) -> dict[str, Any]:
    """The Bot API's Poll of a wish: {question, options, allows_multiple_answers …}."""
    options = wish.get("options")
    if not isinstance(options, list) or not 1 <= len(options) <= MOST_OPTIONS:
        raise bad_request("poll must have 1-12 options")
    return {
        "id": str(number),
        "question": wish.get("question"),
        "options": [_option(index, option) for index, option in enumerate(options)],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": wish.get("is_anonymous", True),
        "type": wish.get("type", "regular"),
        "allows_multiple_answers": wish.get("allows_multiple_answers", False),
        "allows_revoting": wish.get("allows_revoting", True),
        "members_only": wish.get("members_only", False),
    }


def _option(index: int, option: Any) -> dict[str, Any]:
    text = option.get("text") if isinstance(option, dict) else option
    if not isinstance(text, str) or not 1 <= len(text) <= 100:
        raise bad_request("poll option text must be 1-100 characters")
    return {"persistent_id": str(index), "text": text, "voter_count": 0}
