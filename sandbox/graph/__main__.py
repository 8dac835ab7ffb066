"""Starts the sandbox alone: python -m sandbox.graph --port 9002 --callback http://127.0.0.1:8080/hooks/whatsapp"""

from __future__ import annotations

import argparse
import asyncio
import sys

from sandbox.graph import GraphSandbox, defaults


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.graph", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9002)
    parser.add_argument("--callback", help="where webhooks are posted")
    options = parser.parse_args()
    try:
        asyncio.run(_serve(options.host, options.port, options.callback))
    except KeyboardInterrupt:
        sys.exit(130)


async def _serve(host: str, port: int, callback: str | None) -> None:
    async with GraphSandbox.start(port=port, callback=callback, host=host) as graph:
        lines = (
            f"WHATSAPP_API_BASE={graph.base_url}",
            f"WHATSAPP_PHONE_NUMBER_ID={defaults.PHONE_NUMBER_ID}",
            f"WHATSAPP_BUSINESS_ACCOUNT_ID={defaults.WABA_ID}",
            f"WHATSAPP_ACCESS_TOKEN={defaults.ACCESS_TOKEN}",
            f"WHATSAPP_APP_SECRET={defaults.APP_SECRET}",
            f"WHATSAPP_VERIFY_TOKEN={defaults.VERIFY_TOKEN}",
        )
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
