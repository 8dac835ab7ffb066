"""What people do, and what a test turns: the same operations as /sim/wa/..., as plain methods."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sandbox.graph import happenings, ids, inbound, payloads, views
from sandbox.graph.chats import ChatMessage
from sandbox.graph.errors import status_error
from sandbox.graph.faults import Fault
from sandbox.graph.inbound import Piece
from sandbox.graph.journal import CallRecord, DeliveryRecord
from sandbox.graph.orders import Types, expect, expect_objects
from sandbox.graph.people import Customer, Number
from sandbox.graph.state import GraphState
from sandbox.graph.template_routes import change_status
from sandbox.graph.templates import Template

TEMPLATE: Types = dict.fromkeys(("name", "language", "category", "status", "parameter_format", "quality"), str)


class Control:
    """Wrong arguments raise ValueError. A customer may be named by id, phone, BSUID or username."""

    def __init__(self, state: GraphState) -> None:
        self.state = state

    # -- customers ---------------------------------------------------------------------------------

    def create_customer(self, name: str, **fields: Any) -> Customer:
        """`wa_id` absent: made up; None: phone-less. Further: user_id, username, parent_user_id, switches."""
        customer = self.state.people.create(name, **fields)
        self.state.show_phone(customer)
        return customer

    def change_customer(self, customer: str, **fields: Any) -> Customer:
        """Change name, username or a switch. Coming online delivers what waited."""
        found = self.state.people.get(customer)
        self.state.people.change(found, fields)
        if fields.get("online"):
            self.state.ladder.came_online(found.id)
        self.state.show_phone(found)
        return found

    def change_number(self, customer: str, wa_id: str | None, user_id: str | None = None) -> ChatMessage:
        """The customer changes phone or BSUID: a system message tells the business."""
        return inbound.change_identity(self.state, self.state.people.get(customer), wa_id, user_id)

    # -- what customers do -------------------------------------------------------------------------

    def say(self, customer: str | Customer, text: str | None = None, **options: Any) -> ChatMessage:
        """A customer writes. Options: see `Piece`. Returns the message; the webhook is on its way."""
        return self.say_many(customer, [{"text": text, **options}])[0]

    def say_many(
        self, customer: str | Customer, messages: list[dict[str, Any]], *, batch: bool = False
    ) -> list[ChatMessage]:
        """Several messages; with `batch` in one webhook."""
        found = customer if isinstance(customer, Customer) else self.state.people.get(customer)
        expect_objects("messages", messages)
        pieces = [Piece.of(one) for one in messages]
        return inbound.say(self.state, found, pieces, batch=batch)

    def react(self, customer: str, message: str, emoji: str = "") -> ChatMessage:
        """A customer's reaction; "" takes it away."""
        return self.say(customer, reaction={"message_id": message, "emoji": emoji})

    def press(self, customer: str, message: str, button: str) -> ChatMessage:
        """Press a button or a list row (by id or title) of a message the business sent."""
        return inbound.press(self.state, self.state.people.get(customer), self.state.chats.get(message), button)

    def edit(self, customer: str, message: str, text: str) -> ChatMessage:
        """A customer edits: `edit` on a coexistence number, else `unsupported` (Meta: edit, 2026-05)."""
        return inbound.edit(self.state, self.state.people.get(customer), self.state.chats.get(message), text)

    def delete(self, customer: str, message: str) -> ChatMessage:
        return inbound.delete(self.state, self.state.people.get(customer), self.state.chats.get(message))

    def read(self, customer: str) -> int:
        """The customer opens the chat. Returns how many messages became read."""
        return self.state.ladder.read_all(self.state.people.get(customer).id)

    def add_media(self, data: bytes, mime: str, filename: str | None = None) -> str:
        """A file on a customer's phone; its id goes into `say(media=...)`."""
        return self.state.media.add(data, mime, filename).id

    def echo(self, customer: str, text: str | None = None, **piece: Any) -> ChatMessage:
        """The owner answers in the WhatsApp Business app: a message echo (coexistence). `piece`: see `Piece`."""
        said = Piece.of({"text": text, **piece})
        return inbound.echo(self.state, self.state.people.get(customer), self.state.number(said.number), said)

    def call(self, customer: str, seconds: int = 0, number: str | None = None) -> str:
        """A customer calls, and nobody answers unless `seconds` says how long people spoke. Returns its id."""
        return happenings.call(self.state, self.state.people.get(customer), self.state.number(number), seconds)

    def wish(self, customer: str, value: str = "stop", number: str | None = None) -> None:
        """A customer stops or resumes marketing messages."""
        happenings.wish(self.state, self.state.people.get(customer), self.state.number(number), value)

    # -- what Meta does ----------------------------------------------------------------------------

    def status(self, message: str, name: str, code: int | None = None, extra: dict[str, Any] | None = None) -> None:
        """Send any status by hand, known or not. `code`: the error of `failed`."""
        error = status_error(code) if code is not None else None
        self.state.ladder.tell(self.state.chats.get(message), name, error, extra)

    def field_update(self, field: str, value: dict[str, Any], number: str | None = None) -> None:
        """Any other webhook field (account_update, user_preferences ...), queued in order."""
        one = self.state.number(number)
        self.state.webhooks.push(payloads.Update(one.id, one.waba_id, field, value))

    async def raw(
        self, body: bytes | dict[str, Any], *, url: str | None = None, signature: str | None = None
    ) -> DeliveryRecord:
        """Post any webhook body once, signed. `signature`: another value, "" for none."""
        target = url or self.state.callback
        if not target:
            raise ValueError("no callback is set")
        data = body if isinstance(body, bytes) else payloads.encode(body)
        return await self.state.webhooks.post(target, data, signature=signature)

    def template(self, name: str, language: str, components: list[dict[str, Any]], **fields: Any) -> Template:
        """Put an approved (or otherwise finished) template in place, without review."""
        expect({"name": name, "language": language, **fields}, TEMPLATE)
        expect_objects("components", components)
        category = fields.pop("category", "UTILITY")
        return self.state.templates.put(Template(name, language, category, components, **fields))

    def template_status(self, template_id: str, status: str, reason: str = "NONE") -> None:
        template = self.state.templates.by_id(template_id)
        if template is None:
            raise ValueError(f"no such template: {template_id}")
        change_status(self.state, template, status, reason)

    def add_number(self, display_phone_number: str, **fields: Any) -> Number:
        """Another business number, connected unless `status` says otherwise."""
        fields.setdefault("id", ids.numeric_id())
        try:
            number = Number(display_phone_number=ids.digits(display_phone_number), **fields)
        except TypeError as wrong:
            raise ValueError(str(wrong)) from wrong
        self.state.numbers[number.id] = number
        return number

    def token(self, state: str, token: str | None = None) -> None:
        """`valid`, `expired` (190 with subcode 463) or `revoked` (190). Default: the first token."""
        if state not in ("valid", "expired", "revoked"):
            raise ValueError("state must be valid, expired or revoked")
        self.state.tokens[token or next(iter(self.state.tokens))] = state

    # -- knobs, faults, time -----------------------------------------------------------------------

    def knobs(self, **changes: Any) -> dict[str, Any]:
        self.state.knobs.update(changes)
        return dict(vars(self.state.knobs))

    def fault(self, kind: str, **options: Any) -> Fault:
        """See `faults.KINDS` and `faults.Fault`."""
        fault = self.state.faults.add(kind, **options)
        self.state.bus.publish("faults", lambda: {"faults": self.state.faults.view()})
        return fault

    def clear_faults(self) -> None:
        self.state.faults.clear()
        self.state.bus.publish("faults", lambda: {"faults": []})

    def reset(self) -> None:
        self.state.reset()

    async def set_callback(self, url: str | None, *, verify: bool = False) -> bool:
        """Where webhooks go. With `verify` Meta's handshake must succeed first."""
        if url and verify and not await self.state.webhooks.verify(url, self.state.verify_token):
            return False
        self.state.callback = url
        return True

    # -- looking -----------------------------------------------------------------------------------

    def view(self) -> dict[str, Any]:
        return views.state_view(self.state)

    def calls(self, since: int = 0, op: str | None = None) -> list[CallRecord]:
        return self.state.journal.since(since, op)

    def deliveries(self) -> list[DeliveryRecord]:
        return list(self.state.journal.deliveries)

    def messages(self, customer: str, number: str | None = None) -> list[ChatMessage]:
        """The chat of a customer with a number, oldest first."""
        chat = self.state.chats.of(self.state.number(number).id, self.state.people.get(customer).id)
        return list(chat.messages.values())

    def sent_texts(self, customer: str) -> list[str]:
        """What this customer received as text."""
        return [m.text for m in self.messages(customer) if m.direction == "out" and m.status != "failed"]

    async def wait_for(self, condition: Callable[[], Any], seconds: float = 60.0) -> Any:
        """Poll until `condition()` is true; returns its value. Raises TimeoutError."""
        end = asyncio.get_running_loop().time() + seconds
        while not (value := condition()):
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError("it did not happen in time")
            await asyncio.sleep(0.005)
        return value

    async def quiet(self, seconds: float = 10.0) -> None:
        """Wait until no timer runs and every webhook is acknowledged."""
        await self.wait_for(lambda: self.state.quiet, seconds)
