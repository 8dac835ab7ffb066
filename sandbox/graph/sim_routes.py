"""/sim/wa/...: the control API over HTTP. Thin: every route calls one method of `Control`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.bus import Event
from sandbox.graph import media_routes, views
from sandbox.graph.control import Control
from sandbox.graph.errors import GraphError
from sandbox.graph.http import STATE

PING_SECONDS = 15.0

Body = dict[str, Any]
Operation = Callable[[Control, Body], Any]


def routes() -> list[web.RouteDef]:
    posts = {name: _post(operation) for name, operation in OPERATIONS.items()}
    return [
        *[web.post(f"/sim/wa/{name}", handler) for name, handler in posts.items()],
        web.post("/sim/wa/file", upload),
        web.get("/sim/wa/state", _get(lambda control, query: control.view())),
        web.get("/sim/wa/calls", _get(_calls)),
        web.get("/sim/wa/deliveries", _get(_deliveries)),
        web.get("/sim/wa/faults", _get(lambda control, query: {"faults": control.state.faults.view()})),
        web.get("/sim/wa/knobs", _get(lambda control, query: control.knobs())),
        web.get("/sim/wa/media/{media_id}", media),
        web.get("/sim/wa/events", events),
    ]


def _post(operation: Operation) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.text() or "{}")
            if not isinstance(body, dict):
                raise ValueError("the body must be a JSON object")
            answer = operation(Control(request.app[STATE]), body)
            if asyncio.iscoroutine(answer):
                answer = await answer
        except KeyError as missing:
            return _refuse(f"missing: {missing.args[0]}")
        except (ValueError, TypeError) as wrong:
            return _refuse(str(wrong))
        return web.json_response({"ok": True, **(answer or {})})

    return handle


def _get(answer: Callable[[Control, Any], Body]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            return web.json_response(answer(Control(request.app[STATE]), request.query))
        except ValueError as wrong:
            return _refuse(str(wrong))

    return handle


def _refuse(why: str) -> web.Response:
    return web.json_response({"ok": False, "error": why}, status=400)


def _say(control: Control, body: Body) -> Body:
    customer, batch = body.pop("customer"), bool(body.pop("batch", False))
    orders = body.pop("messages", None)
    written = control.say_many(customer, [body] if orders is None else orders, batch=batch)
    views_of = [views.message_view(control.state, message) for message in written]
    return {"message": views_of[-1] if views_of else None, "ids": [message.id for message in written]}


def _customer(control: Control, body: Body) -> Body:
    who = body.pop("customer", None)
    if who is None:
        return _phone(control, control.create_customer(body.pop("name"), **body))
    return _phone(control, control.change_customer(who, **body))


def _phone(control: Control, customer: Any) -> Body:
    return {"phone": views.phone_view(control.state, customer, chats=False)}


def _clock(control: Control, body: Body) -> Body:
    clock = control.state.clock
    if body.get("freeze"):
        clock.freeze()
    if "set" in body:
        clock.set(float(body["set"]))
    if "advance" in body:
        clock.advance(float(body["advance"]))
    if body.get("resume"):
        clock.resume()
    return {"now": clock.now(), "frozen": clock.frozen}


def _faults(control: Control, body: Body) -> Body:
    if body.pop("clear", False):
        control.clear_faults()
    if "kind" in body:
        return {"fault": control.fault(body.pop("kind"), **body).view()}
    return {"faults": control.state.faults.view()}


async def _raw(control: Control, body: Body) -> Body:
    data = body["body"]
    record = await control.raw(
        data.encode() if isinstance(data, str) else data, url=body.get("url"), signature=body.get("signature")
    )
    return {"delivery": record.view()}


async def _callback(control: Control, body: Body) -> Body:
    done = await control.set_callback(body["url"], verify=bool(body.get("verify")))
    return {"verified": done, "callback": control.state.callback}


def _shown(control: Control, message: Any) -> Body:
    return {"message": views.message_view(control.state, message)}


def _number(control: Control, body: Body) -> Body:
    number = control.state.numbers.get(str(body.get("id", "")))
    if number is None:
        return {"number": control.add_number(body.pop("display_phone_number"), **body).view()}
    wrong = set(body) - set(vars(number)) - {"id"}
    if wrong:
        raise ValueError(f"unknown fields: {sorted(wrong)}")
    vars(number).update({name: value for name, value in body.items() if name not in ("id", "blocked")})
    return {"number": number.view()}


OPERATIONS: dict[str, Operation] = {
    "customers": _customer,
    "say": _say,
    "react": lambda c, b: _shown(c, c.react(b["customer"], b["message"], b.get("emoji", ""))),
    "press": lambda c, b: _shown(c, c.press(b["customer"], b["message"], b["button"])),
    "edit": lambda c, b: _shown(c, c.edit(b["customer"], b["message"], b["text"])),
    "delete": lambda c, b: _shown(c, c.delete(b["customer"], b["message"])),
    "read": lambda c, b: {"read": c.read(b["customer"])},
    "change_number": lambda c, b: _shown(c, c.change_number(b["customer"], b.get("wa_id"), b.get("user_id"))),
    "echo": lambda c, b: _shown(c, c.echo(b.pop("customer"), **b)),
    "call": lambda c, b: {"id": c.call(b["customer"], int(b.get("seconds", 0)), b.get("number"))},
    "wish": lambda c, b: c.wish(b["customer"], b.get("value", "stop"), b.get("number")),
    "status": lambda c, b: c.status(b["message"], b["status"], b.get("code"), b.get("extra")),
    "webhook": lambda c, b: c.field_update(b["field"], b["value"], b.get("number")),
    "raw": _raw,
    "callback": _callback,
    "numbers": _number,
    "templates": lambda c, b: {"template": c.template(**b).view()},
    "template_status": lambda c, b: c.template_status(b["id"], b["status"], b.get("reason", "NONE")),
    "token": lambda c, b: c.token(b["state"], b.get("token")),
    "faults": _faults,
    "knobs": lambda c, b: {"knobs": c.knobs(**b)},
    "clock": _clock,
    "reset": lambda c, b: c.reset(),
}


def _calls(control: Control, query: Any) -> Body:
    calls = control.calls(int(query.get("since", "0")), query.get("op"))
    return {"calls": [call.view() for call in calls], "counters": control.state.journal.counters()}


def _deliveries(control: Control, query: Any) -> Body:
    since = int(query.get("since", "0"))
    found = [one.view() for one in control.deliveries() if one.seq > since]
    return {"deliveries": found, "waiting": control.state.webhooks.waiting}


async def upload(request: web.Request) -> web.Response:
    """Multipart with one file: a photo, document or voice note of the customer. Answers its media id."""
    control = Control(request.app[STATE])
    if not request.content_type.startswith("multipart/"):
        return _refuse("send multipart/form-data with one file")
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.filename:
                data = await media_routes.read_part(part)
                mime = part.headers.get("Content-Type", "application/octet-stream")
                return web.json_response({"ok": True, "id": control.add_media(data, mime, part.filename)})
    except (GraphError, ValueError) as wrong:
        return _refuse(str(wrong))
    return _refuse("no file in the form")


async def media(request: web.Request) -> web.StreamResponse:
    """A file as the customer's phone shows it: no token needed."""
    found = request.app[STATE].media.find(request.match_info["media_id"])
    if found is None:
        raise web.HTTPNotFound(text="no such media")
    return await media_routes.send_bytes(request, found)


async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events. The first one is `hello` with the number of the last event."""
    state = request.app[STATE]
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )
    with state.bus.listen() as queue:
        await response.prepare(request)
        await response.write(_line({"type": "hello", "n": state.bus.number}))
        while not state.closing.is_set():
            try:
                event = await asyncio.wait_for(queue.get(), PING_SECONDS)
            except TimeoutError:
                await response.write(b": ping\n\n")
                continue
            if event is None:
                break
            await response.write(_line(event))
    return response


def _line(event: Event) -> bytes:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
