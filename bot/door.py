"""Fits the HTTP door of `gateway` to this process: who accepts, which secrets count, what is ready."""

import hashlib
import hmac
from collections.abc import AsyncGenerator, Container, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot import updates
from bot.poller import Poller
from core.service import intake
from core.service.lines import Lines, OpenLine
from core.store import desks, inbox, queue
from core.work.runner import Runner
from gateway.metrics import DoorMetrics, Sample
from gateway.web import Check, Door, RawHook

if TYPE_CHECKING:
    from bot.app import App

_ACCOUNT = "waba:"
_STUCK = timedelta(seconds=30)


@asynccontextmanager
async def open_door(app: "App", runner: Runner, poller: Poller) -> AsyncGenerator[str, None]:
    """The address it listens on."""
    doors = Doors(app, runner, poller)
    desk = app.settings.desk
    serving = await doors.door().serve(desk.host, desk.port)
    try:
        yield f"http://{desk.host}:{serving.addresses[0][1]}"
    finally:
        await serving.cleanup()


class Doors:
    def __init__(self, app: "App", runner: Runner, poller: Poller) -> None:
        self._app = app
        self._runner = runner
        self._poller = poller

    def door(self) -> Door:
        lines = self._app.lines
        return Door(
            accept_whatsapp=self._accept_whatsapp,
            known_lines=lambda: _KnownAccounts(lines),
            app_secrets=lambda: _secrets(lines, "app_secret"),
            verify_tokens=lambda: _secrets(lines, "verify_token"),
            accept_telegram=self._accept_telegram,
            telegram_secret=self._telegram_secret,
            open_link=self._app.links.open,
            checks=self._checks(),
            metrics=DoorMetrics(self._gauges),
        )

    async def _accept_whatsapp(self, hooks: list[RawHook]) -> None:
        rows = [(_line_of(self._app.lines, hook.account), hook.external_id, hook.raw) for hook in hooks]
        known = [(opened, external_id, raw) for opened, external_id, raw in rows if opened is not None]
        await intake.accept(self._app.store, known)

    async def _accept_telegram(self, _key: str, update: dict[str, Any]) -> None:
        await updates.accept(self._app.store, self._app.client.bot_id, [update])

    def _telegram_secret(self, key: str) -> str | None:
        token = self._app.settings.telegram.bot_token.get_secret_value()
        return webhook_secret(token) if hmac.compare_digest(key, webhook_key(token)) else None

    # ------------------------------------------------------------------ health

    def _checks(self) -> dict[str, Check]:
        return {"database": self._database, "worker": self._worker, "telegram": self._telegram, "lines": self._lines}

    async def _database(self) -> tuple[bool, str]:
        async with self._app.store.write_across_tenants() as scope:
            depth = await queue.depth(scope.connection)
        return True, f"{sum(count for count, _ in depth.values())} jobs"

    async def _worker(self) -> tuple[bool, str]:
        if self._runner.beat is None:
            return True, "in another process"
        idle = self._app.store.clock() - self._runner.beat
        return idle < _STUCK, f"last seen {idle.total_seconds():.0f} s ago"

    async def _telegram(self) -> tuple[bool, str]:
        if await self._app.house.surface.token.is_needed():
            return False, "needs token (telegram_token)"
        trouble = self._poller.trouble
        return trouble is None, trouble.code if trouble else "listening"

    async def _lines(self) -> tuple[bool, str]:
        async with self._app.store.read_across_tenants() as scope:
            rows = await desks.all_lines(scope)
        stopped = [f"{row.label}: {row.state}" for row in rows if row.state not in desks.WORKING]
        if stopped:
            return False, ", ".join(stopped)
        return bool(rows), f"{len(rows)} connected" if rows else "no line is connected"

    async def _gauges(self) -> Sequence[Sample]:
        async with self._app.store.read_across_tenants() as scope:
            depth = await queue.depth(scope.connection)
            raw = await inbox.counts(scope)
            now = scope.now
        needs_token = float(await self._app.house.surface.token.is_needed())
        samples = [Sample("topicdesk_telegram_needs_token", "1 while Telegram refuses the bot's token", needs_token)]
        samples += [Sample("topicdesk_inbox", "Raw rows", count, {"state": state}) for state, count in raw.items()]
        for (kind, status), (count, since) in depth.items():
            labels = {"kind": kind, "status": status}
            samples.append(Sample("topicdesk_jobs", "Jobs", count, labels))
            age = (now - since).total_seconds()
            samples.append(Sample("topicdesk_job_age_seconds", "Age of the oldest job", age, labels))
        return samples


class _KnownAccounts(Container[str]):
    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def __contains__(self, account: object) -> bool:
        return _line_of(self._lines, str(account)) is not None


def _line_of(lines: Lines, account: str) -> OpenLine | None:
    if account.startswith(_ACCOUNT):
        return lines.at_business_account(account.removeprefix(_ACCOUNT))
    return lines.find(account)


def _secrets(lines: Lines, name: str) -> list[str]:
    found = (opened.line.secrets.get(name, "") for opened in lines.all())
    return list(dict.fromkeys(secret for secret in found if secret))


def webhook_key(token: str) -> str:
    """Where Telegram posts to, `/hooks/telegram/<key>`: names the bot without giving its token away."""
    return hashlib.sha256(f"path:{token}".encode()).hexdigest()[:32]


def webhook_secret(token: str) -> str:
    """What Telegram sends along in its secret header."""
    return hashlib.sha256(f"secret:{token}".encode()).hexdigest()
