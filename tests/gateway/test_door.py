"""The door over real HTTP: signatures, limits, what is answered when."""

import asyncio
import gzip
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.metrics import DoorMetrics, Sample
from gateway.web import Door, RawHook
from tests.gateway.webhooks import NUMBER_ID, body, change, message

SECRET, OLD_SECRET = "app-secret", "older-secret"
HELLO = body(change(messages=[message(text={"body": "hi"})]))


class House:
    """Behind the door: what came in, and what goes wrong."""

    def __init__(self) -> None:
        self.hooks: list[RawHook] = []
        self.updates: list[tuple[str, dict[str, Any]]] = []
        self.broken = False
        self.committed = asyncio.Event()
        self.committed.set()
        self.secrets = [SECRET, OLD_SECRET]
        self.database: tuple[bool, str] | None = (True, "fine")

    async def accept(self, hooks: list[RawHook]) -> None:
        await self.committed.wait()
        if self.broken:
            raise OSError("disk full")
        self.hooks += hooks

    async def accept_update(self, key: str, update: dict[str, Any]) -> None:
        if self.broken:
            raise OSError("disk full")
        self.updates.append((key, update))

    async def check(self) -> tuple[bool, str]:
        if self.database is None:
            raise ConnectionError("gone")
        return self.database

    async def gauges(self) -> list[Sample]:
        depths = {"deliver": 3.0, "mirror": 0.0}
        return [Sample("topicdesk_jobs", "Jobs waiting", count, {"kind": kind}) for kind, count in depths.items()]

    def door(self) -> Door:
        return Door(
            accept_whatsapp=self.accept,
            known_lines=lambda: {NUMBER_ID: 1, "waba:1022": 1},
            app_secrets=lambda: self.secrets,
            verify_tokens=lambda: ["", "verify-me"],
            accept_telegram=self.accept_update,
            telegram_secret={"bot1": "tg-secret"}.get,
            checks={"database": self.check},
            metrics=DoorMetrics(self.gauges),
        )


@pytest.fixture
async def house() -> House:
    return House()


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    runner = await house.door().serve("127.0.0.1", 0)
    port = runner.addresses[0][1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as opened:
        yield opened
    await runner.cleanup()


def signed(raw: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


async def send(client: httpx.AsyncClient, payload: Any, secret: str = SECRET) -> httpx.Response:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return await client.post("/hooks/whatsapp", content=raw, headers=signed(raw, secret))


async def metric(client: httpx.AsyncClient, name: str) -> float:
    lines = (await client.get("/metrics")).text.splitlines()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


# ------------------------------------------------------------------ verification


async def test_the_challenge_comes_back_for_the_right_token(client: httpx.AsyncClient) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "<b>42", "hub.verify_token": "verify-me"}
    answer = await client.get("/hooks/whatsapp", params=asked)
    assert (answer.status_code, answer.text) == (200, "<b>42")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"hub.verify_token": "wrong"}, 403),
        ({"hub.verify_token": ""}, 403),
        ({"hub.verify_token": "你好"}, 403),
        ({"hub.mode": "x"}, 400),
    ],
)
async def test_verification_refused(client: httpx.AsyncClient, changed: dict[str, str], status: int) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "verify-me"}
    assert (await client.get("/hooks/whatsapp", params=asked | changed)).status_code == status


# ------------------------------------------------------------------ signatures


async def test_a_signed_webhook_is_kept(client: httpx.AsyncClient, house: House) -> None:
    assert (await send(client, HELLO)).status_code == 200
    (hook,) = house.hooks
    assert (hook.account, json.loads(hook.raw)) == (NUMBER_ID, HELLO)


async def test_the_signature_is_over_the_bytes_as_sent(client: httpx.AsyncClient, house: House) -> None:
    raw = json.dumps(body(change(messages=[message(text={"body": "你好 a/b"})]))).replace("/", "\\/").encode()
    assert b"\\u4f60" in raw
    assert (await send(client, raw)).status_code == 200
    unescaped = json.dumps(json.loads(raw), ensure_ascii=False).encode()
    answer = await client.post("/hooks/whatsapp", content=unescaped, headers=signed(raw))
    assert answer.status_code == 401
    assert len(house.hooks) == 1


async def test_each_of_several_app_secrets_opens(client: httpx.AsyncClient) -> None:
    assert (await send(client, HELLO, OLD_SECRET)).status_code == 200


HELLO_RAW = json.dumps(HELLO).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(HELLO_RAW, "wrong"),
        signed(HELLO_RAW, ""),
        signed(HELLO_RAW + b" "),
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": signed(HELLO_RAW)["X-Hub-Signature-256"].removeprefix("sha256=")},
        {"X-Hub-Signature": "sha1=" + hmac.new(SECRET.encode(), HELLO_RAW, hashlib.sha1).hexdigest()},
    ],
)
async def test_unsigned_and_wrongly_signed(client: httpx.AsyncClient, house: House, headers: dict[str, str]) -> None:
    answer = await client.post("/hooks/whatsapp", content=HELLO_RAW, headers=headers)
    assert (answer.status_code, house.hooks) == (401, [])
    assert await metric(client, 'topicdesk_webhook_bad_signatures_total{source="whatsapp"}') == 1


async def test_a_truncated_body_is_refused(client: httpx.AsyncClient, house: House) -> None:
    answer = await client.post("/hooks/whatsapp", content=HELLO_RAW[:-10], headers=signed(HELLO_RAW))
    assert (answer.status_code, house.hooks) == (401, [])


