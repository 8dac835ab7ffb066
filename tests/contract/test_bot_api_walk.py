"""A random walk: people and a bot do hundreds of things in any order, and every word of it keeps the contract."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest

from sandbox.telegram import TelegramSandbox
from sandbox.telegram.defaults import AGENT_ID, OWNER_ID, VIEWER_ID
from sandbox.telegram.errors import ApiError, SimError
from sandbox.telegram.reactions import ALLOWED
from tests.contract.bot_api import CheckedClient, Refused, ogg, open_telegram, png

STEPS = 150
TEXTS = ("hi", "<b>你好</b> 😀", "/note a @someone", "https://example.org #tag", "x" * 300)


class Walk:
    def __init__(self, tg: TelegramSandbox, api: CheckedClient, random: Random) -> None:
        self.tg, self.api, self.random = tg, api, random
        self.updates: list[dict[str, Any]] = []

    def thread(self) -> int | None:
        return self.random.choice([None, *(t["id"] for t in self.tg.topics())])

    def message(self) -> int:
        return self.random.choice([0, *self.tg.state.groups[self.tg.group_id].messages])

    async def bot_acts(self) -> None:
        message, thread = self.message(), self.thread()
        place = {} if thread is None else {"message_thread_id": thread}
        keyboard = {"inline_keyboard": [[{"text": "ok", "callback_data": "x"}]]}
        text = self.random.choice(TEXTS)
        acts: list[Callable[[], Awaitable[Any]]] = [
            lambda: self.api.createForumTopic(name=text[:20]),
            lambda: self.api.sendMessage(text=text, parse_mode="HTML", reply_markup=keyboard, **place),
            lambda: self.api.sendMessage(text=text, reply_parameters={"message_id": message}),
            lambda: self.api.editMessageText(message_id=message, text=text),
            lambda: self.api.deleteMessage(message_id=message),
            lambda: self.api.pinChatMessage(message_id=message),
            lambda: self.api.setMessageReaction(
                message_id=message, reaction=[{"type": "emoji", "emoji": self.random.choice(ALLOWED)}]
            ),
            lambda: self.api.call("sendPhoto", photo="attach://a", files={"a": png(400, 300)}, **place),
            lambda: self.api.call("sendVoice", voice="attach://a", files={"a": ogg(4)}, **place),
            lambda: self.api.copyMessage(from_chat_id=self.tg.group_id, message_id=message, **place),
            lambda: self.api.forwardMessage(from_chat_id=self.tg.group_id, message_id=message, **place),
            lambda: self.api.closeForumTopic(message_thread_id=thread or 1),
            lambda: self.api.reopenForumTopic(message_thread_id=thread or 1),
            lambda: self.api.deleteForumTopic(message_thread_id=thread or 1),
            lambda: self.api.unpinAllChatMessages(),
            lambda: self.api.getChat(),
        ]
        await self.random.choice(acts)()

    async def person_acts(self) -> None:
        message, who = self.message(), self.random.choice([OWNER_ID, AGENT_ID, VIEWER_ID])
        text, where = self.random.choice(TEXTS), {"thread": self.thread(), "sender": who}
        files = ("photo", png(500, 20)), ("voice", ogg(2)), ("document", b"x"), ("sticker", b"RIFF")
        kind, data = self.random.choice(files)
        acts: list[Callable[[], Any]] = [
            lambda: self.tg.message(text=text, **where),
            lambda: self.tg.message(text=text, sender=who, reply_to=message),
            lambda: self.tg.message(media={"kind": kind, "name": f"a.{kind}", "data": data}, **where),
            lambda: self.tg.edit(message=message, text=text),
            lambda: self.tg.delete(message=message, sender=who),
            lambda: self.tg.react(message=message, emoji=self.random.choice(ALLOWED), sender=who),
            lambda: self.tg.tap(message=message, button="ok", sender=who),
            lambda: self.tg.topic(action="rename", thread=where["thread"], name=text[:9], sender=who),
            lambda: self.tg.member(user=VIEWER_ID, status=self.random.choice(["member", "left", "restricted"])),
        ]
        self.random.choice(acts)()

    async def run(self) -> tuple[int, int]:
        done = refused = 0
        for _ in range(STEPS):
            act = self.random.choice([self.bot_acts, self.person_acts])
            try:
                await act()
                done += 1
            except (Refused, SimError, ApiError):
                refused += 1
            self.updates += await self.api.updates()
        return done, refused


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_anything_in_any_order(seed: int) -> None:
    async with open_telegram() as (tg, api):
        walk = Walk(tg, api, Random(seed))
        done, refused = await walk.run()
        assert done > refused
        assert set(tg.view()["counters"]["by_code"]) <= {"200", "400"}
        ids = [u["update_id"] for u in walk.updates]
        assert ids == sorted(set(ids))
        for topic in tg.topics():
            assert topic["message_count"] == len(tg.messages(thread=topic["id"]))
