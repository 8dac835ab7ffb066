"""`python -m sandbox.telegram --port 9001`: the sandbox as a process of its own."""

from __future__ import annotations

import argparse

from aiohttp import web

from sandbox.telegram import defaults
from sandbox.telegram.server import telegram_app
from sandbox.telegram.state import TelegramState


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.telegram", description="A stand-in of the Bot API.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--no-flood", action="store_true", help="answer no 429 unless a fault is planned")
    options = parser.parse_args()
    state = TelegramState()
    state.flood.rules.enabled = not options.no_flood
    print(  # noqa: T201 - what a person at the terminal needs
        f"TELEGRAM_API_BASE=http://{options.host}:{options.port}\n"
        f"TELEGRAM_BOT_TOKEN={defaults.BOT_TOKEN}\n"
        f"TELEGRAM_GROUP_ID={defaults.GROUP_ID}\n"
        f"TELEGRAM_OWNER_ID={defaults.OWNER_ID}",
        flush=True,
    )
    web.run_app(telegram_app(state), host=options.host, port=options.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
