"""Who may do what. Roles are checked here, not in handlers, and anew at every step that matters."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import DeskError, LineTrouble, UserMistake
from core.ids import ChatId, TenantId
from core.people import Role, Staff
from core.ports import Desk, Standing
from core.store import desks
from core.store.store import Store

_TRUST_FOR = timedelta(minutes=5)
"""How long Telegram's word on who is an administrator is believed without asking again: in the group it was asked
about, since people may be administrators of one group of the desk and plain members of another.
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wrote or pressed. An anonymous administrator speaks as the group itself."""

    telegram_id: int
    name: str
    is_anonymous_admin: bool = False


class Access:
    def __init__(self, store: Store, desk: Desk) -> None:
        self._store = store
        self._desk = desk

    async def staff(self, tenant_id: TenantId, chat: ChatId, person: Person) -> Staff:
        """The person with the role they have now: the owner, the group's administrators, and all others."""
        async with self._store.read(tenant_id) as scope:
            row = await desks.staff_of(scope, person.telegram_id)
            now = scope.now
        fresh = row is not None and row.checked_in == chat and _is_recent(row.checked_at, now)
        is_owner = row is not None and row.role == Role.OWNER
        if row is not None and row.name and (fresh or is_owner):
            return desks.as_staff(row)
        role = Role.OWNER if is_owner else await self._role_in(chat, person)
        async with self._store.write(tenant_id) as scope:
            return await desks.keep_staff(scope, person.telegram_id, person.name, role, chat)

    async def speaker(self, tenant_id: TenantId, chat: ChatId, person: Person) -> Staff:
        """The person, if their words may go to a customer; else UserMistake("not_staff")."""
        staff = await self.staff(tenant_id, chat, person)
        if not staff.role.may_speak:
            raise UserMistake("not_staff")
        return staff

    async def manager(self, tenant_id: TenantId, chat: ChatId, person: Person) -> Staff:
        """The person, if they may say how the desk works; else UserMistake("not_allowed")."""
        staff = await self.staff(tenant_id, chat, person)
        if staff.role not in {Role.OWNER, Role.MANAGER}:
            raise UserMistake("not_allowed")
        return staff

    async def tell_once(self, tenant_id: TenantId, staff: Staff) -> bool:
        """True the first time: somebody without a voice is told so once, not at each message."""
        async with self._store.write(tenant_id) as scope:
            row = await desks.staff_of(scope, staff.telegram_id)
            if row is None or row.told_at is not None:
                return False
            await desks.set_staff(scope, staff.id, told_at=scope.now)
            return True

    async def forget(self, tenant_id: TenantId, telegram_id: int) -> None:
        """Telegram reported a change of rights: ask anew at the next word."""
        async with self._store.write(tenant_id) as scope:
            row = await desks.staff_of(scope, telegram_id)
            if row is not None:
                await desks.set_staff(scope, desks.as_staff(row).id, checked_at=None)

    async def _role_in(self, chat: ChatId, person: Person) -> Role:
        if person.is_anonymous_admin:
            return Role.MANAGER
        try:
            standing = await self._desk.standing(chat, person.telegram_id)
        except LineTrouble:
            raise  # nobody is refused for the bot's own token: the question waits
        except DeskError as error:
            raise UserMistake("cannot_check") from error
        return Role.MANAGER if standing in {Standing.CREATOR, Standing.ADMIN} else Role.VIEWER


def _is_recent(checked_at: datetime | None, now: datetime) -> bool:
    return checked_at is not None and now - checked_at < _TRUST_FOR
