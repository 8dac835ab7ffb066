"""The HTTP door: webhooks in, files, health and metrics out. It knows no store: everything is handed in.

It answers 200 only after what came was kept (`accept_…` returned), and waits for nobody else.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import web

from core.ports import SharedFile
from gateway import downloads
from gateway.bodies import LARGEST_BODY, json_object, read_raw
from gateway.metrics import DoorMetrics
from gateway.signatures import is_one_of, is_signed
from gateway.whatsapp_cloud.envelopes import envelopes

log = structlog.get_logger(__name__)

_CHECK_SECONDS = 5.0
"""A readiness check that takes longer has failed."""
_PLAIN = {"X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class RawHook:
    """A part of a webhook to keep: `account` is a phone_number_id, or `waba:<id>` for news about an account."""

    account: str
    external_id: str
    raw: str


Check = Callable[[], Awaitable[tuple[bool, str]]]
"""→ (is it well, a few words for the operator)."""
Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True)
class Door:
    """The routes of one process.

    `accept_whatsapp` and `accept_telegram` return after commit; what they raise becomes 503, and the sender
    tries again. `known_lines` answers which accounts (phone numbers' ids, `waba:<id>`) have a line: parts for
    others are counted and dropped, with 200, or Meta would repeat them for seven days. Several app secrets
    may be in use at once (key change, lines of several apps). **Without any app secret every WhatsApp webhook
    is refused with 401**, because nothing could tell a forged one from a real one.
    `telegram_secret` gives the secret of a key in the path `/hooks/telegram/{key}`, None for an unknown key.
    `open_link` gives the file of a token in the path `/files/{token}`: see `downloads`.
    """

    accept_whatsapp: Callable[[list[RawHook]], Awaitable[object]]
    known_lines: Callable[[], Container[str]]
    app_secrets: Callable[[], Sequence[str]]
    verify_tokens: Callable[[], Sequence[str]]
    accept_telegram: Callable[[str, dict[str, Any]], Awaitable[object]] | None = None
    telegram_secret: Callable[[str], str | None] | None = None
    open_link: Callable[[str], Awaitable[SharedFile | None]] | None = None
    checks: Mapping[str, Check] = field(default_factory=dict[str, Check])
    metrics: DoorMetrics = field(default_factory=DoorMetrics)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.add_routes(
            [
                web.get("/hooks/whatsapp", self._verify),
                web.post("/hooks/whatsapp", self._counted("whatsapp", self._whatsapp)),
                web.post("/hooks/telegram/{key}", self._counted("telegram", self._telegram)),
                web.get("/files/{token}", self._file),
                web.get("/healthz", self._alive),
                web.get("/readyz", self._ready),
                web.get("/metrics", self._metrics),
            ]
        )
        return app

    async def serve(self, host: str, port: int) -> web.AppRunner:
        """Listen; port 0 takes a free one (see `addresses`). Ended by `await runner.cleanup()`."""
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=5.0, lingering_time=1.0)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        if not any(self.app_secrets()):
            log.warning("door.no_app_secret", consequence="every WhatsApp webhook is refused with 401")
        return runner

    # ------------------------------------------------------------------ WhatsApp

    async def _verify(self, request: web.Request) -> web.Response:
        """Meta asks once, when the address is entered: the challenge comes back if the token is ours."""
        query = request.query
        if query.get("hub.mode") != "subscribe" or "hub.challenge" not in query:
            return web.Response(status=400, text="not a webhook verification\n", headers=_PLAIN)
        if not is_one_of(query.get("hub.verify_token"), self.verify_tokens()):
            log.warning("door.wrong_verify_token")
            return web.Response(status=403, text="wrong verify token\n", headers=_PLAIN)
        return web.Response(text=query["hub.challenge"], headers=_PLAIN)

    async def _whatsapp(self, request: web.Request) -> web.Response:
        raw = await read_raw(request)
        secrets = self.app_secrets()
        if not is_signed(raw, request.headers.get("X-Hub-Signature-256"), secrets):
            return self._refuse("whatsapp", "signature" if any(secrets) else "no_app_secret")
        parts = _split(json_object(raw))
        known = self.known_lines()
        kept = [part for part in parts if part.account in known]
        if len(kept) < len(parts):
            self.metrics.unknown_numbers.inc(len(parts) - len(kept))
            log.info("door.unknown_number", parts=len(parts) - len(kept))
        if kept:
            await self._keep("whatsapp", lambda: self.accept_whatsapp(kept), len(kept))
        return web.Response(text="ok\n")

    # ------------------------------------------------------------------ Telegram

    async def _telegram(self, request: web.Request) -> web.Response:
        accept, key = self.accept_telegram, request.match_info["key"]
        secret = self.telegram_secret(key) if self.telegram_secret else None
        if accept is None or not secret:
            return web.Response(status=404, text="no such bot\n")
        if not is_one_of(request.headers.get("X-Telegram-Bot-Api-Secret-Token"), [secret]):
            return self._refuse("telegram", "secret")
        update = json_object(await read_raw(request))
        if type(update.get("update_id")) is not int:
            return web.Response(status=400, text="not an update\n", headers=_PLAIN)
        await self._keep("telegram", lambda: accept(key, update), 1)
        return web.Response(text="ok\n")

    # ------------------------------------------------------------------ files

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return await downloads.answer(request.match_info["token"], self.open_link)

    # ------------------------------------------------------------------ health

    async def _alive(self, _: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def _ready(self, _: web.Request) -> web.Response:
        """200 when every check is well, else 503; both with what each check says."""
        results = await asyncio.gather(*(_run(name, check) for name, check in self.checks.items()))
        report = {name: {"ok": ok, "detail": detail} for name, (ok, detail) in zip(self.checks, results, strict=True)}
        well = all(ok for ok, _ in results)
        return web.json_response({"ok": well, "checks": report}, status=200 if well else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=await self.metrics.text(), headers=headers)

    # ------------------------------------------------------------------ around all webhooks

    def _counted(self, source: str, handle: Handler) -> Handler:
        async def counted(request: web.Request) -> web.Response:
            began, status = time.perf_counter(), 500
            try:
                response = await handle(request)
                status = response.status
            except web.HTTPException as answer:
                status = answer.status
                raise
            finally:
                self.metrics.webhooks.labels(source, str(status)).inc()
                self.metrics.ack_seconds.labels(source).observe(time.perf_counter() - began)
            return response

        return counted

    def _refuse(self, source: str, why: str) -> web.Response:
        self.metrics.bad_signatures.labels(source).inc()
        log.warning("door.refused", source=source, why=why)
        return web.Response(status=401, text="not signed by us\n")

    async def _keep(self, source: str, accept: Callable[[], Awaitable[object]], rows: int) -> None:
        """Raises 503 when the rows could not be kept: the sender will try again."""
        try:
            await accept()
        except Exception as error:
            log.exception("door.not_kept", source=source, rows=rows)
            raise web.HTTPServiceUnavailable(text="not kept, please send it again\n") from error
        self.metrics.rows.labels(source).inc(rows)


def _split(body: dict[str, Any]) -> list[RawHook]:
    try:
        return [RawHook(*part) for part in envelopes(body)]
    except RecursionError as error:
        raise web.HTTPBadRequest(text="nested too deeply\n") from error


async def _run(name: str, check: Check) -> tuple[bool, str]:
    try:
        return await asyncio.wait_for(check(), _CHECK_SECONDS)
    except TimeoutError:
        return False, "no answer"
    except Exception as error:
        log.warning("door.check_failed", check=name, exc_info=error)
        return False, type(error).__name__
