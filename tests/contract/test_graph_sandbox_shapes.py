"""The sandbox's webhooks have the keys of Meta's own webhook samples, kind by kind."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from sandbox.graph import GraphSandbox
from sandbox.graph.people import Customer
from tests.contract import openapi
from tests.contract.graph_desk import Desk, open_business, quick
from tests.shared_data import WHATSAPP, needs_whatsapp_data

SAMPLES = WHATSAPP / "samples"

pytestmark = needs_whatsapp_data


@pytest.fixture
async def graph(desk: Desk) -> AsyncIterator[GraphSandbox]:
    """As before April 2026: Meta's samples have no BSUID yet."""
    async with GraphSandbox.start(callback=desk.url) as started:
        quick(started, quirks=["no_user_id"])
        yield started


def sample(name: str) -> Any:
    """A v25 sample by file name, else one of the OpenAPI file."""
    path = SAMPLES / f"{name}.json"
    path = path if path.exists() else openapi.FOLDER / "webhooks" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def shape(value: Any, path: str = "") -> set[str]:
    """Every key with its path and the type of what is below it."""
    if isinstance(value, dict):
        return set().union(*(shape(inner, f"{path}.{key}") for key, inner in value.items()))
    if isinstance(value, list):
        return set().union(*(shape(inner, f"{path}[]") for inner in value))
    kind = "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__
    return {f"{path}:{kind}"}


def photo(graph: GraphSandbox) -> dict[str, Any]:
    return {"id": graph.add_media(b"\xff\xd8\xff", "image/jpeg"), "caption": "see"}


PLACE = {"latitude": 1.5, "longitude": 2.5, "name": "Here", "address": "1 Road", "url": "https://example.com"}
PERSON = {
    "name": {"first_name": "L", "last_name": "G", "formatted_name": "L G"},
    "org": {"company": "C"},
    "phones": [{"phone": "+1", "wa_id": "1", "type": "MOBILE"}],
}
ORDER = {"product_retailer_id": "a", "quantity": 2, "item_price": 30, "currency": "USD"}

Act = Callable[[GraphSandbox, Customer], Any]

INBOUND: list[tuple[str, Act]] = [
    ("text-message", lambda g, c: g.say(c, "x")),
    ("image-message", lambda g, c: g.say(c, media=photo(g))),
    ("Location_Message", lambda g, c: g.say(c, location=PLACE)),
    ("Contact_Sharing_Message", lambda g, c: g.say(c, contacts=[PERSON])),
    ("Reaction_Message", lambda g, c: g.react(c.id, "wamid.x", "👍")),
    ("system-user-changed-number", lambda g, c: g.change_number(c.id, "12195550199")),
    (
        "Order_Message",
        lambda g, c: g.say(
            c,
            any={"type": "order", "content": {"catalog_id": "1", "text": "", "product_items": [ORDER]}},
        ),
    ),
    ("Unsupported_Message", lambda g, c: g.edit(c.id, g.say(c, "x").id, "y")),
]


@pytest.mark.parametrize(("name", "act"), INBOUND)
async def test_inbound(name: str, act: Act, graph: GraphSandbox, desk: Desk) -> None:
    customer = graph.create_customer("Ann", wa_id="12125550101")
    act(graph, customer)
    await graph.quiet()
    ours = shape(desk.bodies[-1])
    extra = {".entry[].changes[].value.messages[].unsupported.type:str"}
    extra |= {".entry[].changes[].value.messages[].errors[].href:str"}
    assert ours - extra == shape(sample(name))


@pytest.mark.parametrize(
    ("button", "name"),
    [("Cancel", "Interactive_Button_Reply_Message"), ("Fast", "Interactive_List_Reply_Message")],
)
async def test_presses(button: str, name: str, graph: GraphSandbox, desk: Desk) -> None:
    customer = graph.create_customer("Ann", wa_id="12125550101")
    graph.say(customer, "hi")
    if button == "Cancel":
        action: dict[str, Any] = {"buttons": [{"type": "reply", "reply": {"id": "c", "title": "Cancel"}}]}
        kind = "button"
    else:
        row = {"id": "f", "title": "Fast", "description": "tomorrow"}
        action, kind = {"button": "Pick", "sections": [{"title": "All", "rows": [row]}]}, "list"
    interactive = {"type": kind, "body": {"text": "?"}, "action": action}
    async with open_business(graph) as business:
        await business.send("12125550101", type="interactive", interactive=interactive)
    graph.press(customer.id, graph.messages(customer.id)[-1].id, button)
    await graph.quiet()
    value = next(body for body in desk.bodies if "interactive" in str(body))
    assert shape(value) == shape(sample(name))


async def test_statuses(graph: GraphSandbox, desk: Desk) -> None:
    """`sent` as on v23 with its conversation; `failed` without contacts."""
    graph.knobs(quirks=["no_user_id", "no_status_contacts"])
    customer = graph.create_customer("Ann", wa_id="12125550101")
    async with open_business(graph, "v23.0") as business:
        await business.send("12125550101", "too late")
        await graph.quiet()
        graph.say(customer, "hi")
        await business.send("12125550101", "in time")
        await graph.quiet()
    failed, sent = (next(body for body in desk.bodies if f"'{name}'" in str(body)) for name in ("failed", "sent"))
    assert shape(failed) == shape(sample("status-failed"))
    assert shape(sent) == shape(sample("status-sent"))


async def test_template_news(graph: GraphSandbox, desk: Desk) -> None:
    template = graph.state.templates.find("hello_world", "en_US")
    assert template is not None
    graph.template_status(template.id, "APPROVED")
    await graph.quiet()
    assert shape(desk.bodies[-1]) == shape(sample("template-approved"))
