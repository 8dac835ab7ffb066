"""Who is in a group and with which rights; every change is told to the bots concerned."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import delivery, messages
from sandbox.telegram.chats import Chat
from sandbox.telegram.people import Member, User
from sandbox.telegram.state import TelegramState
from sandbox.telegram.views import chat_view


def change(
    state: TelegramState,
    chat: Chat,
    actor: User,
    user: User,
    status: str,
    rights: frozenset[str] = frozenset(),
) -> Member:
    """Give someone a new place in the group. Joining and leaving also leave a service message."""
    before = chat.members.get(user.id) or Member(user, "left")
    after = Member(user, status, rights, tag=before.tag, custom_title=before.custom_title)
    was_present, old = before.present, before.wire()
    if was_present and not after.present:
        _tell(state, chat, actor, "left_chat_member", user.wire())
    chat.members[user.id] = after
    if after.present and not was_present:
        _tell(state, chat, actor, "new_chat_members", [user.wire()])
    delivery.membership_changed(state, chat, actor, (old, after.wire()), user)
    publish(state, chat)
    return after


def rename(state: TelegramState, chat: Chat, actor: User, title: str) -> None:
    chat.title = title
    chat.changed()
    _tell(state, chat, actor, "new_chat_title", title)
    publish(state, chat)


def publish(state: TelegramState, chat: Chat) -> None:
    state.bus.publish("chat", lambda: {"chat": chat_view(state, chat, with_messages=False)})


def _tell(state: TelegramState, chat: Chat, actor: User, name: str, value: Any) -> None:
    if chat.is_group:
        messages.service(state, chat, actor, name, value)


def migrate(state: TelegramState, old: Chat, new_id: int, actor: User) -> Chat:
    """The group lives on as a supergroup with a new id; calls to the old id are refused with the new one."""
    new = Chat(new_id, "supergroup", old.title, members=dict(old.members), migrated_from=old.id)
    state.groups[new_id] = new
    messages.service(state, old, actor, "migrate_to_chat_id", new_id)
    old.migrated_to = new_id
    messages.service(state, new, actor, "migrate_from_chat_id", old.id)
    publish(state, old)
    publish(state, new)
    return new
