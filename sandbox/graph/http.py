"""The frame around every Graph route: token, JSON, journal, faults and the error envelope."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.graph.errors import GraphError, invalid, no_object
from sandbox.graph.faults import AFTER, Fault
from sandbox.graph.journal import CallRecord
from sandbox.graph.people import Number
from sandbox.graph.state import GraphState

STATE: web.AppKey[GraphState] = web.AppKey("graph_state", GraphState)
BODY_LIMIT = 3 * 1024 * 1024
KEPT_TEXT = 4000

Answer = dict[str, Any] | web.StreamResponse
Action = Callable[["Call"], Awaitable[Answer]]
Name = Callable[["Call"], str]


@dataclass
class Call:
    """One request of the product. `body` is its JSON; empty for GET, DELETE and multipart."""

    request: web.Request
    state: GraphState
    op: str
    record: CallRecord
    body: dict[str, Any]
    fault: Fault | None = None

    @property
    def version(self) -> str:
        return self.request.match_info.get("version", "")

    @property
    def node(self) -> str:
        return self.request.match_info.get("node", "")

    @property
    def query(self) -> Any:
        return self.request.query

    @property
    def token(self) -> str:
        """Bearer token or `access_token`, as Graph takes both."""
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "oauth"):
            token = self.query.get("access_token", "")
        return token.strip()

    @property
    def base_url(self) -> str:
        """Where the product reached us, with any path prefix the sandbox is mounted under."""
        path = self.request.rel_url.raw_path
        return str(self.request.url.origin()) + path[: path.rindex(f"/{self.version}/")]

    def number(self) -> Number:
        number = self.state.numbers.get(self.node)
        if number is None:
            raise no_object(self.request.method.lower(), self.node)
        return number


def endpoint(op: str, action: Action, name: Name | None = None) -> Callable[[web.Request], Awaitable[Any]]:
    """Make an aiohttp handler of an action. `op` is its name in the journal and for faults.

    `name` tells it where the path alone does not; it is asked once the body is read.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        state = request.app[STATE]
        started = time.perf_counter()
        record = state.journal.open(state.clock.now(), op, request.method, request.path_qs)
        call = Call(request, state, op, record, {})
        try:
            return await _run(call, action, name)
        except GraphError as error:
            record.code, record.details = error.code, error.details or error.text
            return _finish(call, error_response(error))
        finally:
            record.ms = round((time.perf_counter() - started) * 1000, 3)
            state.journal.close(record)
            state.bus.publish("call", lambda: {"call": record.view()})

    return handle


async def _run(call: Call, action: Action, name: Name | None) -> web.StreamResponse:
    text = await _read(call)
    if name is not None:
        call.op = call.record.op = name(call)
    call.fault = _fault(call, text)
    if call.fault and call.fault.kind not in (*AFTER, "status"):
        early = await _before(call, call.fault)
        if early is not None:
            return early
    check_token(call)
    answer = await action(call)
    response = answer if isinstance(answer, web.StreamResponse) else json_response(answer)
    if call.fault and call.fault.kind in AFTER:
        return await _after(call, call.fault)
    return _finish(call, response)


async def _read(call: Call) -> str:
    """The body as text for faults' `contains`; parsed into `call.body` when it is JSON."""
    if call.request.method == "GET" or call.request.content_type.startswith("multipart/"):
        return ""
    raw = await call.request.content.read(-1) if call.request.can_read_body else b""
    if len(raw) > BODY_LIMIT:
        raise invalid("Request body too large")
    text = raw.decode("utf-8", "replace")
    if text.strip():
        try:
            body = json.loads(text)
        except ValueError as wrong:
            raise GraphError(100, "(#100) Invalid parameter", "The body is not valid JSON") from wrong
        if not isinstance(body, dict):
            raise GraphError(100, "(#100) Invalid parameter", "The body is not a JSON object")
        call.body = _without_nulls(body)
        call.record.body = body if len(text) <= KEPT_TEXT else {"shortened": text[:KEPT_TEXT]}
    return text


def _without_nulls(value: Any) -> Any:
    """A null is a key that was not given."""
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _fault(call: Call, text: str) -> Fault | None:
    if not call.state.faults:
        return None
    fault = call.state.faults.take(call.op, text)
    call.record.fault = fault.id if fault else None
    return fault


async def _before(call: Call, fault: Fault) -> web.StreamResponse | None:
    """Faults that hit before anything is accepted. None: go on (a slow call)."""
    if fault.kind == "error":
        raise fault.error()
    if fault.kind == "http":
        page = f"<html><body>{fault.http or 502}</body></html>"
        return _finish(call, web.Response(status=fault.http or 502, text=page, content_type="text/html"))
    if fault.kind == "reset_before":
        return reset(call)
    if fault.kind == "hang":
        return await hang(call, fault.seconds)
    if call.op != "media_bytes":
        await pause(call.state, fault.seconds)
    return None


async def _after(call: Call, fault: Fault) -> web.StreamResponse:
    """The action happened; the product must not learn it from this answer."""
    if fault.kind == "error_after":
        raise fault.error()
    if fault.kind == "hang_after":
        return await hang(call, fault.seconds)
    return reset(call)


def reset(call: Call) -> web.StreamResponse:
    """Cut the connection without an answer."""
    call.record.outcome = "reset"
    if call.request.transport is not None:
        call.request.transport.abort()
    return web.Response()


async def hang(call: Call, seconds: float) -> web.StreamResponse:
    call.record.outcome = "hung"
    await pause(call.state, seconds)
    return reset(call)


async def pause(state: GraphState, seconds: float) -> None:
    """Real seconds; over at once when the sandbox closes."""
    with suppress(TimeoutError):
        await asyncio.wait_for(state.closing.wait(), seconds)


def check_token(call: Call) -> None:
    token = call.token
    state = call.state.tokens.get(token)
    if state == "expired":
        raise GraphError(190, "Error validating access token: Session has expired", subcode=463)
    if state != "valid":
        missing = "An access token is required to request this resource."
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token" if token else missing)


def _finish(call: Call, response: web.StreamResponse) -> web.StreamResponse:
    call.record.status = response.status
    return response


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(body, status=status, headers=headers)


def error_response(error: GraphError) -> web.Response:
    if error.code == 190:
        error.headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "{error.text}"'
    return json_response(error.envelope(), error.status, error.headers)
