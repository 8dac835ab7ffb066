"""Listing, filing, editing and deleting templates; the review that follows."""

from __future__ import annotations

from typing import Any

from sandbox.graph.errors import invalid, no_object
from sandbox.graph.http import Answer, Call
from sandbox.graph.payloads import Update
from sandbox.graph.state import GraphState
from sandbox.graph.templates import PAGE, Template, cursor, review

FILTERS = ("name", "language", "category", "status", "name_or_content")
LARGEST_PAGE = 1000
MOST_TEMPLATES = 250


def _account(call: Call) -> str:
    if call.node not in {number.waba_id for number in call.state.numbers.values()}:
        raise no_object(call.request.method.lower(), call.node)
    return call.node


async def listed(call: Call) -> Answer:
    """One page; `next` is there only while more follow."""
    waba, query = _account(call), call.query
    limit = query.get("limit", str(PAGE))
    if not limit.isdigit() or not 1 <= int(limit) <= LARGEST_PAGE:
        raise invalid("Param limit must be a positive integer.")
    fields = [name.strip() for name in query["fields"].split(",")] if query.get("fields") else None
    filters = {name: query[name] for name in FILTERS if query.get(name)}
    page, start, total = call.state.templates.page(filters, int(limit), query.get("after"))
    answer: dict[str, Any] = {"data": [template.view(fields) for template in page]}
    if page:
        after = cursor(start + len(page))
        answer["paging"] = {"cursors": {"before": cursor(start), "after": after}}
        if start + len(page) < total:
            rest = call.request.rel_url.update_query({"after": after, "limit": limit})
            answer["paging"]["next"] = f"{call.base_url}/{call.version}/{waba}/message_templates?{rest.query_string}"
    return answer | _summary(query.get("summary", ""), total)


def _summary(wanted: str, total: int) -> dict[str, Any]:
    """Counts, when the query asks for them. An unverified business may have 250 templates."""
    known = {
        "total_count": total,
        "message_template_count": total,
        "message_template_limit": MOST_TEMPLATES,
        "are_translations_complete": True,
    }
    chosen = {name: value for name, value in known.items() if name in wanted.split(",")}
    return {"summary": chosen} if chosen else {}


async def get_one(call: Call) -> Answer:
    template = call.state.templates.by_id(call.node)
    if template is None:
        raise no_object("get", call.node)
    fields = call.query.get("fields")
    return template.view([name.strip() for name in fields.split(",")] if fields else None)


async def create(call: Call) -> Answer:
    waba = _account(call)
    template = call.state.templates.create(call.body, call.state.clock.now())
    _review_later(call.state, waba, template)
    return {"id": template.id, "status": template.status, "category": template.category}


async def edit(call: Call) -> Answer:
    template = call.state.templates.by_id(call.node)
    if template is None:
        raise no_object("post", call.node)
    call.state.templates.edit(template, call.body)
    _review_later(call.state, next(iter(call.state.numbers.values())).waba_id, template)
    return {"success": True}


async def delete(call: Call) -> Answer:
    _account(call)
    name = call.query.get("name") or call.body.get("name")
    if not name:
        raise invalid("The parameter name is required.")
    if not call.state.templates.delete(name, call.query.get("hsm_id"), call.state.clock.now()):
        raise invalid("Invalid parameter", f"template {name} does not exist")
    return {"success": True}


def _review_later(state: GraphState, waba: str, template: Template) -> None:
    def decide() -> None:
        reason = review(template)
        change_status(state, template, "REJECTED" if reason else "APPROVED", reason or "NONE", waba)

    state.timers.after(state.knobs.template_review_seconds, decide)


def change_status(
    state: GraphState, template: Template, status: str, reason: str = "NONE", waba: str | None = None
) -> None:
    """Set a template's status and tell the product. Ids in this webhook are JSON numbers (Meta: webhooks, 2025-11)."""
    template.status = status
    value = {
        "event": status,
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "reason": reason,
        "message_template_category": template.category,
    }
    number = state.number()
    update = Update(number.id, waba or number.waba_id, "message_template_status_update", value)
    state.webhooks.push(update)
    state.bus.publish("template", lambda: {"template": template.view()})
