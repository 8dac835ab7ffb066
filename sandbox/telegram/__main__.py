"""`python -m sandbox.telegram --port 9001`: the sandbox as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import signal

from sandbox.telegram import TelegramSandbox, defaults
from sandbox.telegram.state import TelegramState


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.telegram", description="A stand-in of the Bot API.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--no-flood", action="store_true", help="answer no 429 unless a fault is planned")
    options = parser.parse_args()
    state = TelegramState()
    state.flood.rules.enabled = not options.no_flood
    asyncio.run(serve(state, options.host, options.port))


async def serve(state: TelegramState, host: str, port: int) -> None:
    """Serve until the process is told to end; first print the environment that leads the product here."""
    async with TelegramSandbox(state, host=host, port=port) as sandbox:
        print(  # noqa: T201 - what a person at the terminal needs
            f"TELEGRAM_API_BASE={sandbox.base_url}\n"
            f"TELEGRAM_BOT_TOKEN={defaults.BOT_TOKEN}\n"
            f"TELEGRAM_GROUP_ID={defaults.GROUP_ID}\n"
            f"TELEGRAM_OWNER_ID={defaults.OWNER_ID}",
            flush=True,
        )
        told = asyncio.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, told.set)
        await told.wait()


if __name__ == "__main__":
    main()
