"""What the HTTP door counts, in a registry of its own, and gauges that others hand in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a gauge at this moment: queue depth, age of the oldest job, budget left."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


Gauges = Callable[[], Awaitable[Sequence[Sample]]]

_ACK_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
"""Seconds. Meta asks for a median below 0.25 s and under 1 % above 1 s (Meta: create-webhook-endpoint, 2025-11)."""


class DoorMetrics:
    """Counters of the door. `registry` is open to other collectors of the process."""

    def __init__(self, gauges: Gauges | None = None) -> None:
        self.registry = CollectorRegistry()
        self._gauges = gauges
        self.webhooks = Counter(
            "topicdesk_webhooks", "Webhooks by sender and answer", ("source", "status"), registry=self.registry
        )
        self.rows = Counter("topicdesk_webhook_rows", "Raw rows handed on", ("source",), registry=self.registry)
        self.unknown_numbers = Counter(
            "topicdesk_webhook_unknown_numbers",
            "Parts of webhooks for numbers that no line has",
            registry=self.registry,
        )
        self.bad_signatures = Counter(
            "topicdesk_webhook_bad_signatures", "Webhooks whose signature or secret is wrong or missing", ("source",),
            registry=self.registry,
        )  # fmt: skip
        self.ack_seconds = Histogram(
            "topicdesk_webhook_ack_seconds", "From request to answer", ("source",),
            buckets=_ACK_BUCKETS, registry=self.registry,
        )  # fmt: skip

    async def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        samples = await self._gauges() if self._gauges else ()
        passing = CollectorRegistry()
        if samples:
            passing.register(_Passing(samples))
        return generate_latest(self.registry) + (generate_latest(passing) if samples else b"")


class _Passing:
    """A collector of values that are read once per scrape."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._samples = samples

    def collect(self) -> list[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for sample in self._samples:
            labels = tuple(sample.labels)
            family = families.setdefault(sample.name, GaugeMetricFamily(sample.name, sample.help, labels=labels))
            family.add_metric([sample.labels[label] for label in labels], sample.value)
        return list(families.values())
