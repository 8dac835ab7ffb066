"""The HTTP face: `/bot<token>/<method>`, `/file/bot<token>/<path>` and the control API under `/sim/tg`."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import time
from typing import Any

from aiohttp import web

from sandbox.telegram import methods, request, sim
from sandbox.telegram.call import REGISTRY, Call
from sandbox.telegram.errors import ApiError, not_found, too_many_requests, unauthorized
from sandbox.telegram.faults import Fault
from sandbox.telegram.flood import Cost
from sandbox.telegram.journal import CallRecord
from sandbox.telegram.method_spec import BY_LOWER_NAME
from sandbox.telegram.method_table import METHODS
from sandbox.telegram.state import Bot, TelegramState
from sandbox.telegram.webhooks import WebhookSender

STATE = web.AppKey("telegram_state", TelegramState)
HANG_SECONDS = 600.0
LARGEST_REQUEST = 64 * 1024 * 1024

methods.load()


def telegram_app(state: TelegramState) -> web.Application:
    """The application; mount it at the root or under any prefix with `parent.add_subapp(prefix, …)`."""
    app = web.Application(client_max_size=LARGEST_REQUEST)
    app[STATE] = state
    app.router.add_route("*", "/bot{token}/{method}", _bot_call)
    app.router.add_get("/file/bot{token}/{path:.+}", _file)
    sim.add_routes(app, state)
    app.on_shutdown.append(_shut_down)
    app.cleanup_ctx.append(_webhooks)
    return app


async def _webhooks(app: web.Application) -> Any:
    sender = WebhookSender(app[STATE])
    app[STATE].webhook_changed = sender.refresh
    yield
    await sender.close()


async def _shut_down(app: web.Application) -> None:
    """Let long polls and event streams end, so that the server can close."""
    state = app[STATE]
    state.closing.set()
    for bot in state.bots.values():
        bot.updates.end_poll("the sandbox is closing")
    state.bus.close()


async def _file(req: web.Request) -> web.StreamResponse:
    state = req.app[STATE]
    if req.match_info["token"] not in state.bots_by_token:
        return _answer(unauthorized().body(), 401)
    stored = state.files.by_path(req.match_info["path"])
    if stored is None:
        return _answer(not_found().body(), 404)
    return web.Response(body=stored.data, content_type="application/octet-stream")


async def _bot_call(req: web.Request) -> web.StreamResponse:
    state = req.app[STATE]
    bot = state.bots_by_token.get(req.match_info["token"])
    asked = req.match_info["method"]
    name = BY_LOWER_NAME.get(asked.lower(), asked)
    started = time.perf_counter()
    record = state.journal.open(state.clock.now(), bot.id if bot else None, name, {})
    fault: Fault | None = None
    try:
        record, fault, result = await _perform(req, state, bot, name)
        body: dict[str, Any] = {"ok": True, "result": result}
    except _Refused as refused:
        record, fault, body = refused.record, refused.fault, refused.error.body()
        _note_refusal(record, refused.error)
    except ApiError as error:
        body = error.body()
        _note_refusal(record, error)
    _note_result(record, body)
    record.ms = (time.perf_counter() - started) * 1000
    _finish(state, record, fault)
    if fault and (fault.drop_response or fault.reset or fault.hang):
        return await _go_silent(req, fault)
    if fault and fault.html:
        return web.Response(text="<html><body>Bad Gateway</body></html>", status=record.code, content_type="text/html")
    return _answer(body, record.code)


class _Refused(Exception):
    """A refusal together with the record and the fault of the call."""

    def __init__(self, record: CallRecord, fault: Fault | None, error: ApiError) -> None:
        super().__init__(error.description)
        self.record, self.fault, self.error = record, fault, error


async def _perform(
    req: web.Request, state: TelegramState, bot: Bot | None, name: str
) -> tuple[CallRecord, Fault | None, Any]:
    if bot is None:
        raise unauthorized()
    if name not in METHODS:
        raise not_found("method not found")
    given, uploads = await request.read(req)
    record = state.journal.open(state.clock.now(), bot.id, name, given)
    fault: Fault | None = None
    try:
        params = request.typed(name, given, uploads)
        _note_place(record, params)
        fault = state.faults.take(name, params)
        await _before(fault)
        result = await _accepted(Call(state, bot, name, params, uploads))
        error = fault.error() if fault else None
        if error:
            raise error
    except ApiError as error:
        raise _Refused(record, fault, error) from None
    return record, fault, result


async def _before(fault: Fault | None) -> None:
    """The part of a fault that acts before any work is done."""
    if fault is None:
        return
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.reset:
        raise ApiError(500, "connection reset by the sandbox")
    error = fault.error()
    if error and not fault.after:
        raise error


async def _accepted(call: Call) -> Any:
    """Run the method if the flood window allows it; only accepted calls are spent."""
    known = REGISTRY.get(call.method)
    if known is None:
        return True
    flood, now = call.state.flood, call.state.clock.now()
    chat_id = call.params.get("chat_id") if known.cost is not Cost.FREE else None
    if chat_id is not None and not isinstance(chat_id, int):
        chat_id = call.chat().id
    wait = flood.wait(call.bot.id, chat_id, known.cost, now)
    if wait:
        raise too_many_requests(wait)
    result = known.handler(call)
    if inspect.isawaitable(result):
        result = await result
    flood.spend(call.bot.id, chat_id, known.cost, now)
    return result


def _note_place(record: CallRecord, params: dict[str, Any]) -> None:
    chat = params.get("chat_id")
    record.chat_id = chat if isinstance(chat, int) else None
    record.thread_id = params.get("message_thread_id")


def _note_refusal(record: CallRecord, error: ApiError) -> None:
    record.code, record.description = error.code, error.description
    record.retry_after = error.parameters.get("retry_after")


def _note_result(record: CallRecord, body: dict[str, Any]) -> None:
    result = body.get("result")
    if isinstance(result, dict) and "message_id" in result:
        record.message_id = result["message_id"]
        record.thread_id = result.get("message_thread_id", record.thread_id)


def _finish(state: TelegramState, record: CallRecord, fault: Fault | None) -> None:
    if fault:
        record.fault = fault.name()
        if fault.drop_response or fault.reset or fault.hang:
            record.outcome = fault.name()
    state.journal.close(record)
    if record.method != "getUpdates" or record.code != 200:
        state.bus.publish("call", lambda: {"call": record.view(), "counters": state.journal.counters()})


async def _go_silent(req: web.Request, fault: Fault) -> web.StreamResponse:
    """Give no answer: close the connection, at once or after the client has lost patience."""
    if fault.hang:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(req.app[STATE].closing.wait(), HANG_SECONDS)
    if req.transport is not None:
        req.transport.abort()
    return web.Response(status=500)


def _answer(body: dict[str, Any], status: int) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")
