"""The sandbox's templates and everything else around messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.graph import GraphSandbox, defaults
from tests.contract.graph_desk import Business, Desk, error, quick, wamid

TEMPLATES = f"{defaults.WABA_ID}/message_templates"


@pytest.fixture
async def graph(desk: Desk) -> AsyncIterator[GraphSandbox]:
    async with GraphSandbox.start(callback=desk.url) as started:
        quick(started, template_review_seconds=0.0)
        started.create_customer("Ann", wa_id="12125550101")
        yield started


def words(*values: str, **named: str) -> list[dict[str, Any]]:
    plain = [{"type": "text", "text": value} for value in values]
    return plain + [{"type": "text", "parameter_name": name, "text": text} for name, text in named.items()]


def picture(kind: str = "image") -> dict[str, Any]:
    return {"type": "header", "parameters": [{"type": kind, kind: {"link": "https://example.com/x"}}]}


async def send(
    business: Business, name: str, components: list[dict[str, Any]] | None = None, language: str = "en_US"
) -> Any:
    template: dict[str, Any] = {"name": name, "language": {"code": language}}
    if components is not None:
        template["components"] = components
    return await business.send("12125550101", type="template", template=template)


async def test_pages_end_without_next(graph: GraphSandbox, business: Business) -> None:
    for n in range(20):
        graph.template(f"extra_{n}", "en_US", [{"type": "BODY", "text": "x"}])
    names: list[str] = []
    page = (await business.client.get(TEMPLATES, params={"limit": 10, "fields": "name,status"})).json()
    while True:
        names += [template["name"] for template in page["data"]]
        assert set(page["data"][0]) == {"id", "name", "status"}
        if "next" not in page["paging"]:
            break
        page = (await business.client.get(page["paging"]["next"])).json()
    assert len(names) == 25
    assert names.count("order_on_its_way") == 2


async def test_filters_and_bad_cursors(business: Business) -> None:
    found = (await business.client.get(TEMPLATES, params={"status": "PAUSED"})).json()["data"]
    assert [template["name"] for template in found] == ["paused_offer"]
    query = {"name": "order_on_its_way", "language": "zh_CN"}
    assert len((await business.client.get(TEMPLATES, params=query)).json()["data"]) == 1
    assert error(await business.client.get(TEMPLATES, params={"after": "nonsense"})) == (400, 131059)
    assert error(await business.client.get(TEMPLATES, params={"limit": "x"})) == (400, 100)


async def test_review_tells_the_product(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    body = {
        "name": "new_one",
        "language": "en_US",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Dear {{1}}, hello."}],
    }
    graph.knobs(template_review_seconds=60.0)
    made = (await business.client.post(TEMPLATES, json=body)).json()
    assert made["status"] == "PENDING"
    assert error(await send(business, "new_one", [])) == (404, 132001)
    graph.state.clock.advance(61)
    await graph.quiet()
    event = desk.values("message_template_status_update")[0]
    assert (event["event"], event["message_template_id"]) == ("APPROVED", int(made["id"]))
    graph.knobs(template_review_seconds=0.0)
    bad = {**body, "name": "bad_one", "components": [{"type": "BODY", "text": "{{1}} first"}]}
    await business.client.post(TEMPLATES, json=bad)
    await graph.quiet()
    assert desk.values("message_template_status_update")[1]["reason"] == "INVALID_FORMAT"
    assert error(await business.client.post(TEMPLATES, json=body)) == (400, 100)
    assert error(await business.client.post(TEMPLATES, json={**body, "name": "Not Good"})) == (400, 100)
    assert error(await business.client.post(TEMPLATES, json={**body, "category": "FUN"})) == (400, 100)


async def test_edit_delete_and_the_thirty_days(graph: GraphSandbox, business: Business) -> None:
    template = graph.state.templates.find("hello_world", "en_US")
    assert template is not None
    changed = {"components": [{"type": "BODY", "text": "Changed."}]}
    assert (await business.client.post(template.id, json=changed)).json() == {"success": True}
    assert (await business.client.get(template.id)).status_code == 200
    await graph.quiet()
    assert (await business.client.get(template.id)).json()["components"] == changed["components"]
    query = {"name": "hello_world"}
    assert (await business.client.delete(TEMPLATES, params=query)).json() == {"success": True}
    assert error(await business.client.delete(TEMPLATES, params=query)) == (400, 100)
    again = {"name": "hello_world", "language": "en_US", "category": "UTILITY", **changed}
    assert (await business.client.post(TEMPLATES, json=again)).json()["error"]["error_subcode"] == 2388023
    graph.state.clock.advance(30 * 86400)
    assert (await business.client.post(TEMPLATES, json=again)).status_code == 200


SALE = words(first_name="Ann", end_date="Friday")
REFUSED: list[tuple[str, list[dict[str, Any]], int]] = [
    ("order_on_its_way", [], 132000),
    ("order_on_its_way", [{"type": "body", "parameters": words("a")}], 132000),
    ("order_on_its_way", [{"type": "body", "parameters": words("a", "b", "c")}], 132000),
    ("order_on_its_way", [{"type": "body", "parameters": words("a", "")}], 131008),
    ("order_on_its_way", [{"type": "body", "parameters": words("a", "x" * 1100)}], 132005),
    ("hello_world", [{"type": "header", "parameters": words("a")}], 132000),
    ("season_sale", [{"type": "body", "parameters": SALE}], 132012),
    ("season_sale", [picture("video"), {"type": "body", "parameters": SALE}], 132012),
    ("season_sale", [picture(), {"type": "body", "parameters": words("a", "b")}], 132012),
    ("paused_offer", [], 132015),
]


@pytest.mark.parametrize(("name", "components", "code"), REFUSED)
async def test_templates_that_do_not_fit(
    name: str, components: list[dict[str, Any]], code: int, business: Business
) -> None:
    assert error(await send(business, name, components)) == (400, code)


async def test_unknown_templates_are_404(business: Business) -> None:
    assert error(await send(business, "nobody")) == (404, 132001)
    assert error(await send(business, "hello_world", language="fr")) == (404, 132001)


async def test_templates_pass_a_closed_window(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    components = [{"type": "body", "parameters": words("安", "42")}]
    answer = await send(business, "order_on_its_way", components, "zh_CN")
    assert answer.json()["messages"][0]["message_status"] == "accepted"
    await graph.quiet()
    assert desk.names_of(wamid(answer)) == ["sent", "delivered", "read"]
    assert graph.sent_texts("c1") == ["安 您好，您的订单 42 已发出。"]


async def test_quick_reply_comes_back_as_button(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    reply = {"type": "button", "sub_type": "quick_reply", "index": "0"}
    reply["parameters"] = [{"type": "payload", "payload": "more-7"}]
    components = [picture(), {"type": "body", "parameters": SALE}, reply]
    sent = wamid(await send(business, "season_sale", components))
    graph.press("c1", sent, "Tell me more")
    await graph.quiet()
    assert desk.messages[-1]["button"] == {"payload": "more-7", "text": "Tell me more"}
    assert desk.messages[-1]["context"]["id"] == sent
    with pytest.raises(ValueError, match="no such button"):
        graph.press("c1", sent, "Nothing")


async def test_people_who_stopped_marketing(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    graph.change_customer("c1", marketing_stopped=True)
    components = [picture(), {"type": "body", "parameters": SALE}]
    await send(business, "season_sale", components)
    await graph.quiet()
    assert desk.statuses[-1]["errors"][0]["code"] == 131050


async def test_blocked_people_are_not_heard(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    path = f"{business.number}/block_users"
    body = {"messaging_product": "whatsapp", "block_users": [{"user": "+12125550101"}]}
    refused = (await business.client.post(path, json=body)).json()["block_users"]
    assert (refused["added_users"], refused["failed_users"][0]["input"]) == ([], "+12125550101")
    graph.say("c1", "first")
    added = (await business.client.post(path, json=body)).json()["block_users"]["added_users"]
    assert added == [{"input": "+12125550101", "wa_id": "12125550101"}]
    assert [user["wa_id"] for user in (await business.client.get(path)).json()["data"]] == ["12125550101"]
    graph.say("c1", "unheard")
    await business.client.request("DELETE", path, json=body)
    graph.say("c1", "heard")
    await graph.quiet()
    assert [message["text"]["body"] for message in desk.messages] == ["first", "heard"]


async def test_profile(business: Business) -> None:
    path = f"{business.number}/whatsapp_business_profile"
    body = {"messaging_product": "whatsapp", "about": "Open daily", "websites": ["https://example.com"]}
    assert (await business.client.post(path, json=body)).json() == {"success": True}
    profile = (await business.client.get(path, params={"fields": "about"})).json()
    assert profile == {"data": [{"about": "Open daily", "messaging_product": "whatsapp"}]}
    assert error(await business.client.post(path, json={**body, "mood": "good"})) == (400, 100)
    assert error(await business.client.post(path, json={**body, "about": "x" * 140})) == (400, 100)


async def test_numbers_of_the_account(business: Business) -> None:
    body = {"cc": "1", "phone_number": "6315551000", "verified_name": "Second"}
    made = (await business.client.post(f"{defaults.WABA_ID}/phone_numbers", json=body)).json()["id"]
    found = (await business.client.get(f"{defaults.WABA_ID}/phone_numbers")).json()["data"]
    assert [(number["id"], number["status"]) for number in found] == [
        (business.number, "CONNECTED"),
        (made, "PENDING"),
    ]
    assert error(await business.client.get(business.number, params={"fields": "nonsense"})) == (400, 100)
