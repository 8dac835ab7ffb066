"""A second kind of line, over HTTP: a phone that can edit and delete, as lines of WhatsApp Web can."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from aiohttp import web

from core.errors import Down, RemoteRefusal
from core.ids import ExternalId, TenantId
from core.message import Content, Kind
from core.people import Address, AddressKind, LineHabits
from core.ports import InboundEvent, Limits, LineHealth, MessageIn, OutMessage, Party, Receipt
from core.service import intake, tenants
from core.service.lines import NewLine
from core.text import RichText, plain
from gateway import registry
from tests.scenario.house import World

KIND = "plain_phone"
PARTY = Party((Address(AddressKind.PHONE, "4915100000001"),), "Pam")


@dataclass
class Bubble:
    text: str
    reply_to: str | None
    gone: bool = False


@dataclass
class Phone:
    """The customer's phone behind the line. It answers 400 to what it should `refuse`, 503 while it is `down`, and
    nothing until `answers` is set.
    """

    bubbles: dict[str, Bubble] = field(default_factory=dict[str, Bubble])
    calls: list[str] = field(default_factory=list[str])
    refuse: set[str] = field(default_factory=set[str])
    down: bool = False
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    def texts(self) -> list[str]:
        return [bubble.text for bubble in self.bubbles.values() if not bubble.gone]

    async def serve(self, request: web.Request) -> web.Response:
        what, order = request.match_info["what"], json.loads(await request.text())
        self.calls.append(what)
        down = self.down
        await self.answers.wait()
        if down:
            return web.Response(status=503)
        if what in self.refuse:
            return web.Response(status=400)
        if what == "send":
            number = f"p{len(self.bubbles) + 1}"
            self.bubbles[number] = Bubble(order["text"], order["reply_to"])
            return web.json_response({"id": number})
        bubble = self.bubbles[order["id"]]
        bubble.text, bubble.gone = order.get("text", bubble.text), what == "revoke"
        return web.json_response({})


class PlainConnector:
    limits = Limits()
    edit_window = timedelta(minutes=15)
    revoke_window = timedelta(days=2)

    def __init__(self, base: str) -> None:
        self._http = httpx.AsyncClient(base_url=base, trust_env=False)

    @classmethod
    def build(cls, _id: str, _secrets: Mapping[str, str], settings: Mapping[str, Any]) -> PlainConnector:
        return cls(str(settings["base"]))

    def parse(self, raw: Mapping[str, Any]) -> Sequence[InboundEvent]:
        content = Content(Kind.TEXT, plain(raw["text"]))
        return [MessageIn(ExternalId(raw["id"]), PARTY, datetime.now(UTC), content)]

    def length(self, text: RichText) -> int:
        return len(text.text)

    async def send(self, message: OutMessage) -> Receipt:
        order = {"text": message.content.text.text, "reply_to": message.reply_to}
        return Receipt(ExternalId((await self._call("send", order))["id"]))

    async def edit(self, message: OutMessage, external_id: ExternalId) -> None:
        await self._call("edit", {"id": external_id, "text": message.content.text.text})

    async def revoke(self, to: tuple[Address, ...], external_id: ExternalId) -> None:
        assert to == PARTY.addresses
        await self._call("revoke", {"id": external_id})

    async def health(self) -> LineHealth:
        return LineHealth(True)

    async def close(self) -> None:
        await self._http.aclose()

    async def _call(self, what: str, order: dict[str, Any]) -> dict[str, Any]:
        answer = await self._http.post(f"/{what}", json=order)
        if answer.status_code == 503:
            raise Down("not now")
        if answer.status_code != 200:
            raise RemoteRefusal("no")
        return answer.json()


@asynccontextmanager
async def connected(world: World) -> AsyncGenerator[Phone]:
    """Such a line joins the desk, and its customer has written "hello"."""
    phone, server = Phone(), web.Application()
    phone.answers.set()
    server.add_routes([web.post("/{what}", phone.serve)])
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    registry.CONNECTORS[KIND] = PlainConnector.build
    assert world.process is not None
    app = world.process.app
    line = NewLine(KIND, "plain-1", "Plain", {}, {"base": f"http://127.0.0.1:{runner.addresses[0][1]}"})
    await tenants.keep_line(app.store, app.lines, TenantId(1), line, LineHabits(human_read=False))
    opened = app.lines.find("plain-1")
    assert opened is not None
    await intake.accept(app.store, [(opened, "in-1", json.dumps({"id": "in-1", "text": "hello"}))])
    yield phone
    registry.CONNECTORS.pop(KIND)
    await runner.cleanup()
