"""What the operator set in Meta's App Dashboard. Tests change it to make the usual mistakes."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.graph import defaults

PERMISSIONS = ("whatsapp_business_management", "whatsapp_business_messaging")


@dataclass
class AppFacts:
    """`scopes` and `expires_at` (seconds since 1970, 0 = never) of its tokens; `fields` of its webhook."""

    scopes: tuple[str, ...] = PERMISSIONS
    expires_at: int = 0
    fields: tuple[str, ...] = ("messages",)


def app_token(secret: str) -> str:
    """An app's own token: its id and its secret (Meta: access tokens)."""
    return f"{defaults.APP_ID}|{secret}"
