"""A message or a press, with everything a handler wants to know about it."""

from dataclasses import dataclass, replace

from aiogram.types import Message, User

from bot.act import Act
from bot.house import House
from core.i18n import Texts, texts_for
from core.ids import ChatId, PostId, TenantId, ThreadId
from core.people import Role, Staff, Topic
from core.ports import Button, Spot
from core.service.access import Person
from core.service.saying import Answer, react_job, say_job
from core.store import desks, topics
from core.text import RichText

ANONYMOUS_ADMIN = 1087968824
"""The user that stands for an anonymous administrator (Telegram's GroupAnonymousBot)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """`tenant_id` is None in a chat that is nobody's desk; `topic` is set in a customer's topic."""

    house: House
    act: Act
    message: Message
    person: Person
    tenant_id: TenantId | None
    topic: Topic | None
    staff: Staff | None
    texts: Texts
    args: str = ""

    @property
    def chat(self) -> ChatId:
        return ChatId(self.message.chat.id)

    @property
    def spot(self) -> Spot:
        return Spot(self.chat, _thread(self.message))

    @property
    def is_private(self) -> bool:
        return self.message.chat.type == "private"

    @property
    def said_origin(self) -> str:
        return f"tg:{self.message.chat.id}:{self.message.message_id}"

    def say(
        self,
        text: str | RichText,
        *,
        to_all: bool = False,
        buttons: tuple[tuple[Button, ...], ...] = (),
        once: str | None = None,
    ) -> None:
        """Answer this person; in a group only they see it, unless `to_all`. `once`: while the same waits, no more."""
        only_for = None if to_all or self.is_private or self.person.is_anonymous_admin else self.person.telegram_id
        job = say_job(self.tenant_id, Answer(self.spot, text, only_for, buttons))
        self.act.put(replace(job, merge_key=once))

    def react(self, emoji: str) -> None:
        self.act.put(react_job(self.tenant_id, self.chat, PostId(self.message.message_id), emoji))


async def ask_about(house: House, act: Act, message: Message, user: User | None) -> Ask:
    """Look up whose chat this is, which customer's topic, and who speaks."""
    person = person_of(message, user)
    topic: Topic | None = None
    async with house.store.read_across_tenants() as system:
        if message.chat.type == "private":
            tenant_id = await desks.tenant_of_person(system, person.telegram_id)
        else:
            tenant_id = await desks.tenant_of_chat(system, message.chat.id)
    staff: Staff | None = None
    locale: str | None = user.language_code if user else None
    if tenant_id is not None:
        await _keep_title(house, tenant_id, message)
        async with house.store.read(tenant_id) as scope:
            row = await desks.staff_of(scope, person.telegram_id)
            tenant = await desks.get_tenant(scope)
            thread = _thread(message)
            topic = await topics.topic_at(scope, message.chat.id, thread) if thread else None
        staff = desks.as_staff(row) if row else None
        locale = (staff.locale if staff else None) or tenant.locale
    return Ask(house, act, message, person, tenant_id, topic, staff, texts_for(locale))


async def _keep_title(house: House, tenant_id: TenantId, message: Message) -> None:
    """Groups are named to staff as Telegram names them now; no update tells of it where the bot was not there."""
    chat, title = message.chat.id, message.chat.title or ""
    async with house.store.read(tenant_id) as scope:
        group = await desks.group_of_chat(scope, chat)
    if group is not None and title and group.title != title[:255]:
        async with house.store.write(tenant_id) as scope:
            await desks.set_title(scope, chat, title)


def person_of(message: Message, user: User | None) -> Person:
    sender = user or message.from_user
    if sender is None:
        return Person(0, "")
    anonymous = sender.id == ANONYMOUS_ADMIN or (
        message.sender_chat is not None and message.sender_chat.id == message.chat.id
    )
    return Person(sender.id, sender.full_name, anonymous)


def _thread(message: Message) -> ThreadId | None:
    """The topic; General has none, and a reply in General carries a thread id that means nothing."""
    if message.is_topic_message and message.message_thread_id:
        return ThreadId(message.message_thread_id)
    return None


def is_owner(staff: Staff | None) -> bool:
    return staff is not None and staff.role is Role.OWNER
