"""WhatsApp's part of the check-up: number, token, permissions, account, webhooks, and our own public door.

Everything is asked of the Graph API itself, with the operator's token or (webhooks) with the app's own, which is made
of the app's id and the app secret: an answer to it also proves that the app secret is right (Meta: access tokens).
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import httpx

from core.checkup import Finding, fail, ok, skipped, warn
from core.errors import DeskError, LineTrouble, RemoteRefusal, RemoteTrouble
from core.settings import WhatsAppSettings
from gateway.whatsapp_cloud.client import GraphAddress, GraphClient

Json = Mapping[str, Any]

PATH = "/hooks/whatsapp"
PERMISSIONS = ("whatsapp_business_messaging", "whatsapp_business_management")
_NUMBER_FIELDS = "display_phone_number,verified_name,status"
_SECONDS_A_DAY = 86_400
_TIMEOUT = httpx.Timeout(15)


async def check_whatsapp(settings: WhatsAppSettings, public_url: str, now: Callable[[], datetime]) -> list[Finding]:
    """All of it; what hangs on a token that does not work is left out."""
    missing = missing_names(settings)
    if not settings.phone_number_id and not settings.access_token.get_secret_value():
        return [skipped("doctor.wa_unset")]
    findings = [fail("doctor.wa_missing", name=name) for name in missing]
    if "WHATSAPP_ACCESS_TOKEN" not in missing and "WHATSAPP_PHONE_NUMBER_ID" not in missing:
        findings += await _ask_meta(settings, public_url, now)
    if "WHATSAPP_VERIFY_TOKEN" not in missing:
        findings.append(await check_door(public_url, settings.verify_token.get_secret_value()))
    return findings


def missing_names(settings: WhatsAppSettings) -> list[str]:
    given = {
        "WHATSAPP_PHONE_NUMBER_ID": settings.phone_number_id,
        "WHATSAPP_ACCESS_TOKEN": settings.access_token.get_secret_value(),
        "WHATSAPP_BUSINESS_ACCOUNT_ID": settings.business_account_id,
        "WHATSAPP_APP_SECRET": settings.app_secret.get_secret_value(),
        "WHATSAPP_VERIFY_TOKEN": settings.verify_token.get_secret_value(),
    }
    return [name for name, value in given.items() if not value]


async def _ask_meta(settings: WhatsAppSettings, public_url: str, now: Callable[[], datetime]) -> list[Finding]:
    token = settings.access_token.get_secret_value()
    client = GraphClient(_address(settings), token)
    try:
        try:
            number = await client.get(settings.phone_number_id, fields=_NUMBER_FIELDS)
        except DeskError as error:
            return [refused(error, settings.phone_number_id)]
        facts = await _token_facts(client, token)
        return [
            *_of_number(number),
            *check_token(facts, now()),
            *await check_account(client, settings),
            *await check_webhooks(settings, str(facts.get("app_id") or ""), public_url),
        ]
    finally:
        await client.close()


def _address(settings: WhatsAppSettings) -> GraphAddress:
    return GraphAddress(settings.api_base, settings.api_version, settings.phone_number_id)


def refused(error: DeskError, node: str) -> Finding:
    """Meta's codes in plain words: 190 token, 10 and 200-299 permission, 100 an id nobody knows or may see."""
    match error:
        case LineTrouble(number=number) if number in (0, 190):
            return fail("doctor.wa_token_refused", why=error.detail)
        case LineTrouble(number=number) if number is not None and (number == 10 or 200 <= number <= 299):
            return fail("doctor.wa_not_permitted", node=node, code=number)
        case RemoteRefusal(number=number) if number in (33, 100):
            return fail("doctor.wa_id_unknown", node=node)
        case RemoteTrouble():
            return fail("doctor.wa_unreachable", why=error.detail)
        case _:
            return fail("doctor.wa_refused", why=error.detail)


def _of_number(number: Json) -> list[Finding]:
    shown = str(number.get("display_phone_number") or number.get("id"))
    found = ok("doctor.wa_number", number=shown, name=str(number.get("verified_name") or ""))
    status = str(number.get("status") or "CONNECTED")
    return [found] if status == "CONNECTED" else [found, fail("doctor.wa_number_offline", status=status)]


