"""The hand that moves the sandbox's world: people, groups, rights. The rest is in the two other control files.

Every operation is a plain method with keyword arguments; `POST /sim/tg/<name>` calls the same methods. `SimError`
means that the wish makes no sense, `ApiError` that Telegram would refuse it to a person as well.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from sandbox.telegram import defaults, delivery, media, membership, views
from sandbox.telegram.chats import Chat
from sandbox.telegram.errors import SimError
from sandbox.telegram.files import Upload
from sandbox.telegram.people import ADMIN_RIGHTS, STATUSES, Member, User
from sandbox.telegram.state import Bot, TelegramState

View = dict[str, Any]


class WorldControl:
    """Making and changing people, bots and groups."""

    def __init__(self, state: TelegramState) -> None:
        self.state = state

    def reset(self, *, default_world: bool = True) -> View:
        """An empty world, or the default one."""
        self.state.reset(with_defaults=default_world)
        return {}

    def user(
        self, *, id: int, name: str, last_name: str | None = None, username: str | None = None,
        language_code: str | None = None,
    ) -> View:  # fmt: skip
        """Create a person."""
        user = self.state.add_user(id, name, last_name=last_name, username=username, language_code=language_code)
        return {"id": user.id, "name": user.full_name, "username": user.username}

    def avatar(self, *, user: int, picture: str) -> View:
        """Give a person a profile photo; `picture` is a PNG, JPEG, GIF or WebP in base64."""
        stored = media.store(self.state, "photo", Upload("avatar.jpg", "image/jpeg", decoded(picture)))
        self.state.avatars[self.state.user(user).id] = stored
        return {"user": user, "size": stored.size}

    def bot(self, *, token: str, username: str, name: str, privacy: bool = True) -> View:
        """Create a bot; its id is the number before the colon."""
        made = self.state.add_bot(token, username, name, privacy=privacy)
        return views.bot_view(self.state, made.id)

    def set_privacy(self, *, privacy: bool, bot: int | None = None) -> View:
        found = self._bot(bot)
        found.privacy = privacy
        return views.bot_view(self.state, found.id)

    def chat(  # noqa: PLR0913 - the wishes of one control call
        self, *, id: int, title: str, type: str = "supergroup", is_forum: bool = False,
        members: list[dict[str, Any]] | None = None, username: str | None = None,
        available_reactions: list[str] | None = None,
    ) -> View:  # fmt: skip
        """Create a group. `members`: [{user, status, rights}]; rights default to all for administrators."""
        if id >= 0 or id in self.state.groups:
            raise SimError("a group needs a new negative id")
        chat = Chat(id, type, title, username, is_forum, available_reactions=available_reactions)
        self.state.groups[id] = chat
        for entry in members or []:
            user = self.state.user(entry["user"])
            chat.members[user.id] = Member(user, entry.get("status", "member"), _rights(entry))
        membership.publish(self.state, chat)
        return views.chat_view(self.state, chat)

    def chat_settings(
        self, *, chat: int | None = None, is_forum: bool | None = None,
        permissions: list[str] | None = None, available_reactions: list[str] | str | None = "unchanged",
    ) -> View:  # fmt: skip
        """Change is_forum, default permissions, or available_reactions (null = all of Telegram's list)."""
        found = self._group(chat)
        if is_forum is not None:
            found.is_forum = is_forum
            found.changed()
        if permissions is not None:
            found.permissions = frozenset(permissions)
        if not isinstance(available_reactions, str):
            found.available_reactions = available_reactions
        membership.publish(self.state, found)
        return views.chat_view(self.state, found, with_messages=False)

    def member(  # noqa: PLR0913 - the wishes of one control call
        self, *, user: int, status: str, chat: int | None = None, by: int | None = None,
        rights: list[str] | None = None, is_anonymous: bool = False, tag: str | None = None,
    ) -> View:  # fmt: skip
        """Put someone into a group, change what he is there, or take him out. `rights` of an admin: all by default."""
        if status not in STATUSES:
            raise SimError(f"status must be one of {', '.join(STATUSES)}")
        group, who = self._group(chat), self.state.user(user)
        actor = self.state.user(by) if by else self._owner(group, who)
        entry = {"status": status} if rights is None else {"status": status, "rights": rights}
        made = membership.change(self.state, group, actor, who, status, _rights(entry))
        made.is_anonymous = is_anonymous
        made.tag = tag or made.tag
        membership.publish(self.state, group)
        return made.view()

    def block(self, *, user: int, blocked: bool = True, bot: int | None = None) -> View:
        """A person stops the bot in the private chat, or starts it again."""
        chat, found, who = self._private(user, bot), self._bot(bot), self.state.user(user)
        states = [Member(found.user, "member").wire(), Member(found.user, "kicked").wire()]
        old, new = states if blocked else reversed(states)
        if chat.blocked != blocked:
            chat.blocked = blocked
            delivery.membership_changed(self.state, chat, who, (old, new), found.user)
        return {"id": chat.id, "blocked": blocked}

    def migrate(self, *, chat: int | None = None, new_id: int) -> View:
        """A group becomes a supergroup with a new id; both sides get their service message."""
        old = self._group(chat)
        if new_id in self.state.groups or new_id >= 0:
            raise SimError("new_id must be a new negative id")
        new = membership.migrate(self.state, old, new_id, self._owner(old))
        return views.chat_view(self.state, new)

    def _group(self, chat_id: int | None) -> Chat:
        wanted = defaults.GROUP_ID if chat_id is None else chat_id
        found = self.state.groups.get(wanted)
        if found is None:
            raise SimError(f"no chat {wanted}")
        return found

    def _bot(self, bot_id: int | None) -> Bot:
        if bot_id is not None and bot_id not in self.state.bots:
            raise SimError(f"no bot {bot_id}")
        return self.state.bots[bot_id] if bot_id is not None else next(iter(self.state.bots.values()))

    def _private(self, user_id: int, bot_id: int | None) -> Chat:
        return self.state.private_chat(self._bot(bot_id), self.state.user(user_id))

    def _chat(self, chat_id: int | None, bot_id: int | None = None) -> Chat:
        """A group by its id, a private chat by the person's id, or the default group."""
        return self._private(chat_id, bot_id) if chat_id and chat_id > 0 else self._group(chat_id)

    def _owner(self, chat: Chat, fallback: User | None = None) -> User:
        owner = next((m.user for m in chat.members.values() if m.status == "creator"), fallback)
        if owner is None:
            raise SimError("the chat has no owner")
        return owner


def decoded(text: str) -> bytes:
    """The bytes of a base64 text."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SimError("this is not base64") from None


def _rights(entry: dict[str, Any]) -> frozenset[str]:
    if "rights" in entry:
        return frozenset(entry["rights"])
    return frozenset(ADMIN_RIGHTS) if entry.get("status") == "administrator" else frozenset()
