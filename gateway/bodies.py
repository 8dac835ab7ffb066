"""Reading a request's body within bounds."""

import json
from typing import Any, cast

from aiohttp import web

LARGEST_BODY = 3 * 1024 * 1024
"""Bytes. Meta's webhooks have at most 3 MB (Meta: create-webhook-endpoint, 2025-11); Telegram's are smaller."""


async def read_raw(request: web.Request) -> bytes:
    """The bytes as they were sent. Raises 415 for a compressed body, 413 for one past the limit.

    Nobody who signs raw bytes compresses them, and a small compressed body may unpack to a huge one.
    """
    if request.headers.get("Content-Encoding", "identity").lower() not in {"", "identity"}:
        raise web.HTTPUnsupportedMediaType(text="compressed bodies are not taken\n")
    if (request.content_length or 0) > LARGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, request.content_length or 0, text="at most 3 MB\n")
    return await request.read()  # past client_max_size: 413


def json_object(raw: bytes) -> dict[str, Any]:
    """Raises 400 when `raw` is not the JSON of an object."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest(text="the body is not JSON\n") from error
    if not isinstance(found, dict):
        raise web.HTTPBadRequest(text="the body is not a JSON object\n")
    return cast(dict[str, Any], found)
