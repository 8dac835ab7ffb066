"""Everything around messages: numbers, the account, registration, blocking, the profile, subscriptions."""

from __future__ import annotations

from typing import Any

from sandbox.graph import defaults, ids, media_routes, template_routes
from sandbox.graph.errors import GraphError, invalid, no_object
from sandbox.graph.http import Answer, Call
from sandbox.graph.people import Customer, Number
from sandbox.graph.shapes import Choice, Many, Obj, Text

PROFILE_KEYS = ("about", "address", "description", "email", "profile_picture_handle", "websites", "vertical")
FACTS = ("id", "verified_name", "display_phone_number", "quality_rating", "code_verification_status")
"""What GET of a number answers without `fields`."""


EMPTY = (
    "conversational_automation",
    "new_name_status",
    "certificate",
    "new_certificate",
    "eligibility_for_api_business_global_search",
    "username",
)
"""Fields of a number that exist but have no value here: Graph leaves such fields out."""

ACCOUNT = {
    "name": "Sandbox account",
    "timezone_id": "1",
    "currency": "USD",
    "country": "US",
    "account_review_status": "APPROVED",
    "business_verification_status": "verified",
    "ownership_type": "SELF",
    "message_template_namespace": "00000000_0000_0000_0000_000000000000",
    "health_status": {"can_send_message": "AVAILABLE"},
}


BLOCKING = Obj(
    {
        "messaging_product": Choice(("whatsapp",), required=True),
        "block_users": Many(Obj({"user": Text(), "user_id": Text()}), least=1, required=True),
    }
)


def name_of(call: Call) -> str:
    """What an id in the path is: a number, an account, a template, else a media file."""
    if call.node in call.state.numbers:
        return "phone_number"
    if call.node in _accounts(call):
        return "account"
    if call.state.templates.by_id(call.node):
        return "template"
    return "media_delete" if call.request.method == "DELETE" else "media_url"


async def get_node(call: Call) -> Answer:
    fields = call.query.get("fields")
    if call.op == "phone_number":
        return _pick(_facts(call.number()), fields, FACTS)
    if call.op == "account":
        facts = {"id": call.node, **ACCOUNT}
        return _pick(facts, fields, ("id", "name", "timezone_id", "message_template_namespace"))
    if call.op == "template":
        return await template_routes.get_one(call)
    return await media_routes.look_up(call)


async def delete_node(call: Call) -> Answer:
    return await media_routes.delete(call)


async def post_node(call: Call) -> Answer:
    if call.op == "template":
        return await template_routes.edit(call)
    raise no_object("post", call.node)


def _accounts(call: Call) -> set[str]:
    return {number.waba_id for number in call.state.numbers.values()}


def account(call: Call) -> str:
    if call.node not in _accounts(call):
        raise no_object(call.request.method.lower(), call.node)
    return call.node


def _facts(number: Number) -> dict[str, Any]:
    return {
        "id": number.id,
        "verified_name": number.verified_name,
        "display_phone_number": f"+{number.display_phone_number}",
        "quality_rating": number.quality_rating,
        "code_verification_status": "VERIFIED",
        "status": number.status,
        "name_status": "APPROVED",
        "platform_type": "CLOUD_API",
        "account_mode": "LIVE",
        "is_official_business_account": False,
        "is_on_biz_app": number.coexistence,
        "messaging_limit_tier": "TIER_250",
        "throughput": {"level": number.throughput},
        "quality_score": {"score": number.quality_rating},
        "is_pin_enabled": number.pin is not None,
        "is_preverified_number": False,
        "search_visibility": "VISIBLE",
        "last_onboarded_time": "2026-01-01T00:00:00+0000",
        "country_code": "US",
        "country_dial_code": "1",
        "whatsapp_business_manager_messaging_limit": "TIER_250",
        "health_status": {"can_send_message": "AVAILABLE" if number.status == "CONNECTED" else "BLOCKED"},
        "webhook_configuration": {"phone_number": number.callback} if number.callback else {},
    }


def _pick(facts: dict[str, Any], fields: str | None, usual: tuple[str, ...]) -> dict[str, Any]:
    """Graph answers the fields that were asked for, and always the id."""
    names = [name.strip() for name in fields.split(",")] if fields else list(usual)
    unknown = [name for name in names if name not in facts and name not in EMPTY]
    if unknown:
        raise invalid(f"Tried accessing nonexisting field ({unknown[0]})")
    return {name: facts[name] for name in facts if name in names or name == "id"}


async def list_numbers(call: Call) -> Answer:
    waba = account(call)
    found = [number for number in call.state.numbers.values() if number.waba_id == waba]
    usual = (*FACTS, "platform_type", "throughput", "status")
    data = [_pick(_facts(number), call.query.get("fields"), usual) for number in found]
    ends = {"before": found[0].id, "after": found[-1].id} if found else {}
    return {"data": data, "paging": {"cursors": ends}}


