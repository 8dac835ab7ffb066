"""POST /{phone_number_id}/messages: send, mark read, show typing."""

from __future__ import annotations

import asyncio
from typing import Any

from sandbox.graph import chats, filling, ids, media, send_shapes
from sandbox.graph.chats import Chat, ChatMessage
from sandbox.graph.errors import GraphError, bad_value, invalid, no_object, status_error
from sandbox.graph.http import Answer, Call
from sandbox.graph.people import Customer, Number
from sandbox.graph.templates import Template

TYPING_SECONDS = 25.0
MONTH = 30 * 86400.0
WINDOW_DETAILS = (
    "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
)

Failure = dict[str, Any] | None


def name_of(call: Call) -> str:
    """One route, three things: a message, a read mark, typing."""
    if call.body.get("status") != "read":
        return "messages"
    return "typing" if "typing_indicator" in call.body else "read"


async def post_message(call: Call) -> Answer:
    number = call.number()
    if number.status != "CONNECTED":
        raise GraphError(133010, details="The phone number is not registered with the Cloud API")
    if "status" in call.body:
        return _mark_read(call, number)
    kind = send_shapes.check_send(call.body)
    call.state.pacing.check_number(number.id)
    customer = _recipient(call, number)
    template = filling.template_of(call.state.templates, call.body["template"]) if kind == "template" else None
    chat = call.state.chats.of(number.id, customer.id)
    failure = _late_failure(call, kind, customer, chat, template)
    call.state.pacing.check_pair(number.id, customer.id)
    message = _accept(call, kind, chat, template)
    _put(call, chat, message, shown=failure is None)
    call.state.ladder.start(message, failure)
    await _let_statuses_pass(call)
    return _answer(call.body, customer, message, template)


async def _let_statuses_pass(call: Call) -> None:
    """With the knob on, the product has the `sent` webhook before it has our answer."""
    if call.state.knobs.statuses_before_response:
        for _ in range(200):
            if not call.state.webhooks.waiting:
                return
            await asyncio.sleep(0.01)


def _mark_read(call: Call, number: Number) -> Answer:
    """Marks this and earlier messages; typing lasts 25 s or until the answer (Meta: typing indicators)."""
    send_shapes.check_read(call.body)
    message = call.state.chats.message(call.body["message_id"])
    if message is None or message.direction != "in" or message.number_id != number.id:
        raise invalid("Invalid parameter", "Message ID is invalid or was not sent to this number")
    if call.state.clock.now() - message.at > MONTH:
        raise bad_value("The message is older than 30 days")
    chat = call.state.chats.of(number.id, message.customer_id)
    call.record.customer, call.record.message_id, call.record.accepted = message.customer_id, message.id, True
    for earlier in chat.messages.values():
        if earlier.direction == "in" and not earlier.read and earlier.at <= message.at:
            earlier.read = True
            call.state.show(earlier)
    if "typing_indicator" in call.body:
        chat.typing_until = call.state.clock.now() + TYPING_SECONDS
        call.state.show_typing(chat)
    return {"success": True}


def _recipient(call: Call, number: Number) -> Customer:
    """`to` wins over `recipient`. An unknown phone gets a customer, who may not be on WhatsApp (knob)."""
    people, to = call.state.people, call.body.get("to")
    if to:
        wa_id = ids.digits(to)
        if ids.BSUID.match(to) or not 5 <= len(wa_id) <= 20:
            raise GraphError(131009, details=f"Recipient phone number is not valid: {to}")
        if wa_id == number.display_phone_number:
            raise GraphError(131021)
        found = people.find(wa_id)
        if found is not None:
            return found
        on_whatsapp = call.state.knobs.unknown_recipients == "create" and wa_id not in people.gone
        customer = people.create(f"+{wa_id}", wa_id=wa_id, on_whatsapp=on_whatsapp)
        call.state.show_phone(customer)
        return customer
    found = people.find(call.body["recipient"])
    if found is None or not ids.BSUID.match(call.body["recipient"]):
        raise GraphError(131009, details="Recipient user id is not valid")
    return found


