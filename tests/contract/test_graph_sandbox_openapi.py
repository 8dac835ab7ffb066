"""The sandbox takes what Meta's own samples send, and answers with the keys of Meta's own samples."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.graph import GraphSandbox, defaults
from tests.contract import openapi
from tests.contract.graph_desk import Business, quick
from tests.shared_data import needs_whatsapp_data

SENDS = openapi.samples("post_Phone_Number_ID_messages")
ANSWERS = openapi.samples("post_Phone_Number_ID_messages_200", "responses")
TEMPLATES = openapi.samples("post_WABA_ID_message_templates")
FILES = {
    "image": (b"\xff\xd8\xff" + bytes(100), "image/jpeg"),
    "video": (b"\x00\x00\x00\x18ftypmp42" + bytes(100), "video/mp4"),
    "audio": (b"OggS" + bytes(100), "audio/ogg"),
    "document": (b"%PDF-1.7" + bytes(100), "application/pdf"),
    "sticker": (b"RIFF0000WEBP" + bytes(100), "image/webp"),
}

pytestmark = needs_whatsapp_data


@pytest.fixture
async def graph() -> AsyncIterator[GraphSandbox]:
    async with GraphSandbox.start() as started:
        quick(started)
        yield started


def fill(graph: GraphSandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Put real values where the samples have placeholders, and let the world know what they name."""
    customer = graph.create_customer("Ann")
    said = graph.say(customer, "hi")
    text = re.sub(r"\{\{Recipient[^}]*\}\}", f"+{customer.wa_id}", json.dumps(body))
    text = re.sub(r'"link": "[^"]*"', '"link": "https://example.com/file"', text)
    text = re.sub(r"<HEADER_TYPE>", "text", text)
    filled = json.loads(text)
    for kind, (data, mime) in FILES.items():
        if "id" in filled.get(kind, {}):
            filled[kind]["id"] = graph.state.media.upload(data, mime, "file").id
    if "status" in filled:
        filled["message_id"] = said.id
    if "template" in filled:
        put_template(graph, filled["template"])
    return filled


def put_template(graph: GraphSandbox, content: dict[str, Any]) -> None:
    """An approved template with just the parameters that the sample brings."""
    components: list[dict[str, Any]] = []
    buttons = 0
    for given in content.get("components", []):
        if given["type"] == "header":
            components.append({"type": "HEADER", "format": given["parameters"][0]["type"].upper()})
        elif given["type"] == "body":
            names = [f"{{{{{n}}}}}" for n in range(1, len(given["parameters"]) + 1)]
            components.append({"type": "BODY", "text": f"Hi {', '.join(names)}."})
        else:
            buttons += 1
    components.append({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "ok"}] * buttons})
    graph.template(content["name"], content["language"]["code"], components)


@pytest.mark.parametrize("name", SENDS)
async def test_every_sample_is_accepted_and_fits_the_schema(name: str, graph: GraphSandbox, business: Business) -> None:
    body = fill(graph, SENDS[name])
    answer = await business.post(body)
    assert answer.status_code == 200, answer.text
    typed = body if "type" in body or "status" in body else {**body, "type": _inferred(body)}
    assert openapi.problems(typed) == []


def _inferred(body: dict[str, Any]) -> str:
    return "interactive" if "interactive" in body else "text"


def test_there_are_fifty_samples() -> None:
    assert len(SENDS) == 50


@pytest.mark.parametrize("name", sorted(set(SENDS) & set(ANSWERS)))
async def test_answers_have_the_keys_of_the_samples(name: str, graph: GraphSandbox, business: Business) -> None:
    answer = (await business.post(fill(graph, SENDS[name]))).json()
    expected = ANSWERS[name]
    assert keys(answer) - {"messages.message_status"} == keys(expected) - {"messages.message_status"}


def keys(value: Any, path: str = "") -> set[str]:
    """Paths of all keys; list elements count as their list."""
    if isinstance(value, dict):
        here = {f"{path}{key}" for key in value}
        return here.union(*(keys(inner, f"{path}{key}.") for key, inner in value.items()))
    return set().union(*(keys(inner, path) for inner in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize(
    "change",
    [
        {"text": {"body": "x", "colour": "red"}},
        {"text": {"body": 5}},
        {"biz_opaque_callback_data": "x" * 513},
        {"type": "image", "image": {}},
        {"type": "poem"},
        {"surprise": 1},
        {"to": None},
        {"context": "wamid.X"},
    ],
)
async def test_schema_and_sandbox_refuse_the_same(
    change: dict[str, Any], graph: GraphSandbox, business: Business
) -> None:
    body = {"messaging_product": "whatsapp", "to": "+12125550100", "type": "text", "text": {"body": "x"}}
    assert openapi.problems(body) == []
    body |= change
    body = {name: value for name, value in body.items() if value is not None}
    if body["type"] == "image":
        del body["text"]
    assert openapi.problems(body)
    assert (await business.post(body)).status_code == 400


@pytest.mark.parametrize("name", TEMPLATES)
async def test_template_samples_are_filed(name: str, business: Business) -> None:
    body = json.loads(json.dumps(TEMPLATES[name]).replace("<TEMPLATE_NAME>", "flow_offer"))
    answer = await business.client.post(f"{defaults.WABA_ID}/message_templates", json=body)
    assert answer.status_code == 200, answer.text
    expected = openapi.samples("post_WABA_ID_message_templates_200", "responses")["Example_response"]
    assert keys(answer.json()) == keys(expected)


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        ("post_Phone_Number_ID_register", f"{defaults.PHONE_NUMBER_ID}/register"),
        ("post_Phone_Number_ID_whatsapp_business_profile", f"{defaults.PHONE_NUMBER_ID}/whatsapp_business_profile"),
        ("post_WABA_ID_phone_numbers", f"{defaults.WABA_ID}/phone_numbers"),
        ("post_Phone_Number_ID_block_users", f"{defaults.PHONE_NUMBER_ID}/block_users"),
    ],
)
async def test_other_samples_are_accepted(folder: str, path: str, business: Business) -> None:
    found = openapi.samples(folder)
    assert found
    for body in found.values():
        answer = await business.client.post(path, json=body)
        assert answer.status_code == 200, answer.text


async def test_reads_have_the_keys_of_the_samples(graph: GraphSandbox, business: Business) -> None:
    media = graph.add_media(b"%PDF-", "application/pdf")
    expected = openapi.samples("get_Media_ID_200", "responses")["Retrieve_Media_URL"]
    assert keys((await business.client.get(media)).json()) == keys(expected)
    numbers = (await business.client.get(f"{defaults.WABA_ID}/phone_numbers")).json()
    expected = openapi.samples("get_WABA_ID_phone_numbers_200", "responses")["single_phone_number"]
    assert keys(expected) <= keys(numbers)
    templates = (await business.client.get(f"{defaults.WABA_ID}/message_templates")).json()
    expected = openapi.samples("get_WABA_ID_message_templates_200", "responses")["Example_response"]
    assert set(expected) <= set(templates)
    assert {"id", "name", "language", "status", "category", "components"} <= set(templates["data"][0])