async def _token_facts(client: GraphClient, token: str) -> Json:
    """What Meta says about the token; empty when it does not say (then nothing is claimed about it)."""
    try:
        answer = await client.get("debug_token", input_token=token)
    except DeskError:
        return {}
    data = answer.get("data")
    return cast(Json, data) if isinstance(data, dict) else {}


def check_token(facts: Json, now: datetime) -> list[Finding]:
    """`expires_at` is seconds since 1970, 0 for a token that lives for ever (Meta: debug_token)."""
    if not facts:
        return [skipped("doctor.wa_token_silent")]
    scopes = cast(Sequence[str], facts.get("scopes") or ())
    lacking = [fail("doctor.wa_no_permission", permission=each) for each in PERMISSIONS if each not in scopes]
    ends = int(facts.get("expires_at") or 0)
    if not ends:
        return lacking or [ok("doctor.wa_token_ok")]
    days = round((datetime.fromtimestamp(ends, UTC) - now).total_seconds() / _SECONDS_A_DAY, 1)
    return [*lacking, warn("doctor.wa_token_ends", days=str(max(days, 0)))]


async def check_account(client: GraphClient, settings: WhatsAppSettings) -> list[Finding]:
    """Does the account hold this number, and does it pass its webhooks on to an app?"""
    account = settings.business_account_id
    if not account:
        return []
    try:
        numbers = await client.get(account, "phone_numbers", fields="id", limit="200")
        apps = await client.get(account, "subscribed_apps")
    except DeskError as error:
        return [refused(error, account)]
    if settings.phone_number_id not in {str(each.get("id")) for each in _rows(numbers)}:
        return [fail("doctor.wa_other_account", account=account, number=settings.phone_number_id)]
    if not _rows(apps):
        url = _address(settings).url(account, "subscribed_apps")
        return [fail("doctor.wa_not_subscribed", account=account, url=url)]
    return [ok("doctor.wa_subscribed", account=account)]


async def check_webhooks(settings: WhatsAppSettings, app_id: str, public_url: str) -> list[Finding]:
    """The app's webhook as Meta has it: where it goes, and whether messages are among its fields."""
    secret = settings.app_secret.get_secret_value()
    if not secret:
        return []
    if not app_id:
        return [skipped("doctor.wa_secret_unknown")]
    client = GraphClient(_address(settings), f"{app_id}|{secret}")
    try:
        answer = await client.get(app_id, "subscriptions")
    except LineTrouble:
        return [fail("doctor.wa_secret_wrong")]
    except DeskError as error:
        return [skipped("doctor.wa_secret_unknown"), skipped("doctor.not_answered", why=error.detail)]
    finally:
        await client.close()
    return [ok("doctor.wa_secret_ok"), _subscription(_rows(answer), public_url)]


def _subscription(rows: Sequence[Json], public_url: str) -> Finding:
    mine = next((row for row in rows if row.get("object") == "whatsapp_business_account"), None)
    if mine is None or not mine.get("callback_url"):
        return fail("doctor.wa_no_webhook")
    fields = {str(each.get("name")) for each in cast(Sequence[Json], mine.get("fields") or ())}
    if "messages" not in fields:
        return fail("doctor.wa_no_messages_field")
    callback = str(mine["callback_url"])
    if public_url and callback != public_url.rstrip("/") + PATH:
        return warn("doctor.wa_callback_elsewhere", url=callback)
    return ok("doctor.wa_webhook_ok", url=callback)


async def check_door(public_url: str, verify_token: str) -> Finding:
    """Knock at our own door from outside, as Meta does when a webhook is saved."""
    if not public_url:
        return warn("doctor.public_unset")
    url, challenge = public_url.rstrip("/") + PATH, secrets.token_hex(8)
    params = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client:
            response = await client.get(url, params=params)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return fail("doctor.public_unreachable", url=url, why=type(error).__name__)
    if response.status_code == 200 and response.text == challenge:
        return ok("doctor.public_ok", url=url) if url.startswith("https:") else warn("doctor.public_plain", url=url)
    if response.status_code in (401, 403):
        return fail("doctor.public_refuses", url=url)
    return fail("doctor.public_strange", url=url, status=response.status_code)


def _rows(answer: Json) -> list[Json]:
    rows = answer.get("data")
    if not isinstance(rows, list):
        return []
    return [cast(Json, row) for row in cast(list[object], rows) if isinstance(row, dict)]
