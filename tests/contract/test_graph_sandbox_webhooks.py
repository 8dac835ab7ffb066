"""The sandbox's webhooks: ladders, batches, disorder, retries, prices and the odd shapes seen in life."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.graph import GraphSandbox, defaults
from sandbox.graph.people import Customer
from tests.contract.graph_desk import Business, Desk, error, open_business, wamid


@pytest.fixture
async def ann(graph: GraphSandbox, desk: Desk) -> Customer:
    """A customer with an open window; what she wrote is already forgotten by the desk."""
    customer = graph.create_customer("Ann", wa_id="12125550101", user_id="US.111")
    graph.say(customer, "hi")
    await graph.quiet()
    desk.bodies.clear()
    return customer


async def test_status_may_come_before_the_answer(
    graph: GraphSandbox, desk: Desk, business: Business, ann: Customer
) -> None:
    graph.knobs(statuses_before_response=True, delivered_delay=60.0)
    sent = wamid(await business.send(str(ann.wa_id)))
    assert desk.names_of(sent) == ["sent"]


async def test_delivered_may_be_dropped(graph: GraphSandbox, desk: Desk, business: Business, ann: Customer) -> None:
    graph.knobs(drop_delivered=True)
    sent = wamid(await business.send(str(ann.wa_id)))
    await graph.quiet()
    assert desk.names_of(sent) == ["sent", "read"]


async def test_people_who_do_not_tell(graph: GraphSandbox, desk: Desk, business: Business, ann: Customer) -> None:
    graph.change_customer(ann.id, read_receipts=False)
    first = wamid(await business.send(str(ann.wa_id)))
    await graph.quiet()
    graph.change_customer(ann.id, read_receipts=True, auto_read=False)
    second = wamid(await business.send(str(ann.wa_id)))
    await graph.quiet()
    graph.change_customer(ann.id, online=False)
    third = wamid(await business.send(str(ann.wa_id)))
    await graph.quiet()
    assert [desk.names_of(one) for one in (first, second, third)] == [
        ["sent", "delivered"],
        ["sent", "delivered"],
        ["sent"],
    ]
    graph.change_customer(ann.id, online=True)
    await graph.quiet()
    assert desk.names_of(third) == ["sent", "delivered"]
    assert graph.read(ann.id) == 3
    await graph.quiet()
    assert desk.names_of(third) == ["sent", "delivered", "read"]


async def test_voice_is_played_and_any_status_can_be_sent(
    graph: GraphSandbox, desk: Desk, business: Business, ann: Customer
) -> None:
    graph.knobs(play_voice=True)
    voice = (await business.upload(b"OggS" + bytes(9), "audio/ogg")).json()["id"]
    audio = {"id": voice, "voice": True}
    sent = wamid(await business.send(str(ann.wa_id), type="audio", audio=audio))
    await graph.quiet()
    assert desk.names_of(sent) == ["sent", "delivered", "read", "played"]
    graph.status(sent, "deleted")
    await graph.quiet()
    assert desk.names_of(sent)[-1] == "deleted"
    assert graph.messages(ann.id)[-1].status == "played"


@pytest.mark.parametrize(("shape", "counts"), [("messages", (1, 1, 4)), ("changes", (1, 4, 1)), ("entries", (4, 1, 1))])
async def test_batches(shape: str, counts: tuple[int, int, int], graph: GraphSandbox, desk: Desk) -> None:
    graph.knobs(batch=10, batch_wait=0.05, batch_shape=shape)
    ann, bob = graph.create_customer("Ann"), graph.create_customer("Bob")
    for word in ("1", "2"):
        graph.say(ann, word)
        graph.say(bob, word)
    await graph.quiet()
    body = desk.bodies[0]
    value = body["entry"][0]["changes"][0]["value"]
    assert len(desk.bodies) == 1
    assert (len(body["entry"]), len(body["entry"][0]["changes"]), len(value["messages"])) == counts
    assert [m["text"]["body"] for m in desk.messages] == ["1", "1", "2", "2"]
    assert len(value["contacts"]) == (2 if shape == "messages" else 1)


async def test_one_order_many_messages_in_one_webhook(graph: GraphSandbox, desk: Desk) -> None:
    ann = graph.create_customer("Ann")
    graph.say_many(ann, [{"text": "part {n}", "repeat": 3}, {"text": "end"}], batch=True)
    await graph.quiet()
    assert [len(value["messages"]) for value in desk.values()] == [4]
    assert [m["text"]["body"] for m in desk.messages] == ["part 1", "part 2", "part 3", "end"]


async def test_shuffle_keeps_every_update(graph: GraphSandbox, desk: Desk) -> None:
    graph.knobs(shuffle=True, batch_wait=0.05)
    ann = graph.create_customer("Ann")
    words = [str(n) for n in range(20)]
    for word in words:
        graph.say(ann, word)
    await graph.quiet()
    seen = [m["text"]["body"] for m in desk.messages]
    assert seen != words
    assert sorted(seen) == sorted(words)


async def test_duplicates(graph: GraphSandbox, desk: Desk) -> None:
    graph.knobs(duplicate_every=2)
    ann = graph.create_customer("Ann")
    for word in ("1", "2", "3", "4"):
        graph.say(ann, word)
    await graph.quiet()
    assert [m["text"]["body"] for m in desk.messages] == ["1", "2", "2", "3", "4", "4"]


async def test_retries_follow_the_clock_and_end(graph: GraphSandbox, desk: Desk) -> None:
    graph.knobs(retry_first=10.0, retry_max=15.0, retry_for=30.0)
    graph.state.clock.freeze()
    desk.answers = [500] * 10
    graph.say(graph.create_customer("Ann"), "hi")
    for attempts in (1, 2):
        await graph.wait_for(lambda n=attempts: len(graph.deliveries()) == n and len(graph.state.timers))
        graph.state.clock.advance(15)
    await graph.quiet()
    assert [(d.status, d.attempt) for d in graph.deliveries()] == [(500, 1), (500, 2), (500, 3)]
    assert desk.messages == []


async def test_unreachable_product_gets_everything_later(graph: GraphSandbox, desk: Desk) -> None:
    await graph.set_callback("http://127.0.0.1:9/nobody")
    ann = graph.create_customer("Ann")
    graph.say(ann, "1")
    graph.say(ann, "2")
    await graph.wait_for(lambda: graph.deliveries())
    assert graph.deliveries()[0].status is None
    await graph.set_callback(desk.url)
    await graph.quiet()
    assert [m["text"]["body"] for m in desk.messages] == ["1", "2"]


async def test_concurrent_delivery(graph: GraphSandbox, desk: Desk) -> None:
    graph.knobs(concurrency=8)
    ann = graph.create_customer("Ann")
    graph.say(ann, "{n}", repeat=100)
    await graph.quiet()
    assert sorted(int(m["text"]["body"]) for m in desk.messages) == list(range(1, 101))


async def test_handshake_and_override(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    assert await graph.set_callback(desk.url, verify=True)
    graph.state.verify_token = "other"
    assert not await graph.set_callback(desk.url, verify=True)
    path = f"{defaults.WABA_ID}/subscribed_apps"
    override = {"override_callback_uri": desk.url + "?via=waba", "verify_token": "wrong"}
    assert error(await business.client.post(path, json=override)) == (400, 100)
    override["verify_token"] = defaults.VERIFY_TOKEN
    assert (await business.client.post(path, json=override)).json() == {"success": True}
    apps = (await business.client.get(path)).json()["data"]
    assert apps[0]["override_callback_uri"] == override["override_callback_uri"]
    graph.say(graph.create_customer("Ann"), "hi")
    await graph.quiet()
    assert graph.deliveries()[-1].url.endswith("?via=waba")


async def test_without_subscription_nothing_comes(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    path = f"{defaults.WABA_ID}/subscribed_apps"
    await business.client.delete(path)
    assert (await business.client.get(path)).json() == {"data": []}
    graph.say(graph.create_customer("Ann"), "lost")
    await business.client.post(path, json={})
    graph.say("c1", "there")
    await graph.quiet()
    assert [m["text"]["body"] for m in desk.messages] == ["there"]


async def test_raw_bodies_and_wrong_signatures(graph: GraphSandbox, desk: Desk) -> None:
    assert (await graph.raw({"object": "whatsapp_business_account", "entry": []})).status == 200
    assert (await graph.raw(b'{"entry": {}}', signature="sha256=00")).status == 401
    assert (await graph.raw(b"{}", signature="")).status == 401
    assert desk.bad_signatures == 2


DAY = datetime(2026, 9, 30, 12, tzinfo=UTC).timestamp()
SERVICE_FREE = {"billable": False, "pricing_model": "PMP", "type": "free_customer_service", "category": "service"}
SERVICE_PAID = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
AD_FREE = {
    "billable": False,
    "pricing_model": "PMP",
    "type": "free_entry_point",
    "category": "referral_conversion",
}


async def priced(graph: GraphSandbox, desk: Desk, business: Business, to: Customer, **more: Any) -> dict[str, Any]:
    sent = wamid(await business.send(str(to.wa_id), **more))
    await graph.quiet()
    return next(status for status in desk.statuses if status["id"] == sent)


async def test_prices_follow_the_date(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    graph.state.clock.set(DAY)
    ann = graph.create_customer("Ann")
    graph.say(ann, "hi")
    status = await priced(graph, desk, business, ann)
    assert status["pricing"] == SERVICE_FREE
    assert "conversation" not in status
    graph.state.clock.set(DAY + 13 * 3600)
    graph.knobs(free_service_messages=1)
    assert (await priced(graph, desk, business, ann))["pricing"] == SERVICE_FREE
    assert (await priced(graph, desk, business, ann))["pricing"] == SERVICE_PAID
    graph.say(ann, "from an ad", extra={"referral": {"source_type": "ad", "ctwa_clid": "x"}})
    status = await priced(graph, desk, business, ann)
    assert status["pricing"] == AD_FREE
    assert status["conversation"]["origin"] == {"type": "referral_conversion"}


async def test_templates_are_billed_by_category(
    graph: GraphSandbox, desk: Desk, business: Business, ann: Customer
) -> None:
    template = {"name": "hello_world", "language": {"code": "en_US"}}
    graph.state.clock.set(DAY)
    graph.say(ann, "open")
    more = {"type": "template", "template": template}
    assert (await priced(graph, desk, business, ann, **more))["pricing"]["type"] == "free_customer_service"
    graph.state.clock.set(DAY + 3 * 86400)
    pricing = (await priced(graph, desk, business, ann, **more))["pricing"]
    assert (pricing["billable"], pricing["category"]) == (True, "utility")


async def test_old_versions_have_conversations(graph: GraphSandbox, desk: Desk, ann: Customer) -> None:
    async with open_business(graph, "v23.0") as business:
        assert "conversation" in await priced(graph, desk, business, ann)


async def test_quirks(graph: GraphSandbox, desk: Desk, business: Business, ann: Customer) -> None:
    async def said(*quirks: str, who: Customer = ann) -> tuple[dict[str, Any], dict[str, Any]]:
        graph.knobs(quirks=list(quirks))
        graph.say(who, "x")
        await graph.quiet()
        value = desk.values()[-1]
        return value, value["messages"][0]

    value, message = await said("no_user_id")
    assert "user_id" not in value["contacts"][0]
    assert "from_user_id" not in message
    value, message = await said("bare_contacts", "no_user_id")
    assert value["contacts"] == [{"wa_id": ann.wa_id}]
    value, message = await said("no_contacts", "no_type")
    assert "contacts" not in value
    assert "type" not in message
    value, message = await said("numbers")
    assert (message["from"], type(message["timestamp"])) == (12125550101, int)
    hidden = graph.create_customer("Kim", wa_id=None)
    value, message = await said(who=hidden)
    assert "from" not in message
    assert "wa_id" not in value["contacts"][0]
    assert message["from_user_id"] == hidden.user_id
    value, message = await said("empty_ids", who=hidden)
    assert (message["from"], value["contacts"][0]["wa_id"]) == ("", "")
    value, message = await said("bsuid_in_from", who=hidden)
    assert message["from"] == hidden.user_id
    graph.knobs(quirks=["no_status_contacts"])
    await business.send(str(ann.wa_id))
    await graph.quiet()
    assert all("contacts" not in value for value in desk.values() if value.get("statuses"))


async def test_edits_and_revokes(graph: GraphSandbox, desk: Desk, ann: Customer) -> None:
    said = graph.say(ann, "tpyo")
    graph.edit(ann.id, said.id, "typo")
    graph.state.number().coexistence = True
    graph.edit(ann.id, said.id, "no typo")
    graph.delete(ann.id, said.id)
    await graph.quiet()
    _, unsupported, edited, revoked = desk.messages
    assert (unsupported["type"], unsupported["unsupported"]) == ("unsupported", {"type": "edit"})
    assert unsupported["errors"][0]["code"] == 131051
    assert edited["edit"]["original_message_id"] == said.id
    assert edited["edit"]["message"]["text"] == {"body": "no typo"}
    assert revoked["revoke"] == {"original_message_id": said.id}
    assert (said.text, said.deleted) == ("no typo", True)


async def test_other_kinds_of_news(graph: GraphSandbox, desk: Desk, business: Business, ann: Customer) -> None:
    graph.change_number(ann.id, "+1 219 555 0199", "US.222")
    graph.echo(ann.id, "from the phone")
    graph.field_update("user_preferences", {"user_preferences": [{"value": "stop"}]})
    interactive = {
        "type": "button",
        "body": {"text": "sure?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
    }
    asked = wamid(await business.send("12195550199", type="interactive", interactive=interactive))
    graph.press(ann.id, asked, "Yes")
    await graph.quiet()
    system, pressed = desk.messages
    assert (system["from"], system["system"]["wa_id"]) == ("12125550101", "12195550199")
    assert "contacts" not in desk.values()[0]
    assert pressed["interactive"] == {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}}
    assert pressed["context"] == {"from": defaults.DISPLAY_PHONE_NUMBER, "id": asked}
    assert desk.values("smb_message_echoes")[0]["message_echoes"][0]["to"] == "12195550199"
    assert desk.values("user_preferences") == [{"user_preferences": [{"value": "stop"}]}]


async def test_two_numbers_have_callbacks_of_their_own(graph: GraphSandbox, desk: Desk) -> None:
    second = graph.add_number("+1 555 010 0002", callback=desk.url + "?line=2")
    ann = graph.create_customer("Ann")
    graph.say(ann, "to the first")
    graph.say(ann, "to the second", number=second.id)
    await graph.quiet()
    assert {d.url.partition("?")[2] for d in graph.deliveries()} == {"", "line=2"}
    assert {v["metadata"]["phone_number_id"] for v in desk.values()} == {defaults.PHONE_NUMBER_ID, second.id}
