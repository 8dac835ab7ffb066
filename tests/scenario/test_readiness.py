"""/readyz tells an operator which part is not well."""

from typing import Any

import httpx

from tests.scenario.house import World
from tests.waiting import until


async def test_a_stopped_line_shows(desk: World) -> None:
    assert desk.process is not None
    address = f"{desk.process.address}/readyz"
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    desk.graph.token("expired")
    desk.tg.message(text="hello", thread=thread)
    await until(lambda: [words for words in desk.texts(None) if "WhatsApp" in words])
    async with httpx.AsyncClient() as http:
        answer = await http.get(address)
    lines: dict[str, Any] = answer.json()["checks"]["lines"]
    assert (answer.status_code, lines["ok"]) == (503, False)
    assert "WhatsApp" in lines["detail"]
