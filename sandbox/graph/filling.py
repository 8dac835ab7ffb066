"""A template message: does it bring what the template needs, and what does the customer then read."""

from __future__ import annotations

import re
from typing import Any

from sandbox.graph.errors import GraphError
from sandbox.graph.templates import LONGEST_BODY, VARIABLE, Template, Templates

_NOT_SENDABLE = {"PAUSED": 132015, "DISABLED": 132016}
_MEDIA_HEADERS = ("IMAGE", "VIDEO", "DOCUMENT", "LOCATION")

Component = dict[str, Any]


def template_of(templates: Templates, content: dict[str, Any]) -> Template:
    """The template a send names, once its parameters fit. Raises the 1320xx errors."""
    name, language = content["name"], content["language"]["code"]
    template = templates.find(name, language)
    if template is not None and template.status in _NOT_SENDABLE:
        raise GraphError(_NOT_SENDABLE[template.status], details=f"template ({name}) is not active")
    if template is None or template.status != "APPROVED":
        raise GraphError(132001, details=f"template name ({name}) does not exist in {language}")
    _check_header(template, content)
    _check_body(template, content)
    _check_buttons(template, content)
    return template


def _component(content: dict[str, Any], kind: str) -> Component:
    return next((c for c in content.get("components", []) if str(c.get("type")).lower() == kind), {})


def _check_header(template: Template, content: dict[str, Any]) -> None:
    header, given = template.component("HEADER"), _component(content, "header").get("parameters", [])
    wanted = header.get("format", "TEXT").upper() if header else "TEXT"
    if wanted in _MEDIA_HEADERS:
        kinds = [str(parameter.get("type")).lower() for parameter in given]
        if kinds != [wanted.lower()]:
            details = f"header: Format mismatch, expected {wanted}, received {kinds or 'UNKNOWN'}"
            raise GraphError(132012, details=details)
        return
    _check_variables("header", header.get("text", ""), given, template)


def _body_text(template: Template) -> str:
    """Authentication templates have a text of Meta's own, with the code as its only variable."""
    body = template.component("BODY")
    usual = "{{1}} is your verification code." if template.category == "AUTHENTICATION" else ""
    return str(body.get("text", usual))


def _check_body(template: Template, content: dict[str, Any]) -> None:
    text = _body_text(template)
    given = _component(content, "body").get("parameters", [])
    _check_variables("body", text, given, template)
    if len(_fill(text, given)) > LONGEST_BODY:
        raise GraphError(132005, details=f"body: longer than {LONGEST_BODY} characters with its parameters")


def _check_variables(where: str, text: str, given: list[Component], template: Template) -> None:
    wanted = list(dict.fromkeys(VARIABLE.findall(text)))
    if len(given) != len(wanted):
        details = f"{where}: number of localizable_params ({len(given)}) does not match "
        raise GraphError(132000, details=f"{details}the expected number of params ({len(wanted)})")
    if template.parameter_format == "NAMED":
        names = {parameter.get("parameter_name") for parameter in given}
        if names != set(wanted):
            raise GraphError(132012, details=f"{where}: parameter_name is missing or not of {wanted}")
    for parameter in given:
        if parameter.get("type") == "text" and not parameter.get("text"):
            raise GraphError(131008, details="Parameter of type text is missing text value")


def _check_buttons(template: Template, content: dict[str, Any]) -> None:
    """Button parameters must point at a button that exists; a url with a variable needs its parameter."""
    buttons = template.component("BUTTONS").get("buttons", [])
    given = [c for c in content.get("components", []) if str(c.get("type")).lower() == "button"]
    indexes = {int(float(component.get("index", 0))) for component in given}
    needed = {i for i, b in enumerate(buttons) if b.get("type") == "URL" and VARIABLE.search(b.get("url", ""))}
    if not needed <= indexes:
        raise GraphError(131008, details="buttons: Button at index of type Url requires a parameter")
    if any(index >= len(buttons) for index in indexes):
        details = f"buttons: number of button parameters ({len(given)}) does not match ({len(buttons)})"
        raise GraphError(132000, details=details)


def _value(parameter: Component) -> str:
    """Text of one parameter; currency and dates show their fallback."""
    kind = str(parameter.get("type"))
    inner = parameter.get(kind)
    return str(inner.get("fallback_value", "")) if isinstance(inner, dict) else str(inner or "")


def _fill(text: str, given: list[Component]) -> str:
    names = list(dict.fromkeys(VARIABLE.findall(text)))
    values = {p.get("parameter_name") or name: _value(p) for p, name in zip(given, names, strict=False)}
    return VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def shown(template: Template, content: dict[str, Any]) -> tuple[str, list[dict[str, str]]]:
    """What the customer's phone shows: text, and the buttons [{id, title, kind}]."""
    header = _fill(template.component("HEADER").get("text", ""), _component(content, "header").get("parameters", []))
    body = _fill(_body_text(template), _component(content, "body").get("parameters", []))
    footer = template.component("FOOTER").get("text", "")
    text = "\n".join(part for part in (header, body, footer) if part)
    return text, [_button(position, b, content) for position, b in enumerate(_buttons(template))]


def _buttons(template: Template) -> list[Component]:
    return template.component("BUTTONS").get("buttons", [])


def _button(position: int, button: Component, content: dict[str, Any]) -> dict[str, str]:
    """A quick reply's id is the payload that the send gave it, else its text."""
    payload = button.get("text", "")
    for component in content.get("components", []):
        parameters = component.get("parameters") or [{}]
        if str(component.get("type")).lower() == "button" and int(float(component.get("index", 0))) == position:
            payload = str(parameters[0].get("payload") or payload)
    kind = "quick_reply" if re.match("quick", button.get("type", ""), re.IGNORECASE) else "link"
    return {"id": payload, "title": button.get("text", ""), "kind": kind}


def header_media(content: dict[str, Any]) -> str | None:
    """Media id of the header, where the send gave one."""
    for parameter in _component(content, "header").get("parameters", []):
        inner = parameter.get(str(parameter.get("type")))
        if isinstance(inner, dict) and "id" in inner:
            return str(inner["id"])
    return None
