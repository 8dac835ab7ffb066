"""/tag, /untag, /tags: words for kinds of customers."""

from bot.ask import Ask
from core.errors import UserMistake
from core.service import tagging
from core.store import tags


async def tag(ask: Ask) -> None:
    """`/tag vip, wholesale`"""
    if ask.tenant_id is None or ask.topic is None:
        raise UserMistake("only_in_topic")
    staff = await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(ask.tenant_id) as scope:
        ask.say(_list(ask, await tagging.add(scope, ask.topic, staff, ask.args)))


async def untag(ask: Ask) -> None:
    """`/untag vip`"""
    if ask.tenant_id is None or ask.topic is None:
        raise UserMistake("only_in_topic")
    staff = await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(ask.tenant_id) as scope:
        ask.say(_list(ask, await tagging.remove(scope, ask.topic, staff, ask.args)))


async def tags_(ask: Ask) -> None:
    if ask.tenant_id is None or ask.topic is None:
        raise UserMistake("only_in_topic")
    await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
    async with ask.house.store.read(ask.tenant_id) as scope:
        ask.say(_list(ask, list((await tags.of(scope, ask.topic.contact_id)).values())))


def _list(ask: Ask, names: list[str]) -> str:
    return ask.texts.t("tags.are", tags=", ".join(names)) if names else ask.texts.t("tags.none")
