"""The commands Telegram suggests, per place and language. Registered only when they changed."""

import hashlib
import json

import structlog
from aiogram.methods import SetMyCommands
from aiogram.types import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from bot.client import TelegramClient
from bot.commands import COMMANDS
from core.errors import DeskError
from core.i18n import DEFAULT_LOCALE, LOCALES, language_code, texts_for
from core.store import engine
from core.store.store import Store

log = structlog.get_logger(__name__)


def _menus() -> list[SetMyCommands]:
    menus: list[SetMyCommands] = []
    for locale in LOCALES:
        texts = texts_for(locale)
        language = None if locale == DEFAULT_LOCALE else language_code(locale)
        group = [_entry(name, texts.t(f"command.{name}")) for name, c in COMMANDS.items() if c.in_group]
        private = [_entry(name, texts.t(f"command.{name}")) for name, c in COMMANDS.items() if c.in_private]
        menus.append(SetMyCommands(commands=group, scope=BotCommandScopeAllGroupChats(), language_code=language))
        menus.append(SetMyCommands(commands=private, scope=BotCommandScopeAllPrivateChats(), language_code=language))
    return menus


def _entry(name: str, description: str) -> BotCommand:
    return BotCommand(command=name, description=description)


async def register(store: Store, client: TelegramClient) -> None:
    """Tell Telegram our commands, unless it knows them. A failure costs only the suggestions: it is logged."""
    menus = _menus()
    dumped = json.dumps([menu.model_dump(mode="json") for menu in menus], sort_keys=True)
    fingerprint, name = hashlib.sha256(dumped.encode()).hexdigest(), f"menu:{client.bot_id}"
    async with store.read_across_tenants() as scope:
        if await engine.get_setting(scope, name) == fingerprint:
            return
    try:
        for menu in menus:
            await client.call(menu)
    except DeskError as error:
        log.warning("menu.not_registered", code=error.code)
        return
    async with store.write_across_tenants() as scope:
        await engine.set_setting(scope, name, fingerprint)
