"""A stand-in of Telegram's Bot API that speaks the real protocol over HTTP. See README.md in this folder."""

from sandbox.telegram.sandbox import TelegramSandbox
from sandbox.telegram.server import install, telegram_app
from sandbox.telegram.state import TelegramState

__all__ = ["TelegramSandbox", "TelegramState", "install", "telegram_app"]
