"""How this WhatsApp behaves: everything a test or a demo may turn. Defaults are Meta's, but quicker."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

QUIRKS = (
    "no_user_id",  # webhooks as before April 2026: no BSUID anywhere
    "no_status_contacts",  # statuses without the contacts block
    "bare_contacts",  # contacts: [{"wa_id": ..}] and nothing else
    "no_contacts",  # messages without contacts
    "empty_ids",  # an absent phone is "" instead of a missing key (Meta's text of 2025-11)
    "bsuid_in_from",  # phone-less customers have their BSUID in `from`
    "numbers",  # numbers where strings are documented (timestamps, wa_id, ids of the account)
    "no_type",  # messages without `type`
)


@dataclass
class Knobs:
    """Seconds unless said otherwise."""

    # outgoing messages: how they climb sent -> delivered -> read
    sent_delay: float = 0.05
    delivered_delay: float = 0.2
    read_delay: float = 0.6
    drop_delivered: bool = False
    statuses_before_response: bool = False
    play_voice: bool = False

    # what is refused
    window: str = "late"  # closed 24-hour window: "late" = accepted, then failed; "sync" = 400; "off"
    unknown_recipients: str = "create"  # or "undeliverable": accepted, then failed with 131026
    pair_pacing: bool = True  # 131056
    throughput: int = 80  # messages per second and number, both directions; 0 switches 130429 off
    strict_uploads: bool = False  # only listed MIME types, in their sizes; off: any file up to 100 MB
    throttle_http: int = 400  # 400 or 429, both were seen

    # webhooks
    concurrency: int = 1  # 1 keeps the order per number
    batch: int = 1  # up to so many updates in one POST
    batch_shape: str = "messages"  # or "changes" or "entries": where the updates of a batch are put
    batch_wait: float = 0.0  # how long the first update of a batch waits for more
    shuffle: bool = False
    duplicate_every: int = 0  # every Nth POST is delivered twice
    retry_first: float = 0.2
    retry_max: float = 2.0
    retry_for: float = 7 * 86400.0
    webhook_timeout: float = 10.0

    # shapes and prices
    media_url_in_webhook: bool = True
    media_url_seconds: float = 300.0
    service_price_from: str = "2026-10-01"  # from this day free-form messages are billed
    free_service_messages: int = 0  # unbilled free-form messages per number after that day
    template_review_seconds: float = 1.0
    quirks: list[str] = field(default_factory=list)

    def update(self, changes: dict[str, Any]) -> None:
        """Turn some knobs. Raises ValueError for a name, a type or a choice that does not exist."""
        known = {knob.name: getattr(self, knob.name) for knob in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"unknown knob: {name}")
            _check(name, value, known[name])
        for name, value in changes.items():
            setattr(self, name, value)

    def has(self, quirk: str) -> bool:
        return quirk in self.quirks


_CHOICES: dict[str, tuple[object, ...]] = {
    "window": ("late", "sync", "off"),
    "unknown_recipients": ("create", "undeliverable"),
    "batch_shape": ("messages", "changes", "entries"),
    "throttle_http": (400, 429),
}


def _check(name: str, value: Any, present: Any) -> None:
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(f"{name} must be one of {_CHOICES[name]}")
    if name == "quirks" and not set(value) <= set(QUIRKS):
        raise ValueError(f"quirks must be some of {QUIRKS}")
    allowed = (int, float) if isinstance(present, float) else type(present)
    if not isinstance(value, allowed) or isinstance(value, bool) != isinstance(present, bool):
        raise ValueError(f"{name} must be {type(present).__name__}")
