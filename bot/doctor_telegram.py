"""Telegram's part of the check-up: token, webhook, clock, group, the bot's rights, the owner, helper bots."""

from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from aiogram.methods import GetChat, GetChatMember, GetMe, GetWebhookInfo
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.client import TelegramClient, open_client
from bot.doctor_helpers import check_helpers
from bot.groupcheck import missing_rights
from core.checkup import Finding, fail, ok, skipped, warn
from core.errors import Busy, DeskError, GroupMoved, LineTrouble
from core.service.marks import MARKS
from core.settings import Settings

Json = Mapping[str, Any]

_SECONDS = 15
_LATEST_CLOCK = 30
"""Seconds our clock may be wrong: more, and shown times and the 24-hour window are visibly off."""

_RIGHTS: tuple[tuple[str, Finding, Finding], ...] = (
    ("can_manage_topics", ok("doctor.right_topics"), fail("doctor.no_right_topics")),
    ("can_pin_messages", ok("doctor.right_pin"), warn("doctor.no_right_pin")),
    ("can_delete_messages", ok("doctor.right_delete"), warn("doctor.no_right_delete")),
)


async def check_telegram(settings: Settings, now: Callable[[], datetime]) -> list[Finding]:
    """All of it; what hangs on a token that does not work is left out."""
    if not settings.telegram.bot_token.get_secret_value():
        return [fail("doctor.token_missing")]
    try:
        client = open_client(settings.telegram)
    except LineTrouble:
        return [fail("doctor.token_malformed")]
    try:
        return await _with_token(client, settings, now)
    finally:
        await client.close()


async def _with_token(client: TelegramClient, settings: Settings, now: Callable[[], datetime]) -> list[Finding]:
    try:
        me: Json = await client.call(GetMe(), _SECONDS)
    except DeskError as error:
        return [_no_answer(error, settings.telegram.api_base)]
    return [
        ok("doctor.token_ok", name=f"@{me.get('username')}"),
        await check_webhook(client, settings),
        await check_clock(settings.telegram.api_base, now),
        *await check_group(client, settings, me),
        *await check_helpers(settings.telegram),
    ]


def _no_answer(error: DeskError, base: str) -> Finding:
    match error:
        case LineTrouble():
            return fail("doctor.token_refused")
        case Busy():
            return warn("doctor.telegram_busy", seconds=round(error.retry_after or 0))
        case _:
            return fail("doctor.telegram_unreachable", base=base, why=error.detail)


async def check_webhook(client: TelegramClient, settings: Settings) -> Finding:
    """Telegram gives updates to a webhook or to a poller, never to both."""
    try:
        info: Json = await client.call(GetWebhookInfo(), _SECONDS)
    except DeskError as error:
        return skipped("doctor.not_answered", why=error.detail)
    host = urlsplit(str(info.get("url") or "")).hostname or ""
    waiting = int(info.get("pending_update_count") or 0)
    if settings.telegram.updates == "poll":
        return warn("doctor.webhook_while_polling", host=host) if host else ok("doctor.polling", count=waiting)
    if not settings.desk.public_url.startswith("https://"):
        return fail("doctor.webhook_needs_url")
    if host and host != urlsplit(settings.desk.public_url).hostname:
        return warn("doctor.webhook_elsewhere", host=host)
    if info.get("last_error_message"):
        return warn("doctor.webhook_errors", why=str(info["last_error_message"]))
    return ok("doctor.webhook_ok", count=waiting)


async def check_clock(base: str, now: Callable[[], datetime]) -> Finding:
    """Ours against the Date header of whoever answers at `base`."""
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=_SECONDS)) as session,
            session.head(base, allow_redirects=False) as response,
        ):
            theirs = parsedate_to_datetime(response.headers["Date"])
    except (ClientError, TimeoutError, KeyError, ValueError) as error:
        return skipped("doctor.not_answered", why=type(error).__name__)
    seconds = round((now() - theirs).total_seconds())
    return ok("doctor.clock_ok") if abs(seconds) <= _LATEST_CLOCK else warn("doctor.clock_wrong", seconds=seconds)


async def check_group(client: TelegramClient, settings: Settings, me: Json) -> list[Finding]:
    group = settings.telegram.group_id
    if group is None:
        return [skipped("doctor.group_unset"), *_owner_unset(settings)]
    try:
        chat: Json = await client.call(GetChat(chat_id=group), _SECONDS)
        member: Json = await client.call(GetChatMember(chat_id=group, user_id=client.bot_id), _SECONDS)
    except GroupMoved as moved:
        return [fail("doctor.group_moved", id=moved.new_chat_id)]
    except DeskError as error:
        return [fail("doctor.group_unreachable", id=group, why=error.detail)]
    return [_kind_of(chat), *_standing(member, me), *_marks(chat), await check_owner(client, settings, group)]


def _kind_of(chat: Json) -> Finding:
    if chat.get("type") != "supergroup":
        return fail("doctor.group_not_super")
    if not chat.get("is_forum"):
        return fail("doctor.group_no_topics", title=str(chat.get("title")))
    return ok("doctor.group_ok", title=str(chat.get("title")))


def _standing(member: Json, me: Json) -> list[Finding]:
    """The bot's rights one by one; privacy mode matters only to a bot that is no administrator."""
    if missing_rights(dict(member), ()):
        private = not me.get("can_read_all_group_messages")
        return [fail("doctor.bot_not_admin"), *([fail("doctor.privacy_on")] if private else [])]
    missing = missing_rights(dict(member), tuple(right for right, _, _ in _RIGHTS))
    rights = [lacking if right in missing else fine for right, fine, lacking in _RIGHTS]
    return [*rights, ok("doctor.privacy_fine")]


def _marks(chat: Json) -> list[Finding]:
    """A group may allow some reactions only; absent means all (Bot API, ChatFullInfo)."""
    allowed = chat.get("available_reactions")
    if allowed is None:
        return []
    known = {str(each.get("emoji")) for each in allowed}
    lacking = sorted(set(MARKS.values()) - known)
    return [warn("doctor.marks_not_allowed", marks=" ".join(lacking))] if lacking else []


async def check_owner(client: TelegramClient, settings: Settings, group: int) -> Finding:
    owner = settings.telegram.owner_id
    if owner is None:
        return _owner_unset(settings)[0]
    try:
        member: Json = await client.call(GetChatMember(chat_id=group, user_id=owner), _SECONDS)
    except DeskError:
        return fail("doctor.owner_outside", id=owner)
    if member.get("status") in {"left", "kicked"}:
        return fail("doctor.owner_outside", id=owner)
    return ok("doctor.owner_ok", name=str(member.get("user", {}).get("first_name", owner)))


def _owner_unset(settings: Settings) -> list[Finding]:
    return [warn("doctor.owner_unset")] if settings.telegram.owner_id is None else []
