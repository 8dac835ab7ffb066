"""/find: words, people and notes of all time."""

from bot.ask import Ask
from core.buttons import Action
from core.errors import UserMistake
from core.ports import Button
from core.service import searching
from core.store import search


async def find(ask: Ask) -> None:
    """`/find tag:vip before:2026-10 refund`"""
    await _answer(ask, ask.args, None)


async def find_more(ask: Ask, numbers: tuple[int, ...]) -> str:
    """A press on "more": the next page of this person's own question."""
    if ask.tenant_id is None or len(numbers) != 2:
        raise UserMistake("stale")
    staff = await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
    async with ask.house.store.read(ask.tenant_id) as scope:
        typed = await search.asked_words(scope, numbers[0], staff.id)
    if typed is None:
        raise UserMistake("stale")
    await _answer(ask, typed, numbers[1])
    return ""


async def _answer(ask: Ask, typed: str, below: int | None) -> None:
    if ask.tenant_id is None:
        raise UserMistake("no_desk_here")
    staff = await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
    async with ask.house.store.read(ask.tenant_id) as scope:
        page = await searching.look(scope, typed, staff, ask.house.surface.desk, ask.texts, below)
    async with ask.act.transaction(ask.tenant_id) as scope:
        more: tuple[tuple[Button, ...], ...] = ()
        if page.below is not None:
            action = Action(searching.MORE, (await search.ask(scope, staff.id, typed), page.below))
            more = ((Button(ask.texts.t("find.more"), action.pack()),),)
        ask.say(page.text, buttons=more)
