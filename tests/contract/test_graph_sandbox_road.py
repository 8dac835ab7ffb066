"""The sandbox Graph API: a message in, a message out, its statuses, media, and what the phone shows."""

from __future__ import annotations

import base64
import hashlib

import httpx
import pytest

from sandbox.graph import GraphSandbox, defaults
from tests.contract.graph_desk import Business, Desk, error, open_business, wamid

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20


async def test_text_in_is_signed_over_escaped_bytes(graph: GraphSandbox, desk: Desk) -> None:
    customer = graph.create_customer("Ann", wa_id="+1 (212) 555-0101", username="@ann")
    said = graph.say(customer, "你好 a/b")
    await graph.quiet()
    value = desk.values()[0]
    assert value["metadata"]["phone_number_id"] == defaults.PHONE_NUMBER_ID
    contact = {"profile": {"name": "Ann", "username": "@ann"}, "wa_id": "12125550101"}
    assert value["contacts"] == [{**contact, "user_id": customer.user_id}]
    message = value["messages"][0]
    assert (message["from"], message["id"], message["type"]) == ("12125550101", said.id, "text")
    assert message["text"] == {"body": "你好 a/b"}
    assert message["timestamp"].isdigit()
    assert rb"\u4f60\u597d a\/b" in desk.raw[0]
    assert desk.bad_signatures == 0


async def test_text_out_climbs_and_echoes_callback_data(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    customer = graph.create_customer("Ann")
    graph.say(customer, "hi")
    answer = await business.send(f"+{customer.wa_id}", "hello", biz_opaque_callback_data="ob:1")
    assert answer.status_code == 200
    assert answer.json()["contacts"] == [{"input": f"+{customer.wa_id}", "wa_id": customer.wa_id}]
    sent = wamid(answer)
    assert base64.b64decode(sent.removeprefix("wamid.")).find(str(customer.wa_id).encode()) > 0
    await graph.quiet()
    assert desk.names_of(sent) == ["sent", "delivered", "read"]
    assert {status["biz_opaque_callback_data"] for status in desk.statuses} == {"ob:1"}
    assert ["pricing" in status for status in desk.statuses] == [True, True, False]
    assert graph.sent_texts(customer.id) == ["hello"]
    assert graph.messages(customer.id)[-1].status == "read"


async def test_read_marks_earlier_messages_and_typing_ends_with_the_answer(
    graph: GraphSandbox, business: Business
) -> None:
    customer = graph.create_customer("Ann")
    first, second = graph.say(customer, "one"), graph.say(customer, "two")
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": second.id}
    answer = await business.post({**body, "typing_indicator": {"type": "text"}})
    assert answer.json() == {"success": True}
    assert (first.read, second.read) == (True, True)
    assert graph.view()["phones"][0]["chats"][0]["typing"] is True
    await business.send(str(customer.wa_id))
    assert graph.view()["phones"][0]["chats"][0]["typing"] is False
    assert [call.op for call in graph.calls()] == ["typing", "messages"]


async def test_media_goes_up_and_comes_back(graph: GraphSandbox, business: Business) -> None:
    media_id = (await business.upload(JPEG, "image/jpeg")).json()["id"]
    assert media_id.isdigit()
    facts = (await business.client.get(media_id)).json()
    assert facts["mime_type"] == "image/jpeg"
    assert facts["file_size"] == len(JPEG)
    assert facts["sha256"] == hashlib.sha256(JPEG).hexdigest()
    assert facts["url"].startswith(graph.base_url)
    assert (await business.client.get(facts["url"])).content == JPEG
    async with httpx.AsyncClient() as stranger:
        assert error(await stranger.get(facts["url"])) == (401, 190)


async def test_customers_photo_and_voice_reach_the_product(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    customer = graph.create_customer("Ann")
    photo = graph.add_media(JPEG, "image/jpeg", "a.jpg")
    graph.say(customer, media={"id": photo, "caption": "this one"})
    voice = graph.add_media(b"OggS" + bytes(50), "audio/ogg; codecs=opus")
    graph.say(customer, media={"id": voice, "voice": True})
    await graph.quiet()
    image, audio = (message[message["type"]] for message in desk.messages)
    assert image["caption"] == "this one"
    assert base64.b64decode(image["sha256"]) == hashlib.sha256(JPEG).digest()
    assert (await business.client.get(image["url"])).content == JPEG
    assert audio["voice"] is True
    assert audio["mime_type"] == "audio/ogg; codecs=opus"


async def test_number_facts_follow_fields(business: Business) -> None:
    facts = (await business.client.get(business.number, params={"fields": "verified_name,status"})).json()
    assert facts == {
        "id": business.number,
        "verified_name": defaults.VERIFIED_NAME,
        "status": "CONNECTED",
    }


async def test_product_down_loses_nothing_and_keeps_order(graph: GraphSandbox, desk: Desk) -> None:
    customer = graph.create_customer("Ann")
    desk.answers = [503, 500, 404]
    for word in ("one", "two", "three"):
        graph.say(customer, word)
    await graph.quiet()
    assert [message["text"]["body"] for message in desk.messages] == ["one", "two", "three"]
    assert [d.status for d in graph.deliveries()] == [503, 500, 404, 200, 200, 200]


async def test_answer_lost_after_accepting(graph: GraphSandbox, desk: Desk, business: Business) -> None:
    customer = graph.create_customer("Ann")
    graph.say(customer, "hi")
    graph.fault("reset_after")
    with pytest.raises(httpx.TransportError):
        await business.send(str(customer.wa_id), "once", biz_opaque_callback_data="ob:7")
    await graph.quiet()
    assert graph.sent_texts(customer.id) == ["once"]
    assert {status["biz_opaque_callback_data"] for status in desk.statuses} == {"ob:7"}
    assert graph.calls()[-1].outcome == "reset"
    assert (await business.send(str(customer.wa_id), "again")).status_code == 200


async def test_base_url_may_have_a_prefix(desk: Desk) -> None:
    async with (
        GraphSandbox.start(callback=desk.url, prefix="/meta") as graph,
        open_business(graph) as business,
    ):
        media_id = (await business.upload(JPEG, "image/jpeg")).json()["id"]
        url = (await business.client.get(media_id)).json()["url"]
        assert url.startswith(f"{graph.base_url}/whatsapp_business/")
        assert (await business.client.get(url)).content == JPEG
