"""/settings: how this desk behaves. For the owner and managers."""

from bot.ask import Ask
from core.buttons import Action
from core.errors import UserMistake
from core.events import Event, EventKind
from core.ids import TenantId
from core.people import Role
from core.ports import Button
from core.store import desks

KEEP_DELETED = "keepdel"
"""The verb of the buttons: 1 keeps, 0 hides."""
_WORDS = {"keep": True, "hide": False}


async def settings(ask: Ask) -> None:
    """`/settings` shows them with buttons; `/settings deleted keep|hide` sets one."""
    match ask.args.lower().split():
        case []:
            await _show(ask)
        case ["deleted", word] if word in _WORDS:
            ask.say(await keep_deleted(ask, keeps=_WORDS[word]))
        case _:
            raise UserMistake("no_such_setting")


async def _show(ask: Ask) -> None:
    tenant_id = await _allowed(ask)
    async with ask.house.store.read(tenant_id) as scope:
        keeps = (await desks.get_tenant(scope)).keeps_deleted
    now = ask.texts.t("settings.deleted_keep" if keeps else "settings.deleted_hide")
    buttons = (_button(ask, "settings.keep", 1), _button(ask, "settings.hide", 0))
    ask.say(now, buttons=(buttons,))


def _button(ask: Ask, key: str, value: int) -> Button:
    return Button(ask.texts.t(key), Action(KEEP_DELETED, (value,)).pack())


async def keep_deleted(ask: Ask, *, keeps: bool) -> str:
    """What is true now, in words."""
    tenant_id = await _allowed(ask)
    data = {"name": "deleted", "value": keeps}
    async with ask.act.transaction(tenant_id) as scope:
        await desks.set_keeps_deleted(scope, keeps=keeps)
        await scope.record(Event(EventKind.SETTING_CHANGED, tenant_id, f"tg:{ask.person.telegram_id}", data=data))
    return ask.texts.t("settings.deleted_keep" if keeps else "settings.deleted_hide")


async def _allowed(ask: Ask) -> TenantId:
    if ask.tenant_id is None:
        raise UserMistake("no_desk_here")
    staff = await ask.house.access.staff(ask.tenant_id, ask.chat, ask.person)
    if staff.role not in {Role.OWNER, Role.MANAGER}:
        raise UserMistake("not_allowed")
    return ask.tenant_id
