"""The project's own source, for tests that read it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("bot", "core", "gateway")
CODE = (*PRODUCT, "sandbox", "tests")
_MADE_BY_TOOLS = ("core/store/migrations/versions/",)


@cache
def project_files() -> tuple[str, ...]:
    """Every file of the project that exists, relative to its root: all that git would take, else all there are."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        names = listed.stdout.splitlines()
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not _is_private(path)]
    return tuple(name for name in names if (ROOT / name).is_file())


def _is_private(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(part.startswith(".") or part in {"__pycache__", "data", "build"} for part in parts)


def python_files(*rooms: str) -> list[str]:
    """Hand-written Python files under these top folders, all of them by default."""
    wanted = tuple(f"{room}/" for room in rooms or CODE)
    return [
        name
        for name in project_files()
        if name.endswith(".py") and name.startswith(wanted) and not name.startswith(_MADE_BY_TOOLS)
    ]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(text_of(name), filename=name)


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_of(name: str) -> Iterator[Function]:
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls_of(name: str, *called: str) -> Iterator[ast.Call]:
    """Calls of a function or method by its last name: `create_task` finds `asyncio.create_task(…)`, too."""
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Call) and _last_name(node.func) in called:
            yield node


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
