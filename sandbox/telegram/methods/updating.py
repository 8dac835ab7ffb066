"""getMe, getUpdates and the webhook methods."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from sandbox.telegram.call import Call, answers
from sandbox.telegram.errors import bad_request, conflict
from sandbox.telegram.updates import KINDS, UpdateQueue, WebhookSettings

TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = "terminated by setWebhook request"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
MOST_UPDATES = 100
LONGEST_POLL = 50
WEBHOOK_PORTS = (443, 80, 88, 8443)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@answers("getMe")
def get_me(call: Call) -> dict[str, Any]:
    return call.bot.me()


@answers("getUpdates")
async def get_updates(call: Call) -> list[dict[str, Any]]:
    """Long poll. A newer poll of the same bot ends an older one with 409, as Telegram does."""
    queue = call.bot.updates
    if queue.webhook is not None:
        raise conflict(WEBHOOK_ACTIVE)
    _remember_kinds(call)
    if call.get("offset"):
        queue.confirm(call.get("offset"))
    limit = min(max(call.get("limit") or MOST_UPDATES, 1), MOST_UPDATES)
    timeout = min(max(call.get("timeout", 0), 0), LONGEST_POLL)
    me = queue.claim_poll(TERMINATED)
    try:
        if timeout and not queue.waiting:
            await _wait(queue, me, timeout)
        if me.done():
            raise conflict(me.result())
        return queue.batch(limit)
    finally:
        if queue.poller is me:
            queue.poller = None


async def _wait(queue: UpdateQueue, me: asyncio.Future[str], timeout: float) -> None:  # noqa: ASYNC109 - a poll's own parameter
    queue.arrived.clear()
    arrival = asyncio.ensure_future(queue.arrived.wait())
    try:
        await asyncio.wait((arrival, me), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        arrival.cancel()


def _remember_kinds(call: Call) -> None:
    """Remembered until named again; an empty list means the default kinds."""
    wanted = call.get("allowed_updates")
    if wanted is None:
        return
    if not isinstance(wanted, list):
        raise bad_request("can't parse allowed_updates: an array of strings is expected")
    call.bot.updates.allowed = frozenset(w for w in wanted if w in KINDS) or None


@answers("setWebhook")
def set_webhook(call: Call) -> bool:
    url, secret = call.get("url", ""), call.get("secret_token")
    if secret is not None and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if url and not url.startswith(("http://", "https://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    connections = call.get("max_connections", 40)
    if not 1 <= connections <= 100:
        raise bad_request("bad webhook: max_connections must be between 1 and 100")
    _remember_kinds(call)
    queue = call.bot.updates
    if call.get("drop_pending_updates"):
        queue.waiting.clear()
    queue.webhook = WebhookSettings(url, secret, connections) if url else None
    queue.end_poll(WEBHOOK_SET)
    call.state.webhook_changed(call.bot)
    return True


@answers("deleteWebhook")
def delete_webhook(call: Call) -> bool:
    if call.get("drop_pending_updates"):
        call.bot.updates.waiting.clear()
    call.bot.updates.webhook = None
    call.state.webhook_changed(call.bot)
    return True


@answers("getWebhookInfo")
def webhook_info(call: Call) -> dict[str, Any]:
    queue = call.bot.updates
    info: dict[str, Any] = {
        "url": queue.webhook.url if queue.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(queue.waiting),
    }
    if queue.webhook:
        info["max_connections"] = queue.webhook.max_connections
        if queue.webhook.last_error_date:
            info["last_error_date"] = queue.webhook.last_error_date
            info["last_error_message"] = queue.webhook.last_error_message
    if queue.allowed is not None:
        info["allowed_updates"] = sorted(queue.allowed)
    return info
