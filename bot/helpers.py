"""Helper bots, by their tokens: which of those that are listed can be used, and clients for them.

They post and do nothing else: their updates are not fetched, since the main bot sees everything that people write.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from aiogram.utils.token import TokenValidationError, extract_bot_id

from bot.client import TelegramClient, open_client
from core.settings import TelegramSettings

log = structlog.get_logger(__name__)

MALFORMED, MAIN, TWICE = "malformed", "main", "twice"


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the list, by its `place` from 1. `problem`: why it cannot be used, or empty."""

    place: int
    token: str = field(repr=False)
    problem: str = ""


def listed(settings: TelegramSettings) -> list[Listed]:
    """A bot that stands there twice is one bot, with one budget: so is the main bot."""
    seen = {_bot_id(settings.bot_token.get_secret_value()): MAIN}
    entries: list[Listed] = []
    for place, token in enumerate(settings.helpers, 1):
        bot_id = _bot_id(token)
        problem = MALFORMED if bot_id is None else seen.get(bot_id, "")
        entries.append(Listed(place, token, problem))
        seen.setdefault(bot_id, TWICE)
    return entries


def open_helpers(settings: TelegramSettings) -> Sequence[TelegramClient]:
    """Clients of those that can be used; the desk works without the others, and the doctor names them."""
    clients: list[TelegramClient] = []
    for entry in listed(settings):
        if entry.problem:
            log.warning("helper.not_used", place=entry.place, problem=entry.problem)
        else:
            clients.append(open_client(settings, entry.token))
    return clients


def _bot_id(token: str) -> int | None:
    try:
        return extract_bot_id(token)
    except TokenValidationError:
        return None
