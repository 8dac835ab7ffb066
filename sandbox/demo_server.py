"""The demo over HTTP: the page, both sandboxes under a prefix each, the product's switches, and one event stream."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.demo_product import Product
from sandbox.demo_scenes import Scenes
from sandbox.demo_world import GRAPH_PREFIX, TELEGRAM_PREFIX, World
from sandbox.graph.server import graph_app
from sandbox.graph.views import state_view
from sandbox.telegram.server import telegram_app
from sandbox.telegram.views import world_view

PAGE = Path(__file__).parent / "page"
KEEP_ALIVE_SECONDS = 10.0
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILE_POLICY = "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
"""For what people upload: a page among it must never act as part of the demo."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class DemoServer:
    """`product` is None when somebody else runs the product against these sandboxes."""

    def __init__(self, world: World, product: Product | None = None) -> None:
        self.world = world
        self.product = product
        self.scenes = Scenes(world, product)
        self.run = secrets.token_hex(4)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[_same_origin])
        app.add_routes(
            [
                web.get("/", _index),
                web.get("/demo/state", self._state),
                web.get("/demo/events", self._events),
                web.get("/demo/status", self._status),
                web.get("/demo/log", self._log),
                web.post("/demo/start", self._start),
                web.post("/demo/stop", self._stop),
                web.post("/demo/restart", self._restart),
                web.post("/demo/scene", self._scene),
                web.static("/page", PAGE),
            ]
        )
        app.add_subapp(TELEGRAM_PREFIX, telegram_app(self.world.telegram))
        app.add_subapp(GRAPH_PREFIX, graph_app(self.world.graph))
        app.on_response_prepare.append(_guard)
        app.on_shutdown.append(self._close)
        return app

    async def _close(self, app: web.Application) -> None:
        self.world.bus.close()
        await self.scenes.close()

    def status(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "product": self.product.view() if self.product else None,
            "scenes": self.scenes.view(),
            "waiting": self.world.graph.webhooks.waiting,
        }

    def tell_status(self) -> None:
        """Publish the product's state; called by the product when it changes."""
        self.world.bus.publish("status", self.status)

    def tell_line(self, line: str) -> None:
        self.world.bus.publish("line", lambda: {"line": line})

    async def _status(self, request: web.Request) -> web.Response:
        return web.json_response(self.status())

    async def _log(self, request: web.Request) -> web.Response:
        return web.json_response({"lines": list(self.product.lines) if self.product else []})

    async def _state(self, request: web.Request) -> web.Response:
        """Everything at one moment; each part has the number of its last event."""
        world = self.world
        whole = {
            "tg": world_view(world.telegram),
            "wa": state_view(world.graph),
            "demo": {"n": world.bus.number, **self.status()},
        }
        return web.json_response(whole)

    async def _start(self, request: web.Request) -> web.Response:
        self._needed().start()
        return await self._status(request)

    async def _stop(self, request: web.Request) -> web.Response:
        await self._needed().stop()
        return await self._status(request)

    async def _restart(self, request: web.Request) -> web.Response:
        wishes = await _json(request)
        await self._needed().restart(kill=bool(wishes.get("kill")))
        return await self._status(request)

    async def _scene(self, request: web.Request) -> web.Response:
        wishes = await _json(request)
        try:
            self.scenes.play(str(wishes.get("name")), str(wishes.get("language", "en")))
        except ValueError as wrong:
            raise _refused(web.HTTPBadRequest, str(wrong)) from None
        return await self._status(request)

    def _needed(self) -> Product:
        if self.product is None:
            raise _refused(web.HTTPConflict, "the product is not run by this demo")
        return self.product

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events of all three sources in one connection, each marked with its `source`."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        world = self.world
        with world.telegram.bus.listen() as tg, world.graph.bus.listen() as wa, world.bus.listen() as demo:
            await response.write(_line({"source": "demo", "type": "hello", "n": world.bus.number}))
            queues = {"tg": tg, "wa": wa, "demo": demo}
            tasks = [asyncio.create_task(_pump(response, name, queue)) for name, queue in queues.items()]
            tasks.append(asyncio.create_task(_keep_alive(response)))
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        return response


async def _pump(response: web.StreamResponse, source: str, queue: asyncio.Queue[Any]) -> None:
    """Write one source's events, all that wait in one go. Returns when the source closes."""
    while (event := await queue.get()) is not None:
        lines = [_line({"source": source, **event})]
        while not queue.empty():
            event = queue.get_nowait()
            if event is None:
                return
            lines.append(_line({"source": source, **event}))
        await response.write(b"".join(lines))


async def _keep_alive(response: web.StreamResponse) -> None:
    while True:
        await asyncio.sleep(KEEP_ALIVE_SECONDS)
        await response.write(b": still here\n\n")


def _line(event: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(event).encode() + b"\n\n"


async def _index(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(PAGE / "index.html")


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _refused(web.HTTPBadRequest, "a JSON object is expected")
    return body


def _refused(kind: type[web.HTTPException], why: str) -> web.HTTPException:
    return kind(text=json.dumps({"ok": False, "error": why}), content_type="application/json")


@web.middleware
async def _same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Other web pages in the same browser must not press the demo's buttons."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="the demo takes orders only from its own page")
    return await handler(request)


async def _guard(request: web.Request, response: web.StreamResponse) -> None:
    """Nothing from elsewhere is loaded; nothing uploaded is run; the page is never stale."""
    page = request.path == "/" or request.path.startswith("/page/")
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY if page else FILE_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if page:
        response.headers.setdefault("Cache-Control", "no-cache")
