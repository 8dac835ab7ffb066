"""The sandbox as a fixture: a real server on a free port, with the control operations as methods."""

from __future__ import annotations

from types import TracebackType

from aiohttp import web

from sandbox.telegram import defaults
from sandbox.telegram.control_weather import Control
from sandbox.telegram.server import telegram_app
from sandbox.telegram.state import TelegramState


class TelegramSandbox(Control):
    """`async with TelegramSandbox.start() as tg:`. Bots talk to `tg.base_url`; tests call `tg.message(…)` and so on."""

    token = defaults.BOT_TOKEN
    bot_id = defaults.BOT_ID
    group_id = defaults.GROUP_ID
    owner_id = defaults.OWNER_ID
    agent_id = defaults.AGENT_ID
    viewer_id = defaults.VIEWER_ID

    def __init__(self, state: TelegramState, *, host: str, port: int) -> None:
        super().__init__(state)
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None

    @classmethod
    def start(
        cls, port: int = 0, *, host: str = "127.0.0.1", flood: bool = True, state: TelegramState | None = None
    ) -> TelegramSandbox:
        """A sandbox to be entered with `async with`. `flood=False` turns the flood limits off."""
        sandbox = cls(state or TelegramState(), host=host, port=port)
        sandbox.state.flood.rules.enabled = flood
        return sandbox

    @property
    def base_url(self) -> str:
        """What TELEGRAM_API_BASE is set to."""
        return f"http://{self._host}:{self._port}"

    async def __aenter__(self) -> TelegramSandbox:
        self._runner = web.AppRunner(telegram_app(self.state), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
