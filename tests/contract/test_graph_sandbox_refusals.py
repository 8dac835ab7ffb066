"""What the sandbox Graph API refuses, with which code, and what it refuses late."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.graph import GraphSandbox, defaults
from sandbox.graph.people import Customer
from tests.contract.graph_desk import Business, Desk, error, wamid


@pytest.fixture
async def ann(graph: GraphSandbox) -> Customer:
    """A customer with an open window."""
    customer = graph.create_customer("Ann", wa_id="12125550101")
    graph.say(customer, "hi")
    return customer


def buttons(*titles: str) -> dict[str, Any]:
    made = [{"type": "reply", "reply": {"id": title, "title": title}} for title in titles]
    return {"type": "button", "body": {"text": "pick"}, "action": {"buttons": made}}


def rows(count: int) -> dict[str, Any]:
    made = [{"id": f"r{n}", "title": f"row {n}"} for n in range(count)]
    action = {"button": "Pick", "sections": [{"title": "All", "rows": made}]}
    return {"type": "list", "body": {"text": "pick"}, "action": action}


WRONG: list[tuple[dict[str, Any], int]] = [
    ({"type": "poem"}, 100),
    ({"type": 7}, 100),
    ({"text": {"body": ""}}, 100),
    ({"text": {}}, 100),
    ({"text": "plain"}, 100),
    ({"text": {"body": "x" * 4097}}, 100),
    ({"text": {"body": "x", "bold": True}}, 100),
    ({"colour": "red"}, 100),
    ({"messaging_product": "telegram"}, 100),
    ({"messaging_product": None}, 100),
    ({"to": None}, 100),
    ({"to": "12"}, 131009),
    ({"to": defaults.DISPLAY_PHONE_NUMBER}, 131021),
    ({"biz_opaque_callback_data": "x" * 513}, 100),
    ({"context": {}}, 100),
    ({"type": "image", "image": {"id": "1"}}, 100),
    ({"type": "image", "image": {"id": "1", "link": "https://example.com"}}, 100),
    ({"type": "image", "image": {"link": "ftp://example.com"}}, 100),
    ({"type": "image", "image": {"link": "https://example.com", "caption": "x" * 1025}}, 100),
    ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, 100),
    ({"type": "location", "location": {"longitude": 0}}, 100),
    ({"type": "contacts", "contacts": []}, 100),
    ({"type": "contacts", "contacts": [{"phones": [{"phone": "+1"}]}]}, 100),
    ({"type": "reaction", "reaction": {"emoji": "x"}}, 100),
    ({"type": "reaction", "reaction": {"message_id": "m", "emoji": "x"}, "context": {"message_id": "m"}}, 100),
    ({"type": "interactive", "interactive": buttons("a", "b", "c", "d")}, 131009),
    ({"type": "interactive", "interactive": buttons("x" * 21)}, 131009),
    ({"type": "interactive", "interactive": buttons("same", "same")}, 131009),
    ({"type": "interactive", "interactive": rows(11)}, 131009),
    ({"type": "interactive", "interactive": {"type": "quiz", "action": {}}}, 100),
    ({"type": "template", "template": {"name": "hello_world", "language": {}}}, 100),
]


@pytest.mark.parametrize(("change", "code"), WRONG)
async def test_wrong_bodies(change: dict[str, Any], code: int, business: Business, ann: Customer) -> None:
    answer = await business.send(str(ann.wa_id), **change)
    assert error(answer) == (400, code)
    assert answer.json()["error"]["type"] == "OAuthException"
    assert answer.json()["error"]["fbtrace_id"]


async def test_limits_are_inclusive(business: Business, ann: Customer) -> None:
    assert (await business.send(str(ann.wa_id), "x" * 4096)).status_code == 200
    for content in (buttons("x" * 20, "b", "c"), rows(10)):
        answer = await business.send(str(ann.wa_id), type="interactive", interactive=content)
        assert answer.status_code == 200


async def test_unknown_objects_are_33(business: Business, ann: Customer) -> None:
    answer = await business.send(str(ann.wa_id), type="image", image={"id": "999"})
    assert (error(answer), answer.json()["error"]["error_subcode"]) == ((400, 100), 33)
    for path in ("12345", "12345/phone_numbers", "12345/message_templates"):
        answer = await business.client.get(path)
        assert (error(answer), answer.json()["error"]["error_subcode"]) == ((400, 100), 33)
    answer = await business.client.post("12345/messages", json={})
    assert answer.json()["error"]["error_subcode"] == 33
    assert error(await business.client.get("a/b/c")) == (400, 2500)


async def test_broken_json(business: Business) -> None:
    for broken in (b"{", b"[]", b"\xff\xfe"):
        assert error(await business.client.post(f"{business.number}/messages", content=broken)) == (400, 100)


async def test_tokens(graph: GraphSandbox, business: Business, ann: Customer) -> None:
    graph.token("expired")
    answer = await business.send(str(ann.wa_id))
    assert (error(answer), answer.json()["error"]["error_subcode"]) == ((401, 190), 463)
    graph.token("revoked")
    answer = await business.send(str(ann.wa_id))
    assert (error(answer), "error_subcode" in answer.json()["error"]) == ((401, 190), False)
    graph.token("valid")
    assert (await business.send(str(ann.wa_id))).status_code == 200
    async with httpx.AsyncClient(base_url=graph.base_url) as stranger:
        assert error(await stranger.get(f"/v24.0/{business.number}")) == (401, 190)
    facts = (await business.client.get("debug_token", params={"input_token": defaults.ACCESS_TOKEN})).json()
    assert facts["data"]["is_valid"] is True


async def test_number_must_be_registered(business: Business, ann: Customer) -> None:
    assert (await business.client.post(f"{business.number}/deregister")).json() == {"success": True}
    assert error(await business.send(str(ann.wa_id))) == (400, 133010)
    pin = {"messaging_product": "whatsapp", "pin": "123456"}
    assert (await business.client.post(f"{business.number}/register", json=pin)).json() == {"success": True}
    assert (await business.send(str(ann.wa_id))).status_code == 200
    wrong = await business.client.post(f"{business.number}/register", json={**pin, "pin": "654321"})
    assert error(wrong) == (400, 133005)


async def test_closed_window_late_and_at_once(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    customer = graph.create_customer("Bob")
    late = await business.send(str(customer.wa_id), biz_opaque_callback_data="ob:9")
    assert late.status_code == 200
    await graph.quiet()
    assert desk.names_of(wamid(late)) == ["failed"]
    value = desk.values()[-1]
    assert "contacts" not in value
    status = value["statuses"][0]
    assert (status["errors"][0]["code"], status["biz_opaque_callback_data"]) == (131047, "ob:9")
    assert "pricing" not in status
    assert graph.sent_texts(customer.id) == []
    graph.knobs(window="sync")
    assert error(await business.send(str(customer.wa_id))) == (400, 131047)
    graph.say(customer, "I am here")
    assert (await business.send(str(customer.wa_id))).status_code == 200
    graph.state.clock.advance(86401)
    assert error(await business.send(str(customer.wa_id))) == (400, 131047)


async def test_pair_pacing_fills_again(graph: GraphSandbox, business: Business, ann: Customer) -> None:
    graph.state.clock.freeze()
    graph.knobs(throughput=0)
    codes = [(await business.send(str(ann.wa_id))).status_code for _ in range(46)]
    assert codes == [200] * 45 + [400]
    assert error(await business.send(str(ann.wa_id))) == (400, 131056)
    graph.state.clock.advance(6)
    assert (await business.send(str(ann.wa_id))).status_code == 200
    assert error(await business.send(str(ann.wa_id))) == (400, 131056)


async def test_throughput_counts_both_directions(graph: GraphSandbox, business: Business) -> None:
    graph.state.clock.freeze()
    graph.knobs(throughput=3, throttle_http=429)
    ann, bob = graph.create_customer("Ann"), graph.create_customer("Bob")
    graph.say(ann, "1")
    graph.say(bob, "2")
    assert (await business.send(str(ann.wa_id))).status_code == 200
    answer = await business.send(str(bob.wa_id))
    assert error(answer) == (429, 130429)
    assert answer.headers["Retry-After"] == "1"
    assert "estimated_time_to_regain_access" in answer.headers["X-Business-Use-Case-Usage"]
    graph.state.clock.advance(1.01)
    assert (await business.send(str(bob.wa_id))).status_code == 200


async def test_people_without_whatsapp(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    graph.knobs(unknown_recipients="undeliverable")
    sent = wamid(await business.send("+442079460000"))
    await graph.quiet()
    assert desk.names_of(sent) == ["failed"]
    assert desk.statuses[-1]["errors"][0]["code"] == 131026


async def test_reactions(graph: GraphSandbox, desk: Desk, business: Business, ann: Customer) -> None:
    target = graph.messages(ann.id)[0]
    good = {"message_id": target.id, "emoji": "👍"}
    sent = wamid(await business.send(str(ann.wa_id), type="reaction", reaction=good))
    await graph.quiet()
    assert desk.names_of(sent) == ["sent"]
    assert target.reactions == {"business": "👍"}
    await business.send(str(ann.wa_id), type="reaction", reaction={**good, "emoji": ""})
    assert target.reactions == {}
    graph.state.clock.advance(31 * 86400)
    graph.say(ann, "back")
    sent = wamid(await business.send(str(ann.wa_id), type="reaction", reaction=good))
    await graph.quiet()
    assert desk.names_of(sent) == ["failed"]
    assert desk.statuses[-1]["errors"][0]["code"] == 131009
    assert target.reactions == {}


async def test_read_marks_need_a_message_of_the_customer(business: Business, ann: Customer) -> None:
    sent = wamid(await business.send(str(ann.wa_id)))
    for message_id in (sent, "wamid.unknown"):
        body = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
        assert error(await business.post(body)) == (400, 100)


async def test_bsuid_recipients(graph: GraphSandbox, business: Business) -> None:
    hidden = graph.create_customer("Kim", wa_id=None, username="@kim")
    graph.say(hidden, "hi")
    body = {"messaging_product": "whatsapp", "recipient": hidden.user_id, "type": "text", "text": {"body": "x"}}
    answer = await business.post(body)
    assert answer.json()["contacts"] == [{"input": hidden.user_id, "user_id": hidden.user_id}]
    assert graph.sent_texts(hidden.id) == ["x"]
    assert error(await business.post({**body, "recipient": "US.1"})) == (400, 131009)
    assert error(await business.send(str(hidden.user_id))) == (400, 131009)
    graph.template("code", "en_US", [{"type": "BODY", "add_security_recommendation": True}], category="AUTHENTICATION")
    text = [{"type": "body", "parameters": [{"type": "text", "text": "1234"}]}]
    template = {"name": "code", "language": {"code": "en_US"}, "components": text}
    body = {"messaging_product": "whatsapp", "recipient": hidden.user_id, "type": "template", "template": template}
    assert error(await business.post(body)) == (400, 131062)


FAULTS: list[tuple[dict[str, Any], tuple[int, int | None]]] = [
    ({"kind": "error", "code": 131026}, (400, 131026)),
    ({"kind": "error", "code": 2}, (503, 2)),
    ({"kind": "error", "code": 131000}, (500, 131000)),
    ({"kind": "error", "code": 131031}, (403, 131031)),
    ({"kind": "error", "code": 80007, "http": 429, "retry_after": 3}, (429, 80007)),
    ({"kind": "http", "http": 502}, (502, None)),
]


@pytest.mark.parametrize(("fault", "seen"), FAULTS)
async def test_faults_before_accepting(
    fault: dict[str, Any], seen: tuple[int, int | None], graph: GraphSandbox, business: Business, ann: Customer
) -> None:
    graph.fault(times=2, **fault)
    for _ in range(2):
        answer = await business.send(str(ann.wa_id))
        assert answer.status_code == seen[0]
        if seen[1] is not None:
            assert answer.json()["error"]["code"] == seen[1]
    assert graph.sent_texts(ann.id) == []
    assert (await business.send(str(ann.wa_id))).status_code == 200


async def test_every_third_call_fails(graph: GraphSandbox, business: Business, ann: Customer) -> None:
    graph.fault("error", every=3, times=0)
    codes = [(await business.send(str(ann.wa_id))).status_code for _ in range(6)]
    assert codes == [200, 200, 500, 200, 200, 500]


async def test_fault_looks_into_the_body(graph: GraphSandbox, business: Business, ann: Customer) -> None:
    graph.fault("error", contains="bad luck", times=0)
    assert (await business.send(str(ann.wa_id), "bad luck")).status_code == 500
    assert (await business.send(str(ann.wa_id), "luck")).status_code == 200


async def test_accepted_then_failed(graph: GraphSandbox, desk: Desk, business: Business, ann: Customer) -> None:
    graph.fault("status", code=131049)
    sent = wamid(await business.send(str(ann.wa_id)))
    await graph.quiet()
    assert desk.names_of(sent) == ["failed"]
    assert desk.statuses[-1]["errors"][0]["code"] == 131049


@pytest.mark.parametrize(
    ("kind", "accepted"), [("reset_before", 0), ("reset_after", 1), ("hang", 0), ("hang_after", 1)]
)
async def test_no_answer(kind: str, accepted: int, graph: GraphSandbox, business: Business, ann: Customer) -> None:
    graph.fault(kind)
    business.client.timeout = httpx.Timeout(0.2)
    with pytest.raises(httpx.TransportError):
        await business.send(str(ann.wa_id))
    assert len(graph.sent_texts(ann.id)) == accepted


async def test_accepted_but_answered_with_an_error(graph: GraphSandbox, business: Business, ann: Customer) -> None:
    graph.fault("error_after", code=131000)
    assert error(await business.send(str(ann.wa_id), "there")) == (500, 131000)
    assert graph.sent_texts(ann.id) == ["there"]
    assert graph.calls()[-1].accepted is True


async def test_numbers_given_up_lead_nowhere(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    customer = graph.create_customer("Ann", wa_id="12125550101")
    graph.say(customer, "hi")
    graph.change_number(customer.id, "12195550199")
    sent = wamid(await business.send("+12125550101"))
    assert (await business.send("+12195550199", "found")).status_code == 200
    await graph.quiet()
    assert desk.names_of(sent) == ["failed"]
    assert graph.sent_texts(customer.id) == ["found"]


@pytest.mark.parametrize(("known", "used"), [("551187654321", "+5511987654321"), ("5215512345678", "+525512345678")])
async def test_old_notations_are_found(known: str, used: str, graph: GraphSandbox, business: Business) -> None:
    customer = graph.create_customer("Ann", wa_id=known)
    graph.say(customer, "hi")
    assert (await business.send(used)).json()["contacts"] == [{"input": used, "wa_id": known}]


PARAMETERS = [{"type": "text", "text": "Ann"}, {"type": "text", "text": "42"}]
TEMPLATE = {
    "name": "order_on_its_way",
    "language": {"code": "en_US"},
    "components": [{"type": "body", "parameters": PARAMETERS}],
}
SOUND: list[dict[str, Any]] = [
    {"type": "text", "text": {"body": "x"}, "context": {"message_id": "wamid.x"}},
    {"type": "image", "image": {"link": "https://example.com", "caption": "x"}},
    {"type": "interactive", "interactive": rows(2)},
    {"type": "template", "template": TEMPLATE},
    {"type": "contacts", "contacts": [{"name": {"formatted_name": "L G"}, "phones": [{"phone": "+1"}]}]},
]
ODD = (None, -1, True, "", [], {}, [None], {"a": 1})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a value has something that can be spoilt."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


def spoilt(body: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    copied = copy.deepcopy(body)
    place: Any = copied
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copied


@pytest.mark.parametrize("content", SOUND, ids=lambda content: content["type"])
async def test_odd_values_are_refused_not_stumbled_over(
    content: dict[str, Any], graph: GraphSandbox, business: Business, ann: Customer
) -> None:
    graph.knobs(pair_pacing=False, throughput=0)
    body = {"messaging_product": "whatsapp", "to": "+12125550101", **content}
    assert (await business.post(body)).status_code == 200
    refused = 0
    for path in places(body):
        for value in ODD:
            answer = await business.post(spoilt(body, path, value))
            assert answer.status_code in (200, 400, 404), (path, value, answer.text)
            refused += answer.status_code != 200 and bool(answer.json()["error"]["message"])
    assert refused > 20
