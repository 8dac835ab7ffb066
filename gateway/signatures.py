"""Proof that a webhook comes from whom it says. Every comparison takes the same time, right or wrong."""

import hashlib
import hmac
from collections.abc import Sequence

_PREFIX = "sha256="


def is_signed(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Was `body` signed with one of the app secrets?

    Over the raw bytes: Meta escapes non-ASCII before it signs, so JSON written anew has another signature
    (header `X-Hub-Signature-256: sha256=<hex>`; Meta: create-webhook-endpoint, 2025-11).
    """
    if not header or not header.startswith(_PREFIX):
        return False
    claimed = header.removeprefix(_PREFIX).strip().lower()
    made = (hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets if secret)
    return any(_same(claimed, each) for each in made)


def is_one_of(claimed: str | None, secrets: Sequence[str]) -> bool:
    """Is `claimed` one of our tokens? Empty tokens match nothing."""
    return any(_same(claimed or "", secret) for secret in secrets if secret)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
