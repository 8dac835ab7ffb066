"""Message templates: the list with its cursors, review, and what a send must bring along."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.graph import ids
from sandbox.graph.errors import GraphError, invalid
from sandbox.graph.shapes import Anything, Many

COMPONENTS = Many(Anything(), least=1)
CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
PAGE = 25
LONGEST_BODY = 1024
SCORED_AT = 1767225600  # `date` of a quality score: seconds since 1970
REST_AFTER_DELETE = 30 * 86400.0
"""A deleted name cannot be used again for so long (Meta: template management)."""

_NAME = re.compile(r"^[a-z0-9_]{1,512}$")
VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass
class Template:
    name: str
    language: str
    category: str
    components: list[dict[str, Any]]
    status: str = "APPROVED"
    parameter_format: str = "POSITIONAL"
    quality: str = "UNKNOWN"
    id: str = field(default_factory=ids.numeric_id)

    def view(self, names: list[str] | None = None) -> dict[str, Any]:
        """`names` = the `fields` asked for; the id always comes along, as with every Graph object."""
        whole = {
            "name": self.name,
            "parameter_format": self.parameter_format,
            "components": self.components,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "quality_score": {"score": self.quality, "date": SCORED_AT},
            "id": self.id,
        }
        if names is None:
            del whole["quality_score"]
            return whole
        return {name: value for name, value in whole.items() if name in names or name == "id"}

    def component(self, kind: str) -> dict[str, Any]:
        return next((c for c in self.components if str(c.get("type", "")).upper() == kind), {})


def world() -> list[Template]:
    """The templates a fresh sandbox has: plain, with parameters in two languages, media, paused.

    Every variable and media header has its example, without which Meta reviews nothing.
    """
    body = "Hello {{1}}, your order {{2}} is on its way."
    chinese = "{{1}} 您好，您的订单 {{2}} 已发出。"
    sale = [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://example.com/sale.jpg"]}},
        {
            "type": "BODY",
            "text": "Dear {{first_name}}, the sale ends on {{end_date}}, do not miss it.",
            "example": {
                "body_text_named_params": [
                    {"param_name": "first_name", "example": "Ann"},
                    {"param_name": "end_date", "example": "Friday"},
                ]
            },
        },
        {"type": "FOOTER", "text": "Reply STOP to opt out"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Tell me more"}]},
    ]
    hello = [{"type": "HEADER", "format": "TEXT", "text": "Hello World"}, _body("Welcome, and thank you.")]
    return [
        Template("hello_world", "en_US", "UTILITY", hello),
        Template("order_on_its_way", "en_US", "UTILITY", [_body(body, "Ann", "42")]),
        Template("order_on_its_way", "zh_CN", "UTILITY", [_body(chinese, "小安", "42")]),
        Template("season_sale", "en_US", "MARKETING", sale, parameter_format="NAMED"),
        Template("paused_offer", "en_US", "MARKETING", [_body("An offer for you.")], status="PAUSED"),
    ]


def _body(text: str, *examples: str) -> dict[str, Any]:
    body: dict[str, Any] = {"type": "BODY", "text": text}
    return body | ({"example": {"body_text": [list(examples)]}} if examples else {})


class Templates:
    """Templates of one account, in order of creation."""

    def __init__(self) -> None:
        self._all: dict[str, Template] = {}
        self._deleted: dict[str, float] = {}
        self.reset()

    def reset(self) -> None:
        self._deleted.clear()
        self._all = {template.id: template for template in world()}

    def view(self) -> list[dict[str, Any]]:
        return [template.view() for template in self._all.values()]

    def by_id(self, template_id: str) -> Template | None:
        return self._all.get(template_id)

    def find(self, name: str, language: str) -> Template | None:
        return next((t for t in self._all.values() if (t.name, t.language) == (name, language)), None)

    def put(self, template: Template) -> Template:
        """Keep a template as it is, without review."""
        self._all[template.id] = template
        return template

    def create(self, body: dict[str, Any], now: float) -> Template:
        """The business files a template. Raises GraphError 100 with Meta's subcodes."""
        name, language = str(body.get("name", "")), str(body.get("language", ""))
        category, components = str(body.get("category", "")).upper(), body.get("components")
        if not _NAME.match(name):
            raise invalid("Invalid parameter", "name: lowercase letters, digits and underscores only")
        if category not in CATEGORIES:
            raise invalid(f"Param category must be one of {{{', '.join(CATEGORIES)}}} - got {category!r}.")
        if not language or not components:
            raise invalid("The parameters language and components are required.")
        COMPONENTS.check(components, "components")
        if self.find(name, language):
            raise GraphError(100, "Invalid parameter", "This template exists in this language", 400, 2388024)
        if now - self._deleted.get(name, -REST_AFTER_DELETE) < REST_AFTER_DELETE:
            raise GraphError(100, "Invalid parameter", "This name was deleted recently", 400, 2388023)
        style = str(body.get("parameter_format") or "POSITIONAL").upper()
        return self.put(Template(name, language, category, components, "PENDING", style))

    def edit(self, template: Template, body: dict[str, Any]) -> None:
        if "components" in body:
            COMPONENTS.check(body["components"], "components")
            template.components = body["components"]
        if "category" in body:
            template.category = str(body["category"]).upper()
        template.status = "PENDING"

    def delete(self, name: str, template_id: str | None, now: float) -> bool:
        """All languages of a name, or with an id only that one."""
        gone = [t.id for t in self._all.values() if t.name == name and template_id in (None, t.id)]
        for one in gone:
            del self._all[one]
        if gone and not any(t.name == name for t in self._all.values()):
            self._deleted[name] = now
        return bool(gone)

    def page(self, filters: dict[str, str], limit: int, after: str | None) -> tuple[list[Template], int, int]:
        """Templates from a cursor on: (page, position of its start, how many there are in all)."""
        found = [t for t in self._all.values() if _matches(t, filters)]
        start = _position(after)
        return found[start : start + limit], start, len(found)


def _matches(template: Template, filters: dict[str, str]) -> bool:
    wanted = {name: value for name, value in filters.items() if name != "name_or_content"}
    exact = all(str(getattr(template, name)).lower() == value.lower() for name, value in wanted.items())
    return exact and filters.get("name_or_content", "").lower() in str(template.view()).lower()


def cursor(position: int) -> str:
    return base64.b64encode(f"t{position}".encode()).decode().rstrip("=")


def _position(after: str | None) -> int:
    if not after:
        return 0
    try:
        text = base64.b64decode(after + "=" * (-len(after) % 4), validate=True).decode()
    except ValueError as wrong:
        raise GraphError(131059, details="The cursor is not valid") from wrong
    if not re.fullmatch(r"t\d+", text):
        raise GraphError(131059, details="The cursor is not valid")
    return int(text[1:])


def review(template: Template) -> str | None:
    """Meta's reason to reject a template, or None. Variables: not first, not last, not adjacent."""
    text = str(template.component("BODY").get("text", "")).strip()
    if re.search(r"\}\}\s*\{\{", text) or text.startswith("{{") or text.endswith("}}"):
        return "INVALID_FORMAT"
    return None
