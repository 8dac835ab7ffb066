"""/del: take back what was written to the customer."""

from bot.ask import Ask
from bot.rendering import replied_to
from core.errors import UserMistake
from core.ids import PostId
from core.service import deleting
from core.service.saying import tidy_job


async def delete(ask: Ask) -> None:
    """As a reply. The mark on the post tells how it ended, and the command itself goes away."""
    if ask.tenant_id is None or ask.topic is None:
        raise UserMistake("only_in_topic")
    post_id = replied_to(ask.message)
    if post_id is None:
        raise UserMistake("reply_to_it", command="/del")
    staff = await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(ask.tenant_id) as scope:
        await deleting.delete(scope, ask.house.lines, staff, ask.chat, post_id)
        await scope.put(tidy_job(ask.tenant_id, ask.chat, PostId(ask.message.message_id)))
