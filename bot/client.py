"""The way to Telegram: one aiogram bot, and raw calls through it that raise only errors of `core.errors`.

Answers are read as plain JSON first: a new field or an odd value that aiogram's models refuse must not turn a
message that *was* sent into an error, and updates must be kept even when nobody can parse them yet.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError
from aiogram.methods import GetFile, GetUpdates, TelegramMethod
from aiogram.utils.token import TokenValidationError
from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError, InvalidURL

from bot.refusals import is_unchanged, refusal
from core.errors import DeskError, Down, LineTrouble, MediaRefused, Uncertain
from core.settings import TelegramSettings

T = TypeVar("T")

_CONNECT_SECONDS = 10.0
_CALL_SECONDS = 60
_UPLOAD_SECONDS = 300
_POLL_MARGIN_SECONDS = 15
_CHUNK = 64 * 1024


class Hearer(Protocol):
    """Is told of every call whether Telegram took the bot's token. Must not raise."""

    def __call__(self, *, is_good: bool) -> Awaitable[None]: ...


class DeskSession(AiohttpSession):
    """aiogram's session with our reading of answers: typed calls of the bot raise our errors, too."""

    hearer: Hearer | None = None
    _refusals = 0
    """Of the token. What was under way when one came says nothing about the token of now."""

    async def raw(self, bot: Bot, method: TelegramMethod[Any], seconds: float) -> Any:
        """The `result` of a call as JSON; True where Telegram says that nothing had to change.

        Raises Down when the request certainly did not arrive, Uncertain when its answer was lost.
        """
        refusals = self._refusals
        try:
            result = await self._raw(bot, method, seconds)
        except LineTrouble:
            self._refusals += 1
            await self._tell(is_good=False)
            raise
        if refusals == self._refusals:
            await self._tell(is_good=True)
        return result

    async def _tell(self, *, is_good: bool) -> None:
        if self.hearer is not None:
            await self.hearer(is_good=is_good)

    async def _raw(self, bot: Bot, method: TelegramMethod[Any], seconds: float) -> Any:
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        timeout = ClientTimeout(total=seconds, sock_connect=_CONNECT_SECONDS)
        form = self.build_form_data(bot, method)
        try:
            async with session.post(url, data=form, timeout=timeout, allow_redirects=False) as response:
                return _result(response.status, await response.read())
        except (ClientConnectorError, ConnectionTimeoutError, InvalidURL) as error:
            raise Down(_without_token(error, bot)) from error
        except (ClientError, TimeoutError, ConnectionError) as error:
            raise Uncertain(_without_token(error, bot) or "no answer in time") from error

    async def make_request(self, bot: Bot, method: TelegramMethod[T], timeout: int | None = None) -> T:  # noqa: ASYNC109
        result = await self.raw(bot, method, timeout or _CALL_SECONDS)
        answer = json.dumps({"ok": True, "result": result})
        try:
            return cast(T, self.check_response(bot, method, 200, answer).result)
        except ClientDecodeError as error:
            raise Uncertain(f"done, but the answer is of an unknown shape: {error.message}") from error

    async def close(self) -> None:
        """At once where aiogram waits a quarter of a second for TLS to end, which plain HTTP does not need."""
        if self.api.base.startswith("https:"):
            await super().close()
        elif self._session is not None:
            await self._session.close()


