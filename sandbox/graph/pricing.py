"""What a message costs, as told in `pricing` of its statuses. The rule for free-form replies has a date."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sandbox.graph.chats import Chat, ChatMessage
from sandbox.graph.knobs import Knobs

FREE_ENTRY_SECONDS = 72 * 3600.0


class Pricing:
    """Counts the free-form messages of a number's monthly allowance, when the knob grants one."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._used: Counter[tuple[str, str]] = Counter()

    def price(self, message: ChatMessage, chat: Chat, category: str | None) -> dict[str, Any]:
        """`category` of the template, or None for a free-form message.

        Free entry point: all free. Before the date: free-form and utility inside the window are free.
        From the date on both are billed (Meta: pricing, updated 2026-07-01), less the allowance.
        """
        in_window = chat.window_until > message.at
        kind = "regular"
        if chat.free_until > message.at:
            kind, category = "free_entry_point", category or "referral_conversion"
        elif category in (None, "utility") and in_window and self._is_free(message, category):
            kind = "free_customer_service"
        return {
            "billable": kind == "regular",
            "pricing_model": "PMP",
            "type": kind,
            "category": category or "service",
        }

    def _is_free(self, message: ChatMessage, category: str | None) -> bool:
        day = datetime.fromtimestamp(message.at, UTC)
        if day.date().isoformat() < self._knobs.service_price_from:
            return True
        if category is not None:
            return False
        month = (message.number_id, day.strftime("%Y-%m"))
        self._used[month] += 1
        return self._used[month] <= self._knobs.free_service_messages


def conversation(message: ChatMessage, chat: Chat) -> dict[str, Any] | None:
    """`conversation` of a status: gone since v24, except for free entry points (Meta: status, 2025-11-20)."""
    pricing = message.pricing
    if pricing is None or (pricing["type"] != "free_entry_point" and _major(message.version) >= 24):
        return None
    end = str(int(max(chat.window_until, chat.free_until, message.at)))
    key = f"{message.number_id}{message.customer_id}{int(message.at // 86400)}"
    return {
        "id": hashlib.sha256(key.encode()).hexdigest()[:32],
        "expiration_timestamp": end,
        "origin": {"type": pricing["category"]},
    }


def _major(version: str) -> int:
    number = version.removeprefix("v").split(".")[0]
    return int(number) if number.isdigit() else 24
