"""A question with choices → what WhatsApp can ask: buttons, a list, or numbered words. Pure.

(Meta: interactive reply buttons, interactive list, 2025-11)
"""

from typing import Any

from core.message import Question
from core.text import RichText, plain
from gateway.whatsapp_cloud.limits import LIMITS, TEXT
from gateway.whatsapp_cloud.markup import write

_BODY = 1024
_TITLE_OF_BUTTON = 20
_TITLE_OF_ROW = 24
_MORE_OF_ROW = 72
_LABEL = 20


def substance(words: RichText, question: Question) -> tuple[str, Any]:
    """(type, its part). What allows several answers is numbered words: a tap would say one and close the list."""
    options, asked = question.options, write(words)
    if not question.several and 0 < len(asked) <= _BODY and len(set(options)) == len(options):
        if len(options) <= LIMITS.buttons and _fit(options, _TITLE_OF_BUTTON):
            return "interactive", _buttons(asked, options)
        if len(options) <= LIMITS.list_rows and _fit(options, _MORE_OF_ROW):
            return "interactive", _list(asked, question)
    return "text", {"body": _numbered(words, options)[:TEXT], "preview_url": False}


def _fit(options: tuple[str, ...], longest: int) -> bool:
    return all(0 < len(option) <= longest for option in options)


def _buttons(asked: str, options: tuple[str, ...]) -> dict[str, Any]:
    replies = [{"id": str(number), "title": option} for number, option in enumerate(options, start=1)]
    buttons = [{"type": "reply", "reply": reply} for reply in replies]
    return {"type": "button", "body": {"text": asked}, "action": {"buttons": buttons}}


def _list(asked: str, question: Question) -> dict[str, Any]:
    rows = [_row(number, option) for number, option in enumerate(question.options, start=1)]
    label = question.label[:_LABEL] or "…"
    return {"type": "list", "body": {"text": asked}, "action": {"button": label, "sections": [{"rows": rows}]}}


def _row(number: int, option: str) -> dict[str, str]:
    """A long option is cut in the title and whole in the line below it."""
    if len(option) <= _TITLE_OF_ROW:
        return {"id": str(number), "title": option}
    return {"id": str(number), "title": option[: _TITLE_OF_ROW - 1] + "…", "description": option}


def _numbered(words: RichText, options: tuple[str, ...]) -> str:
    lines = [f"{number}. {option}" for number, option in enumerate(options, start=1)]
    return "\n".join(filter(None, (write(words), *(write(plain(line)) for line in lines))))
