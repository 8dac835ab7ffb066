"""Telegram by webhook instead of polling: for many processes behind one public address."""

import asyncio

import structlog
from aiogram.methods import SetWebhook

from bot.client import TelegramClient
from bot.door import webhook_key, webhook_secret
from bot.poller import ALLOWED_UPDATES
from core.errors import DeskError
from core.settings import Settings

log = structlog.get_logger(__name__)

_AGAIN_SECONDS = 30.0


async def subscribe(settings: Settings, client: TelegramClient, again: float = _AGAIN_SECONDS) -> None:
    """Until it is done: Telegram may be unreachable when the process starts. `again`: seconds between two tries."""
    while True:
        if await _subscribed(settings, client):
            return
        await asyncio.sleep(again)


async def _subscribed(settings: Settings, client: TelegramClient) -> bool:
    """One connection at a time keeps updates in their order (Bot API: setWebhook)."""
    token = settings.telegram.bot_token.get_secret_value()
    url = f"{settings.desk.public_url.rstrip('/')}/hooks/telegram/{webhook_key(token)}"
    method = SetWebhook(
        url=url,
        secret_token=webhook_secret(token),
        allowed_updates=list(ALLOWED_UPDATES),
        max_connections=1,
        drop_pending_updates=False,
    )
    try:
        await client.call(method)
    except DeskError as error:
        log.error("telegram.webhook_refused", code=error.code, detail=error.detail)
        return False
    return True
