"""Puts the sandbox on HTTP: as an aiohttp application, and as a server of its own for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.graph import app_routes, manage_routes, media_routes, sending, sim_routes, template_routes
from sandbox.graph.control import Control
from sandbox.graph.http import STATE, endpoint
from sandbox.graph.state import GraphState

LIMIT = 128 * 1024 * 1024
VERSION = r"/{version:v\d+\.\d+}"


def graph_app(state: GraphState) -> web.Application:
    """The Graph API and /sim/wa. May be mounted under a prefix with `add_subapp`."""
    app = web.Application(client_max_size=LIMIT)
    app[STATE] = state
    node = VERSION + "/{node}"
    app.add_routes(
        [
            *sim_routes.routes(),
            web.get("/whatsapp_business/attachments/", endpoint("media_bytes", media_routes.download)),
            web.get(VERSION + "/debug_token", endpoint("debug_token", app_routes.debug_token)),
            web.get(node + "/subscriptions", endpoint("subscriptions", app_routes.subscriptions)),
            web.post(node + "/messages", endpoint("messages", sending.post_message, sending.name_of)),
            web.post(node + "/media", endpoint("media_upload", media_routes.upload)),
            *_management(node),
            web.get(node, endpoint("node", manage_routes.get_node, manage_routes.name_of)),
            web.delete(node, endpoint("node", manage_routes.delete_node, manage_routes.name_of)),
            web.post(node, endpoint("node", manage_routes.post_node, manage_routes.name_of)),
            web.route("*", VERSION + "/{tail:.*}", endpoint("unknown", manage_routes.unknown)),
        ]
    )
    app.on_shutdown.append(_tell_closing)
    app.on_cleanup.append(_close)
    return app


def _management(node: str) -> list[web.RouteDef]:
    manage, template = manage_routes, template_routes
    return [
        web.post(node + "/register", endpoint("register", manage.register)),
        web.post(node + "/deregister", endpoint("deregister", manage.deregister)),
        web.get(node + "/block_users", endpoint("block_users", manage.list_blocked)),
        web.post(node + "/block_users", endpoint("block_users", manage.block)),
        web.delete(node + "/block_users", endpoint("block_users", manage.unblock)),
        web.get(node + "/whatsapp_business_profile", endpoint("profile", manage.get_profile)),
        web.post(node + "/whatsapp_business_profile", endpoint("profile", manage.post_profile)),
        web.get(node + "/phone_numbers", endpoint("phone_numbers", manage.list_numbers)),
        web.post(node + "/phone_numbers", endpoint("phone_numbers", manage.add_number)),
        web.get(node + "/subscribed_apps", endpoint("subscribed_apps", manage.list_apps)),
        web.post(node + "/subscribed_apps", endpoint("subscribed_apps", manage.subscribe)),
        web.delete(node + "/subscribed_apps", endpoint("subscribed_apps", manage.unsubscribe)),
        web.get(node + "/message_templates", endpoint("templates", template.listed)),
        web.post(node + "/message_templates", endpoint("templates", template.create)),
        web.delete(node + "/message_templates", endpoint("templates", template.delete)),
    ]


async def _tell_closing(app: web.Application) -> None:
    """Listeners and hanging calls end first, so that nothing keeps the server waiting."""
    app[STATE].closing.set()
    app[STATE].bus.close()


async def _close(app: web.Application) -> None:
    app[STATE].timers.clear()
    await app[STATE].webhooks.close()


class GraphSandbox(Control):
    """A running sandbox: the operations of `Control`, and `base_url`."""

    base_url: str

    @classmethod
    @asynccontextmanager
    async def start(
        cls, port: int = 0, callback: str | None = None, host: str = "127.0.0.1", prefix: str = ""
    ) -> AsyncIterator[GraphSandbox]:
        """`async with GraphSandbox.start() as graph`. `prefix` mounts everything under a path."""
        state = GraphState(callback)
        app = graph_app(state)
        if prefix:
            outer = web.Application(client_max_size=LIMIT)
            outer.add_subapp(prefix, app)
            app = outer
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
            sandbox = cls(state)
            sandbox.base_url = f"http://{host}:{runner.addresses[0][1]}{prefix}"
            state.base_url = sandbox.base_url
            yield sandbox
        finally:
            await runner.cleanup()
