"""The way to the Graph API: one httpx client per line. Raises only errors of `core.errors`.

What was lost after the request left is Uncertain where repeating could send twice, else Down.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx

from core.errors import DeskError, Down, LineTrouble, Uncertain
from gateway.whatsapp_cloud.errors import error_of, error_without_envelope

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
"""No byte of the request has left us."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GraphAddress:
    """Where a line's requests go. `number` is its phone_number_id."""

    base: str
    version: str
    number: str

    def url(self, *path: str) -> str:
        return "/".join((self.base.rstrip("/"), self.version, *path))


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `answer` is for calls with JSON, `file` for a pause while a file is on its way."""

    connect: float = 5.0
    answer: float = 30.0
    file: float = 120.0

    @property
    def for_answer(self) -> httpx.Timeout:
        return httpx.Timeout(self.answer, connect=self.connect, pool=self.connect)

    @property
    def for_file(self) -> httpx.Timeout:
        return httpx.Timeout(self.file, connect=self.connect, pool=self.connect)


@dataclass(frozen=True)
class GraphClient:
    address: GraphAddress
    token: str = field(repr=False)
    patience: Patience = Patience()
    http: httpx.AsyncClient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "http", _open(self.address.base, self.token, self.patience))

    async def send(self, body: Json) -> Json:
        """POST …/messages with something a customer will see: never repeated when its answer is lost."""
        url = self.address.url(self.address.number, "messages")
        return await self._call("POST", url, lost=Uncertain, json=body)

    async def tell(self, body: Json) -> Json:
        """POST …/messages with what may be repeated freely: read marks and typing."""
        return await self._call("POST", self.address.url(self.address.number, "messages"), json=body)

    async def get(self, *path: str, **params: str) -> Json:
        return await self._call("GET", self.address.url(*path), params=params)

    async def post(self, *path: str, **fields: str) -> Json:
        return await self._call("POST", self.address.url(*path), json=fields)

    async def upload(self, file: Path, mime: str, name: str) -> Json:
        """POST …/media, the file read in pieces; the answer's `id` is good for 30 days."""
        with file.open("rb") as stream:
            return await self._call(
                "POST",
                self.address.url(self.address.number, "media"),
                data={"messaging_product": "whatsapp", "type": mime},
                files={"file": (name, stream, mime)},
                timeout=self.patience.for_file,
            )

    async def close(self) -> None:
        await self.http.aclose()

    async def _call(self, verb: str, url: str, *, lost: type[DeskError] = Down, **options: Any) -> Json:
        if not is_token(self.token):
            raise LineTrouble("the access token is missing or mangled", "auth")
        try:
            response = await self.http.request(verb, url, **options)
        except _NEVER_SENT as error:
            raise Down(type(error).__name__) from error
        except httpx.InvalidURL as error:
            raise Down(str(error)) from error
        except httpx.HTTPError as error:
            raise lost(type(error).__name__) from error
        return read_answer(response, lost)


def is_token(token: str) -> bool:
    """May it stand in a header at all? A pasted token may have lost its end or caught a line break."""
    return re.fullmatch(r"[!-~]+", token) is not None


def read_answer(response: httpx.Response, lost: type[DeskError]) -> Json:
    """The JSON object of a good answer. Raises what a bad one means; `lost` where the outcome is unknown."""
    body = _json_object(response)
    error = (body or {}).get("error")
    if isinstance(error, Mapping):
        raise error_of(response.status_code, cast(Json, error), response.headers)
    if body is None or not response.is_success:
        raise error_without_envelope(response.status_code, response.headers, lost)
    return body


def _json_object(response: httpx.Response) -> Json | None:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return None
    return cast(Json, body) if isinstance(body, dict) else None


def _open(base: str, token: str, patience: Patience) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        headers={"Authorization": f"Bearer {token if is_token(token) else ''}"},
        timeout=patience.for_answer,
        follow_redirects=False,
        verify=_tls(),
        trust_env=httpx.URL(base).host not in _LOOPBACK,  # a proxy would not reach our own machine
    )


@cache
def _tls() -> ssl.SSLContext:
    """Shared by all lines: loading the certificates takes tens of milliseconds."""
    return httpx.create_ssl_context()
