"""Raw intake: committed first, acknowledged after; and nothing jams it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.client import TelegramClient
from bot.poller import ALLOWED_UPDATES, Poller, order_key, update_kind
from core.errors import Busy, Down, LineTrouble
from sandbox.telegram import TelegramSandbox


class Rows:
    """A table of updates that can be told to fail."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self.failing = 0

    async def accept(self, bot_id: int, updates: list[dict[str, Any]]) -> None:
        assert bot_id == TelegramSandbox.bot_id
        if self.failing:
            self.failing -= 1
            raise OSError("disk full")
        for update in updates:
            if update["update_id"] not in {each["update_id"] for each in self.kept}:
                self.kept.append(update)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.kept if "text" in update.get("message", {})]


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def poller(client: TelegramClient, rows: Rows) -> Poller:
    return Poller(client, rows.accept, wait=0)


@contextlib.asynccontextmanager
async def running(poller: Poller) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(poller.run())
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - polling is how a test waits for the world
            await asyncio.sleep(0.01)


async def test_updates_are_kept_in_order_and_then_acknowledged(tg: TelegramSandbox, poller: Poller, rows: Rows) -> None:
    for number in range(3):
        tg.message(text=f"line {number}")
    assert await poller.step() == 0
    assert rows.texts() == ["line 0", "line 1", "line 2"]
    assert tg.pending_updates() == 3, "the next call acknowledges, not this one"
    await poller.step()
    assert tg.pending_updates() == 0


async def test_what_could_not_be_kept_is_asked_for_again(tg: TelegramSandbox, poller: Poller, rows: Rows) -> None:
    rows.failing = 1
    tg.message(text="precious")
    assert await poller.step() > 0
    assert (rows.kept, poller.offset) == ([], 0)
    assert await poller.step() == 0
    assert rows.texts() == ["precious"]


async def test_an_update_nobody_understands_is_kept_and_jams_nothing(
    tg: TelegramSandbox, poller: Poller, rows: Rows
) -> None:
    tg.update(body={"message": {"chat": "?", "rich_text": [{"type": "never seen"}]}})
    tg.message(text="after it")
    await poller.step()
    assert len(rows.kept) == 2
    assert rows.texts() == ["after it"]


async def test_updates_that_come_twice_or_swapped_are_kept_in_order(
    tg: TelegramSandbox, poller: Poller, rows: Rows
) -> None:
    tg.update_faults(duplicates=2, swaps=1)
    for number in range(6):
        tg.message(text=str(number))
    while tg.pending_updates():
        await poller.step()
    assert rows.texts() == list("012345")


async def test_every_kind_we_read_is_named(tg: TelegramSandbox, poller: Poller) -> None:
    await poller.step()
    (bot,) = tg.view()["bots"]
    assert set(bot["allowed_updates"]) == set(ALLOWED_UPDATES)
    assert {"message_reaction", "chat_member"} <= set(ALLOWED_UPDATES)


async def test_an_old_webhook_is_taken_away_at_start(
    tg: TelegramSandbox, client: TelegramClient, poller: Poller, rows: Rows
) -> None:
    await client.bot.set_webhook("https://127.0.0.1:9/hook")
    tg.message(text="waited")
    async with running(poller):
        await until(lambda: rows.texts() == ["waited"])


async def test_a_long_poll_is_cancelled_cleanly(tg: TelegramSandbox, client: TelegramClient, rows: Rows) -> None:
    async with running(Poller(client, rows.accept, wait=30)) as task:
        await until(lambda: tg.view()["bots"][0]["polling"])
    assert task.cancelled()
    tg.message(text="later")
    await Poller(client, rows.accept, wait=0).step()
    assert rows.texts() == ["later"]


async def test_it_goes_on_after_trouble(tg: TelegramSandbox, poller: Poller, rows: Rows) -> None:
    tg.faults(method="getUpdates", reset=True)
    tg.faults(method="deleteWebhook", code=500)
    tg.message(text="still there")
    async with running(poller):
        await until(lambda: rows.texts() == ["still there"])
    assert poller.trouble is None


async def test_each_trouble_has_its_pause(tg: TelegramSandbox, poller: Poller) -> None:
    tg.faults(method="getUpdates", code=429, retry_after=7)
    assert 7 <= await poller.step() < 9
    assert isinstance(poller.trouble, Busy)
    tg.faults(method="getUpdates", code=409)
    assert await poller.step() >= 5
    assert isinstance(poller.trouble, Down)
    tg.faults(method="getUpdates", code=401)
    assert await poller.step() >= 30
    assert isinstance(poller.trouble, LineTrouble)


async def test_pauses_grow_and_are_forgotten(tg: TelegramSandbox, poller: Poller) -> None:
    fault = tg.faults(method="getUpdates", code=500, times=12)
    pauses = [await poller.step() for _ in range(12)]
    assert fault["times"] == 12
    assert pauses[0] <= 0.5
    assert 15 <= pauses[-1] <= 30
    assert await poller.step() == 0
    tg.faults(method="getUpdates", code=500)
    assert await poller.step() <= 0.5


def chat(number: int = -100) -> dict[str, Any]:
    return {"chat": {"id": number}}


@pytest.mark.parametrize(
    ("update", "kind", "key"),
    [
        ({"message": chat() | {"message_thread_id": 7, "is_topic_message": True}}, "message", "-100:7"),
        ({"message": chat() | {"message_thread_id": 7}}, "message", "-100:0"),
        ({"edited_message": chat() | {"message_thread_id": 7, "is_topic_message": True}}, "edited_message", "-100:7"),
        (
            {
                "callback_query": {
                    "from": {"id": 5},
                    "message": chat() | {"message_thread_id": 7, "is_topic_message": 1},
                }
            },
            "callback_query",
            "-100:7",
        ),
        ({"callback_query": {"from": {"id": 5}, "inline_message_id": "x"}}, "callback_query", "user:5"),
        ({"inline_query": {"from": {"id": 5}}}, "inline_query", "user:5"),
        ({"message_reaction": chat() | {"message_id": 3}}, "message_reaction", "-100:0"),
        ({"chat_member": chat()}, "chat_member", "-100:0"),
        ({"my_chat_member": chat(5)}, "my_chat_member", "5:0"),
        ({"poll": {"id": "1"}}, "poll", "update:9"),
        ({"message": "poison"}, "message", "update:9"),
        ({"message": {"chat": []}}, "message", "update:9"),
        ({}, "unknown", "update:9"),
    ],
)
def test_what_must_stay_in_order(update: dict[str, Any], kind: str, key: str) -> None:
    update = {"update_id": 9, **update}
    assert update_kind(update) == kind
    assert order_key(update) == key
