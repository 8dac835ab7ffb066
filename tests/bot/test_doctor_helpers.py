"""`topicdesk doctor` looks at helper bots: each token, and whether the bot may post in the group."""

from collections.abc import Awaitable, Callable

import pytest

from bot.doctor_helpers import check_helpers
from core.checkup import Finding, Verdict
from core.settings import TelegramSettings
from sandbox.telegram import TelegramSandbox

Look = Callable[..., Awaitable[list[Finding]]]

HELPER_ID = 7000000002
HELPER = f"{HELPER_ID}:AAEsandbox-token-of-a-helper-bot-00002"


@pytest.fixture
def look(tg: TelegramSandbox) -> Look:
    tg.bot(token=HELPER, username="helper_bot", name="Helper")
    tg.member(user=HELPER_ID, status="member")

    async def look(tokens: str, **changes: object) -> list[Finding]:
        facts = {"bot_token": tg.token, "api_base": tg.base_url, "group_id": tg.group_id, "helper_tokens": tokens}
        return await check_helpers(TelegramSettings.model_validate(facts | changes))

    return look


def keys(found: list[Finding]) -> list[str]:
    return [finding.key for finding in found]


async def test_without_helpers_nothing_is_said(look: Look) -> None:
    assert await look("") == []


async def test_a_member_that_may_post_is_all_it_takes(look: Look) -> None:
    (finding,) = await look(HELPER)
    assert (finding.key, finding.verdict) == ("doctor.helper_ok", Verdict.OK)
    assert finding.values["name"] == "@helper_bot"


async def test_each_entry_has_its_line(look: Look, tg: TelegramSandbox) -> None:
    stranger = "7000000009:AAEa-token-nobody-gave-out-000000000001"
    found = await look(f"{HELPER}, nonsense {tg.token},{HELPER}\n{stranger}")
    assert keys(found) == [
        "doctor.helper_ok", "doctor.helper_malformed", "doctor.helper_is_main", "doctor.helper_twice",
        "doctor.helper_refused",
    ]  # fmt: skip
    assert [finding.values["place"] for finding in found[1:]] == [2, 3, 4, 5]
    assert {finding.verdict for finding in found[1:]} == {Verdict.WARN}, "the desk works without them"


async def test_a_helper_that_is_not_in_the_group(look: Look, tg: TelegramSandbox) -> None:
    tg.member(user=HELPER_ID, status="left")
    assert keys(await look(HELPER)) == ["doctor.helper_outside"]
    tg.bot(token="7000000003:AAEsandbox-token-of-a-helper-bot-00003", username="never_there_bot", name="N")
    assert keys(await look("7000000003:AAEsandbox-token-of-a-helper-bot-00003")) == ["doctor.helper_outside"]


async def test_a_helper_that_may_not_post(look: Look, tg: TelegramSandbox) -> None:
    tg.chat_settings(permissions=["can_send_photos"])
    assert keys(await look(HELPER)) == ["doctor.helper_mute"]
    tg.member(user=HELPER_ID, status="administrator", rights=[])
    assert keys(await look(HELPER)) == ["doctor.helper_ok"]
    tg.member(user=HELPER_ID, status="restricted", rights=[])
    assert keys(await look(HELPER)) == ["doctor.helper_mute"]


async def test_without_a_group_the_token_alone_is_looked_at(look: Look) -> None:
    assert keys(await look(HELPER, group_id=None)) == ["doctor.helper_token_ok"]


async def test_no_answer_is_not_the_helpers_fault(look: Look, tg: TelegramSandbox) -> None:
    tg.faults(method="getMe", bot=HELPER_ID, retry_after=5)
    assert keys(await look(HELPER)) == ["doctor.helper_unanswered"]
