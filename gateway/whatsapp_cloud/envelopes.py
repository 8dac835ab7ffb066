"""One webhook body → raw rows, one per account, each still in the shape of an envelope.

Batches mix numbers, and one raw row must belong to one line. News that names no number goes under its
WhatsApp Business Account with the key `waba:<id>`.
"""

import hashlib
import json
from typing import Any

from gateway.whatsapp_cloud.loose import Json, items, mapping, pick

ACCOUNT_KEY = "waba:"


def envelopes(body: Json) -> list[tuple[str, str, str]]:
    """[(phone_number_id or `waba:<id>`, external id, raw JSON)…]; nothing of the body is left out.

    The external id is a hash of the part, so that a webhook delivered twice is one row.
    """
    parts: dict[str, list[Any]] = {}
    for entry in items(body.get("entry")) or [{}]:
        for account, part in _by_account(entry).items():
            parts.setdefault(account, []).append(part)
    head = {name: value for name, value in body.items() if name != "entry"}
    return [_row(account, {**head, "entry": entries}) for account, entries in parts.items()]


def _by_account(entry: object) -> dict[str, Any]:
    """The entry cut by account: same head, only that account's changes."""
    known = mapping(entry)
    account = ACCOUNT_KEY + pick(known, "id")
    changes = items(known.get("changes"))
    if not changes:
        return {account: entry}
    grouped: dict[str, list[Any]] = {}
    for change in changes:
        metadata = mapping(mapping(mapping(change).get("value")).get("metadata"))
        grouped.setdefault(pick(metadata, "phone_number_id") or account, []).append(change)
    return {key: {**known, "changes": mine} for key, mine in grouped.items()}


def _row(account: str, part: Json) -> tuple[str, str, str]:
    canonical = json.dumps(part, sort_keys=True, separators=(",", ":"))
    raw = json.dumps(part, separators=(",", ":"))
    return account, hashlib.sha256(canonical.encode()).hexdigest(), raw
