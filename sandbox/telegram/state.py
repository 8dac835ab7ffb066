"""Everything the sandbox knows, in one object without any HTTP: people, bots, chats, journal, faults, files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.bus import Bus
from sandbox.telegram import defaults
from sandbox.telegram.chats import Chat
from sandbox.telegram.clock import Clock
from sandbox.telegram.errors import SimError, bad_request, forbidden, migrated
from sandbox.telegram.faults import FaultPlan
from sandbox.telegram.files import FileStore, StoredFile
from sandbox.telegram.flood import Flood
from sandbox.telegram.icons import ICON_IDS
from sandbox.telegram.journal import Journal
from sandbox.telegram.people import ADMIN_RIGHTS, BotProfile, Member, User
from sandbox.telegram.updates import UpdateQueue

KEPT_PRESSES = 5000


@dataclass
class Bot:
    """A bot account. `privacy` is BotFather's switch: on = it sees only what is meant for it, unless admin."""

    user: User
    token: str
    privacy: bool = True
    updates: UpdateQueue = field(default_factory=UpdateQueue)
    profile: BotProfile = field(default_factory=BotProfile)

    @property
    def id(self) -> int:
        return self.user.id

    def me(self) -> dict[str, Any]:
        """The User object of getMe, which has more fields than elsewhere."""
        extra = {
            "can_join_groups": True,
            "can_read_all_group_messages": not self.privacy,
            "supports_guest_queries": False,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
            "supports_join_request_queries": False,
        }
        return {**self.user.wire(), **extra}


@dataclass
class CallbackPress:
    """A press on an inline button that waits for answerCallbackQuery."""

    id: str
    user: User
    bot_id: int
    chat: Chat
    message_id: int
    at: float
    answer: dict[str, Any] | None = None
    ephemeral_id: int | None = None


@dataclass
class Question:
    """An inline query or a payment that waits for the bot's word. `kind` is "inline" or "payment"."""

    id: str
    kind: str
    user: User
    bot_id: int
    at: float
    chat: Chat | None = None
    details: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] | None = None


@dataclass
class Switches:
    """How this server behaves where Telegram's own servers differ."""

    ephemeral: bool = True
    """Off: ephemeral sends and is_ephemeral commands are refused, as a server before Bot API 10.2 would."""
    closed_for_all: bool = False
    """On: a closed topic refuses administrators and its creator too, so that TOPIC_CLOSED is easy to meet."""


