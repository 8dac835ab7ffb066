"""Telegram refuses the bot's token: one state tells of it, everything waits, and with a token all goes on."""

from dataclasses import replace
from typing import Any

import httpx

from core.store import engine
from core.store.engine import BudgetRow
from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.waiting import until


async def started(desk: World) -> tuple[Any, int]:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    await desk.see(thread, "hi")
    return ann, thread


async def door(desk: World, path: str) -> httpx.Response:
    assert desk.process is not None
    async with httpx.AsyncClient() as http:
        return await http.get(f"{desk.process.address}{path}")


async def says_why(desk: World) -> bool:
    answer = await door(desk, "/readyz")
    return answer.status_code == 503 and "needs token" in answer.json()["checks"]["telegram"]["detail"]


async def gauge(desk: World) -> float:
    lines = (await door(desk, "/metrics")).text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith("topicdesk_telegram_needs_token "))


def refused(desk: World, method: str | None = None) -> int:
    return len([call for call in desk.tg.calls(method=method) if call["code"] == 401])


async def a_minute_later(desk: World) -> None:
    """As if the time were over after which one call finds out whether the token works again."""
    assert desk.process is not None
    store, token = desk.process.app.store, desk.process.app.house.surface.token
    async with store.write_across_tenants() as scope:
        await engine.save_budget(scope, BudgetRow(token.gate, 1, 1, 0, scope.now, None, None))
    store.wake.set()


async def _is_ready(desk: World) -> bool:
    return (await door(desk, "/readyz")).status_code == 200


async def test_a_token_that_works_again_needs_no_restart(desk: World) -> None:
    ann, thread = await started(desk)
    desk.tg.faults(method="*", bot=people.BOT_ID, code=401, times=0)
    desk.graph.say(ann, "first")
    await until(lambda: refused(desk, "sendMessage"))
    await until(lambda: says_why(desk))
    assert await gauge(desk) == 1
    for word in ("second", "third"):
        desk.graph.say(ann, word)
    assert refused(desk, "sendMessage") == 1, "nobody knocks in between"
    desk.tg.clear_faults()
    desk.tg.command(text="/help")  # ends the poll that was under way; the next one is the first call that works
    await until(lambda: desk.tg.pending_updates() == 0)
    desk.tg.command(text="/status")
    for word in ("first", "second", "third"):
        await desk.see(thread, word)
    assert await _is_ready(desk)


async def test_with_a_webhook_the_refused_token_shows_too(world: World) -> None:
    telegram = world.settings.telegram.model_copy(update={"updates": "webhook"})
    desk = world.settings.desk.model_copy(update={"public_url": "https://desk.example"})
    world.settings = replace(world.settings, telegram=telegram, desk=desk)
    world.tg.faults(method="*", bot=people.BOT_ID, code=401, times=0)
    async with world.open():
        await until(lambda: says_why(world))
        world.tg.clear_faults()
        world.graph.say(world.graph.create_customer("Ann"), "hi")
        await a_minute_later(world)
    async with world.open():
        await world.see(await world.topic("Ann"), "hi")
        await until(lambda: _is_ready(world))
