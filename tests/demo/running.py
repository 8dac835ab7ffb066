"""A demo as a user starts it: a process of its own, reached over HTTP alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
QUICK = {"TELEGRAM_POSTS_PER_MINUTE": "0", "TOPICDESK_READ_DELAY_MIN": "0", "TOPICDESK_READ_DELAY_MAX": "0.2"}
"""No budget and no waiting like a person: what is tested here is the demo."""


def until(look: Callable[[], T], seconds: float = 90) -> T:
    """The first true value of `look`."""
    deadline = time.monotonic() + seconds
    while not (value := look()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain; last seen: {value!r}"
        time.sleep(0.05)
    return value


class Demo:
    """`get` and `post` answer (status, body); `order` expects success and answers the body."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, Any]:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read(), refused.headers

    def order(self, path: str, body: Any = None) -> Any:
        status, answer, _ = self.ask("POST", path, {} if body is None else body)
        assert status == 200, answer
        return json.loads(answer)

    def see(self, path: str) -> Any:
        status, answer, _ = self.ask("GET", path)
        assert status == 200, answer
        return json.loads(answer)

    def product(self) -> dict[str, Any]:
        return self.see("/demo/status")["product"]

    def customer(self, name: str, **fields: Any) -> str:
        return self.order("/graph/sim/wa/customers", {"name": name, **fields})["phone"]["id"]

    def say(self, customer: str, text: str) -> None:
        self.order("/graph/sim/wa/say", {"customer": customer, "text": text})

    def group(self) -> dict[str, Any]:
        return next(chat for chat in self.see("/telegram/sim/tg/state")["chats"] if chat["is_forum"])

    def topic_of(self, name: str) -> dict[str, Any] | None:
        return next((topic for topic in self.group()["topics"] if name in topic["name"]), None)

    def posts(self, text: str) -> list[dict[str, Any]]:
        """Messages of the bot in the group that contain the text."""
        return [m for m in self.group()["messages"] if m["from"]["is_bot"] and text in m["text"]]

    def on_phone(self, customer: str) -> list[str]:
        """Texts of the business that reached a customer's phone."""
        phones = {phone["id"]: phone for phone in self.see("/graph/sim/wa/state")["phones"]}
        messages = [m for chat in phones[customer]["chats"] for m in chat["messages"]]
        return [m["text"] for m in messages if m["direction"] == "out" and m["status"] in ("sent", "delivered", "read")]


@contextmanager
def demo(*options: str) -> Iterator[Demo]:
    """Start a demo on a free port and end it as Ctrl+C does."""
    command = [sys.executable, "-m", "sandbox", "demo", "--no-browser", "--locale", "en", *options]
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env={**os.environ, **QUICK},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), process.stderr.read()
        found = Demo(process, address)
        found.order("/telegram/sim/tg/flood", {"enabled": False})
        yield found
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()
        process.stderr.close()
