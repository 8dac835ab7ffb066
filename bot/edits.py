"""Staff changed what they had written in a customer's topic."""

from dataclasses import replace

from bot.ask import Ask
from bot.rendering import content_of
from core.errors import UserMistake
from core.ids import PostId
from core.message import Content
from core.service import editing, notes
from core.service.reply import Said
from core.service.saying import NOTED
from core.text import RichText

_NOTE = "/note"


async def on_edit(ask: Ask) -> None:
    assert ask.tenant_id is not None  # noqa: S101 - there is a topic, so there is a tenant
    assert ask.topic is not None  # noqa: S101
    content = content_of(ask.message)
    if content is None or content.place is not None:
        return
    public, internal = _parts(content)
    try:
        staff = await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
        async with ask.act.transaction(ask.tenant_id) as scope:
            if internal and await editing.edit_note(scope, ask.topic, staff, internal, f"{ask.said_origin}:note"):
                ask.react(NOTED)
            said = Said(ask.chat, PostId(ask.message.message_id), replace(content, text=public))
            await editing.edit(scope, ask.house.lines, staff, said)
    except UserMistake as mistake:
        if mistake.code != "not_staff":
            ask.say(ask.texts.error(mistake.code, **mistake.values))


def _parts(content: Content) -> tuple[RichText, str]:
    """What is for the customer, and what stays in the house. Of commands only a note has words."""
    head, _, rest = content.text.text.partition(" ")
    if head.partition("@")[0] == _NOTE:
        return RichText(), rest.strip()
    if head.startswith("/") and not head.startswith(notes.SIGN):
        return RichText(), ""
    return notes.split(content.text)
