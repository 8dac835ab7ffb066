"""What an hour brings: customers who write in bursts, staff who answer, reports that climb. Pure, from a seed.

The profile of a busy desk: forty customers say some 750 things in an hour, in bursts of one to five lines, and as
many reports come back about what staff answered. Times are seconds since the start, in whole
milliseconds: a clock of microseconds can stand on each.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from core.message import Status

HOUR = 3600.0
_BURSTS_PER_HOUR = 6.3
_LONGEST_BURST = 5
_TYPING = (2.0, 8.0)
"""Between two lines of a burst."""
_ANSWER_AFTER = (15.0, 90.0)
_DELIVERED_AFTER = (1.0, 5.0)
_READ_AFTER = (5.0, 120.0)
_NEW = 0.25
"""This share of the customers was never here before: they need a topic and a card first."""
_BURST_SECONDS = 2.0
_WORDS = ("hello", "please", "my order", "is it on its way", "the blue one", "comes back when", "thanks a lot")


@dataclass(frozen=True, slots=True)
class Profile:
    """How many customers are active, for how long (seconds), and which share of them was never here before."""

    customers: int = 40
    seconds: float = HOUR
    new: float = _NEW


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's line. `number` counts the lines of this customer from 0."""

    at: float
    customer: int
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Staff answer a customer; `answer` numbers the answers of the whole hour."""

    at: float
    customer: int
    answer: int


@dataclass(frozen=True, slots=True)
class Reported:
    """The customer's side tells what became of an answer."""

    at: float
    answer: int
    status: Status


Happening = Said | Answered | Reported


@dataclass(frozen=True, slots=True)
class Load:
    happenings: tuple[Happening, ...]
    """In the order of their times."""
    new: frozenset[int]
    """The customers who have no topic yet."""

    @property
    def said(self) -> list[Said]:
        return [one for one in self.happenings if isinstance(one, Said)]

    @property
    def ticks(self) -> int:
        """Changes of a mark: each answer is sent, and what is reported comes on top."""
        return sum(isinstance(one, Answered | Reported) for one in self.happenings)


def load(profile: Profile, seed: int) -> Load:
    dice = random.Random(seed)  # noqa: S311 - the same hour each time, no secret
    happenings: list[Happening] = []
    answers = 0
    for customer in range(profile.customers):
        number = 0
        for start in _starts(dice, profile.seconds):
            burst = list(_burst(dice, customer, number, start))
            number += len(burst)
            happenings += [*burst, *_answer(dice, burst[-1], answers)]
            answers += 1
    new = dice.sample(range(profile.customers), round(profile.customers * profile.new))
    return Load(tuple(sorted(happenings, key=lambda one: one.at)), frozenset(new))


def burst(*, new: bool, customers: int = 20, lines: int = 10) -> Load:
    """Everybody at once, within two seconds and in turns; all of them known, or all of them `new`."""
    words = (
        (n % customers, n // customers, n * _BURST_SECONDS / (customers * lines)) for n in range(customers * lines)
    )
    said = (Said(round(at, 3), customer, number, f"{tag(customer, number)} hello") for customer, number, at in words)
    return Load(tuple(said), frozenset(range(customers)) if new else frozenset())


def _starts(dice: random.Random, seconds: float) -> Iterator[float]:
    at = dice.expovariate(_BURSTS_PER_HOUR / HOUR)
    while at < seconds:
        yield at
        at += _LONGEST_BURST * _TYPING[1] + dice.expovariate(_BURSTS_PER_HOUR / HOUR)


def _burst(dice: random.Random, customer: int, number: int, at: float) -> Iterator[Said]:
    for extra in range(dice.randint(1, _LONGEST_BURST)):
        words = " ".join(dice.choices(_WORDS, k=dice.randint(1, 6)))
        yield Said(round(at, 3), customer, number + extra, f"{tag(customer, number + extra)} {words}")
        at += dice.uniform(*_TYPING)


def _answer(dice: random.Random, last: Said, answer: int) -> Iterator[Happening]:
    at = last.at + dice.uniform(*_ANSWER_AFTER)
    yield Answered(round(at, 3), last.customer, answer)
    at += dice.uniform(*_DELIVERED_AFTER)
    yield Reported(round(at, 3), answer, Status.DELIVERED)
    at += dice.uniform(*_READ_AFTER)
    yield Reported(round(at, 3), answer, Status.READ)


def tag(customer: int, number: int) -> str:
    """Found again in whatever post shows the line."""
    return f"[{customer}.{number}]"
