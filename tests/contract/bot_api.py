"""A raw client of the sandbox Bot API whose every request and every answer is checked against aiogram and PTB."""

from __future__ import annotations

import inspect
import io
import json
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiogram.methods
import aiohttp
from aiogram.methods.base import TelegramMethod

from sandbox.telegram import TelegramSandbox
from tests.contract.strict import check_result, check_update

ALL_KINDS = [
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "chat_member",
    "inline_query",
    "pre_checkout_query",
]

METHOD_CLASSES: dict[str, type[TelegramMethod[Any]]] = {
    value.__api_method__: value
    for _, value in inspect.getmembers(aiogram.methods, inspect.isclass)
    if issubclass(value, TelegramMethod) and value is not TelegramMethod
}


class Refused(Exception):
    """The server said no. `answer` is its whole body, `status` the HTTP status."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        super().__init__(f"{answer['error_code']} {answer['description']}")
        self.status, self.answer = status, answer
        self.description: str = answer["description"]
        self.code: int = answer["error_code"]


class CheckedClient:
    """`await api.sendMessage(text=…)`: chat_id is the default group unless named."""

    def __init__(self, tg: TelegramSandbox, http: aiohttp.ClientSession) -> None:
        self.tg, self._http = tg, http
        self.offset = 0

    def __getattr__(self, method: str) -> Any:
        async def call(**params: Any) -> Any:
            return await self.call(method, **params)

        return call

    async def call(self, method: str, *, files: dict[str, bytes] | None = None, **params: Any) -> Any:
        """The result. Raises Refused; fails the test when request or result break the contract."""
        known = METHOD_CLASSES[method]
        if "chat_id" in known.model_fields and "chat_id" not in params:
            params["chat_id"] = self.tg.group_id
        _check_request(known, params, files or {})
        result = await self.raw(method, params, files)
        check_result(known, result)
        return result

    async def call_refused(self, method: str, **params: Any) -> Refused:
        """The refusal of a call that must be refused."""
        try:
            await self.call(method, **params)
        except Refused as refused:
            return refused
        raise AssertionError(f"{method} was not refused")

    async def raw(self, method: str, params: dict[str, Any], files: dict[str, bytes] | None = None) -> Any:
        """The same without any check."""
        url = f"{self.tg.base_url}/bot{self.tg.token}/{method}"
        body: dict[str, Any] = {"json": params}
        if files:
            form = aiohttp.FormData(quote_fields=False)
            for name, value in params.items():
                form.add_field(name, _text(value))
            for name, data in files.items():
                form.add_field(name, io.BytesIO(data), filename=name, content_type="application/octet-stream")
            body = {"data": form}
        async with self._http.post(url, **body) as answer:
            content = await answer.json()
            if not content["ok"]:
                assert answer.status == content["error_code"]
                raise Refused(answer.status, content)
            return content["result"]

    async def download(self, path: str) -> bytes:
        async with self._http.get(f"{self.tg.base_url}/file/bot{self.tg.token}/{path}") as answer:
            assert answer.status == 200
            return await answer.read()

    async def updates(self) -> list[dict[str, Any]]:
        """All waiting updates, each checked and then confirmed."""
        batch = await self.call("getUpdates", offset=self.offset, allowed_updates=ALL_KINDS)
        for update in batch:
            check_update(update)
        if batch:
            self.offset = max(update["update_id"] for update in batch) + 1
        return batch

    async def sim(self, operation: str, **wishes: Any) -> Any:
        async with self._http.post(f"{self.tg.base_url}/sim/tg/{operation}", json=wishes) as answer:
            content = await answer.json()
            assert content["ok"], content
            return content["result"]

    async def get(self, path: str) -> Any:
        async with self._http.get(f"{self.tg.base_url}{path}") as answer:
            return await answer.json()


def _check_request(known: type[TelegramMethod[Any]], params: dict[str, Any], files: dict[str, bytes]) -> None:
    for name in params:
        field = known.model_fields.get(name)
        assert field is not None, f"{known.__name__} has no parameter {name}"
        assert not (field.json_schema_extra or {}).get("deprecated"), f"{name} is deprecated"
    missing = {n for n, f in known.model_fields.items() if f.is_required()} - set(params) - set(files)
    assert not missing, f"{known.__name__} needs {missing}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@asynccontextmanager
async def open_telegram(*, flood: bool = False) -> AsyncIterator[tuple[TelegramSandbox, CheckedClient]]:
    """A sandbox with the checked client; the bot has asked for every kind of update."""
    async with TelegramSandbox.start(flood=flood) as tg, aiohttp.ClientSession() as http:
        api = CheckedClient(tg, http)
        await api.updates()
        yield tg, api


def png(width: int, height: int) -> bytes:
    """A grey picture of this size."""
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + body


def ogg(seconds: int) -> bytes:
    """The two page headers that tell an Ogg file's length."""
    first = b"OggS\0\x02" + struct.pack("<q", 0) + b"\0" * 13
    last = b"OggS\0\x04" + struct.pack("<q", seconds * 48_000) + b"\0" * 13
    return first + last
