"""One call of a method: who calls, with which parameters, and the questions every method asks about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import Upload
from sandbox.telegram.flood import Cost
from sandbox.telegram.people import Member
from sandbox.telegram.state import Bot, Question, TelegramState


@dataclass
class Call:
    """`params` are typed by the method table; `files` holds the uploaded parts by field name."""

    state: TelegramState
    bot: Bot
    method: str
    params: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)

    def chat(self, name: str = "chat_id") -> Chat:
        return self.state.chat_for_bot(self.bot, self.params[name])

    def group(self) -> Chat:
        chat = self.chat()
        if chat.is_private:
            raise bad_request("method is available only for supergroups")
        return chat

    def forum(self) -> Chat:
        chat = self.chat()
        if not chat.is_forum:
            raise bad_request("the chat is not a forum")
        return chat

    def me_in(self, chat: Chat) -> Member:
        """The bot's own membership; chat_for_bot has made sure that there is one."""
        return chat.members[self.bot.id]

    def need_right(self, chat: Chat, right: str, text: str) -> None:
        if not self.me_in(chat).may(right):
            raise bad_request(text)

    def message(self, chat: Chat, missing: str, name: str = "message_id") -> Message:
        found = chat.messages.get(self.params.get(name) or 0)
        if found is None:
            raise bad_request(missing)
        return found

    def question(self, kind: str, name: str, lifetime: float) -> Question:
        """The inline query or payment that is answered: this bot's, still open, asked within `lifetime` seconds."""
        found = self.state.questions.get(self.params[name])
        if found is None or (found.kind, found.bot_id, found.answer) != (kind, self.bot.id, None):
            raise bad_request(TOO_OLD)
        if self.state.clock.now() - found.at > lifetime:
            raise bad_request(TOO_OLD)
        return found


TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

Handler = Callable[[Call], Any] | Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Method:
    """How a method is answered and what it costs."""

    handler: Handler
    cost: Cost


REGISTRY: dict[str, Method] = {}


def answers(*names: str, cost: Cost = Cost.FREE) -> Callable[[Handler], Handler]:
    """Register a function as the answer to these methods."""

    def register(handler: Handler) -> Handler:
        for name in names:
            REGISTRY[name] = Method(handler, cost)
        return handler

    return register
