"""`topicdesk doctor` against the sandbox Graph API and the product's own HTTP door."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from core.checkup import Finding, Verdict
from core.settings import WhatsAppSettings
from core.store.store import utc_now
from gateway.web import Door, RawHook
from gateway.whatsapp_cloud.checkup import check_whatsapp
from sandbox.graph import GraphSandbox, defaults
from sandbox.graph.app_facts import PERMISSIONS

Look = Callable[..., Awaitable[dict[str, Finding]]]

META_IS_CONTENT = {
    "doctor.wa_number", "doctor.wa_token_ok", "doctor.wa_subscribed", "doctor.wa_secret_ok", "doctor.wa_webhook_ok",
}  # fmt: skip


@asynccontextmanager
async def open_door(verify_tokens: Sequence[str] = (defaults.VERIFY_TOKEN,)) -> AsyncIterator[str]:
    """The product's door, which keeps nothing: only its handshake is of interest here."""

    async def forget(_: list[RawHook]) -> None: ...

    door = Door(forget, frozenset, lambda: [defaults.APP_SECRET], lambda: verify_tokens)
    serving = await door.serve("127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{serving.addresses[0][1]}"
    finally:
        await serving.cleanup()


@pytest.fixture
async def door() -> AsyncIterator[str]:
    async with open_door() as url:
        yield url


@pytest.fixture
async def graph(door: str) -> AsyncIterator[GraphSandbox]:
    async with GraphSandbox.start(callback=f"{door}/hooks/whatsapp") as sandbox:
        yield sandbox


@pytest.fixture
def look(graph: GraphSandbox, door: str) -> Look:
    async def look(public_url: str = door, **changes: str) -> dict[str, Finding]:
        given = {
            "access_token": defaults.ACCESS_TOKEN,
            "phone_number_id": defaults.PHONE_NUMBER_ID,
            "business_account_id": defaults.WABA_ID,
            "app_secret": defaults.APP_SECRET,
            "verify_token": defaults.VERIFY_TOKEN,
            "api_base": graph.base_url,
            **changes,
        }
        found = await check_whatsapp(WhatsAppSettings.model_validate(given), public_url, utc_now)
        return {finding.key: finding for finding in found}

    return look


async def test_a_right_set_up_is_all_well_but_for_tls(look: Look) -> None:
    """Everything on loopback is plain HTTP, which Meta would not call: said as a warning."""
    found = await look()
    assert set(found) == META_IS_CONTENT | {"doctor.public_plain"}
    assert {key for key, finding in found.items() if finding.verdict is not Verdict.OK} == {"doctor.public_plain"}
    assert found["doctor.wa_number"].values["name"] == defaults.VERIFIED_NAME


async def test_nothing_set_is_only_skipped(look: Look) -> None:
    found = await look(access_token="", phone_number_id="")
    assert [(each.key, each.verdict) for each in found.values()] == [("doctor.wa_unset", Verdict.SKIPPED)]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("access_token", "WHATSAPP_ACCESS_TOKEN"),
        ("phone_number_id", "WHATSAPP_PHONE_NUMBER_ID"),
        ("business_account_id", "WHATSAPP_BUSINESS_ACCOUNT_ID"),
        ("app_secret", "WHATSAPP_APP_SECRET"),
        ("verify_token", "WHATSAPP_VERIFY_TOKEN"),
    ],
)
async def test_each_missing_value_is_named(look: Look, field: str, name: str) -> None:
    found = await look(**{field: ""})
    assert found["doctor.wa_missing"].values["name"] == name


@pytest.mark.parametrize("state", ["expired", "revoked"])
async def test_a_dead_token(look: Look, graph: GraphSandbox, state: str) -> None:
    graph.token(state)
    found = await look()
    assert found["doctor.wa_token_refused"].verdict is Verdict.FAIL
    assert set(found) == {"doctor.wa_token_refused", "doctor.public_plain"}


