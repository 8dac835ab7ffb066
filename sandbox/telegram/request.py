"""Reading a call's parameters: query, urlencoded form, multipart or JSON, all to the same typed dict."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox.telegram import multipart
from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.files import LARGEST_UPLOAD, Upload
from sandbox.telegram.method_spec import kind_of, parameters

Fields = dict[str, Any]
Uploads = dict[str, Upload]

_MISSING_TEXTS = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "from_chat_id": "chat_id is empty",
}


async def read(request: web.Request) -> tuple[Fields, Uploads]:
    """All given fields, still as they came, and the uploaded files."""
    given: Fields = dict(request.query)
    uploads: Uploads = {}
    if request.method == "GET" or not request.can_read_body:
        return given, uploads
    body = await multipart.whole_body(request)
    kind = request.content_type
    if kind == "application/json":
        given |= _json_object(body)
    elif kind == "multipart/form-data":
        _take_parts(multipart.parts(body, request.headers["Content-Type"]), given, uploads)
    elif kind == "application/x-www-form-urlencoded":
        given |= parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return given, uploads


def _take_parts(parts: Iterable[multipart.Part], given: Fields, uploads: Uploads) -> None:
    for part in parts:
        if part.filename is None:
            given[part.name] = part.text
        elif len(part.data) > LARGEST_UPLOAD:
            raise ApiError(413, "Request Entity Too Large")
        else:
            uploads[part.name] = Upload(part.filename, part.mime, part.data)


def _json_object(body: bytes) -> Fields:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse request JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("can't parse request JSON object")
    return value


def typed(method: str, given: Fields, uploads: Uploads) -> Fields:
    """The parameters with their kinds. Refuses unknown names, missing ones and values of a wrong kind.

    Telegram itself ignores unknown names; the sandbox refuses them, because each is a mistake of the caller.
    """
    known = parameters(method)
    unknown = set(given) - set(known)
    if unknown:
        raise bad_request(f'unknown parameter "{sorted(unknown)[0]}" of {method}')
    params = {name: _value(method, name, value) for name, value in given.items() if value is not None and value != ""}
    _keep_meaningful_empty(given, params)
    for name, required in known.items():
        if required and name not in params and name not in uploads:
            raise bad_request(_MISSING_TEXTS.get(name, f'parameter "{name}" is required'))
    return params


def _keep_meaningful_empty(given: Fields, params: Fields) -> None:
    """An empty text means "take it away" for these, and not "not given"."""
    for name in ("icon_custom_emoji_id", "caption", "tag", "name", "description", "short_description", "url"):
        if given.get(name) == "":
            params[name] = ""


def _value(method: str, name: str, value: Any) -> Any:
    kind = kind_of(method, name)
    try:
        return _READERS[kind](value)
    except (ValueError, TypeError):
        raise bad_request(f"can't parse {name}: a value of kind {kind} is expected") from None


def _integer(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, float) and value != int(value):
        raise ValueError
    return int(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text not in ("true", "false", "1", "0", "yes", "no"):
        raise ValueError
    return text in ("true", "1", "yes")


def _structure(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _chat(value: Any) -> int | str:
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        return value
    return _integer(value)


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        raise TypeError
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return text


_READERS = {
    "int": _integer,
    "float": float,
    "bool": _boolean,
    "json": _structure,
    "chat": _chat,
    "file": _text,
    "str": _text,
}
