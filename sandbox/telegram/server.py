"""The HTTP face: `/bot<token>/<method>`, `/file/bot<token>/<path>` and the control API under `/sim/tg`."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import time
from dataclasses import dataclass
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
from sandbox.telegram.plain_methods import ANSWERED_TRUE
from sandbox.telegram.state import Bot, TelegramState
from sandbox.telegram.webhooks import WebhookSender

STATE = web.AppKey("telegram_state", TelegramState)
HANG_SECONDS = 600.0

methods.load()


def telegram_app(state: TelegramState) -> web.Application:
    """The application by itself; mount it under a prefix with `parent.add_subapp(prefix, …)`."""
    app = web.Application()
    install(app, state)
    return app


def install(app: web.Application, state: TelegramState) -> None:
    """Add the Bot API and its control API to an application that has other routes too."""
    app[STATE] = state
    app.router.add_route("*", "/bot{token}/{method}", _bot_call)
    app.router.add_get("/file/bot{token}/{path:.+}", _file)
    sim.add_routes(app, state)
    app.on_shutdown.append(_shut_down)
    app.cleanup_ctx.append(_webhooks)


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


@dataclass
class _Exchange:
    """One request on its way: its line in the journal and the fault that struck it."""

    record: CallRecord
    fault: Fault | None = None


async def _bot_call(req: web.Request) -> web.StreamResponse:
    state = req.app[STATE]
    bot = state.bots_by_token.get(req.match_info["token"])
    name = BY_LOWER_NAME.get(req.match_info["method"].lower(), req.match_info["method"])
    exchange = _Exchange(state.journal.open(state.clock.now(), bot.id if bot else None, name))
    started = time.perf_counter()
    try:
        body: dict[str, Any] = {"ok": True, "result": await _perform(req, exchange, bot, name)}
        _note_result(exchange.record, body["result"])
    except ApiError as error:
        body = error.body()
        _note_refusal(exchange.record, error)
    exchange.record.ms = (time.perf_counter() - started) * 1000
    _finish(state, exchange)
    return await _respond(req, exchange, body)


async def _perform(req: web.Request, exchange: _Exchange, bot: Bot | None, name: str) -> Any:
    """The result of the method. Raises ApiError for everything else."""
    state = req.app[STATE]
    if bot is None:
        raise unauthorized()
    if name not in METHODS:
        raise not_found("method not found")
    given, uploads = await request.read(req)
    exchange.record.take(given, uploads)
    params = request.typed(name, given, uploads)
    exchange.record.place(params.get("chat_id"), params.get("message_thread_id"))
    fault = exchange.fault = state.faults.take(bot.id, name, params)
    await _before(fault)
    result = await _accepted(Call(state, bot, name, params, uploads))
    error = fault.error() if fault else None
    if error:
        raise error
    return result


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
        if call.method in ANSWERED_TRUE:
            return True
        raise not_found(f"method {call.method} is not simulated")
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


def _note_refusal(record: CallRecord, error: ApiError) -> None:
    record.code, record.description = error.code, error.description
    record.retry_after = error.parameters.get("retry_after")


def _note_result(record: CallRecord, result: Any) -> None:
    if isinstance(result, dict) and "message_id" in result:
        record.message_id = result["message_id"]
        record.thread_id = result.get("message_thread_id", record.thread_id)


def _finish(state: TelegramState, exchange: _Exchange) -> None:
    record, fault = exchange.record, exchange.fault
    if fault:
        record.fault = fault.name()
        record.outcome = fault.name() if fault.silent else "answered"
    state.journal.close(record)
    if record.method != "getUpdates" or record.code != 200:
        state.bus.publish("call", lambda: {"call": record.view(), "counters": state.journal.counters()})


async def _respond(req: web.Request, exchange: _Exchange, body: dict[str, Any]) -> web.StreamResponse:
    fault, status = exchange.fault, exchange.record.code
    if fault and fault.silent:
        return await _go_silent(req, fault)
    if fault and fault.html:
        return web.Response(text="<html><body>Bad Gateway</body></html>", status=status, content_type="text/html")
    return _answer(body, status)


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