async def add_number(call: Call) -> Answer:
    waba = account(call)
    phone = ids.digits(call.body.get("phone_number", ""))
    if not phone or not call.body.get("verified_name"):
        raise invalid("The parameters phone_number and verified_name are required.")
    number = Number(ids.numeric_id(), phone, str(call.body["verified_name"]), waba, "PENDING")
    call.state.numbers[number.id] = number
    return {"id": number.id}


async def register(call: Call) -> Answer:
    number = call.number()
    pin = str(call.body.get("pin", ""))
    if not (pin.isdigit() and len(pin) == 6):
        raise invalid("Param pin must be 6 characters long.")
    if number.pin not in (None, pin):
        raise GraphError(133005)
    number.pin, number.status = pin, "CONNECTED"
    return {"success": True}


async def deregister(call: Call) -> Answer:
    number = call.number()
    if number.coexistence:
        raise invalid("Deregister endpoint is not available for API solution for SMB businesses.")
    if number.status != "CONNECTED":
        raise GraphError(133010, details="The phone number is not registered with the Cloud API")
    number.status = "DISCONNECTED"
    return {"success": True}


async def get_profile(call: Call) -> Answer:
    profile = call.number().profile
    wanted = call.query.get("fields")
    names = [name.strip() for name in wanted.split(",")] if wanted else list(PROFILE_KEYS)
    chosen = {name: value for name, value in profile.items() if name in names}
    return {"data": [{**chosen, "messaging_product": "whatsapp"}]}


async def post_profile(call: Call) -> Answer:
    number = call.number()
    if call.body.get("messaging_product") != "whatsapp":
        raise invalid("The parameter messaging_product is required.")
    changes = {name: value for name, value in call.body.items() if name != "messaging_product"}
    unknown = set(changes) - set(PROFILE_KEYS)
    if unknown:
        raise invalid(f'Unexpected key "{sorted(unknown)[0]}" on param "whatsapp_business_profile".')
    if len(str(changes.get("about", ""))) > 139:
        raise invalid("Param about must be at most 139 characters long.")
    number.profile.update(changes)
    return {"success": True}


async def list_blocked(call: Call) -> Answer:
    number, people = call.number(), call.state.people
    users = [_user(people.all[key]) for key in sorted(number.blocked)]
    return {"data": users, "paging": {"cursors": {}}}


def _user(customer: Customer) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "wa_id": customer.wa_id, "user_id": customer.user_id}


async def block(call: Call) -> Answer:
    """Only those who wrote within 24 hours can be blocked (Meta: block users)."""
    number, state = call.number(), call.state
    added: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for given in _users(call):
        customer = state.people.find(given)
        if customer and state.chats.of(number.id, customer.id).window_until > state.clock.now():
            number.blocked.add(customer.id)
            added.append({"input": given, "wa_id": customer.wa_id})
        else:
            error = {"message": "Re-engagement required", "code": 131047, "error_data": {"details": "not in 24 h"}}
            failed.append({"input": given, "errors": [error]})
    return {"messaging_product": "whatsapp", "block_users": {"added_users": added, "failed_users": failed}}


async def unblock(call: Call) -> Answer:
    number, removed = call.number(), []
    for given in _users(call):
        customer = call.state.people.find(given)
        if customer and customer.id in number.blocked:
            number.blocked.discard(customer.id)
            removed.append({"input": given, "wa_id": customer.wa_id})
    return {"messaging_product": "whatsapp", "block_users": {"removed_users": removed}}


def _users(call: Call) -> list[str]:
    BLOCKING.check(call.body, "")
    users = call.body["block_users"]
    return [str(user.get("user") or user.get("user_id") or "") for user in users]


def _app(callback: str | None) -> dict[str, Any]:
    app: dict[str, Any] = {
        "whatsapp_business_api_data": {
            "id": defaults.APP_ID,
            "link": f"https://www.facebook.com/games/?app_id={defaults.APP_ID}",
            "name": "Sandbox app",
        }
    }
    return app | ({"override_callback_uri": callback} if callback else {})


async def list_apps(call: Call) -> Answer:
    override = call.state.waba_callbacks.get(account(call))
    return {"data": [_app(override)] if call.state.subscribed else []}


async def subscribe(call: Call) -> Answer:
    """With an override the callback must pass Meta's handshake first."""
    waba, url = account(call), call.body.get("override_callback_uri")
    if url:
        token = str(call.body.get("verify_token", ""))
        if not token or not await call.state.webhooks.verify(str(url), token):
            raise GraphError(100, "(#2200) Callback verification failed", "The challenge was not echoed", 400, 2200)
        call.state.waba_callbacks[waba] = str(url)
    else:
        call.state.waba_callbacks.pop(waba, None)
    call.state.subscribed = True
    return {"success": True}


async def unsubscribe(call: Call) -> Answer:
    account(call)
    call.state.subscribed = False
    return {"success": True}


async def unknown(call: Call) -> Answer:
    path = "/" + call.request.match_info.get("tail", "")
    raise GraphError(2500, f"Unknown path components: {path}", http=400)
