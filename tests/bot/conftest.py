"""The Telegram side against the real sandbox server: a bot, its desk, and a topic to post in."""

import struct
import zlib
from collections.abc import AsyncIterator

import pytest

from bot.client import TelegramClient, open_client
from bot.desk import TelegramDesk
from core.ids import ChatId
from core.ports import Spot
from core.settings import TelegramSettings
from sandbox.telegram import TelegramSandbox


def png(width: int = 8, height: int = 8) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + b"\x20\x80\x40" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def settings_for(base_url: str, token: str) -> TelegramSettings:
    return TelegramSettings.model_validate({"bot_token": token, "api_base": base_url})


@pytest.fixture
async def tg() -> AsyncIterator[TelegramSandbox]:
    async with TelegramSandbox.start(flood=False) as sandbox:
        yield sandbox


@pytest.fixture
async def client(tg: TelegramSandbox) -> AsyncIterator[TelegramClient]:
    client = open_client(settings_for(tg.base_url, tg.token))
    yield client
    await client.close()


@pytest.fixture
def desk(client: TelegramClient) -> TelegramDesk:
    return TelegramDesk(client)


@pytest.fixture
async def spot(tg: TelegramSandbox, desk: TelegramDesk) -> Spot:
    chat = ChatId(tg.group_id)
    return Spot(chat, await desk.open_topic(chat, "Ben · 1234", None, None))
