"""Slash commands: a table of name → handler. Handlers parse, call one service, and answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from aiogram.exceptions import AiogramError

from bot.ask import Ask
from bot.commands.delete import delete
from bot.commands.desk import desk
from bot.commands.find import find
from bot.commands.general import help_, start, whoami
from bot.commands.history import history
from bot.commands.lang import lang
from bot.commands.merge import merge
from bot.commands.move import move
from bot.commands.note import note
from bot.commands.settings import settings
from bot.commands.setup import setup
from bot.commands.status import status
from bot.commands.tag import tag, tags_, untag
from core.errors import DeskError, UserMistake

Handler = Callable[[Ask], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Command:
    """`in_group`, `in_private`: where Telegram suggests it. Its description is the text `command.<name>`."""

    handler: Handler
    in_group: bool = True
    in_private: bool = True


COMMANDS: dict[str, Command] = {
    "start": Command(start, in_group=False),
    "help": Command(help_),
    "setup": Command(setup, in_private=False),
    "status": Command(status),
    "lang": Command(lang),
    "whoami": Command(whoami),
    "note": Command(note, in_private=False),
    "tag": Command(tag, in_private=False),
    "untag": Command(untag, in_private=False),
    "tags": Command(tags_, in_private=False),
    "find": Command(find),
    "move": Command(move, in_private=False),
    "desk": Command(desk, in_private=False),
    "merge": Command(merge, in_private=False),
    "del": Command(delete, in_private=False),
    "history": Command(history, in_private=False),
    "settings": Command(settings, in_private=False),
}


async def run_command(ask: Ask) -> None:
    """Run the command a message begins with, if it is meant for us."""
    head, _, args = (ask.message.text or "").partition(" ")
    name, _, bot_name = head[1:].partition("@")
    if bot_name and not await _is_our_name(ask, bot_name):
        return
    command = COMMANDS.get(name.lower())
    try:
        if command is not None:
            await command.handler(replace(ask, args=args.strip()))
        elif ask.topic is not None or ask.is_private:
            raise UserMistake("no_such_command", command=f"/{name[:32]}")
    except UserMistake as mistake:
        ask.say(ask.texts.error(mistake.code, **mistake.values))


async def _is_our_name(ask: Ask, bot_name: str) -> bool:
    """`/status@other_bot` is another bot's. When Telegram does not tell our name, we would rather answer."""
    try:
        me = await ask.house.client.bot.me()
    except (DeskError, AiogramError):
        return True
    return bot_name.lower() == (me.username or "").lower()
