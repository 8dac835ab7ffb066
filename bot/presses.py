"""Button presses. Each is decided anew: who presses, with which role, and whether it still makes sense."""

import structlog
from aiogram.types import CallbackQuery, Message

from bot.act import Act
from bot.ask import Ask, ask_about
from bot.commands.find import find_more
from bot.commands.lang import choose_language
from bot.commands.move import choose_group
from bot.commands.settings import KEEP_DELETED, keep_deleted
from bot.house import House
from core.buttons import Action, unpack
from core.errors import DeskError, UserMistake
from core.ids import JobId, MessageId, TenantId
from core.service import choosing, editing, failures, merging, moving, parked, searching, starting

log = structlog.get_logger(__name__)

_PARKED = {parked.AGAIN, parked.FORGET}
_CORRECTIONS = {editing.SEND, editing.LEAVE}
_MERGES = {merging.UNITE, merging.APART, merging.UNDO}
_DECISIONS = {failures.RETRY, failures.DISCARD, failures.ARRIVED}


async def on_press(house: House, act: Act, query: CallbackQuery) -> None:
    if not isinstance(query.message, Message):
        await _answer(query, "")
        return
    ask = await ask_about(house, act, query.message, query.from_user)
    action = unpack(query.data or "")
    try:
        if action is None:
            raise UserMistake("stale")
        text = await _carry_out(ask, action)
    except UserMistake as mistake:
        text = ask.texts.error(mistake.code, **mistake.values)
    await _answer(query, text)


async def _carry_out(ask: Ask, action: Action) -> str:
    if action.verb in _DECISIONS and ask.tenant_id is not None:
        staff = await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
        async with ask.act.transaction(ask.tenant_id) as scope:
            (message,) = action.numbers or (0,)
            await failures.decide(scope, action.verb, MessageId(message), f"staff:{staff.id}")
        return ask.texts.t(f"press.{action.verb}")
    if action.verb in _PARKED and ask.tenant_id is not None:
        await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
        async with ask.act.transaction(ask.tenant_id) as scope:
            await parked.decide(scope, action.verb, JobId(action.numbers[0] if action.numbers else 0))
        return ask.texts.t(f"press.{action.verb}")
    if action.verb == choosing.PART and ask.tenant_id is not None:
        await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
        async with ask.act.transaction(ask.tenant_id) as scope:
            await choosing.decide(scope, action.numbers)
        return ask.texts.t(f"press.{action.verb}")
    if action.verb == searching.MORE:
        return await find_more(ask, action.numbers)
    if action.verb == moving.MOVE:
        return await choose_group(ask, action.numbers)
    if action.verb == starting.WRITE and ask.tenant_id is not None:
        return await _start(ask, action.numbers)
    if action.verb in _CORRECTIONS and ask.tenant_id is not None:
        return await _correct(ask, action, ask.tenant_id)
    if action.verb in _MERGES and ask.tenant_id is not None:
        return await _decide_merge(ask, ask.tenant_id, action)
    return await _set(ask, action)


async def _set(ask: Ask, action: Action) -> str:
    """How the desk, or one person's desk, behaves."""
    if action.verb == KEEP_DELETED:
        return await keep_deleted(ask, keeps=action.numbers == (1,))
    if action.verb == "lang" and ask.tenant_id is not None:
        return await choose_language(ask, action.numbers)
    raise UserMistake("stale")


async def _start(ask: Ask, numbers: tuple[int, ...]) -> str:
    """Write to somebody whose card a customer shared."""
    assert ask.tenant_id is not None  # noqa: S101 - asked by the caller
    await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(ask.tenant_id) as scope:
        started = await starting.start(scope, ask.house.lines, numbers)
    key = "press.write_there" if started.topic else "press.write"
    return ask.texts.t(key, name=started.name, topic=started.topic.name if started.topic else "")


async def _correct(ask: Ask, action: Action, tenant_id: TenantId) -> str:
    staff = await ask.house.access.speaker(tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(tenant_id) as scope:
        number = action.numbers[0] if action.numbers else 0
        await editing.decide(scope, ask.house.lines, action.verb, number, staff)
    return ask.texts.t(f"press.{action.verb}")


async def _decide_merge(ask: Ask, tenant_id: TenantId, action: Action) -> str:
    staff = await ask.house.access.manager(tenant_id, ask.chat, ask.person)
    async with ask.act.transaction(tenant_id) as scope:
        await merging.decide(scope, action.verb, action.numbers[0] if action.numbers else 0, f"staff:{staff.id}")
    return ask.texts.t(f"press.{action.verb}")


async def _answer(query: CallbackQuery, text: str) -> None:
    """Stops the button's spinner; a press that is too old to be answered is no failure."""
    try:
        await query.answer(text or None)
    except DeskError as error:
        log.info("press.not_answered", code=error.code)
