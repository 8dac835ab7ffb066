"""The edges of file sizes: 20 MB down, 50 MB up, 10 MB for a photo."""

from __future__ import annotations

import pytest

from sandbox.telegram.files import LARGEST_DOWNLOAD, LARGEST_PHOTO, LARGEST_UPLOAD
from tests.contract.bot_api import Refused, open_telegram, png


async def test_twenty_megabytes_down() -> None:
    async with open_telegram() as (_, api):
        fits = await api.call("sendDocument", document="attach://a", files={"a": bytes(LARGEST_DOWNLOAD)})
        file = await api.getFile(file_id=fits["document"]["file_id"])
        assert len(await api.download(file["file_path"])) == LARGEST_DOWNLOAD
        too_big = await api.call("sendDocument", document="attach://a", files={"a": bytes(LARGEST_DOWNLOAD + 1)})
        with pytest.raises(Refused, match="400 Bad Request: file is too big"):
            await api.getFile(file_id=too_big["document"]["file_id"])


async def test_fifty_megabytes_up() -> None:
    async with open_telegram() as (_, api):
        with pytest.raises(Refused, match="413 Request Entity Too Large"):
            await api.call("sendDocument", document="attach://a", files={"a": bytes(LARGEST_UPLOAD + 1)})


async def test_ten_megabytes_for_a_photo() -> None:
    async with open_telegram() as (_, api):
        heavy = png(10, 10) + bytes(LARGEST_PHOTO)
        with pytest.raises(Refused, match="file is too big"):
            await api.call("sendPhoto", photo="attach://a", files={"a": heavy})
