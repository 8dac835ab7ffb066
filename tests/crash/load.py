"""Customers and staff who write all the time, and the book in which it stands what must have arrived."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from dataclasses import dataclass, field

from sandbox.graph.people import Customer
from tests.crash.street import Street

_STATUSES = ("sent", "delivered", "read")


@dataclass
class Load:
    """Every message is a token that counts up per person: `c2-007` is the seventh of customer 2, `s2-…` staff's."""

    street: Street
    customers: int
    seed: int
    people: list[Customer] = field(default_factory=list[Customer])
    said: Counter[str] = field(default_factory=Counter[str])
    in_flight: set[int] = field(default_factory=set[int])
    """Posts that were the last of their topic when the product was killed."""

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        graph = self.street.graph
        self.people = [graph.create_customer(f"Customer {n}", wa_id=f"4915100000{n:02}") for n in range(self.customers)]

    async def write(self, messages: int, pause: float = 0.05) -> None:
        """So many messages, by customers and by staff of every topic there is, with old reports among them."""
        while self.said.total() < messages:
            who = self.random.randrange(self.customers)
            if self.random.random() < 0.6 or self.street.thread_of(f"Customer {who}") is None:
                self.street.graph.say(self.people[who], self._token("c", who))
            else:
                self.street.tg.message(text=self._token("s", who), thread=self.street.thread_of(f"Customer {who}"))
            if self.random.random() < 0.15:
                self._repeat_a_report()
            await asyncio.sleep(self.random.uniform(0, 2 * pause))

    def _token(self, side: str, who: int) -> str:
        self.said[f"{side}{who}"] += 1
        return f"{side}{who}-{self.said[f'{side}{who}']:03}"

    def _repeat_a_report(self) -> None:
        """A report that comes late, twice or in the wrong order."""
        sent = [m for m in self.street.graph.messages(self.random.choice(self.people).id) if m.direction == "out"]
        if sent:
            message = self.random.choice(sent)
            reached = _STATUSES[: _STATUSES.index(message.status) + 1] if message.status in _STATUSES else ()
            for status in self.random.sample(reached, len(reached)):
                self.street.graph.status(message.id, status)

    def note_in_flight(self) -> None:
        """To be called between a kill and the next start."""
        for who in range(self.customers):
            posts = [post for post in self._posts(who) if re.search(r"c\d-\d{3}", post["text"] or "")]
            self.in_flight.update(post["id"] for post in posts[-1:])

    # ---------------------------------------------------------------- what must hold

    def check(self) -> Counter[str]:
        """Fails when a promise was broken; answers how many there were of what is allowed."""
        found: Counter[str] = Counter()
        for who in range(self.customers):
            found["shown"] += self.said[f"c{who}"]
            found["sent"] += self.said[f"s{who}"]
            found["shown twice"] += self._check_topic(who)
            found["uncertain"] += self._check_customer(who)
        return found

    def _posts(self, who: int) -> list[dict]:
        thread = self.street.thread_of(f"Customer {who}")
        return [p for p in self.street.posts(thread) if p["from"]["is_bot"]] if thread else []

    def _check_topic(self, who: int) -> int:
        """Everything in the topic, in order; shown twice only what was in flight at a kill or had its answer lost."""
        seen: dict[str, int] = {}
        twice: list[str] = []
        for post in self._posts(who):
            for token in re.findall(rf"c{who}-\d{{3}}", post["text"] or ""):
                twice += [token] if token in seen else []
                seen.setdefault(token, post["id"])
        wanted = [f"c{who}-{n:03}" for n in range(1, self.said[f"c{who}"] + 1)]
        assert list(seen) == wanted, f"lost or out of order: {sorted(set(wanted) - set(seen))}\n{list(seen)}"
        allowed = self.in_flight | {call.message_id for call in self.street.tg.state.journal.calls if call.fault}
        assert {seen[token] for token in twice} <= allowed, f"shown twice without need: {twice}"
        return len(twice)

    def _check_customer(self, who: int) -> int:
        """At most once and in order; exactly once, or staff are asked about it."""
        got = [m.text for m in self.street.graph.messages(self.people[who].id) if m.direction == "out"]
        assert got == sorted(set(got)), f"twice or out of order: {got}"
        asked = self._asked(who)
        missing = {f"s{who}-{n:03}" for n in range(1, self.said[f"s{who}"] + 1)} - set(got)
        assert missing <= asked, f"neither sent nor asked about: {missing - asked}"
        return len(asked)

    def _asked(self, who: int) -> set[str]:
        """The staff's posts below which the product asks what became of them."""
        thread = self.street.thread_of(f"Customer {who}")
        by_id = {post["id"]: post["text"] for post in self.street.posts(thread)}
        questions = [post for post in self._posts(who) if "may or may not" in (post["text"] or "")]
        return {by_id[_target(post)] for post in questions}


def _target(post: dict) -> int:
    target = post["reply_to"]
    return target["id"] if isinstance(target, dict) else target
