"""/history: what a message said before it was changed."""

from bot.ask import Ask
from bot.rendering import quoted, replied_to
from core.errors import UserMistake
from core.service import earlier, quoting
from core.store import messages


async def history(ask: Ask) -> None:
    """As a reply; of a merged post the quoted line, else all of them."""
    if ask.tenant_id is None or ask.topic is None:
        raise UserMistake("only_in_topic")
    post_id = replied_to(ask.message)
    if post_id is None:
        raise UserMistake("reply_to_it", command="/history")
    await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
    picked = quoted(ask.message)
    async with ask.house.store.read(ask.tenant_id) as scope:
        copies = await messages.copies_at(scope, ask.chat, post_id)
        one = quoting.part_at(copies, picked.start, len(picked)) if picked and len(copies) > 1 else None
        words = await earlier.told(scope, [one] if one else copies, ask.texts)
    ask.say(words or ask.texts.t("earlier.none"))
