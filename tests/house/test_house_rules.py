"""Rules that no linter knows."""

import ast
import re
import subprocess
import sys

from core.jobs import JobKind
from tests.house.house_tree import PRODUCT, ROOT, calls_of, project_files, python_files, text_of, tree_of

TASK_STARTERS = ("create_task", "ensure_future", "run_in_executor", "TaskGroup")
MAY_START_TASKS = {
    "core/work/runner.py",
    "core/simulate/drive.py",
    "core/store/presence.py",
    "core/work/sole.py",
    "bot/app.py",
}
"""A task nobody waits for dies unseen: only these start any, and all of them wait."""

_SELF = "tests/house/test_house_rules.py"
FORBIDDEN = {
    r"#.*\b(TO" r"DO|FIX" r"ME|X" r"XX)\b": "unfinished work",
    r"raise NotImplemented" r"Error": "a stub",
    r"monkeypatch\.set" r"attr": "tests go through the doors",
    r"/work/" r"\w|/home/" r"\w|/tmp/" r"brief": "a path of one machine",
    r"pypi\." r"org|python" r"hosted|npm" r"js\.(org|com)": "a registry's host",
    r"(?i)co-auth" r"ored-by|language mo" r"del gen": "not about the project",
}
NOT_TEXT = (".png", ".jpg", ".webp", ".ogg", ".mp4", ".pdf", ".ico", ".woff2")


def test_only_few_places_start_tasks() -> None:
    starters = {name for name in python_files(*PRODUCT) for _ in calls_of(name, *TASK_STARTERS)}
    assert starters - MAY_START_TASKS == set()


def test_no_forbidden_words() -> None:
    found = [
        f"{name}:{number}: {why}"
        for name in project_files()
        if name != _SELF and not name.endswith(NOT_TEXT)
        for number, line in enumerate(text_of(name).splitlines(), start=1)
        for pattern, why in FORBIDDEN.items()
        if re.search(pattern, line)
    ]
    assert found == []


def test_tests_never_mock() -> None:
    mock = "unittest" + ".mock"
    assert [name for name in python_files("tests") if name != _SELF and mock in text_of(name)] == []


def test_every_kind_of_job_has_a_handler() -> None:
    """A job nobody handles would wait for ever in its lane."""
    wired = {
        node.attr
        for node in ast.walk(tree_of("bot/app.py"))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "JobKind"
    }
    assert {kind.name for kind in JobKind} - wired == set()


def test_import_contracts_hold() -> None:
    """The rooms of the house, as written in pyproject.toml."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache", "--no-logo"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_core_and_gateway_run_without_the_bot_framework() -> None:
    """Importing aiogram costs seconds and 170 MB: nothing below bot/ may pull it in, however indirectly."""
    modules = [
        name[: -len(".py")].replace("/", ".") for name in python_files("core", "gateway") if "migrations" not in name
    ]
    code = (
        f"import importlib, sys; [importlib.import_module(m) for m in {modules!r}]; assert 'aiogram' not in sys.modules"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
