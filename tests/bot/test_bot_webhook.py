"""Registering the webhook with Telegram."""

from dataclasses import replace

from bot.client import open_client
from bot.webhook import subscribe
from core.settings import DeskSettings, Settings, TelegramSettings
from sandbox.telegram import defaults
from sandbox.telegram.sandbox import TelegramSandbox


async def test_an_unreachable_telegram_is_asked_again() -> None:
    async with TelegramSandbox.start(port=0) as tg:
        tg.faults(method="setWebhook", code=502)
        telegram = TelegramSettings(bot_token=defaults.BOT_TOKEN, api_base=tg.base_url)
        settings = replace(Settings(), telegram=telegram, desk=DeskSettings(public_url="https://desk.example.com"))
        client = open_client(telegram)
        try:
            await subscribe(settings, client, again=0.01)
        finally:
            await client.close()
        assert [call["method"] for call in tg.calls()] == ["setWebhook", "setWebhook"]
