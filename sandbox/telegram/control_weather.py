"""Trouble and time: faults, flood rules, the clock, spoiled updates; and what the sandbox has seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from sandbox.telegram import commands, views
from sandbox.telegram.control import View
from sandbox.telegram.control_ask import AskControl
from sandbox.telegram.errors import SimError
from sandbox.telegram.faults import Fault
from sandbox.telegram.flood import FloodRules

POLL_SECONDS = 0.01

_PLANNED = {f.name for f in fields(Fault)} - {"id", "hits"}
_RULES = {f.name for f in fields(FloodRules)}


class Control(AskControl):
    """All operations of the control API."""

    def clock(self, *, advance: float = 0.0, freeze: bool | None = None) -> View:
        """Move the clock forward; `freeze` true stops it, false lets it run again. Answers {now}."""
        if freeze is not None:
            (self.state.clock.freeze if freeze else self.state.clock.resume)()
        return {"now": self.state.clock.advance(advance)}

    def faults(self, **plan: Any) -> View:
        """Plan one fault; the fields are those of `faults.Fault`. Answers it with its id."""
        unknown = set(plan) - _PLANNED
        if unknown:
            raise SimError(f"unknown fault field {sorted(unknown)[0]}")
        if "retry_after" in plan:
            plan.setdefault("code", 429)
        return dict(vars(self.state.faults.add(Fault(**plan))))

    def clear_faults(self) -> View:
        self.state.faults.clear()
        return {}

    def flood(self, **rules: Any) -> View:
        """Change flood rules (fields of `flood.FloodRules`); all windows open again. Answers the rules."""
        unknown = set(rules) - _RULES
        if unknown:
            raise SimError(f"unknown flood rule {sorted(unknown)[0]}")
        for name, value in rules.items():
            setattr(self.state.flood.rules, name, value)
        self.state.flood.clear()
        return self.state.flood.view()

    def switches(self, **wanted: bool) -> View:
        """Change how the server behaves: {ephemeral, closed_for_all}, see `state.Switches`."""
        for name, value in wanted.items():
            if not hasattr(self.state.switches, name):
                raise SimError(f"unknown switch {name}")
            setattr(self.state.switches, name, value)
        return dict(vars(self.state.switches))

    def update(self, *, body: dict[str, Any], bot: int | None = None) -> View:
        """Queue any update as it stands, readable or not; update_id is added when it is missing."""
        queue = self._bot(bot).updates
        kind = next((name for name in body if name != "update_id"), "unknown")
        queue.push_raw(kind, {"update_id": queue.next_id, **body}, self.state.clock.now())
        return {"update_id": body.get("update_id", queue.next_id - 1)}

    def update_faults(self, *, duplicates: int = 0, swaps: int = 0, bot: int | None = None) -> View:
        """So many of the next updates arrive twice, so many change places with the one before."""
        queue = self._bot(bot).updates
        queue.duplicates, queue.swaps = duplicates, swaps
        return {"duplicates": duplicates, "swaps": swaps}

    def view(self) -> View:
        """The whole snapshot, as GET /sim/tg/state answers it."""
        return views.world_view(self.state)

    def messages(self, *, thread: int | None = None, chat: int | None = None) -> list[View]:
        """What stands in a topic (default: in General), oldest first, as message views."""
        place = self._chat(chat)
        return [views.message_view(self.state, m) for m in place.messages.values() if m.thread_id == thread]

    def topics(self, *, chat: int | None = None) -> list[View]:
        """The topics of a group without General, oldest first."""
        return [view for view in views.topics_view(self.state, self._group(chat)) if not view["general"]]

    def menu(self, *, user: int, chat: int | None = None, bot: int | None = None) -> list[View]:
        """The commands a person sees in a chat: [{command, description, is_ephemeral}]."""
        return commands.visible(self._bot(bot), self._chat(chat), self.state.user(user))

    def calls(self, since: int = 0, method: str | None = None) -> list[View]:
        """The journal after number `since`, oldest first."""
        return [record.view() for record in self.state.journal.since(since, method)]

    def pending_updates(self) -> int:
        """Updates that no bot has confirmed yet."""
        return sum(len(bot.updates.waiting) for bot in self.state.bots.values())

    async def wait_for_call(self, method: str, *, since: int = 0, patience: float = 5.0) -> View:
        """The first call of a method after journal number `since`. Raises TimeoutError after `patience` seconds."""
        await self.wait_until(lambda: bool(self.calls(since, method)), patience=patience)
        return self.calls(since, method)[0]

    async def wait_until_quiet(self, *, patience: float = 5.0) -> None:
        """Return when every bot has confirmed all its updates."""
        await self.wait_until(lambda: self.pending_updates() == 0, patience=patience)

    async def wait_until(self, condition: Callable[[], bool], *, patience: float = 5.0) -> None:
        """Return when the condition holds; it is tried often. Raises TimeoutError after `patience` seconds."""
        async with asyncio.timeout(patience):
            while not condition():  # noqa: ASYNC110 - any state may be asked for, so there is no one event
                await asyncio.sleep(POLL_SECONDS)
