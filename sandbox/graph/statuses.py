"""The ladder an accepted message climbs: sent, delivered, read, played; or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.graph import payloads, pricing
from sandbox.graph.chats import ChatMessage
from sandbox.graph.errors import status_error

if TYPE_CHECKING:
    from sandbox.graph.state import GraphState

PRICED_TWICE = 2
"""`pricing` comes with `sent` and with one of delivered or read (Meta: status, 2025-11-20)."""


class Ladder:
    def __init__(self, state: GraphState) -> None:
        self._state = state
        self._offline: dict[str, list[ChatMessage]] = {}

    def start(self, message: ChatMessage, failure: dict[str, Any] | None = None) -> None:
        """Begin the climb of a message that was just accepted. `failure`: an error to end with instead."""
        state = self._state
        if failure is not None:
            state.timers.after(state.knobs.sent_delay, lambda: self.tell(message, "failed", failure))
        elif state.knobs.statuses_before_response:
            self._sent(message)
        else:
            state.timers.after(state.knobs.sent_delay, lambda: self._sent(message))

    def _sent(self, message: ChatMessage) -> None:
        self.tell(message, "sent")
        customer = self._state.people.all.get(message.customer_id)
        if message.type == "reaction" or customer is None:
            return  # a reaction gets no more than `sent` (Meta: reaction messages)
        if not customer.online:
            self._offline.setdefault(customer.id, []).append(message)
            return
        self._state.timers.after(self._state.knobs.delivered_delay, lambda: self._delivered(message))

    def _delivered(self, message: ChatMessage) -> None:
        if self._state.knobs.drop_delivered:
            message.climb("delivered")
            self._state.show(message)
        else:
            self.tell(message, "delivered")
        customer = self._state.people.all.get(message.customer_id)
        if customer is not None and customer.auto_read:
            self._state.timers.after(self._state.knobs.read_delay, lambda: self.read(message))

    def came_online(self, customer_id: str) -> None:
        for message in self._offline.pop(customer_id, []):
            self._delivered(message)

    def read(self, message: ChatMessage) -> None:
        """The customer looks at a message; told to the business only with read receipts on."""
        customer = self._state.people.all.get(message.customer_id)
        if customer is None or message.status in ("read", "played", "failed"):
            return
        if customer.read_receipts:
            self.tell(message, "read")
            if self._state.knobs.play_voice and message.content and message.content.get("voice"):
                self.tell(message, "played")

    def read_all(self, customer_id: str) -> int:
        """The customer opens the chats: everything delivered becomes read. Returns how many."""
        waiting = [
            message
            for chat in self._state.chats.of_customer(customer_id)
            for message in chat.messages.values()
            if message.direction == "out" and message.status == "delivered"
        ]
        for message in waiting:
            self.read(message)
        return len(waiting)

    def tell(
        self,
        message: ChatMessage,
        name: str,
        error: dict[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Send one status webhook and let the phone show it. Any name goes: unknown ones exist."""
        state = self._state
        message.climb(name)
        if name == "failed":
            message.error = error or status_error(131000)
        state.show(message)
        number = state.numbers.get(message.number_id)
        customer = state.people.all.get(message.customer_id)
        if number is None or customer is None:
            return
        body = payloads.status(number, customer, message, name, state.clock.now(), state.knobs)
        self._add_price(message, name, body)
        if name == "failed":
            body["errors"] = [message.error]
        body |= extra or {}
        state.webhooks.push(payloads.status_update(number, customer, body, state.knobs))

    def _add_price(self, message: ChatMessage, name: str, body: dict[str, Any]) -> None:
        if message.pricing is None or name == "failed" or message.priced >= PRICED_TWICE:
            return
        message.priced += 1
        talk = pricing.conversation(message, self._state.chats.of(message.number_id, message.customer_id))
        if talk is not None:
            body["conversation"] = talk
        body["pricing"] = message.pricing

    def clear(self) -> None:
        self._offline.clear()