@pytest.mark.parametrize("code", [10, 200])
async def test_a_token_that_may_not_look(look: Look, graph: GraphSandbox, code: int) -> None:
    graph.fault("error", op="phone_number", code=code, http=403)
    assert (await look())["doctor.wa_not_permitted"].values["code"] == code
    graph.fault("error", op="subscribed_apps", code=code, http=403)
    assert (await look())["doctor.wa_not_permitted"].values["node"] == defaults.WABA_ID


async def test_ids_nobody_knows(look: Look) -> None:
    assert (await look(phone_number_id="15550100001"))["doctor.wa_id_unknown"].values["node"] == "15550100001"
    assert (await look(business_account_id="42"))["doctor.wa_id_unknown"].values["node"] == "42"


async def test_no_answer_from_meta(look: Look, graph: GraphSandbox) -> None:
    graph.fault("http", op="phone_number", http=502)
    assert "doctor.wa_unreachable" in await look()
    assert "doctor.wa_unreachable" in await look(api_base="http://127.0.0.1:9")


async def test_a_number_that_is_not_registered(look: Look, graph: GraphSandbox) -> None:
    graph.state.number().status = "PENDING"
    assert (await look())["doctor.wa_number_offline"].values["status"] == "PENDING"


@pytest.mark.parametrize("permission", PERMISSIONS)
async def test_each_permission_is_asked_for(look: Look, graph: GraphSandbox, permission: str) -> None:
    graph.state.app.scopes = tuple(each for each in PERMISSIONS if each != permission)
    found = await look()
    assert found["doctor.wa_no_permission"].values["permission"] == permission
    assert "doctor.wa_token_ok" not in found


async def test_a_token_that_ends(look: Look, graph: GraphSandbox) -> None:
    graph.state.app.expires_at = int((utc_now() + timedelta(hours=12)).timestamp())
    found = await look()
    assert found["doctor.wa_token_ends"].verdict is Verdict.WARN
    assert found["doctor.wa_token_ends"].values["days"] == "0.5"


async def test_a_silent_token_claims_nothing(look: Look, graph: GraphSandbox) -> None:
    """Without the app's id the secret cannot be checked either, and that is said."""
    graph.fault("error", op="debug_token", code=100, http=400)
    found = await look()
    assert {"doctor.wa_token_silent", "doctor.wa_secret_unknown"} <= set(found)
    assert not {"doctor.wa_token_ok", "doctor.wa_secret_ok"} & set(found)


async def test_an_account_without_this_number(look: Look, graph: GraphSandbox) -> None:
    other = graph.add_number("15550100002", waba_id="200000000000002")
    found = await look(phone_number_id=other.id)
    assert found["doctor.wa_other_account"].values == {"account": defaults.WABA_ID, "number": other.id}


async def test_an_account_nobody_listens_to(look: Look, graph: GraphSandbox) -> None:
    graph.state.subscribed = False
    url = str((await look())["doctor.wa_not_subscribed"].values["url"])
    assert url == f"{graph.base_url}/v24.0/{defaults.WABA_ID}/subscribed_apps"


async def test_a_wrong_app_secret(look: Look) -> None:
    found = await look(app_secret="0" * 32)
    assert found["doctor.wa_secret_wrong"].verdict is Verdict.FAIL
    assert "doctor.wa_webhook_ok" not in found


async def test_a_webhook_that_brings_nothing(look: Look, graph: GraphSandbox) -> None:
    graph.state.app.fields = ("account_update",)
    assert "doctor.wa_no_messages_field" in await look()
    await graph.set_callback(None)
    assert "doctor.wa_no_webhook" in await look()


async def test_a_webhook_that_goes_elsewhere(look: Look, graph: GraphSandbox) -> None:
    await graph.set_callback("https://elsewhere.example/hook")
    assert (await look())["doctor.wa_callback_elsewhere"].values["url"] == "https://elsewhere.example/hook"


async def test_the_public_door(look: Look, door: str) -> None:
    assert "doctor.public_unset" in await look(public_url="")
    assert "doctor.public_unreachable" in await look(public_url="http://127.0.0.1:9")
    assert "doctor.public_strange" in await look(public_url=f"{door}/wrong/path")
    async with open_door(verify_tokens=["another"]) as other:
        assert "doctor.public_refuses" in await look(public_url=other)
