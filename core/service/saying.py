"""Short answers to staff, as jobs: put in the transaction of what they answer, so none is lost to a budget."""

from dataclasses import dataclass
from typing import Any

import structlog

from core.errors import RemoteRefusal, RemoteTrouble
from core.ids import ChatId, PostId, TenantId, ThreadId
from core.jobs import Job, JobKind, NewJob, Urgency
from core.ports import Button, Post, Spot
from core.service.surface import Surface
from core.store.store import Store
from core.text import Mark, MarkKind, RichText, plain
from core.work.limits import Spend

log = structlog.get_logger(__name__)

NOTED = "🙈"
"""The reaction on an internal note: the customer does not see it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`only_for` (a Telegram user id) keeps it from the others where Telegram can."""

    spot: Spot
    text: str | RichText
    only_for: int | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    reply_to: PostId | None = None


def say_job(tenant_id: TenantId | None, answer: Answer) -> NewJob:
    words = answer.text if isinstance(answer.text, RichText) else plain(answer.text)
    payload: dict[str, Any] = {
        "chat": answer.spot.chat,
        "thread": answer.spot.thread,
        "text": words.text,
        "marks": [[mark.start, mark.end, mark.kind, mark.value] for mark in words.marks],
        "only_for": answer.only_for,
        "reply_to": answer.reply_to,
        "buttons": [[[button.label, button.action] for button in row] for row in answer.buttons],
    }
    return NewJob(JobKind.SAY, tenant_id, payload, urgency=Urgency.CUSTOMER)


def react_job(tenant_id: TenantId | None, chat: ChatId, post_id: PostId, emoji: str) -> NewJob:
    payload = {"chat": chat, "post": post_id, "emoji": emoji}
    return NewJob(JobKind.SAY, tenant_id, payload, urgency=Urgency.MARK)


def tidy_job(tenant_id: TenantId, chat: ChatId, post_id: PostId) -> NewJob:
    """Take somebody's post away, where the bot may."""
    return NewJob(JobKind.TIDY, tenant_id, {"chat": chat, "post": post_id}, urgency=Urgency.NOTICE)


class Saying:
    def __init__(self, store: Store, surface: Surface) -> None:
        self._store = store
        self._surface = surface

    async def say(self, job: Job) -> None:
        tenant_id, payload = job.tenant_id or TenantId(0), job.payload
        chat = ChatId(payload["chat"])
        try:
            if "emoji" in payload:
                post_id, emoji = PostId(payload["post"]), payload["emoji"]
                await self._surface.call(tenant_id, chat, Spend.MARK, lambda desk: desk.mark(chat, post_id, emoji))
            else:
                spot, post = _spot(payload), _post(payload)
                await self._surface.call(tenant_id, chat, Spend.POST, lambda desk: desk.post(spot, post))
        except (RemoteRefusal, RemoteTrouble) as error:
            log.warning("answer.not_said", code=error.code)  # stale by the time it could be repeated
        async with self._store.settle(job):
            pass

    async def tidy(self, job: Job) -> None:
        """Worth no customer's message a wait, and no second try."""
        tenant_id, chat, post_id = job.tenant_id or TenantId(0), ChatId(job.payload["chat"]), job.payload["post"]
        try:
            await self._surface.call(
                tenant_id, chat, Spend.POST, lambda desk: desk.delete(chat, PostId(post_id)), spare=True
            )
        except (RemoteRefusal, RemoteTrouble) as error:
            log.info("post.not_tidied", code=error.code)
        async with self._store.settle(job):
            pass


def _spot(payload: dict[str, Any]) -> Spot:
    thread = payload["thread"]
    return Spot(ChatId(payload["chat"]), ThreadId(thread) if thread else None)


def _post(payload: dict[str, Any]) -> Post:
    buttons = tuple(tuple(Button(label, action) for label, action in row) for row in payload["buttons"])
    reply_to = PostId(payload["reply_to"]) if payload["reply_to"] else None
    marks = tuple(Mark(start, end, MarkKind(kind), value) for start, end, kind, value in payload.get("marks", ()))
    text = RichText(payload["text"], marks)
    return Post(text=text, buttons=buttons, only_for=payload["only_for"], reply_to=reply_to)
