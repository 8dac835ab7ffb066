"""The control API over HTTP: `POST /sim/tg/<operation>` with a JSON object, and what a page reads. See README.md."""

from __future__ import annotations

import asyncio
import inspect
import json
from typing import Any

from aiohttp import web

from sandbox.telegram import multipart, views
from sandbox.telegram.control_weather import Control
from sandbox.telegram.errors import ApiError, SimError
from sandbox.telegram.state import TelegramState
from sandbox.telegram.words import words

OPERATIONS = words(
    "reset clock user avatar bot set_privacy chat chat_settings member block migrate message command edit move delete "
    "react tap press menu inline pay question topic faults clear_faults flood switches update update_faults"
)
CONTROL = web.AppKey("telegram_control", Control)
PREFIX = "/sim/tg"
KEEP_ALIVE_SECONDS = 15.0


def add_routes(app: web.Application, state: TelegramState) -> None:
    app[CONTROL] = Control(state)
    app.router.add_get(f"{PREFIX}/state", _state)
    app.router.add_get(f"{PREFIX}/chat/{{id}}", _chat)
    app.router.add_get(f"{PREFIX}/calls", _calls)
    app.router.add_get(f"{PREFIX}/files/{{number}}", _file)
    app.router.add_get(f"{PREFIX}/events", _events)
    app.router.add_get(f"{PREFIX}/quiet", _quiet)
    app.router.add_post(f"{PREFIX}/file", _upload)
    app.router.add_post(f"{PREFIX}/{{operation}}", _operate)


async def _operate(req: web.Request) -> web.Response:
    """Call the operation with the JSON object's fields; `from` is the sender."""
    name = req.match_info["operation"]
    if name not in OPERATIONS:
        return _json({"ok": False, "error": f"no operation {name}"}, 404)
    try:
        wishes = json.loads(await multipart.whole_body(req) or b"{}")
    except ValueError:
        return _json({"ok": False, "error": "the body is not JSON"}, 400)
    if not isinstance(wishes, dict):
        return _json({"ok": False, "error": "a JSON object is expected"}, 400)
    return _run(req.app[CONTROL], name, wishes)


def _run(control: Control, name: str, wishes: dict[str, Any]) -> web.Response:
    if "from" in wishes:
        wishes["sender"] = wishes.pop("from")
    operation = getattr(control, name)
    try:
        inspect.signature(operation).bind(**wishes)
    except TypeError as error:
        return _json({"ok": False, "error": str(error)}, 400)
    try:
        return _json({"ok": True, "result": operation(**wishes)})
    except SimError as error:
        return _json({"ok": False, "error": str(error)}, 400)
    except ApiError as error:
        return _json({"ok": False, "error": error.description}, 400)


async def _upload(req: web.Request) -> web.Response:
    """A page's upload: multipart with the file as `file`, and `kind`, `chat`, `thread`, `from`, `text` as fields."""
    try:
        sent = list(multipart.parts(await multipart.whole_body(req), req.headers.get("Content-Type", "")))
    except ApiError as error:
        return _json({"ok": False, "error": error.description}, 400)
    file = next((part for part in sent if part.name == "file"), None)
    fields = {part.name: part.text for part in sent if part.filename is None and part.data}
    if file is None:
        return _json({"ok": False, "error": "a part named file is expected"}, 400)
    media: dict[str, Any] = {"kind": fields.get("kind", "document"), "name": file.filename, "mime": file.mime}
    media["data"] = file.data
    if "duration" in fields:
        media["duration"] = fields["duration"]
    wishes: dict[str, Any] = {"media": media}
    wishes |= {name: _number(fields[name]) for name in ("chat", "thread", "from", "reply_to") if name in fields}
    if "text" in fields:
        wishes["text"] = fields["text"]
    return _run(req.app[CONTROL], "message", wishes)


async def _state(req: web.Request) -> web.Response:
    return _json(req.app[CONTROL].view())


async def _chat(req: web.Request) -> web.Response:
    """One chat; `?thread=` keeps one topic's messages, `?thread=general` those of General."""
    control = req.app[CONTROL]
    chats = {c.id: c for c in (*control.state.private.values(), *control.state.groups.values())}
    chat = chats.get(_number(req.match_info["id"]))
    if chat is None:
        return _json({"ok": False, "error": "no such chat"}, 404)
    view = views.chat_view(control.state, chat)
    thread = req.query.get("thread")
    if thread:
        wanted = None if thread == "general" else _number(thread)
        view["messages"] = [m for m in view["messages"] if m["thread_id"] == wanted]
    return _json(view)


async def _calls(req: web.Request) -> web.Response:
    control = req.app[CONTROL]
    since = _number(req.query.get("since", "0"))
    return _json({"calls": control.calls(since, req.query.get("method")), "counters": control.state.journal.counters()})


async def _file(req: web.Request) -> web.Response:
    stored = req.app[CONTROL].state.files.by_number(_number(req.match_info["number"]))
    if stored is None:
        return _json({"ok": False, "error": "no such file"}, 404)
    return web.Response(body=stored.data, headers={"Content-Type": stored.mime or "application/octet-stream"})


async def _quiet(req: web.Request) -> web.Response:
    """{quiet: true} when every bot has confirmed all its updates."""
    pending = req.app[CONTROL].pending_updates()
    return _json({"quiet": pending == 0, "pending_updates": pending})


async def _events(req: web.Request) -> web.StreamResponse:
    """Server-sent events: one JSON object per event."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await response.prepare(req)
    with req.app[CONTROL].state.bus.listen() as queue:
        await response.write(b": listening\n\n")
        while True:
            line = await _next_line(queue)
            if line is None:
                return response
            try:
                await response.write(line)
            except ConnectionError:
                return response


async def _next_line(queue: Any) -> bytes | None:
    """The next event as one SSE block, a comment when nothing happened for a while, None at the end."""
    try:
        event = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
    except TimeoutError:
        return b": still here\n\n"
    return None if event is None else b"data: " + json.dumps(event).encode() + b"\n\n"


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), status=status, content_type="application/json")