def _late_failure(call: Call, kind: str, customer: Customer, chat: Chat, template: Template | None) -> Failure:
    """The error that a `failed` status will carry; raised at once where Meta (or the knob) answers at once."""
    if template is not None and template.category == "AUTHENTICATION" and not call.body.get("to"):
        raise GraphError(131062, details="Authentication templates need the phone number")
    wrong_media = _media_problem(call, kind)
    if call.fault is not None and call.fault.kind == "status":
        return status_error(call.fault.code, call.fault.details)
    if not customer.on_whatsapp:
        return status_error(131026, "Message Undeliverable.")
    if template is not None and template.category == "MARKETING" and customer.marketing_stopped:
        return status_error(131050, "The user has opted out of marketing messages of this business.")
    if template is None and chat.window_until <= call.state.clock.now() and call.state.knobs.window != "off":
        if call.state.knobs.window == "sync":
            raise GraphError(131047, details=WINDOW_DETAILS)
        return status_error(131047, WINDOW_DETAILS)
    if wrong_media is not None:
        return status_error(131053, wrong_media)
    return _reaction_problem(call, chat) if kind == "reaction" else None


def _media_problem(call: Call, kind: str) -> str | None:
    """Raises 100/33 for an unknown media id; a file that does not fit its kind fails later."""
    if kind not in chats.MEDIA_TYPES:
        return None
    media_id, link = call.body[kind].get("id"), call.body[kind].get("link")
    if link is not None:
        if not str(link).startswith(("http://", "https://")):
            raise invalid(f"Param {kind}['link'] is not a valid URI.")
        return None
    found = call.state.media.find(media_id)
    if found is None:
        raise no_object("post", media_id)
    return media.misfit(found, kind)


def _reaction_problem(call: Call, chat: Chat) -> Failure:
    """Only a `failed` status tells that a reaction had no valid target (Meta: reaction messages)."""
    target = chat.messages.get(call.body["reaction"]["message_id"])
    fits = target is not None and target.type != "reaction" and not target.deleted
    if fits and target is not None and call.state.clock.now() - target.at <= MONTH:
        return None
    return status_error(131009, "The message to react to does not exist or is older than 30 days.")


def _accept(call: Call, kind: str, chat: Chat, template: Template | None) -> ChatMessage:
    state, body = call.state, call.body
    customer = state.people.all[chat.customer_id]
    content = body[kind]
    message = ChatMessage(
        ids.wamid(customer.address, inbound=False),
        chat.number_id,
        chat.customer_id,
        "out",
        kind,
        state.clock.now(),
        content,
        quote=body.get("context", {}).get("message_id"),
        callback_data=body.get("biz_opaque_callback_data"),
        version=call.version,
    )
    if template is not None:
        message.text, message.buttons = filling.shown(template, content)
        message.media_id = filling.header_media(content)
    else:
        message.text = chats.summary(kind, content)
        message.buttons = chats.buttons_of(content) if kind == "interactive" else []
        message.media_id = content.get("id") if kind in chats.MEDIA_TYPES else None
    if kind != "reaction":
        category = template.category.lower() if template else None
        message.pricing = state.pricing.price(message, chat, category)
    return message


def _put(call: Call, chat: Chat, message: ChatMessage, *, shown: bool) -> None:
    """Show the message on the phone; a reaction shows on its target instead of as a bubble."""
    state = call.state
    state.pacing.count(chat.number_id)
    call.record.customer, call.record.message_id, call.record.accepted = chat.customer_id, message.id, True
    if chat.typing_until:
        chat.typing_until = 0.0
        state.show_typing(chat)
    if message.type == "reaction":
        if not shown:
            return
        react(call.state, message.content["message_id"], "business", message.content.get("emoji", ""))
        return
    state.chats.add(message)
    state.show(message)


def react(state: Any, target_id: str, who: str, emoji: str) -> None:
    """Set or take away somebody's reaction."""
    target = state.chats.message(target_id)
    if target is None:
        return
    target.reactions.pop(who, None)
    if emoji:
        target.reactions[who] = emoji
    state.show(target)


def _answer(
    body: dict[str, Any], customer: Customer, message: ChatMessage, template: Template | None
) -> dict[str, Any]:
    contact: dict[str, Any] = {"input": body.get("to") or body["recipient"]}
    if customer.wa_id:
        contact["wa_id"] = customer.wa_id
    if customer.user_id and not body.get("to"):
        contact["user_id"] = customer.user_id
    accepted: dict[str, Any] = {"id": message.id}
    if template is not None:
        accepted["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [accepted]}