class TelegramState:
    """The world. Chats with people are found by the bot that asks, since each bot has private chats of its own."""

    def __init__(self, *, with_defaults: bool = True) -> None:
        self.clock = Clock()
        self.bus = Bus()
        self.journal = Journal()
        self.flood = Flood()
        self.faults = FaultPlan()
        self.closing = asyncio.Event()
        self.webhook_changed: Callable[[Bot], None] = lambda _bot: None
        self.clear_world()
        if with_defaults:
            self.make_default_world()

    def clear_world(self) -> None:
        self.files = FileStore()
        self.switches = Switches()
        self.users: dict[int, User] = {}
        self.bots: dict[int, Bot] = {}
        self.bots_by_token: dict[str, Bot] = {}
        self.groups: dict[int, Chat] = {}
        self.private: dict[tuple[int, int], Chat] = {}
        self.avatars: dict[int, StoredFile] = {}
        self.presses: dict[str, CallbackPress] = {}
        self.questions: dict[str, Question] = {}
        self._numbers = 0

    def reset(self, *, with_defaults: bool = True) -> None:
        """An empty world again; listeners and the clock stay. Polls that wait are ended."""
        for bot in self.bots.values():
            bot.updates.end_poll("the sandbox was reset")
        self.journal = Journal()
        self.flood.clear()
        self.faults.clear()
        self.clear_world()
        if with_defaults:
            self.make_default_world()
        self.bus.publish("reset", dict)

    def make_default_world(self) -> None:
        """One bot as admin of a forum group with an owner, an agent (admin) and a viewer (member)."""
        bot = self.add_bot(defaults.BOT_TOKEN, defaults.BOT_USERNAME, "Topicdesk")
        owner = self.add_user(defaults.OWNER_ID, "Olive", username="olive_owner", language_code="en")
        agent = self.add_user(defaults.AGENT_ID, "Ada", username="ada_agent", language_code="en")
        viewer = self.add_user(defaults.VIEWER_ID, "Vera", username="vera_viewer", language_code="zh-hans")
        group = Chat(defaults.GROUP_ID, "supergroup", defaults.GROUP_TITLE, is_forum=True)
        self.groups[group.id] = group
        every = frozenset(ADMIN_RIGHTS)
        group.members = {
            owner.id: Member(owner, "creator"),
            agent.id: Member(agent, "administrator", every - {"can_promote_members"}),
            viewer.id: Member(viewer),
            bot.id: Member(bot.user, "administrator", every),
        }

    def add_user(
        self,
        user_id: int,
        first_name: str,
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = None,
    ) -> User:
        user = User(user_id, first_name, last_name, username, language_code=language_code)
        self.users[user_id] = user
        return user

    def add_bot(self, token: str, username: str, name: str, *, privacy: bool = True) -> Bot:
        """The bot's id is the number before the colon of its token."""
        bot_id = int(token.split(":", 1)[0])
        user = User(bot_id, name, username=username, is_bot=True)
        bot = Bot(user, token, privacy)
        self.users[bot_id] = user
        self.bots[bot_id] = bot
        self.bots_by_token[token] = bot
        return bot

    def number(self) -> int:
        """A running number for ids that only have to be unique."""
        self._numbers += 1
        return self._numbers

    def now(self) -> int:
        return int(self.clock.now())

    def album_id(self) -> str:
        """A new media_group_id."""
        return str(13_000_000_000_000_000 + self.number())

    def remember_press(self, press: CallbackPress) -> None:
        """Keep a press for its answer; the oldest is forgotten when there are too many."""
        self.presses[press.id] = press
        if len(self.presses) > KEPT_PRESSES:
            del self.presses[next(iter(self.presses))]

    def ask(self, kind: str, bot: Bot, user: User) -> Question:
        """A new question to a bot; the oldest is forgotten when there are too many."""
        question = Question(str(5_000_000_000_000_000 + self.number()), kind, user, bot.id, self.clock.now())
        self.questions[question.id] = question
        if len(self.questions) > KEPT_PRESSES:
            del self.questions[next(iter(self.questions))]
        return question

    def private_chat(self, bot: Bot, user: User) -> Chat:
        """The chat of a bot with a person, made when the person first writes."""
        key = (bot.id, user.id)
        chat = self.private.get(key)
        if chat is None:
            chat = self.private[key] = Chat(user.id, "private", peer=user)
            chat.members = {user.id: Member(user), bot.id: Member(bot.user)}
        return chat

    def chat_for_bot(self, bot: Bot, chat_id: int | str) -> Chat:
        """The chat a bot means. Refuses as Telegram does: unknown, upgraded, kicked, never started."""
        if isinstance(chat_id, str):
            return self._chat_by_name(bot, chat_id)
        if chat_id > 0:
            return self._private_for_bot(bot, chat_id)
        chat = self.groups.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to)
        member = chat.members.get(bot.id)
        if member is None:
            raise bad_request("chat not found")
        if not member.present:
            kind = "supergroup" if chat.type == "supergroup" else "group"
            reason = "bot was kicked from the" if member.status == "kicked" else "bot is not a member of the"
            raise forbidden(f"{reason} {kind} chat")
        return chat

    def _chat_by_name(self, bot: Bot, name: str) -> Chat:
        wanted = name.removeprefix("@").lower()
        for chat in self.groups.values():
            if wanted and chat.username and chat.username.lower() == wanted:
                return self.chat_for_bot(bot, chat.id)
        raise bad_request("chat not found")

    def _private_for_bot(self, bot: Bot, user_id: int) -> Chat:
        chat = self.private.get((bot.id, user_id))
        if chat is None:
            if user_id in self.bots:
                raise forbidden("bots can't send messages to bots")
            if user_id in self.users:
                raise forbidden("bot can't initiate conversation with a user")
            raise bad_request("chat not found")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def user(self, user_id: int) -> User:
        found = self.users.get(user_id)
        if found is None:
            raise SimError(f"no user {user_id}")
        return found

    def icon_emoji(self, custom_emoji_id: str | None) -> str | None:
        """The emoji of a topic icon, None for an id that is no icon."""
        return ICON_IDS.get(custom_emoji_id) if custom_emoji_id else None

    def bots_in(self, chat: Chat) -> list[Bot]:
        """Bots that are present in a chat."""
        if chat.is_private:
            return [bot for bot in self.bots.values() if self.private.get((bot.id, chat.id)) is chat]
        return [bot for bot in self.bots.values() if chat.member(bot.id)]
