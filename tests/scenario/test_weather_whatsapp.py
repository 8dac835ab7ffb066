"""Bad weather on WhatsApp's side: gone, slow, full, suspicious. Staff see the truth, customers get each word once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.crash.product import free_port
from tests.scenario.house import World
from tests.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""The weather outside is the same for both databases."""


async def started(desk: World, name: str = "Ann") -> tuple[Any, int]:
    customer = desk.graph.create_customer(name)
    desk.graph.say(customer, "hi")
    thread = await desk.topic(name)
    await desk.see(thread, "hi")
    return customer, thread


@asynccontextmanager
async def road_to(url: str, port: int) -> AsyncIterator[None]:
    """While inside, this port leads to that address."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
        await asyncio.gather(pour(reader, there[1]), pour(there[0], writer))

    async def pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while piece := await source.read(65536):
            target.write(piece)
        target.close()

    server = await asyncio.start_server(carry, "127.0.0.1", port)
    yield
    server.close()


async def test_unreachable_answers_wait_and_go_out_in_order(world: World) -> None:
    port = free_port()
    whatsapp = world.settings.whatsapp.model_copy(update={"api_base": f"http://127.0.0.1:{port}"})
    world.settings = replace(world.settings, whatsapp=whatsapp)
    async with world.open():
        ann, thread = await started(world)
        answers = [world.tg.message(text=text, thread=thread) for text in ("one", "two")]
        await world.mark(answers[1]["id"], "✍")
        async with road_to(world.graph.base_url, port):
            await until(lambda: world.graph.sent_texts(ann.id) == ["one", "two"])
            for answer in answers:
                await world.mark(answer["id"], "👀")


@pytest.mark.parametrize("code", [130429, 131056, 80007])
async def test_asked_to_slow_down_it_waits_and_sends_once(desk: World, code: int) -> None:
    ann, thread = await started(desk)
    desk.graph.fault("error", op="messages", code=code, times=1, retry_after=1)
    answer = desk.tg.message(text="slowly", thread=thread)
    desk.tg.message(text="and steadily", thread=thread)
    await until(lambda: len(desk.graph.sent_texts(ann.id)) == 2)
    assert desk.graph.sent_texts(ann.id) == ["slowly", "and steadily"]
    await desk.mark(answer["id"], "👀")


@pytest.mark.parametrize("fault", [{"kind": "error", "code": 131000, "http": 500}, {"kind": "http", "http": 502}])
async def test_a_server_error_is_never_a_second_message(desk: World, fault: dict[str, Any]) -> None:
    """Nobody can tell whether a 500 sent it or not: it goes out once, or staff are asked."""
    ann, thread = await started(desk)
    desk.graph.fault(op="messages", times=1, **fault)
    desk.tg.message(text="once", thread=thread)
    await until(
        lambda: (
            desk.graph.sent_texts(ann.id) == ["once"]
            or [words for words in desk.texts(thread) if "may or may not" in words]
        ),
    )


@pytest.mark.parametrize("fault", [{"kind": "error_after", "code": 131000, "http": 500}, {"kind": "reset_after"}])
async def test_an_error_after_all_was_done_is_no_second_message(desk: World, fault: dict[str, Any]) -> None:
    ann, thread = await started(desk)
    desk.graph.fault(op="messages", times=1, **fault)
    answer = desk.tg.message(text="once", thread=thread)
    await desk.mark(answer["id"], "👀")
    desk.tg.message(text="next", thread=thread)
    await until(lambda: "next" in desk.graph.sent_texts(ann.id))
    assert desk.graph.sent_texts(ann.id) == ["once", "next"]


async def test_an_expired_token_holds_the_line_and_staff_are_told_once(world: World) -> None:
    async with world.open():
        ann, thread = await started(world)
        world.graph.token("expired")
        for text in ("one", "two"):
            world.tg.message(text=text, thread=thread)
        await until(lambda: [words for words in world.texts(None) if "WhatsApp" in words])
        assert world.graph.sent_texts(ann.id) == []
    world.graph.token("valid")
    async with world.open():
        await until(lambda: world.graph.sent_texts(ann.id) == ["one", "two"])
    assert len([words for words in world.texts(None) if "WhatsApp" in words]) == 1


async def test_webhooks_twice_in_batches_and_out_of_order(desk: World) -> None:
    ann, thread = await started(desk)
    desk.graph.knobs(duplicate_every=1, batch=4, batch_wait=0.1, batch_shape="entries", statuses_before_response=True)
    desk.graph.say_many(ann, [{"text": f"word {number}"} for number in range(6)], batch=True)
    await desk.see(thread, "word 5")
    answers = [desk.tg.message(text=f"answer {number}", thread=thread) for number in range(3)]
    await until(lambda: len(desk.graph.sent_texts(ann.id)) == 3)
    desk.graph.knobs(shuffle=True, concurrency=4)
    answers.append(desk.tg.message(text="answer 3", thread=thread))
    for answer in answers:
        await desk.mark(answer["id"], "👀")
    sent = [message for message in desk.graph.messages(ann.id) if message.direction == "out"]
    for message in sent:
        desk.graph.status(message.id, "sent")
        desk.graph.status(message.id, "delivered")
    await desk.graph.quiet()
    shown = "\n".join(desk.texts(thread))
    assert [shown.count(f"word {number}") for number in range(6)] == [1] * 6
    assert desk.graph.sent_texts(ann.id) == [f"answer {number}" for number in range(4)]
    assert [desk.mark_of(answer["id"]) for answer in answers] == ["👀"] * 4
