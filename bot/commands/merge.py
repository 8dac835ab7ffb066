"""/merge: the customer of this topic and another one are the same person."""

from bot.ask import Ask
from core import phones
from core.errors import UserMistake
from core.people import Address, AddressKind
from core.service import merging


async def merge(ask: Ask) -> None:
    """`/merge +49 151 …` or `/merge @name`: asks first, with buttons."""
    if ask.tenant_id is None or ask.topic is None:
        raise UserMistake("only_in_topic")
    staff = await ask.house.access.manager(ask.tenant_id, ask.chat, ask.person)
    wanted = _address(ask.args)
    async with ask.act.transaction(ask.tenant_id) as scope:
        await merging.propose(scope, ask.topic.contact_id, wanted, f"staff:{staff.id}")


def _address(words: str) -> Address:
    if words.startswith("@") and len(words) > 1:
        return Address(AddressKind.USERNAME, words[1:])
    digits = phones.typed(words)
    if digits is None:
        raise UserMistake("merge_usage")
    return Address(AddressKind.PHONE, digits)
