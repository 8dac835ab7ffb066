"""Reading request bodies: the whole body up to a limit of our own, and its multipart/form-data parts.

The body is read whole and cut by its boundary, which is simple, quick for 50 MB, and does not depend on the size limit
of the application that this one is mounted in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from aiohttp import web

from sandbox.telegram.errors import ApiError, bad_request

LARGEST_BODY = 64 * 1024 * 1024

_PARAMETER = re.compile(r';\s*([A-Za-z-]+)(\*?)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]+))')
_ESCAPED = {"%22": '"', "%0D": "\r", "%0A": "\n"}


@dataclass(slots=True)
class Part:
    """One field of a form; `filename` is None for a plain value."""

    name: str
    filename: str | None
    mime: str
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")


async def whole_body(request: web.Request) -> bytes:
    """The body. Raises 413 past the limit, as Telegram does for uploads that are too large."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise ApiError(413, "Request Entity Too Large")
        chunks.append(chunk)
    return b"".join(chunks)


def parts(body: bytes, content_type: str) -> Iterator[Part]:
    """The parts of a multipart/form-data body; `content_type` is the whole header with its boundary."""
    boundary = _parameters(content_type).get("boundary")
    if not boundary:
        raise bad_request("failed to parse multipart body: no boundary")
    mark = b"--" + boundary.encode()
    at = body.find(mark)
    while at >= 0 and body[at + len(mark) : at + len(mark) + 2] == b"\r\n":
        start = at + len(mark) + 2
        end = body.find(b"\r\n" + mark, start - 2)
        head = body.find(b"\r\n\r\n", start)
        if end < 0 or head < 0 or head > end:
            raise bad_request("failed to parse multipart body")
        yield _part(body[start:head], body[head + 4 : end])
        at = end + 2
    if at < 0:
        raise bad_request("failed to parse multipart body")


def _part(head: bytes, data: bytes) -> Part:
    lines = head.decode("utf-8", "replace").split("\r\n")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    named = _parameters(fields.get("content-disposition", ""))
    if "name" not in named:
        raise bad_request("failed to parse multipart body: a part has no name")
    return Part(named["name"], named.get("filename"), fields.get("content-type", "application/octet-stream"), data)


def _parameters(header: str) -> dict[str, str]:
    """The parameters of a header. `filename*=utf-8''…` wins over `filename="…"` (RFC 5987)."""
    plain: dict[str, str] = {}
    extended: dict[str, str] = {}
    for name, star, quoted, token in _PARAMETER.findall(header):
        if star:
            extended[name.lower()] = unquote((quoted or token).rpartition("''")[2])
        else:
            plain[name.lower()] = _unquoted(quoted) if quoted else token
    return {**plain, **extended}


def _unquoted(text: str) -> str:
    """A quoted value: backslash escapes, and the three signs that browsers write with a percent."""
    for code, sign in _ESCAPED.items():
        text = text.replace(code, sign)
    return re.sub(r'\\(["\\])', r"\1", text)
