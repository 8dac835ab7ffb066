"""The command `topicdesk`. Each subcommand imports what it needs, so that small ones stay quick."""

import argparse
import asyncio
import gc
import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from core.errors import DeskError, UserMistake
from core.i18n import Texts, texts_for
from core.settings import DeskSettings, Settings

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    arguments, others = parser.parse_known_args(argv)
    command: Command = arguments.command
    if others and command not in {_demo, _bench}:  # those two hand their options on
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    arguments.options = others
    try:
        return command(arguments)
    except KeyboardInterrupt:
        return 130
    except UserMistake as mistake:
        print(f"topicdesk: {_texts().error(mistake.code, **mistake.values)}", file=sys.stderr)  # noqa: T201
        return 2
    except DeskError as error:
        print(f"topicdesk: {_texts().error(error.code)} ({error.detail})", file=sys.stderr)  # noqa: T201
        return 2
    except ValidationError as error:
        for line in _unreadable(error):
            print(f"topicdesk: {line}", file=sys.stderr)  # noqa: T201
        return 2


def _texts() -> Texts:
    return texts_for(DeskSettings().locale)


def _unreadable(error: ValidationError) -> list[str]:
    """Which setting of the environment cannot be read, and why. Its value is not shown: it may be a secret."""
    prefix = f"{error.title.removesuffix('Settings')}_".replace("Desk_", "Topicdesk_")
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return [f"{prefix}{'_'.join(map(str, each['loc']))}".upper() + f": {each['msg']}" for each in found]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="topicdesk", description="A WhatsApp desk in a Telegram group.")
    commands = parser.add_subparsers(required=True, metavar="command")
    run = _add(commands, "run", _run, "work: take messages in, show them, send answers")
    run.add_argument("--role", choices=("all", "intake", "worker", "lines"), default="all")
    _add(commands, "demo", _demo, "try everything without any account (options: python -m sandbox demo --help)")
    doctor = _add(commands, "doctor", _doctor, "check the set-up and say how to mend it")
    doctor.add_argument("--lang", default="", help="en or zh")
    doctor.add_argument("--json", action="store_true", help="for machines")
    _add(commands, "migrate", _migrate, "bring the database to the newest schema")
    backup = _add(commands, "backup", _backup, "copy the SQLite database, while everything runs")
    backup.add_argument("target", nargs="?", type=Path, help="the file to write (default: in the data directory)")
    hint = "options: python -m sandbox bench --help; with --simulate: python -m core.simulate --help"
    _add(commands, "bench", _bench, f"measure speed on this machine, or play a busy hour ({hint})")
    return parser


def _add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, command: Command, text: str):  # pyright: ignore[reportPrivateUsage] - argparse has no public name for it
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=command)
    return parser


def _run(arguments: argparse.Namespace) -> int:
    settings = Settings()
    if unusable := _unusable(settings):
        print(f"topicdesk: {texts_for(settings.desk.locale).t(unusable)}", file=sys.stderr)  # noqa: T201
        return 2
    gc.disable()  # what is loaded now stays: to search its 300,000 objects for garbage is in vain and delays the start
    from bot.app import run
    from bot.logs import set_up_logs
    from core.store.migrate import DatabaseTrouble
    from core.store.presence import AlreadyRunning
    from core.vault import VaultError

    gc.freeze()  # nor later: each full search of them would halt the desk for 0.2 seconds
    gc.enable()
    set_up_logs(settings.desk.log_level)
    try:
        return asyncio.run(run(settings, arguments.role))
    except (AlreadyRunning, DatabaseTrouble, VaultError) as error:
        print(f"topicdesk: {error}. `topicdesk doctor` may tell more.", file=sys.stderr)  # noqa: T201
        return 2


def _unusable(settings: Settings) -> str | None:
    """What makes a start pointless, before anybody is asked: the key of its text."""
    token = settings.telegram.bot_token.get_secret_value()
    if not token:
        return "doctor.token_missing"
    if not re.fullmatch(r"\d+:\S+", token):
        return "doctor.token_malformed"
    wants_webhook = settings.telegram.updates == "webhook"
    return "error.webhook_without_url" if wants_webhook and not settings.desk.public_url else None


def _demo(arguments: argparse.Namespace) -> int:
    os.execv(sys.executable, [sys.executable, "-m", "sandbox", "demo", *arguments.options])  # noqa: S606


def _doctor(arguments: argparse.Namespace) -> int:
    settings = Settings()
    from bot.app import examine

    return asyncio.run(examine(settings, arguments.lang, as_json=arguments.json))


def _migrate(_: argparse.Namespace) -> int:
    from core.store.db import Database
    from core.store.migrate import migrate

    async def upgrade() -> str:
        database = Database(Settings().desk.database)
        try:
            return await migrate(database)
        finally:
            await database.close()

    print(f"The database is at revision {asyncio.run(upgrade())}.")  # noqa: T201
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    from core.store.backup import back_up
    from core.store.db import Database

    settings = Settings().desk
    target = arguments.target or settings.data_dir / f"backup-{datetime.now(UTC):%Y%m%d-%H%M%S}.db"
    size = asyncio.run(back_up(Database(settings.database), target))
    print(texts_for(settings.locale).t("backup.done", path=str(target), size=size))  # noqa: T201
    return 0


def _bench(arguments: argparse.Namespace) -> int:
    """Against the stand-ins, or the product's governor alone on a virtual clock."""
    simulates = "--simulate" in arguments.options
    module = ["core.simulate"] if simulates else ["sandbox", "bench"]
    os.execv(sys.executable, [sys.executable, "-m", *module, *arguments.options])  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
