"""docs/fidelity.md: what each line carries, from the lines' own capability data and from the tests that prove it.

Write it anew: `python -m tests.house.fidelity`. A test names what it proves with
`@pytest.mark.proves("<line>", "<feature>", "in" or "out")`; `in` is customer → topic, `out` is topic → customer.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping

from core.ports import Limits
from gateway.whatsapp_cloud.limits import LIMITS
from tests.house.house_tree import ROOT, python_files, tree_of

PAGE = "docs/fidelity.md"
LINES: Mapping[str, tuple[str, Limits]] = {"cloud": ("WhatsApp Cloud API", LIMITS)}

FEATURES = {
    "text": "Text",
    "formatting": "Bold, italic, code …",
    "reply": "Quoting a message",
    "photo": "Photo",
    "video": "Video",
    "voice": "Voice message",
    "audio": "Audio file",
    "document": "Document",
    "sticker": "Sticker",
    "album": "Several files at once",
    "location": "Place",
    "live_location": "Live location",
    "contact": "Contact card",
    "reaction": "Reaction",
    "poll": "Poll",
    "tap": "Tap on a button or list",
    "form": "Filled-in form (flow)",
    "order": "Order",
    "product": "Question about a product",
    "ad": "Came from an ad or post",
    "forward": "Forwarded",
    "edit": "Changing a message",
    "delete": "Deleting a message",
    "view_once": "To be seen once",
    "timer": "Disappearing messages",
    "call": "Call",
    "invite": "Invitation to a group",
    "system": "New number, new security code",
    "consent": "Wishes about marketing",
    "echo": "Sent from the phone itself",
    "typing": "“typing…”",
    "read": "Read marks",
    "status": "Sent, delivered, read",
    "template": "Approved templates",
    "window": "Beyond the 24 hours",
    "unknown": "Any other kind",
}

ONE_WAY = {
    "in": {"tap", "form", "order", "product", "ad", "system", "consent", "echo", "call", "invite", "status"},
    "out": {"template", "window", "typing", "read"},
}
"""What exists in one direction only."""

NOT_YET: Mapping[tuple[str, str, str], str] = {
    ("cloud", "template", "out"): "not built yet",
    ("cloud", "reaction", "out"): "not built yet",
    ("cloud", "forward", "out"): "sent as if written here",
    ("cloud", "album", "out"): "not proven yet",
}
"""What a line could carry and this desk does not, or nobody has shown that it does."""

Cell = tuple[str, str, str]


def proofs() -> Mapping[Cell, list[str]]:
    """Cell → the tests that prove it."""
    found: dict[Cell, list[str]] = defaultdict(list)
    for name in python_files("tests"):
        for node in ast.walk(tree_of(name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for cell in _cells(node):
                    found[cell].append(node.name)
    return found


def _cells(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Cell]:
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.proves":
            line, feature, direction = (str(ast.literal_eval(each)) for each in mark.args)
            yield line, feature, direction


def wanted() -> list[Cell]:
    """Every cell of the table."""
    ways = {"in": "out", "out": "in"}
    return [
        (line, feature, way)
        for line in LINES
        for feature in FEATURES
        for way, other in ways.items()
        if feature not in ONE_WAY[other]
    ]


def reason(cell: Cell) -> str:
    """Why a cell is a no; empty when it is a yes."""
    line, feature, way = cell
    return LINES[line][1].cannot.get(f"{feature}.{way}", "") or NOT_YET.get(cell, "")


def page() -> str:
    found = proofs()
    parts = [_HEAD, *(_section(line, found) for line in LINES)]
    return "\n".join(parts)


def _section(line: str, found: Mapping[Cell, list[str]]) -> str:
    title, limits = LINES[line]
    rows = [f"| {word} | {_cell((line, key, 'in'), found)} | {_cell((line, key, 'out'), found)} |"
            for key, word in FEATURES.items()]  # fmt: skip
    facts = [f"- {name}: {value}" for name, value in _facts(limits)]
    head = [f"## {title}", "", *facts, "", "| | customer → topic | topic → customer |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _cell(cell: Cell, found: Mapping[Cell, list[str]]) -> str:
    if cell not in wanted():
        return ""
    tests = ", ".join(f"`{name}`" for name in sorted(set(found.get(cell, []))))
    if why := reason(cell):
        return f"no: {why}" + (f" (staff are told: {tests})" if tests else "")
    return f"yes ({tests})" if tests else "**nothing proves it**"


def _facts(limits: Limits) -> list[tuple[str, str]]:
    sizes = {kind: f"{size // 1024 // 1024} MB" for kind, size in limits.media_bytes.items()}
    return [
        ("Longest text, caption", f"{limits.text}, {limits.caption} characters; longer ones are split"),
        (
            "Largest files",
            ", ".join(f"{kind} {size}" for kind, size in sizes.items()) + "; what does not fit goes as a document",
        ),
        ("Free words", f"for {limits.window_hours} hours after the customer's" if limits.window_hours else "always"),
        ("Choices", f"{limits.buttons} buttons, {limits.list_rows} rows of a list; more are numbered words"),
    ]


_HEAD = """# What each line carries

Made by `python -m tests.house.fidelity` from the lines' capability data (`core/ports.py`, `Limits`) and from the tests
that prove each cell; a test fails when this page is not what would be made. “yes” names the tests, “no” the reason.
"""


if __name__ == "__main__":
    (ROOT / PAGE).write_text(page(), encoding="utf-8")
