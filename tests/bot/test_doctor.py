"""What `topicdesk doctor` prints: a line each, remedies, JSON, the exit code, and never a secret."""

import ast
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.doctor import Section, as_data, as_lines, examine, run_doctor
from core.checkup import Finding, fail, ok, skipped, warn
from core.i18n import LOCALES, read_catalog, texts_for
from core.settings import DeskSettings
from sandbox.graph import GraphSandbox, defaults
from sandbox.telegram import TelegramSandbox
from tests.bot.test_doctor_telegram import settings_of

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("bot/doctor_machine.py", "bot/doctor_telegram.py", "gateway/whatsapp_cloud/checkup.py")
WITHOUT_REMEDY = {"doctor.wa_refused"}
"""Only Meta knows what to do about it."""

FINDINGS = [
    Section("doctor.machine", [ok("doctor.disk_ok", free=5000), warn("doctor.disk_low", free=500)]),
    Section("doctor.telegram", [skipped("doctor.group_unset"), fail("doctor.token_refused")]),
]


def test_one_line_each_and_the_remedy_below() -> None:
    lines = as_lines(FINDINGS, texts_for("en"))
    assert lines[:4] == [
        "This machine",
        "  ✅ 5000 MB of disk are free",
        "  ⚠️ Only 500 MB of disk are free",
        "       Customers' files are kept in the data directory: make room soon.",
    ]
    assert lines[-1] == "1 thing to mend, marked ❌."


def test_the_last_line_fits_what_was_found() -> None:
    texts = texts_for("en")
    assert as_lines(FINDINGS[:1], texts)[-1].startswith("Nothing stops the desk")
    assert as_lines([Section("doctor.machine", [ok("doctor.clock_ok")])], texts)[-1] == "All is well."


def test_the_same_for_machines() -> None:
    report = json.loads(as_data(FINDINGS, texts_for("zh")))
    assert report["ok"] is False
    assert [(each["section"], each["check"], each["verdict"]) for each in report["findings"]] == [
        ("machine", "doctor.disk_ok", "ok"),
        ("machine", "doctor.disk_low", "warn"),
        ("telegram", "doctor.group_unset", "skipped"),
        ("telegram", "doctor.token_refused", "fail"),
    ]
    assert report["findings"][3]["text"] == "Telegram 不认这个令牌"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_complaint_says_how_to_mend_it(locale: str) -> None:
    complaints = {key for source in SOURCES for key in complaints_of(source)}
    assert len(complaints) > 40, "no complaint was looked at"
    texts = {message.id: message.string for message in read_catalog(locale)}
    assert {key for key in complaints if "\n" not in texts[key]} == WITHOUT_REMEDY


def complaints_of(source: str) -> set[str]:
    calls = (node for node in ast.walk(ast.parse((ROOT / source).read_text())) if isinstance(node, ast.Call))
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id in {"fail", "warn"})
    return {call.args[0].value for call in named if call.args and isinstance(call.args[0], ast.Constant)}


async def test_findings_come_in_sections(tg: TelegramSandbox, tmp_path: Path) -> None:
    async def whatsapp() -> list[Finding]:
        return [skipped("doctor.wa_unset")]

    sections = await examine(settings_of(tg), whatsapp)
    assert [section.title for section in sections] == ["doctor.machine", "doctor.telegram", "doctor.whatsapp"]
    assert all(section.findings for section in sections)


# ------------------------------------------------------------------ the command itself


@pytest.fixture
async def environment(tg: TelegramSandbox, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """What an operator would set, for two servers that are really there."""
    async with GraphSandbox.start(callback="https://desk.example/hooks/whatsapp") as graph:
        yield {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "TELEGRAM_BOT_TOKEN": tg.token,
            "TELEGRAM_API_BASE": tg.base_url,
            "TELEGRAM_GROUP_ID": str(tg.group_id),
            "TELEGRAM_OWNER_ID": str(tg.owner_id),
            "WHATSAPP_API_BASE": graph.base_url,
            "WHATSAPP_ACCESS_TOKEN": defaults.ACCESS_TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": defaults.PHONE_NUMBER_ID,
            "WHATSAPP_BUSINESS_ACCOUNT_ID": defaults.WABA_ID,
            "WHATSAPP_APP_SECRET": defaults.APP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": defaults.VERIFY_TOKEN,
            "TOPICDESK_DATA_DIR": str(tmp_path / "data"),
        }


async def doctor(environment: dict[str, str], folder: Path, *options: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", "doctor", *options,
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def test_the_command_ends_with_0_when_all_is_well(environment: dict[str, str], tmp_path: Path) -> None:
    code, output = await doctor(environment, tmp_path)
    assert (code, "❌" in output) == (0, False), output
    assert "The bot is @topicdesk_bot" in output
    assert "Meta sends messages to https://desk.example/hooks/whatsapp" in output
    assert not (tmp_path / "data").exists()
    secrets = [value for name, value in environment.items() if name.endswith(("TOKEN", "SECRET"))]
    assert [secret for secret in secrets if secret in output] == []


async def test_it_ends_with_1_and_tells_no_secret(
    tg: TelegramSandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def whatsapp() -> list[Finding]:
        return [fail("doctor.wa_secret_wrong")]

    tg.member(user=tg.bot_id, status="member")
    desk = DeskSettings.model_validate({"data_dir": tmp_path, "master_key": "not-a-master-key"})
    code = await run_doctor(replace(settings_of(tg), desk=desk), "zh", whatsapp, as_json=True)
    output = capsys.readouterr().out
    failed = {each["check"] for each in json.loads(output)["findings"] if each["verdict"] == "fail"}
    assert code == 1
    assert failed == {
        "doctor.key_malformed", "doctor.bot_not_admin", "doctor.privacy_on", "doctor.wa_secret_wrong",
    }  # fmt: skip
    assert [secret for secret in (tg.token, "not-a-master-key") if secret in output] == []


async def test_a_value_that_cannot_be_read_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    code, output = await doctor(environment | {"TELEGRAM_GROUP_ID": "my group"}, tmp_path)
    assert code == 2
    assert "TELEGRAM_GROUP_ID" in output
    assert "Traceback" not in output
