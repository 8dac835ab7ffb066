"""What the bench found, as numbers, as a table and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

SUSTAINED_SECONDS = 1.0
"""A rate is kept up when no more than this much of it still waits at the end of the offer."""


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that `part` (0..1) of all values do not exceed; 0 of nothing."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))] if ranked else 0.0


@dataclass(frozen=True)
class Flow:
    """One direction at one rate. Times in milliseconds; `behind`: what had not arrived when the offer ended."""

    name: str
    rate: float
    sent: int
    times: Sequence[float]
    behind: int
    acknowledged: Sequence[float] = ()

    @property
    def lost(self) -> int:
        return self.sent - len(self.times)

    @property
    def sustained(self) -> bool:
        return self.lost == 0 and self.behind <= self.rate * SUSTAINED_SECONDS

    def view(self) -> dict[str, Any]:
        times = {"p50_ms": percentile(self.times, 0.5), "p95_ms": percentile(self.times, 0.95)}
        acks = {"ack_p50_ms": percentile(self.acknowledged, 0.5), "ack_p95_ms": percentile(self.acknowledged, 0.95)}
        rounded = {name: round(value, 1) for name, value in (times | (acks if self.acknowledged else {})).items()}
        counts = {"sent": self.sent, "lost": self.lost, "behind": self.behind, "sustained": self.sustained}
        return {"name": self.name, "rate": self.rate, **rounded, **counts}


@dataclass
class Found:
    """Everything one run of the bench measured."""

    database: str
    startup_seconds: float = 0.0
    idle_rss_mb: float = 0.0
    loaded_rss_mb: float = 0.0
    flows: list[Flow] = field(default_factory=list[Flow])
    engines: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """By database: what `python -m core.work.bench` says."""

    def view(self) -> dict[str, Any]:
        return {
            "database": self.database,
            "startup_seconds": round(self.startup_seconds, 2),
            "idle_rss_mb": round(self.idle_rss_mb, 1),
            "loaded_rss_mb": round(self.loaded_rss_mb, 1),
            "flows": [flow.view() for flow in self.flows],
            "engines": self.engines,
        }

    def table(self) -> str:
        rows = [("measure", "p50", "p95", "")]
        for flow in self.flows:
            rows += _flow_rows(flow.view())
        for name, engine in self.engines.items():
            rows += _engine_rows(name, engine)
        rows.append(("start-up", "", "", f"{self.startup_seconds:.1f} s"))
        rows.append(("memory, idle", "", "", f"{self.idle_rss_mb:.0f} MB"))
        rows.append(("memory, after the load", "", "", f"{self.loaded_rss_mb:.0f} MB"))
        return f"The product ran on {self.database}.\n\n" + "\n".join(_line(row) for row in rows) + "\n"


def _flow_rows(view: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    state = "kept up" if view["sustained"] else f"fell behind: {view['behind']} waited, {view['lost']} lost"
    title = f"{view['name']}, {view['rate']:g} a second"
    rows = [(title, f"{view['p50_ms']:.0f} ms", f"{view['p95_ms']:.0f} ms", f"{view['sent']} sent, {state}")]
    if "ack_p50_ms" in view:
        acks = (f"{view['ack_p50_ms']:.0f} ms", f"{view['ack_p95_ms']:.0f} ms", "")
        rows.append(("  webhook acknowledged", *acks))
    return rows


def _engine_rows(name: str, engine: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    backlog = engine["backlog"]
    title = f"claim before {backlog['jobs']} jobs in a lane, {name}"
    claims = (f"{backlog['claim_p50_ms']:.0f} ms", "", f"p99 {backlog['claim_p99_ms']:.0f} ms")
    put = f"{backlog['put_per_second']:.0f} a second"
    return [(f"jobs, {name}", "", "", f"{engine['per_second']:.0f} a second"),
            (f"jobs put, {name}", "", "", put), (title, *claims)]  # fmt: skip


def _line(row: tuple[str, str, str, str]) -> str:
    return f"{row[0]:<48} {row[1]:>9} {row[2]:>9}   {row[3]}".rstrip()