class TelegramClient:
    """One bot. `call` answers raw JSON; `bot` is aiogram's own object for what wants typed results."""

    def __init__(self, bot: Bot, session: DeskSession, *, local_files: bool = False) -> None:
        self.bot = bot
        self.local_files = local_files
        self._session = session

    @property
    def bot_id(self) -> int:
        return self.bot.id

    def tell(self, hearer: Hearer) -> None:
        """Whom to tell what becomes of the token."""
        self._session.hearer = hearer

    async def call(self, method: TelegramMethod[Any], seconds: float = _CALL_SECONDS) -> Any:
        """One Bot API call; its `result` as JSON. Raises what `DeskSession.raw` and `bot.refusals` say."""
        return await self._session.raw(self.bot, method, seconds)

    async def upload(self, method: TelegramMethod[Any]) -> Any:
        """A call that carries a file, and may take its time."""
        return await self.call(method, _UPLOAD_SECONDS)

    async def get_updates(self, offset: int, wait: int, allowed: list[str]) -> list[Any]:
        """The next updates as plain JSON, oldest first; waits up to `wait` seconds for one."""
        method = GetUpdates(offset=offset, timeout=wait, allowed_updates=allowed, limit=100)
        result = await self.call(method, wait + _POLL_MARGIN_SECONDS)
        return cast(list[Any], result) if isinstance(result, list) else []

    async def download(self, file_id: str, target: Path, max_bytes: int) -> tuple[int, str]:
        """Stream a file of Telegram's into `target`; its size in bytes and its SHA-256 in hex.

        Raises MediaRefused with code `too_big` past `max_bytes` (or past getFile's own 20 MB).
        """
        found = fields_of(await self.call(GetFile(file_id=file_id)))
        if int(found.get("file_size") or 0) > max_bytes:
            raise MediaRefused(f"{found['file_size']} bytes", "too_big")
        if not found.get("file_path"):
            raise MediaRefused("no path to this file", "media_missing")
        if self.local_files and str(found["file_path"]).startswith("/"):
            return await asyncio.to_thread(_copied, Path(found["file_path"]), target, max_bytes)
        try:
            return await self._stream(found["file_path"], target, max_bytes)
        except (ClientError, TimeoutError, ConnectionError) as error:
            raise Down(_without_token(error, self.bot)) from error

    async def _stream(self, path: str, target: Path, max_bytes: int) -> tuple[int, str]:
        session = await self._session.create_session()
        url = self._session.api.file_url(self.bot.token, path)
        timeout = ClientTimeout(total=_UPLOAD_SECONDS, sock_connect=_CONNECT_SECONDS)
        digest, size = hashlib.sha256(), 0
        async with session.get(url, timeout=timeout, allow_redirects=False) as response:
            if response.status == 401:
                raise LineTrouble("answered 401", "telegram_token", 401)
            if response.status in (400, 403, 404, 410):
                raise MediaRefused(f"answered {response.status}", "media_missing")
            if response.status != 200:
                raise Down(f"answered {response.status}")
            with target.open("wb") as file:
                async for chunk in response.content.iter_chunked(_CHUNK):
                    size += len(chunk)
                    if size > max_bytes:
                        raise MediaRefused(f"more than {max_bytes} bytes", "too_big")
                    digest.update(chunk)
                    file.write(chunk)
        return size, digest.hexdigest()

    async def close(self) -> None:
        await self._session.close()


def open_client(settings: TelegramSettings, token: str = "") -> TelegramClient:
    """The client for the operator's bot, or for another one. Raises LineTrouble when the token cannot be one."""
    session = DeskSession(api=TelegramAPIServer.from_base(settings.api_base))
    try:
        bot = Bot(token or settings.bot_token.get_secret_value(), session=session)
    except TokenValidationError as error:
        raise LineTrouble("the bot's token is malformed", "telegram_token") from error
    return TelegramClient(bot, session, local_files=settings.local_files)


def _copied(source: Path, target: Path, max_bytes: int) -> tuple[int, str]:
    """A file that a Bot API server on this machine has laid down. Its size and hash as `download` tells them."""
    digest, size = hashlib.sha256(), 0
    try:
        with source.open("rb") as given:
            if source.stat().st_size > max_bytes:
                raise MediaRefused(f"more than {max_bytes} bytes", "too_big")
            with target.open("wb") as file:
                while piece := given.read(_CHUNK):
                    digest.update(piece)
                    size += file.write(piece)
    except (FileNotFoundError, PermissionError) as error:
        raise MediaRefused(type(error).__name__, "media_missing") from error
    return size, digest.hexdigest()


def fields_of(result: Any) -> Mapping[str, Any]:
    """A result that should be an object; without any field when it is none (some servers answer `true`)."""
    return cast(Mapping[str, Any], result) if isinstance(result, dict) else {}


def items_of(result: Any) -> list[Mapping[str, Any]]:
    """The objects of a result that should be a list of them."""
    return [fields_of(item) for item in cast(list[Any], result)] if isinstance(result, list) else []


def _result(status: int, body: bytes) -> Any:
    answer = _json_object(body)
    if answer is None:
        raise _unreadable(status)
    if answer.get("ok") is True:
        return answer.get("result")
    description = str(answer.get("description") or f"answered {status}")
    if is_unchanged(description):
        return True
    code, parameters = answer.get("error_code"), answer.get("parameters")
    raise refusal(
        code if isinstance(code, int) else status,
        description,
        fields_of(parameters),
    )


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return cast(dict[str, Any], answer) if isinstance(answer, dict) else None


def _unreadable(status: int) -> DeskError:
    """Some proxy between Telegram and us answered with a page of its own."""
    if status == 413:
        return MediaRefused("refused for its size", "too_big")
    if 300 <= status < 500 and status != 408:
        return Down(f"answered {status} without JSON")
    return Uncertain(f"answered {status} without JSON")


def _without_token(error: BaseException, bot: Bot) -> str:
    """The words of an error, fit for logs and databases: addresses of the Bot API contain the token."""
    words = "timed out" if isinstance(error, asyncio.TimeoutError) else f"{type(error).__name__}: {error}"
    return words.replace(bot.token, "<token>")
