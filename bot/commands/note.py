"""/note: something for the house, not for the customer."""

from bot.ask import Ask
from core.errors import UserMistake
from core.service import notes
from core.service.saying import NOTED


async def note(ask: Ask) -> None:
    """`/note text`, or as a reply to the message worth noting."""
    if ask.tenant_id is None or ask.topic is None:
        raise UserMistake("only_in_topic")
    answered = ask.message.reply_to_message
    text = ask.args or ((answered.text or answered.caption or "") if answered else "")
    if not text:
        raise UserMistake("note_empty")
    staff = await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(ask.tenant_id) as scope:
        if await notes.add(scope, ask.topic, staff, text, f"{ask.said_origin}:note"):
            ask.react(NOTED)
