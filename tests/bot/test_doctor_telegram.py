"""`topicdesk doctor` against the sandbox Bot API: each mistake gets its line, and no other changes."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.doctor_telegram import check_telegram
from core.checkup import Finding, Verdict
from core.settings import DeskSettings, Settings, TelegramSettings, WhatsAppSettings
from core.store.store import utc_now
from sandbox.telegram import TelegramSandbox

Look = Callable[..., Awaitable[dict[str, Finding]]]

ALL_WELL = {
    "doctor.token_ok", "doctor.polling", "doctor.clock_ok", "doctor.group_ok", "doctor.right_topics",
    "doctor.right_pin", "doctor.right_delete", "doctor.privacy_fine", "doctor.owner_ok",
}  # fmt: skip


def settings_of(tg: TelegramSandbox, public_url: str = "", **changes: object) -> Settings:
    telegram = {
        "bot_token": tg.token,
        "api_base": tg.base_url,
        "owner_id": tg.owner_id,
        "group_id": tg.group_id,
        **changes,
    }
    return Settings(
        telegram=TelegramSettings.model_validate(telegram),
        whatsapp=WhatsAppSettings(),
        desk=DeskSettings(public_url=public_url),
    )


@pytest.fixture
def look(tg: TelegramSandbox) -> Look:
    async def look(public_url: str = "", ahead: float = 0, **changes: object) -> dict[str, Finding]:
        settings = settings_of(tg, public_url, **changes)
        found = await check_telegram(settings, lambda: utc_now() + timedelta(seconds=ahead))
        return {finding.key: finding for finding in found}

    return look


async def test_a_right_set_up_is_all_well(look: Look) -> None:
    found = await look()
    assert set(found) == ALL_WELL
    assert {finding.verdict for finding in found.values()} == {Verdict.OK}


@pytest.mark.parametrize(
    ("token", "key"),
    [
        ("", "doctor.token_missing"),
        ("not a token", "doctor.token_malformed"),
        ("7000000009:AAEa-token-nobody-gave-out-000000000001", "doctor.token_refused"),
    ],
)
async def test_a_bad_token_is_named_and_ends_the_look(look: Look, token: str, key: str) -> None:
    found = await look(bot_token=token)
    assert [(each.key, each.verdict) for each in found.values()] == [(key, Verdict.FAIL)]


async def test_no_connection(look: Look) -> None:
    found = await look(api_base="http://127.0.0.1:9")
    assert list(found) == ["doctor.telegram_unreachable"]
    assert found["doctor.telegram_unreachable"].values["base"] == "http://127.0.0.1:9"


async def test_a_flooded_bot_is_no_failure(look: Look, tg: TelegramSandbox) -> None:
    tg.faults(method="getMe", code=429, retry_after=7)
    found = await look()
    assert found["doctor.telegram_busy"].verdict is Verdict.WARN
    assert found["doctor.telegram_busy"].values["seconds"] == 7


async def test_a_webhook_stops_polling(look: Look, tg: TelegramSandbox) -> None:
    await set_webhook(tg, "https://elsewhere.example/hook")
    found = await look()
    assert found["doctor.webhook_while_polling"].values["host"] == "elsewhere.example"


async def test_webhook_mode_needs_our_address(look: Look, tg: TelegramSandbox) -> None:
    assert "doctor.webhook_needs_url" in await look(updates="webhook")
    assert "doctor.webhook_ok" in await look(updates="webhook", public_url="https://desk.example")
    await set_webhook(tg, "https://elsewhere.example/hook")
    assert "doctor.webhook_elsewhere" in await look(updates="webhook", public_url="https://desk.example")


async def set_webhook(tg: TelegramSandbox, url: str) -> None:
    from aiohttp import ClientSession

    address = f"{tg.base_url}/bot{tg.token}/setWebhook"
    async with ClientSession() as session, session.post(address, json={"url": url}) as answer:
        assert (await answer.json())["ok"]


@pytest.mark.parametrize(
    ("ahead", "key"), [(-600, "doctor.clock_wrong"), (600, "doctor.clock_wrong"), (2, "doctor.clock_ok")]
)
async def test_a_clock_that_is_off(look: Look, ahead: float, key: str) -> None:
    found = await look(ahead=ahead)
    assert key in found
    if key == "doctor.clock_wrong":
        assert abs(int(found[key].values["seconds"]) - ahead) <= 2


async def test_no_group_named_is_only_skipped(look: Look) -> None:
    found = await look(group_id=None)
    assert found["doctor.group_unset"].verdict is Verdict.SKIPPED
    assert "doctor.owner_unset" not in found


async def test_a_group_the_bot_cannot_see(look: Look) -> None:
    found = await look(group_id=-1009999999999)
    assert found["doctor.group_unreachable"].verdict is Verdict.FAIL


async def test_a_group_that_is_none_yet(look: Look, tg: TelegramSandbox) -> None:
    members = [{"user": tg.owner_id, "status": "creator"}, {"user": tg.bot_id, "status": "administrator"}]
    tg.chat(id=-4000001, title="Small", type="group", members=members)
    assert "doctor.group_not_super" in await look(group_id=-4000001)


async def test_a_group_that_moved_names_its_new_id(look: Look, tg: TelegramSandbox) -> None:
    members = [{"user": tg.owner_id, "status": "creator"}, {"user": tg.bot_id, "status": "administrator"}]
    tg.chat(id=-4000002, title="Small", type="group", members=members)
    tg.migrate(chat=-4000002, new_id=-1004000002)
    found = await look(group_id=-4000002)
    assert found["doctor.group_moved"].values["id"] == -1004000002


async def test_a_group_without_topics(look: Look, tg: TelegramSandbox) -> None:
    tg.chat_settings(is_forum=False)
    assert set(await look()) == (ALL_WELL - {"doctor.group_ok"}) | {"doctor.group_no_topics"}


@pytest.mark.parametrize(
    ("right", "present", "missing", "verdict"),
    [
        ("can_manage_topics", "doctor.right_topics", "doctor.no_right_topics", Verdict.FAIL),
        ("can_pin_messages", "doctor.right_pin", "doctor.no_right_pin", Verdict.WARN),
        ("can_delete_messages", "doctor.right_delete", "doctor.no_right_delete", Verdict.WARN),
    ],
)
async def test_each_right_has_its_line(
    look: Look, tg: TelegramSandbox, right: str, present: str, missing: str, verdict: Verdict
) -> None:
    rights = {"can_manage_topics", "can_pin_messages", "can_delete_messages"} - {right}
    tg.member(user=tg.bot_id, status="administrator", rights=sorted(rights))
    found = await look()
    assert set(found) == (ALL_WELL - {present}) | {missing}
    assert found[missing].verdict is verdict


async def test_privacy_matters_to_a_plain_member_only(look: Look, tg: TelegramSandbox) -> None:
    tg.member(user=tg.bot_id, status="member")
    assert {"doctor.bot_not_admin", "doctor.privacy_on"} <= set(await look())
    tg.set_privacy(privacy=False)
    found = await look()
    assert "doctor.bot_not_admin" in found
    assert "doctor.privacy_on" not in found


async def test_reactions_the_group_forbids(look: Look, tg: TelegramSandbox) -> None:
    tg.chat_settings(available_reactions=["👍", "👌", "👀"])
    marks = str((await look())["doctor.marks_not_allowed"].values["marks"])
    assert "✍" in marks
    assert "👌" not in marks


async def test_the_owner_is_named_and_inside(look: Look, tg: TelegramSandbox) -> None:
    assert (await look(owner_id=None))["doctor.owner_unset"].verdict is Verdict.WARN
    assert "doctor.owner_unset" in await look(owner_id=None, group_id=None)
    tg.user(id=5999999, name="Otto")
    assert (await look(owner_id=5999999))["doctor.owner_outside"].verdict is Verdict.FAIL
