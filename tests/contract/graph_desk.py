"""A small product for tests of the sandbox Graph API: it receives webhooks, checks them and keeps them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from aiohttp import web

from sandbox.graph import GraphSandbox, defaults


class Desk:
    """`answers`: HTTP statuses of the next webhooks, then 200. `bodies`: what came, in order."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[int] = []
        self.bodies: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.signatures: list[str] = []
        self.bad_signatures = 0

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        expected = hmac.new(defaults.APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        if request.headers.get("X-Hub-Signature-256") != f"sha256={expected}":
            self.bad_signatures += 1
            return web.Response(status=401)
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.raw.append(body)
            self.signatures.append(request.headers["X-Hub-Signature-256"])
            self.bodies.append(json.loads(body))
        return web.Response(status=status)

    async def verify(self, request: web.Request) -> web.Response:
        if request.query.get("hub.verify_token") != defaults.VERIFY_TOKEN:
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    def values(self, field: str = "messages") -> list[dict[str, Any]]:
        return [
            change["value"]
            for body in self.bodies
            for entry in body["entry"]
            for change in entry["changes"]
            if change["field"] == field
        ]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values() for message in value.get("messages", [])]

    @property
    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values() for status in value.get("statuses", [])]

    def names_of(self, message_id: str) -> list[str]:
        return [status["status"] for status in self.statuses if status["id"] == message_id]


@asynccontextmanager
async def open_desk() -> AsyncIterator[Desk]:
    desk = Desk()
    app = web.Application()
    app.add_routes([web.post("/hooks/whatsapp", desk.receive), web.get("/hooks/whatsapp", desk.verify)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/whatsapp"
    try:
        yield desk
    finally:
        await runner.cleanup()


class Business:
    """The calls a product makes, on httpx. Bodies may be changed by the test before they go out."""

    def __init__(self, graph: GraphSandbox, client: httpx.AsyncClient) -> None:
        self.graph = graph
        self.client = client
        self.number = defaults.PHONE_NUMBER_ID

    async def send(self, to: str, text: str = "hello", /, **more: Any) -> httpx.Response:
        """A text, or with `type` another message. None takes a key away."""
        body: dict[str, Any] = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to}
        if more.get("type", "text") == "text":
            body |= {"type": "text", "text": {"body": text}}
        body |= more
        return await self.post({name: value for name, value in body.items() if value is not None})

    async def post(self, body: Any) -> httpx.Response:
        return await self.client.post(f"{self.number}/messages", json=body)

    async def upload(self, data: bytes, mime: str, name: str = "file") -> httpx.Response:
        files = {"file": (name, data, mime)}
        form = {"messaging_product": "whatsapp", "type": mime}
        return await self.client.post(f"{self.number}/media", data=form, files=files)


@asynccontextmanager
async def open_business(graph: GraphSandbox, version: str = "v24.0") -> AsyncIterator[Business]:
    headers = {"Authorization": f"Bearer {defaults.ACCESS_TOKEN}"}
    # Plain http on loopback: without certificates to load a client starts ten times faster.
    async with httpx.AsyncClient(base_url=f"{graph.base_url}/{version}/", headers=headers, verify=False) as client:
        yield Business(graph, client)


def quick(graph: GraphSandbox, **knobs: Any) -> None:
    """Delays a test does not need are gone."""
    graph.knobs(sent_delay=0.0, delivered_delay=0.0, read_delay=0.0, retry_first=0.02, retry_max=0.05)
    graph.knobs(**knobs)


def wamid(answer: httpx.Response) -> str:
    return answer.json()["messages"][0]["id"]


def error(answer: httpx.Response) -> tuple[int, int]:
    """HTTP status and code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]
