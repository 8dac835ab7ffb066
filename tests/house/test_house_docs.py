"""Pages that keep up with the code: settings, links, dependencies, commands."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from bot.cli import main
from bot.commands import COMMANDS
from core.settings import DeskSettings, TelegramSettings, WhatsAppSettings
from tests.house.house_tree import ROOT, project_files, text_of

READMES = ("README.md", "README.zh-CN.md")
LONGEST_DECISION = 40
_NAME = r"(?:TELEGRAM|WHATSAPP|TOPICDESK)_[A-Z_]*[A-Z]"


def settings_of(settings: type[BaseSettings]) -> set[str]:
    prefix = str(settings.model_config.get("env_prefix"))
    return {f"{prefix}{name}".upper() for name in settings.model_fields}


SETTINGS = settings_of(TelegramSettings) | settings_of(WhatsAppSettings) | settings_of(DeskSettings)


def pages() -> list[str]:
    return [name for name in project_files() if name.endswith(".md")]


@pytest.mark.parametrize("readme", READMES)
def test_the_table_names_every_setting_and_no_other(readme: str) -> None:
    rows = [line for line in text_of(readme).splitlines() if line.startswith(("| `T", "| `W"))]
    named = {name for row in rows for name in re.findall(rf"`({_NAME})`", row.split("|")[1])}
    assert named == SETTINGS


def test_the_example_names_known_settings() -> None:
    named = set(re.findall(rf"^#?({_NAME})=", text_of(".env.example"), flags=re.MULTILINE))
    assert named - SETTINGS == set()
    assert {"TELEGRAM_BOT_TOKEN", "WHATSAPP_ACCESS_TOKEN"} <= named


def test_links_lead_somewhere() -> None:
    broken = [
        f"{page}: {target}"
        for page in pages()
        for target in re.findall(r"\]\(([^)#]+)\)", text_of(page))
        if "://" not in target and not (ROOT / Path(page).parent / target).exists()
    ]
    assert broken == []


def test_named_files_exist() -> None:
    """Paths in backticks, as the tables of docs/ write them."""
    paths = r"`((?:bot|core|gateway|sandbox|tests|locales|docs)/[\w/.-]+\.\w+)`"
    gone = [
        f"{page}: {path}" for page in pages() for path in re.findall(paths, text_of(page)) if not (ROOT / path).exists()
    ]
    assert gone == []


@pytest.mark.parametrize("readme", READMES)
def test_every_slash_command_is_named(readme: str) -> None:
    assert {name for name in COMMANDS if f"/{name}" not in text_of(readme)} == set()


def test_the_commands_of_the_readme_exist(capsys: pytest.CaptureFixture[str]) -> None:
    (named,) = re.findall(r"Commands: `topicdesk ([^`]+)`", text_of("README.md"))
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    listed = set(re.findall(r"^    (\w+) ", capsys.readouterr().out, flags=re.MULTILINE))
    assert set(named.split(" | ")) == listed


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    wanted = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    names = {re.match(r"[\w-]+", each)[0] for each in wanted}
    page = text_of("docs/decisions/0004-dependencies.md")
    assert {name for name in names if not re.search(rf"\b{re.escape(name)}\b", page)} == set()


def test_decisions_stay_short() -> None:
    lengths = {name: len(text_of(name).splitlines()) for name in pages() if name.startswith("docs/decisions/")}
    assert lengths, "no decision was looked at"
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_DECISION} == {}
