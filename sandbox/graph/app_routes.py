"""The app that owns token and webhook, as Graph shows it: debug_token and the app's subscriptions."""

from __future__ import annotations

from typing import Any

from sandbox.graph import defaults
from sandbox.graph.app_facts import app_token
from sandbox.graph.errors import GraphError, no_object
from sandbox.graph.http import Answer, Call


async def debug_token(call: Call) -> Answer:
    """GET /debug_token?input_token=: whether a token lives and what it may do."""
    alive = call.state.tokens.get(call.query.get("input_token", "")) == "valid"
    facts = call.state.app
    scopes = list(facts.scopes) if alive else []
    return {
        "data": {
            "app_id": defaults.APP_ID,
            "application": "Sandbox app",
            "type": "SYSTEM_USER",
            "is_valid": alive,
            "expires_at": facts.expires_at,
            "scopes": scopes,
            "granular_scopes": [{"scope": scope, "target_ids": [defaults.WABA_ID]} for scope in scopes],
        }
    }


async def subscriptions(call: Call) -> Answer:
    """GET /{app}/subscriptions: where the app's webhooks go. Only for the app's own token."""
    if call.node != defaults.APP_ID:
        raise no_object("get", call.node)
    if call.token != app_token(call.state.app_secret):
        raise GraphError(15, "(#15) This method must be called with an app access_token.", http=400)
    if call.state.callback is None:
        return {"data": []}
    return {"data": [_subscription(call.state.callback, call.state.app.fields)]}


def _subscription(callback: str, fields: tuple[str, ...]) -> dict[str, Any]:
    return {
        "object": "whatsapp_business_account",
        "callback_url": callback,
        "active": True,
        "fields": [{"name": name, "version": defaults.API_VERSION} for name in fields],
    }
