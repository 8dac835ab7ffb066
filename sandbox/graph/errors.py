"""Errors of the Graph API: one exception, the envelope it becomes, and the codes Meta documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.graph.ids import trace_id

HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

TITLES: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    3: (500, "API Method"),
    4: (400, "API Too Many Calls"),
    10: (403, "Permission Denied"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token - Cannot parse access token"),
    200: (403, "API Permission"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "Rate limit issues"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131037: (400, "The business phone number has no approved display name"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages"),
    131051: (400, "Message type unknown"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131059: (400, "Invalid cursor"),
    131062: (400, "Business-scoped user id is not supported for this message"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    133004: (503, "Server temporarily unavailable"),
    133005: (400, "Two step verification PIN mismatch"),
    133010: (400, "Phone number not registered"),
    133016: (400, "Account register or deregister rate limit exceeded"),
    135000: (400, "Generic user error"),
    137000: (400, "Identity key mismatch"),
}
"""Code -> (usual HTTP status, title). Source: Meta's page of error codes, copies of 2025-12 to 2026-06."""

THROTTLES = frozenset({4, 80007, 130429})


@dataclass
class GraphError(Exception):
    """Answered as Meta's error envelope. `details` lands in `error_data`; None leaves `error_data` out."""

    code: int
    message: str | None = None
    details: str | None = None
    http: int | None = None
    subcode: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return self.http or TITLES.get(self.code, (400, ""))[0]

    @property
    def text(self) -> str:
        return self.message or f"(#{self.code}) {title_of(self.code)}"

    def envelope(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.text, "type": "OAuthException", "code": self.code}
        if self.details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        error["fbtrace_id"] = trace_id()
        return {"error": error}

    def __str__(self) -> str:
        return f"{self.text}: {self.details}" if self.details else self.text


def title_of(code: int) -> str:
    return TITLES.get(code, (400, "Something went wrong"))[1]


def status_error(code: int, details: str | None = None) -> dict[str, Any]:
    """The same error as it appears in `statuses[].errors[]` and `messages[].errors[]`."""
    title = title_of(code)
    data = {"details": details or title}
    return {"code": code, "title": title, "message": title, "error_data": data, "href": HREF}


def invalid(message: str, details: str | None = None) -> GraphError:
    """Code 100: a parameter that Meta does not take."""
    return GraphError(100, f"(#100) {message}", details)


def bad_value(details: str) -> GraphError:
    """Code 131009: the parameter exists, its value does not fit."""
    return GraphError(131009, details=details)


def no_object(verb: str, node: str) -> GraphError:
    """What Graph says about an id that does not exist, or that this token may not see."""
    text = (
        f"Unsupported {verb} request. Object with ID '{node}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation"
    )
    return GraphError(100, text, http=400, subcode=33)
