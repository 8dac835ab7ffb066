"""Everything one sandbox knows. No HTTP here: routes and the control surface work on this object."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sandbox.bus import Bus
from sandbox.graph import defaults, views
from sandbox.graph.app_facts import AppFacts, app_token
from sandbox.graph.chats import Chats
from sandbox.graph.clock import Clock, Timers
from sandbox.graph.faults import Faults
from sandbox.graph.journal import Journal
from sandbox.graph.knobs import Knobs
from sandbox.graph.media import MediaStore
from sandbox.graph.pacing import Pacing
from sandbox.graph.people import Number, People
from sandbox.graph.pricing import Pricing
from sandbox.graph.statuses import Ladder
from sandbox.graph.templates import Templates
from sandbox.graph.webhooks import Webhooks

if TYPE_CHECKING:
    from sandbox.graph.chats import ChatMessage
    from sandbox.graph.people import Customer


class GraphState:
    """`callback`: where the app's webhooks go. `base_url`: where this sandbox is reached, when known."""

    def __init__(self, callback: str | None = None) -> None:
        self.callback = callback
        self.base_url: str | None = None
        self.app_secret = defaults.APP_SECRET
        self.verify_token = defaults.VERIFY_TOKEN
        self.clock = Clock()
        self.timers = Timers(self.clock)
        self.bus = Bus()
        self.closing = asyncio.Event()
        self.knobs = Knobs()
        self.faults = Faults()
        self.journal = Journal()
        self.media = MediaStore(self.clock)
        self.webhooks = Webhooks(self)
        self.ladder = Ladder(self)
        self._fill()

    def _fill(self) -> None:
        self.people = People()
        self.chats = Chats()
        self.templates = Templates()
        self.pacing = Pacing(self.clock, self.knobs)
        self.pricing = Pricing(self.knobs)
        self.numbers: dict[str, Number] = {defaults.PHONE_NUMBER_ID: Number()}
        self.tokens: dict[str, str] = {defaults.ACCESS_TOKEN: "valid", app_token(self.app_secret): "valid"}
        self.app = AppFacts()
        self.subscribed = True
        self.waba_callbacks: dict[str, str] = {}

    def reset(self) -> None:
        """Back to the default world. The callback, the listeners and the clock's speed stay."""
        self.timers.clear()
        self.webhooks.clear()
        self.ladder.clear()
        self.media.clear()
        self.faults.clear()
        self.journal.clear()
        self.clock.resume()
        vars(self.knobs).update(vars(Knobs()))
        self._fill()
        self.bus.publish("reset", dict)

    def number(self, number_id: str | None = None) -> Number:
        """A business number; the first one when none is named. Raises ValueError when unknown."""
        if number_id is None:
            return next(iter(self.numbers.values()))
        if number_id not in self.numbers:
            raise ValueError(f"no such number: {number_id}")
        return self.numbers[number_id]

    def show(self, message: ChatMessage) -> None:
        """Tell the page that a message is new or changed. Reactions are no messages of their own."""
        if self.chats.message(message.id) is None:
            return
        self.bus.publish(
            "message",
            lambda: {
                "customer": message.customer_id,
                "message": views.message_view(self, message),
                "chat": views.chat_head(self, self.chats.of(message.number_id, message.customer_id)),
            },
        )

    def show_phone(self, customer: Customer) -> None:
        self.bus.publish("phone", lambda: {"phone": views.phone_view(self, customer, chats=False)})

    def show_typing(self, chat: Any) -> None:
        self.bus.publish("typing", lambda: _typing(self, chat))

    def media_url(self, media_id: str, base_url: str | None = None) -> str | None:
        """A fresh url on this sandbox's own base, or None while the base is not known."""
        base = base_url or self.base_url
        return base and base.rstrip("/") + self.media.path_for(media_id, self.knobs.media_url_seconds)

    @property
    def quiet(self) -> bool:
        """Nothing is on its way: no timer, no undelivered webhook."""
        return not len(self.timers) and not self.webhooks.waiting


def _typing(state: GraphState, chat: Any) -> dict[str, Any]:
    until = chat.typing_until if chat.typing_until > state.clock.now() else None
    return {
        "customer": chat.customer_id,
        "phone_number_id": chat.number_id,
        "typing": until is not None,
        "until": until,
    }
