"""A customer's file, streamed to disk. The token goes to Meta's hosts only, and no redirect is followed.

Meta names a file's address for five minutes (Meta: media, 2025); a dead one is asked for anew, once.
"""

import asyncio
import base64
import binascii
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import httpx

from core.errors import Down, LineTrouble, MediaRefused, RemoteRefusal
from core.message import Media
from gateway.whatsapp_cloud.client import GraphClient, Json
from gateway.whatsapp_cloud.loose import pick, whole

MEDIA_HOSTS = frozenset({"lookaside.fbsbx.com"})
"""Where Meta serves files from, besides the Graph base itself (Meta: media, 2025)."""
_GONE = frozenset({404, 410})
_AS_IT_IS = {"Accept-Encoding": "identity"}
_ID = re.compile(r"[\w.-]+")
_CHUNK = 256 * 1024


async def fetch(client: GraphClient, media: Media, target: Path, max_bytes: int) -> Media:
    """Write the file to `target`; the media with its true mime, size and SHA-256 (hex).

    Raises MediaRefused (`too_big`, `media_missing`, `media`), Down, Busy or LineTrouble.
    """
    try:
        return await _attempt(client, media, target, max_bytes)
    except _AddressDied:
        pass
    try:
        return await _attempt(client, media, target, max_bytes)
    except _AddressDied as died:
        raise MediaRefused(str(died), "media_missing") from died


class _AddressDied(Exception):
    """The address of a file no longer works; Meta may name another."""


async def _attempt(client: GraphClient, media: Media, target: Path, max_bytes: int) -> Media:
    facts = await _facts(client, media)
    url = checked_url(pick(facts, "url"), client.address.base)
    if (whole(facts.get("file_size")) or 0) > max_bytes:
        raise MediaRefused("larger than allowed", "too_big")
    mime, size, digest = await _stream(client, url, target, max_bytes)
    for named in (pick(facts, "sha256"), media.checksum):
        _check_hash(named, digest)
    return replace(media, mime=pick(facts, "mime_type") or media.mime or mime, size=size, sha256=digest.hex())


async def _facts(client: GraphClient, media: Media) -> Json:
    """What Meta knows of a file. A webhook that named an address only has it as `ref`."""
    if "://" in media.ref:
        return {"url": media.ref}
    if not _ID.fullmatch(media.ref):
        raise MediaRefused("not an id of a file", "media_missing")
    try:
        return await client.get(media.ref, phone_number_id=client.address.number)
    except RemoteRefusal as refusal:
        raise MediaRefused(refusal.detail, "media_missing", refusal.number) from refusal


def checked_url(named: str, base: str) -> httpx.URL:
    """Raises MediaRefused for an address that is neither at the Graph base nor at one of Meta's hosts by https."""
    try:
        url, own = httpx.URL(named), httpx.URL(base)
    except httpx.InvalidURL as error:
        raise MediaRefused("the file's address is none", "media") from error
    ours = (url.scheme, url.host, url.port) == (own.scheme, own.host, own.port)
    if not ours and not (url.scheme == "https" and url.host in MEDIA_HOSTS and url.port is None):
        raise MediaRefused("the file is not at an address of Meta's", "media")
    return url


async def _stream(client: GraphClient, url: httpx.URL, target: Path, max_bytes: int) -> tuple[str, int, bytes]:
    try:
        async with client.http.stream("GET", url, headers=_AS_IT_IS, timeout=client.patience.for_file) as response:
            _check_status(response, max_bytes)
            size, digest = await _save(response, target, max_bytes)
    except httpx.HTTPError as error:
        raise Down(type(error).__name__) from error
    return response.headers.get("content-type", ""), size, digest


def _check_status(response: httpx.Response, max_bytes: int) -> None:
    status = response.status_code
    if status in _GONE:
        raise _AddressDied(f"HTTP {status}")
    if response.is_redirect:
        raise MediaRefused("the file's address redirects", "media")
    if status in {401, 403}:
        raise LineTrouble(f"HTTP {status} for a file", "auth")
    if status != 200:
        raise Down(f"HTTP {status} for a file")
    if (whole(response.headers.get("content-length")) or 0) > max_bytes:
        raise MediaRefused("larger than allowed", "too_big")


async def _save(response: httpx.Response, target: Path, max_bytes: int) -> tuple[int, bytes]:
    size, digest = 0, hashlib.sha256()
    with target.open("wb") as file:
        async for chunk in response.aiter_bytes(_CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise MediaRefused("larger than allowed", "too_big")
            digest.update(chunk)
            await asyncio.to_thread(file.write, chunk)
    return size, digest.digest()


def _check_hash(named: str, digest: bytes) -> None:
    """Raises Down when the file is not the one Meta named; a hash we cannot read proves nothing."""
    expected = _hash(named)
    if expected is not None and expected != digest:
        raise Down("the file does not match its hash")


def _hash(named: str) -> bytes | None:
    """Meta writes SHA-256 in base64 in webhooks and in hex elsewhere."""
    try:
        found = bytes.fromhex(named) if len(named) == 64 else base64.b64decode(named, validate=True)
    except (ValueError, binascii.Error):
        return None
    return found if len(found) == 32 else None
