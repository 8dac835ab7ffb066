"""/lang: each person chooses the language of what is said to them."""

from bot.ask import Ask
from core.buttons import Action
from core.errors import UserMistake
from core.i18n import LOCALES, known_locale, texts_for
from core.ports import Button
from core.store import desks


async def lang(ask: Ask) -> None:
    """`/lang`, `/lang zh`; `/lang group zh` sets what the topics are written in."""
    words = ask.args.lower().split()
    if not words:
        buttons = tuple(Button(texts_for(code).t("lang.name"), _data(index)) for index, code in enumerate(LOCALES))
        ask.say(ask.texts.t("lang.choose"), buttons=(buttons,))
        return
    locale = _parse(words[-1])
    text = await _set_for_group(ask, locale) if words[0] == "group" else await _set_for_person(ask, locale)
    ask.say(text)


async def choose_language(ask: Ask, numbers: tuple[int, ...]) -> str:
    """A press on one of the languages."""
    if len(numbers) != 1 or not 0 <= numbers[0] < len(LOCALES):
        raise UserMistake("stale")
    return await _set_for_person(ask, LOCALES[numbers[0]])


async def _set_for_person(ask: Ask, locale: str) -> str:
    if ask.tenant_id is None:
        raise UserMistake("no_desk_here")
    staff = ask.staff or await ask.house.access.staff(ask.tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(ask.tenant_id) as scope:
        await desks.set_staff(scope, staff.id, locale=locale)
    return texts_for(locale).t("lang.set")


async def _set_for_group(ask: Ask, locale: str) -> str:
    if ask.tenant_id is None:
        raise UserMistake("no_desk_here")
    await ask.house.access.manager(ask.tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(ask.tenant_id) as scope:
        await desks.set_tenant_locale(scope, locale)
    return texts_for(locale).t("lang.set_group")


def _parse(word: str) -> str:
    if known_locale(word) == "en" and not word.startswith("en"):
        raise UserMistake("no_such_language")
    return known_locale(word)


def _data(index: int) -> str:
    return Action("lang", (index,)).pack()
