"""`python -m sandbox demo`: sandboxes, page and the real product in one process group, without any account."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from sandbox.demo_product import Product
from sandbox.demo_server import DemoServer
from sandbox.demo_world import GRAPH_PREFIX, Options, World, base_url, environment, recipe

FIRST_START_SECONDS = 90.0
NEXT_PORTS = 20


@asynccontextmanager
async def running(options: Options) -> AsyncIterator[tuple[DemoServer, str]]:
    """Serve the demo and start its product; yields the server and its address. The end stops both."""
    world = World()
    with _listen(options.host, options.port) as listener, _data(options.data) as data:
        base = base_url(options.host, listener.getsockname()[1])
        world.graph.base_url = base + GRAPH_PREFIX
        server = DemoServer(world)
        if options.product:
            server.product = server.scenes.product = _product(options, base, data, server)
        runner = web.AppRunner(server.app(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            if server.product:
                server.product.start()
            yield server, base
        finally:
            if server.product:
                await server.product.stop()
            await runner.cleanup()


def _product(options: Options, base: str, data: Path, server: DemoServer) -> Product:
    made = recipe(options, base, data)
    server.world.graph.callback = f"{made.url}/hooks/whatsapp"
    product = Product(made, server.tell_status)
    product.on_line = server.tell_line
    return product


def _listen(host: str, wanted: int) -> socket.socket:
    """The wanted port, one of the next ones, or any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ports = [wanted + more for more in range(NEXT_PORTS) if wanted + more < 65536] if wanted else []
    for port in ports:
        with contextlib.suppress(OSError):
            return socket.create_server((host, port), family=family)
    return socket.create_server((host, 0), family=family)


@contextlib.contextmanager
def _data(wanted: str) -> Iterator[Path]:
    """The data directory: the wanted one, which stays, or a fresh one, which goes."""
    if wanted:
        path = Path(wanted).resolve()
        path.mkdir(parents=True, exist_ok=True)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="topicdesk-demo-", ignore_cleanup_errors=True) as fresh:
        yield Path(fresh)


async def serve(options: Options) -> int:
    """Run until Ctrl+C. Answers the exit code."""
    ended = asyncio.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), ended.set)
    async with running(options) as (server, base):
        if not await _is_up(server, ended):
            return 0 if ended.is_set() else _complain(server)
        _say(base)
        if not options.product:
            _say("\n".join(f"{name}={value}" for name, value in environment(base).items()))
        elif options.browser and _has_screen():
            webbrowser.open(base)
        await ended.wait()
    return 0


async def _is_up(server: DemoServer, ended: asyncio.Event) -> bool:
    """Wait for the product's first healthy answer, or for Ctrl+C."""
    if server.product is None:
        return True
    healthy = asyncio.create_task(server.product.until_running(FIRST_START_SECONDS))
    waiting = asyncio.create_task(ended.wait())
    await asyncio.wait((healthy, waiting), return_when=asyncio.FIRST_COMPLETED)
    up = healthy.done() and healthy.result()
    for task in (healthy, waiting):
        task.cancel()
    await asyncio.gather(healthy, waiting, return_exceptions=True)
    return up


def _complain(server: DemoServer) -> int:
    lines = list(server.product.lines)[-30:] if server.product else []
    sys.stderr.write("The product did not start. Its last words:\n" + "".join(f"  {line}\n" for line in lines))
    return 1


def _has_screen() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def parse(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="topicdesk demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8800, help="the next free one is taken when it is busy")
    parser.add_argument("--database", default="", help="SQLAlchemy URL; default: a fresh SQLite file")
    parser.add_argument("--data", default="", help="directory that is kept; default: a fresh one that is removed")
    parser.add_argument("--locale", default=_locale(), help="the product's language: en or zh_Hans")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--no-product", action="store_true", help="only the sandboxes and the page")
    found = parser.parse_args(arguments)
    return Options(
        host=found.host,
        port=found.port,
        database=found.database,
        data=found.data,
        locale=found.locale,
        browser=not found.no_browser,
        product=not found.no_product,
    )


def _locale() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh_Hans" if spoken.lower().startswith("zh") else "en"


def main(arguments: list[str]) -> int:
    return asyncio.run(serve(parse(arguments)))
