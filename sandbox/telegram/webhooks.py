"""Webhook mode: one worker per bot with a webhook posts its updates until each was answered with 2xx."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp

from sandbox.telegram.state import Bot, TelegramState
from sandbox.telegram.updates import WebhookSettings

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


class WebhookSender:
    """Keeps the workers in step with the bots' settings; `refresh` is called when one sets or removes a webhook."""

    def __init__(self, state: TelegramState) -> None:
        self._state = state
        self._workers: dict[int, tuple[WebhookSettings, asyncio.Task[None]]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._ended: list[asyncio.Task[None]] = []

    def refresh(self, bot: Bot) -> None:
        running = self._workers.pop(bot.id, None)
        if running is not None:
            running[1].cancel()
            self._ended.append(running[1])
        settings = bot.updates.webhook
        if settings is not None:
            self._workers[bot.id] = (settings, asyncio.get_running_loop().create_task(self._run(bot, settings)))

    async def close(self) -> None:
        tasks = [task for _, task in self._workers.values()] + self._ended
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _run(self, bot: Bot, settings: WebhookSettings) -> None:
        """In order, one at a time: what a webhook with max_connections=1 sees."""
        queue = bot.updates
        pause = FIRST_PAUSE
        while True:
            if not queue.waiting:
                queue.arrived.clear()
                await queue.arrived.wait()
                continue
            first = queue.waiting[0]
            if await self._post(settings, first.body):
                pause = FIRST_PAUSE
                with contextlib.suppress(ValueError):
                    queue.waiting.remove(first)
                continue
            settings.last_error_date = self._state.now()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _post(self, settings: WebhookSettings, body: dict[str, object]) -> bool:
        headers = {SECRET_HEADER: settings.secret} if settings.secret else {}
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        try:
            async with self._session.post(settings.url, json=body, headers=headers) as answer:
                if answer.status // 100 == 2:
                    return True
                settings.last_error_message = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            settings.last_error_message = f"Connection failed: {type(error).__name__}"
        return False
