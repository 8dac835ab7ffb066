"""What the line and the door write to the log: events and counts, never a number, a name or a word of anybody."""

import hashlib
import hmac
import json
import logging

import httpx
import pytest
from structlog.testing import capture_logs

from core.errors import DeskError
from core.message import Content, Kind
from core.people import Address, AddressKind
from core.ports import OutMessage
from core.text import plain
from gateway.web import Door, RawHook
from gateway.whatsapp_cloud.connector import CloudConnector
from sandbox.graph import GraphSandbox, defaults
from tests.gateway.webhooks import body, change, contact, message

PRIVATE = ("16505551234", "Sheena", "secret words", defaults.ACCESS_TOKEN)
HOOK = body(
    change(contacts=[contact("Sheena", wa_id="16505551234")], messages=[message(text={"body": "secret words"})])
)


async def _refuse(hooks: list[RawHook]) -> None:
    raise OSError(f"{len(hooks)} not written")


async def _knock(known: set[str]) -> None:
    """The same webhook unsigned, signed, and (when its number is known) into a store that fails."""
    door = Door(_refuse, lambda: known, lambda: ["s"], lambda: ["v"])
    runner = await door.serve("127.0.0.1", 0)
    raw = json.dumps(HOOK).encode()
    signature = "sha256=" + hmac.new(b"s", raw, hashlib.sha256).hexdigest()
    async with httpx.AsyncClient(trust_env=False) as client:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/whatsapp"
        for headers in ({}, {"X-Hub-Signature-256": signature}):
            await client.post(url, content=raw, headers=headers)
    await runner.cleanup()


async def test_the_door_names_nobody() -> None:
    with capture_logs() as logs:
        await _knock(set())
        await _knock({"106540352242922"})
    assert {entry["event"] for entry in logs} >= {"door.refused", "door.unknown_number", "door.not_kept"}
    assert not [secret for secret in PRIVATE if secret in repr(logs)]


async def test_the_line_names_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    out = OutMessage(
        (Address(AddressKind.PHONE, "16505551234"),), "td:1:2:0", Content(Kind.TEXT, plain("secret words"))
    )
    with capture_logs() as logs:
        async with GraphSandbox.start() as graph:
            secrets, settings = {"access_token": defaults.ACCESS_TOKEN}, {"api_base": graph.base_url}
            line = CloudConnector.build(defaults.PHONE_NUMBER_ID, secrets, settings)
            line.parse(HOOK)
            await line.send(out)
            graph.fault("error", code=131047)
            with pytest.raises(DeskError):
                await line.send(out)
            assert defaults.ACCESS_TOKEN not in repr(line.client)
            await line.close()
    assert not [secret for secret in PRIVATE if secret in repr(logs) + caplog.text]
