"""What a newcomer reads when the command line cannot do what it was asked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def _run(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "TOPICDESK_"))}
    command = [sys.executable, "-m", "bot.cli", "run"]
    environment = {**kept, "PYTHONPATH": str(Path.cwd()), **settings}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "topicdesk: TELEGRAM_BOT_TOKEN is not set"),
        ({"TOPICDESK_LOCALE": "zh"}, "topicdesk: 没有设置 TELEGRAM_BOT_TOKEN"),
        ({"TELEGRAM_BOT_TOKEN": "hello"}, "topicdesk: TELEGRAM_BOT_TOKEN does not look like a token"),
    ],
)
def test_a_start_without_a_usable_token_says_where_to_get_one(
    tmp_path: Path, settings: dict[str, str], says: str
) -> None:
    ended = _run(tmp_path, **settings)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(says), ended.stderr
    assert "@BotFather" in ended.stderr


def test_a_persons_id_for_the_group_is_refused(tmp_path: Path) -> None:
    ended = _run(tmp_path, TELEGRAM_GROUP_ID="1999888777")
    assert ended.returncode == 2
    assert ended.stderr.startswith("topicdesk: TELEGRAM_GROUP_ID:"), ended.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"TOPICDESK_DATABASE_URL": "mysql://x"}, "sqlite+aiosqlite"),
        ({"TOPICDESK_DATABASE_URL": "postgresql+asyncpg://x@127.0.0.1:1/x"}, "the database cannot be used"),
        ({"TELEGRAM_UPDATES": "webhook"}, "TOPICDESK_PUBLIC_URL"),
    ],
)
def test_a_start_that_cannot_work_says_why_in_one_line(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    ended = _run(tmp_path, TELEGRAM_BOT_TOKEN="7000000001:AAEsandbox-token-of-the-desk-bot-001", **settings)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1, ended.stderr
