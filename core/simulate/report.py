"""The table and the JSON of a simulation. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.simulate.journal import Outcome


@dataclass(frozen=True, slots=True)
class Played:
    """Both policies on the same load in one world."""

    name: str
    """What happened: a busy hour, or a burst."""
    together: bool
    """Reactions are counted with the posts."""
    outcomes: Sequence[Outcome]

    @property
    def title(self) -> str:
        world = "counted with the posts" if self.together else "counted apart"
        return f"{self.name}, reactions {world}"

    def view(self) -> dict[str, Any]:
        outcomes = [outcome.view() for outcome in self.outcomes]
        return {"name": self.name, "together": self.together, "outcomes": outcomes}


_HEAD = ("policy", "messages", "p50 s", "p95 s", "p99 s", "429", "429 %", "calls/msg", "marks", "ticks", "lost",
         "doubled", "disorder", "last s")  # fmt: skip


def table(played: Sequence[Played]) -> str:
    blocks = [f"{one.title}\n" + _block(one) for one in played]
    return "\n".join(blocks)


def _block(played: Played) -> str:
    return "".join(_line(row) for row in (_HEAD, *(_row(outcome) for outcome in played.outcomes)))


def _row(outcome: Outcome) -> tuple[str, ...]:
    view = outcome.view()
    keys = ("policy", "messages", "p50", "p95", "p99", "refused", "refused_percent", "calls_per_message", "marks",
            "ticks", "lost", "doubled", "out_of_order", "last_readable")  # fmt: skip
    return tuple(str(view[key]) for key in keys)


def _line(row: Sequence[str]) -> str:
    return f"  {row[0]:<15}" + "".join(f"{cell:>10}" for cell in row[1:]) + "\n"
