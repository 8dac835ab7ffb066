"""The demo's world: both sandboxes, the product's environment, and one stream of what happens."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.bus import Bus
from sandbox.demo_product import Recipe, free_port
from sandbox.graph import defaults as meta
from sandbox.graph.state import GraphState
from sandbox.telegram import defaults as telegram
from sandbox.telegram.state import TelegramState

TELEGRAM_PREFIX, GRAPH_PREFIX = "/telegram", "/graph"
PROJECT = Path(__file__).resolve().parent.parent
FOREIGN = ("TELEGRAM_", "WHATSAPP_", "OPENAI_", "GOOGLE_")
"""Settings of real accounts never reach the demo's product."""
HARMLESS = ("TELEGRAM_POSTS_PER_MINUTE",)


@dataclass(frozen=True)
class Options:
    """What the command line says. `database` and `data` empty: fresh ones, gone with the demo."""

    host: str = "127.0.0.1"
    port: int = 8800
    database: str = ""
    data: str = ""
    locale: str = "en"
    browser: bool = True
    product: bool = True


class World:
    """The two sandboxes' states and the demo's own news (product, scenes)."""

    def __init__(self) -> None:
        self.telegram = TelegramState()
        self.graph = GraphState()
        self.bus = Bus()


def base_url(host: str, port: int) -> str:
    """How this machine reaches the demo; all addresses of a machine are reached by the local one."""
    known = "127.0.0.1" if host in ("", "0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"http://{f'[{known}]' if ':' in known else known}:{port}"


def recipe(options: Options, base: str, data: Path, inherited: Mapping[str, str] = os.environ) -> Recipe:
    """The real product's command and environment (design: the outside contract)."""
    port = free_port()
    database = options.database or f"sqlite+aiosqlite:///{data / 'topicdesk.db'}"
    env = {name: value for name, value in inherited.items() if name in HARMLESS or not name.startswith(FOREIGN)}
    env.pop("TOPICDESK_MASTER_KEY", None)
    env |= environment(base) | {
        "TOPICDESK_DATABASE_URL": database,
        "TOPICDESK_DATA_DIR": str(data),
        "TOPICDESK_HOST": "127.0.0.1",
        "TOPICDESK_PORT": str(port),
        "TOPICDESK_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TOPICDESK_LOCALE": options.locale,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), inherited.get("PYTHONPATH", "")))),
        "PYTHONUNBUFFERED": "1",
    }
    command = (sys.executable, "-m", "bot.cli", "run")
    return Recipe(command, env, data, f"http://127.0.0.1:{port}", database_name(database))


def environment(base: str) -> dict[str, str]:
    """The settings that lead a product to the sandboxes at `base`."""
    return {
        "TELEGRAM_API_BASE": base + TELEGRAM_PREFIX,
        "TELEGRAM_BOT_TOKEN": telegram.BOT_TOKEN,
        "TELEGRAM_OWNER_ID": str(telegram.OWNER_ID),
        "TELEGRAM_GROUP_ID": str(telegram.GROUP_ID),
        "WHATSAPP_API_BASE": base + GRAPH_PREFIX,
        "WHATSAPP_API_VERSION": meta.API_VERSION,
        "WHATSAPP_ACCESS_TOKEN": meta.ACCESS_TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": meta.PHONE_NUMBER_ID,
        "WHATSAPP_BUSINESS_ACCOUNT_ID": meta.WABA_ID,
        "WHATSAPP_APP_SECRET": meta.APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": meta.VERIFY_TOKEN,
    }


def database_name(url: str) -> str:
    """A word for the page, without hosts or passwords."""
    kind = urlsplit(url).scheme.partition("+")[0]
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(kind, kind)
