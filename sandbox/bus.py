"""The stream of changes behind a stand-in's /sim events: every listener has a bounded queue of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

QUEUE_LIMIT = 2000

Event = dict[str, Any]


class Bus:
    """Publishes events to listeners. An event is built only when somebody listens."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Event | None]] = set()
        self._number = 0

    @property
    def number(self) -> int:
        """Number of the last event. A snapshot tells it, so that a page can drop what it already knows."""
        return self._number

    def publish(self, kind: str, build: Callable[[], Event]) -> None:
        """`build` returns the fields of the event; `type` and the running number `n` are added here."""
        self._number += 1
        if not self._listeners:
            return
        event = {"type": kind, "n": self._number, **build()}
        for queue in self._listeners:
            _offer(queue, event)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Event | None]]:
        """A queue of events; None on it means that the sandbox is closing."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        for queue in self._listeners:
            queue.put_nowait(None)


def _offer(queue: asyncio.Queue[Event | None], event: Event) -> None:
    """A listener that fell behind loses its backlog and is told to read the whole state again."""
    if queue.qsize() < QUEUE_LIMIT:
        queue.put_nowait(event)
        return
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait({"type": "resync", "n": event["n"]})
