"""News about the account itself (templates, quality, restrictions, errors) → LineNotice. Pure, total.

Notice codes: `template`, `quality`, `account`, `line_error`, `consent`, `news`. `serious` ones are for a human
to read now; the rest are kept for the record.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from core.ports import LineNotice
from gateway.whatsapp_cloud.loose import Json, items, mapping, pick, text

_LONGEST_DETAIL = 500
_GOOD_NEWS = re.compile(r"APPROVED|VERIFIED|UPGRADE|ONBOARDING|UNFLAGGED|REINSTATE|ADDED|GREEN|CONNECTED")
_TEMPLATE_HALTS = frozenset({"REJECTED", "PAUSED", "DISABLED", "FLAGGED", "PENDING_DELETION", "DELETED", "LOCKED"})


def notices_of(field: str, value: Json) -> list[LineNotice]:
    """The account errors of a change, and its news when it is about something else than messages."""
    errors = [_error(mapping(each)) for each in items(value.get("errors"))]
    if errors or field == "messages":
        return errors
    return [_READERS.get(field, _news)(field, value)]


def _error(error: Json) -> LineNotice:
    details = pick(mapping(error.get("error_data")), "details")
    words = dict.fromkeys(filter(None, (pick(error, "code"), pick(error, "title", "message"), details)))
    return _notice("line_error", " · ".join(words) or "?", serious=True)


def _template(field: str, value: Json) -> LineNotice:
    event = pick(value, "event").upper()
    change = event or f"{pick(value, 'previous_category')} → {pick(value, 'new_category', 'correct_category')}"
    reason = pick(mapping(value.get("rejection_info")), "reason") or pick(value, "reason", "other_info")
    name = pick(value, "message_template_name", "message_template_id")
    words = (name, change, "" if reason == "NONE" else reason)
    return _notice("template", " · ".join(filter(None, words)), serious=event in _TEMPLATE_HALTS or not event)


def _quality(field: str, value: Json) -> LineNotice:
    """Quality of a template or a number, and how much it may send."""
    about = pick(value, "message_template_name", "display_phone_number")
    before, now = pick(value, "previous_quality_score"), pick(value, "new_quality_score", "event")
    limit = pick(value, "current_limit", "max_daily_conversations_per_business", "max_daily_conversation_per_phone")
    change = f"{before} → {now}" if before else now
    words = " · ".join(filter(None, (about, change, limit)))
    return _notice("quality", words or field, serious=now.upper() in {"RED", "FLAGGED", "DOWNGRADE"})


def _account(field: str, value: Json) -> LineNotice:
    event = pick(value, "event", "decision", "alert_type")
    details = [
        pick(mapping(each), "restriction_type", "violation_type") for each in items(value.get("restriction_info"))
    ]
    more = pick(mapping(value.get("violation_info")), "violation_type") or pick(value, "alert_description")
    severity = pick(value, "alert_severity").upper()
    words = " · ".join(filter(None, (event or field, *details, more)))
    calm = severity == "INFORMATIONAL" or bool(_GOOD_NEWS.search(event.upper()))
    return _notice("account", words, serious=not calm)


def _consent(field: str, value: Json) -> LineNotice:
    """A customer switched marketing messages off or on (Meta: user_preferences, 2026)."""
    wishes = [mapping(each) for each in items(value.get("user_preferences"))]
    words = [" ".join(filter(None, (pick(wish, "category"), pick(wish, "value")))) for wish in wishes]
    return _notice("consent", " · ".join(filter(None, words)) or field)


def _sync(field: str, value: Json) -> LineNotice:
    """A coexistence number hands over its address book or its past: many bodies, nothing to read."""
    return _notice("account", field)


def _news(field: str, value: Json) -> LineNotice:
    """A field we do not model: its name and the plain values in it."""
    plain = {key: text(each) for key, each in value.items() if key != "messaging_product" and text(each)}
    shown = json.dumps(plain, ensure_ascii=False) if plain else ""
    return _notice("news", f"{field or '?'} {shown}".strip())


_READERS: Mapping[str, Callable[[str, Mapping[str, Any]], LineNotice]] = {
    "message_template_status_update": _template,
    "template_category_update": _template,
    "message_template_components_update": _template,
    "message_template_quality_update": _quality,
    "phone_number_quality_update": _quality,
    "business_capability_update": _quality,
    "account_update": _account,
    "account_alerts": _account,
    "account_review_update": _account,
    "phone_number_name_update": _account,
    "security": _account,
    "user_preferences": _consent,
    "history": _sync,
    "smb_app_state_sync": _sync,
}


def _notice(code: str, detail: str, *, serious: bool = False) -> LineNotice:
    return LineNotice(code, detail[:_LONGEST_DETAIL], serious)