@pytest.mark.parametrize("secrets", [[], [""]])
async def test_without_an_app_secret_nothing_is_believed(
    client: httpx.AsyncClient, house: House, secrets: list[str]
) -> None:
    house.secrets = secrets
    assert (await send(client, HELLO, "")).status_code == 401
    assert (await send(client, HELLO)).status_code == 401


# ------------------------------------------------------------------ bodies


DEEP = b'{"a":' * 990 + b"1" + b"}" * 990


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, DEEP])
async def test_what_is_not_a_json_object(client: httpx.AsyncClient, house: House, raw: bytes) -> None:
    answer = await send(client, raw)
    assert answer.status_code in ({200, 400} if raw == DEEP else {400})
    assert house.hooks == []


async def test_up_to_three_megabytes(client: httpx.AsyncClient, house: House) -> None:
    limit = 3 * 1024 * 1024
    padding = limit - len(json.dumps(HELLO | {"padding": ""}))
    assert (await send(client, HELLO | {"padding": "x" * padding})).status_code == 200
    assert (await send(client, HELLO | {"padding": "x" * (padding + 1)})).status_code == 413
    assert len(house.hooks) == 1


async def test_a_body_of_unknown_length_is_cut_off(client: httpx.AsyncClient, house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b" " * 65536

    answer = await client.post("/hooks/whatsapp", content=endless(), headers=signed(b""))
    assert (answer.status_code, house.hooks) == (413, [])


async def test_compressed_bodies_are_refused(client: httpx.AsyncClient, house: House) -> None:
    packed = gzip.compress(HELLO_RAW)
    for signature in (signed(packed), signed(HELLO_RAW)):
        answer = await client.post("/hooks/whatsapp", content=packed, headers={"Content-Encoding": "gzip", **signature})
        assert (answer.status_code, house.hooks) == (415, [])


# ------------------------------------------------------------------ keeping


async def test_unknown_numbers_are_counted_and_the_rest_is_kept(client: httpx.AsyncClient, house: House) -> None:
    stranger = change(messages=[message()])
    stranger["value"]["metadata"] = {"phone_number_id": "999"}
    answer = await send(client, body(stranger, change(messages=[message(id="mine")])))
    assert answer.status_code == 200
    assert [hook.account for hook in house.hooks] == [NUMBER_ID]
    assert (await send(client, body(stranger))).status_code == 200
    assert await metric(client, "topicdesk_webhook_unknown_numbers_total") == 2
    assert await metric(client, 'topicdesk_webhooks_total{source="whatsapp",status="200"}') == 2


async def test_what_could_not_be_kept_is_asked_for_again(client: httpx.AsyncClient, house: House) -> None:
    house.broken = True
    assert (await send(client, HELLO)).status_code == 503
    house.broken = False
    assert (await send(client, HELLO)).status_code == 200
    assert len(house.hooks) == 1


async def test_the_answer_waits_for_the_commit(client: httpx.AsyncClient, house: House) -> None:
    house.committed.clear()
    answer = asyncio.create_task(send(client, HELLO))
    done, _ = await asyncio.wait([answer], timeout=0.2)
    assert (done, house.hooks) == (set(), [])
    house.committed.set()
    assert (await answer).status_code == 200
    assert len(house.hooks) == 1


# ------------------------------------------------------------------ Telegram


async def tell(client: httpx.AsyncClient, key: str, secret: str | None, content: bytes) -> int:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    return (await client.post(f"/hooks/telegram/{key}", content=content, headers=headers)).status_code


async def test_telegram_updates_need_their_secret(client: httpx.AsyncClient, house: House) -> None:
    update = b'{"update_id": 1}'
    assert await tell(client, "bot1", "tg-secret", update) == 200
    assert await tell(client, "bot1", "wrong", update) == 401
    assert await tell(client, "bot1", None, update) == 401
    assert await tell(client, "bot2", "tg-secret", update) == 404
    assert await tell(client, "bot1", "tg-secret", b"[]") == 400
    assert await tell(client, "bot1", "tg-secret", b"{}") == 400
    assert await tell(client, "bot1", "tg-secret", b" " * (3 * 1024 * 1024 + 1)) == 413
    assert house.updates == [("bot1", {"update_id": 1})]


async def test_telegram_updates_that_could_not_be_kept(client: httpx.AsyncClient, house: House) -> None:
    house.broken = True
    assert await tell(client, "bot1", "tg-secret", b'{"update_id": 1}') == 503


# ------------------------------------------------------------------ health


async def test_health(client: httpx.AsyncClient, house: House) -> None:
    assert (await client.get("/healthz")).json() == {"ok": True}
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"ok": True, "checks": {"database": {"ok": True, "detail": "fine"}}}
    house.database = (False, "read-only")
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["database"]["detail"]) == (503, "read-only")
    house.database = None
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["database"]["detail"]) == (503, "ConnectionError")
    assert (await client.get("/healthz")).status_code == 200


async def test_metrics_hold_the_door_s_and_the_handed_in_ones(client: httpx.AsyncClient) -> None:
    await send(client, HELLO)
    assert await metric(client, 'topicdesk_webhook_ack_seconds_count{source="whatsapp"}') == 1
    assert await metric(client, 'topicdesk_webhook_rows_total{source="whatsapp"}') == 1
    assert await metric(client, 'topicdesk_jobs{kind="deliver"}') == 3


async def test_other_paths_and_methods(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).status_code == 404
    assert (await client.put("/hooks/whatsapp")).status_code == 405
