"""Marks: the truth about a staff message, as one reaction on the staff's own post."""

from datetime import timedelta

from core.errors import DeskError, ReactionRefused, RemoteRefusal, RemoteTrouble
from core.ids import MessageId, TenantId
from core.jobs import Job
from core.message import Direction, Status
from core.service.surface import Surface
from core.store import messages
from core.store.messages import Copy, Message
from core.store.store import Store
from core.work.limits import Spend

MARKS = {
    Status.QUEUED: "✍",
    Status.UNCERTAIN: "✍",
    Status.SENT: "👌",
    Status.DELIVERED: "🕊",
    Status.READ: "👀",
    Status.PLAYED: "👀",
    Status.FAILED: "💔",
    Status.DISCARDED: "💔",
}
"""From Telegram's fixed list: it has no check mark (Bot API, ReactionTypeEmoji)."""

NEXT_BEST = {"✍": "🤔", "👌": "👍", "🕊": "👏", "👀": "❤", "💔": "👎"}
"""For groups whose administrators allow only some reactions; where this is refused too, nothing is drawn."""

_LAG = timedelta(seconds=30)
"""From this wait on, marks are scarce: of a topic only the last message gets its own, and what went wrong."""
_WRONG = {Status.FAILED, Status.DISCARDED, Status.UNCERTAIN}

_WORST_FIRST = (Status.FAILED, Status.DISCARDED, Status.UNCERTAIN, Status.QUEUED, Status.SENT, Status.DELIVERED,
                Status.READ, Status.PLAYED)  # fmt: skip


class Marks:
    def __init__(self, store: Store, surface: Surface) -> None:
        self._store = store
        self._surface = surface

    async def mark(self, job: Job) -> None:
        """Draw what holds now, whatever it was when the job was put."""
        assert job.tenant_id is not None  # noqa: S101 - mark jobs are a tenant's
        scarce = self._store.clock() - job.created_at > _LAG
        post, emoji = await self._what(job.tenant_id, MessageId(job.payload["message"]), scarce=scarce)
        if post is not None and emoji is not None:
            await self._draw(job.tenant_id, post, emoji)
        async with self._store.settle(job):
            pass

    async def _what(
        self, tenant_id: TenantId, message_id: MessageId, *, scarce: bool
    ) -> tuple[Copy | None, str | None]:
        async with self._store.read(tenant_id) as scope:
            copies = await messages.copies_of(scope, message_id)
            if not copies:
                return None, None
            together = await messages.copies_at(scope, copies[0].chat_id, copies[0].post_id)
            sent = [await messages.get(scope, copy.message_id) for copy in together]
            last = await messages.last_written(scope, sent[0].contact_id) if scarce else None
        if last is not None and last not in {message.id for message in sent} and not any(map(_went_wrong, sent)):
            return None, None  # a later message of the topic tells as much
        if any(message.direction is Direction.IN for message in sent):
            return None, None  # told again among other words: no post of its own to draw on
        return copies[0], MARKS.get(worst(sent))

    async def _draw(self, tenant_id: TenantId, post: Copy, emoji: str) -> None:
        try:
            await self._surface.call(
                tenant_id, post.chat_id, Spend.MARK, lambda desk: desk.mark(post.chat_id, post.post_id, emoji)
            )
        except ReactionRefused:
            if emoji in NEXT_BEST:
                await self._draw(tenant_id, post, NEXT_BEST[emoji])
        except RemoteRefusal:
            return  # the post is gone: nothing to draw on
        except RemoteTrouble as trouble:
            raise _certain(trouble) from trouble


def worst(sent: list[Message]) -> Status:
    """A long text goes out in pieces under one post: the mark shows the piece that is worst off."""
    return min((message.status for message in sent), key=_WORST_FIRST.index)


def _went_wrong(message: Message) -> bool:
    """Now, or before and staff were told: a mark that says so must not outlive its truth."""
    return message.status in _WRONG or message.told_post_id is not None


def _certain(trouble: RemoteTrouble) -> DeskError:
    """A reaction set twice is one reaction: uncertainty does not matter here."""
    return RemoteTrouble(trouble.detail, trouble.retry_after)
