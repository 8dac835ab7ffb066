"""Everything the Telegram side works with, wired once in `bot.app` and handed to handlers."""

from dataclasses import dataclass

from bot.client import TelegramClient
from core.service.access import Access
from core.service.lines import Lines
from core.service.surface import Surface
from core.service.topics import Topics
from core.settings import Settings
from core.store.store import Store


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    store: Store
    lines: Lines
    access: Access
    surface: Surface
    topics: Topics
    client: TelegramClient
