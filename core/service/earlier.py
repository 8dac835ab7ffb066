"""What a message said before it was changed or deleted, as lines to read."""

from collections.abc import Sequence

from core.i18n import Texts
from core.message import Direction
from core.people import Tenant
from core.service.history import shortened
from core.store import desks, messages, versions
from core.store.messages import Copy, Message
from core.store.scope import TenantScope

_LONGEST = 500
_MOST = 3500
"""Characters of the whole answer: one post."""


async def told(scope: TenantScope, copies: Sequence[Copy], texts: Texts) -> str:
    """Each version with the time it began to count; empty when nothing was ever changed."""
    tenant = await desks.get_tenant(scope)
    stories = [await _story(scope, await messages.get(scope, copy.message_id), tenant, texts) for copy in copies]
    whole = "\n\n".join(filter(None, stories))
    return shortened(whole, _MOST)


async def _story(scope: TenantScope, message: Message, tenant: Tenant, texts: Texts) -> str:
    before = await versions.of_message(scope, message.id)
    if not before and message.gone_at is None:
        return ""
    hidden = message.gone_at is not None and message.direction is Direction.IN and not tenant.keeps_deleted
    said = [(version.content.text.text, version.until) for version in before]
    since = [message.said_at, *(until for _, until in said)]
    words = [*(text for text, _ in said), message.content.text.text]
    lines = [] if hidden else [
        texts.t("earlier.line", when=texts.datetime(at, tenant.timezone), words=shortened(text, _LONGEST) or "…")
        for at, text in zip(since, words, strict=True)
    ]  # fmt: skip
    if message.gone_at is not None:
        when = texts.datetime(message.gone_at, tenant.timezone)
        lines.append(texts.t("earlier.hidden" if hidden else "earlier.deleted", when=when))
    return "\n".join(lines)
