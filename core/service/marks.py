"""Marks: the truth about a staff message, as one reaction on the staff's own post."""

from datetime import timedelta

from core.errors import DeskError, ReactionRefused, RemoteRefusal, RemoteTrouble
from core.ids import MessageId, TenantId
from core.jobs import Job, JobKind, NewJob, Urgency
from core.message import Direction, Status
from core.service import reacting
from core.service.surface import Surface
from core.store import backlog, messages
from core.store.messages import Copy, Message
from core.store.store import Store
from core.work.limits import Spend
from core.work.runner import Later

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

GONE = "👻"
"""Withdrawn before it left, or deleted at the customer."""

NEXT_BEST = {"✍": "🤔", "👌": "👍", "🕊": "👏", "👀": "❤", "💔": "👎", "👻": "🗿"}
"""For groups whose administrators allow only some reactions; where this is refused too, nothing is drawn."""

_LAG = timedelta(seconds=30)
"""From this wait on, marks are scarce: of a topic only the last message gets its own, and what went wrong."""
_FEW, _MANY = 2, 30
"""While no more than a few others wait, all are drawn, however late; beyond many, marks are scarce at once."""
_CATCH_UP_SECONDS, _LONGEST_SECONDS = 60.0, 600.0
"""What gave way is tried again after so long, then after twice as long and so on, until there is room."""
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
        message_id = MessageId(job.payload["message"])
        is_drawn = not await self._is_scarce(job) or not await self._gives_way(job.tenant_id, message_id)
        is_drawn = is_drawn and await self._bring_up_to_date(job.tenant_id, message_id, late="late" in job.payload)
        async with self._store.settle(job) as scope:
            if not is_drawn:
                await scope.put(_catch_up(job))

    async def _bring_up_to_date(self, tenant_id: TenantId, message_id: MessageId, *, late: bool) -> bool:
        """A late one takes only what nobody else needs, and does not wait at the gate for it: False, not yet."""
        place, reaction = await self._reaction(tenant_id, message_id)
        post, emoji = await self._what(tenant_id, message_id)
        try:
            if await self._draw_reaction(tenant_id, message_id, place, reaction, spare=late):
                return True
            if post is not None and emoji is not None:
                await self._draw(tenant_id, post, emoji, spare=late)
        except Later:
            if not late:
                raise
            return False
        return True

    async def _reaction(self, tenant_id: TenantId, message_id: MessageId) -> tuple[Copy | None, str | None]:
        """The customer's, which takes the mark's place; empty when it was taken back and there is no mark there."""
        async with self._store.read(tenant_id) as scope:
            copies = await messages.copies_of(scope, message_id)
            if not copies:
                return None, None
            message, emoji = await messages.get(scope, message_id), await reacting.drawn(scope, message_id)
        own = copies[0] if message.direction is Direction.OUT else copies[-1]
        if own.length:
            return None, None  # among other words: told in words
        return own, emoji or ("" if message.direction is Direction.IN else None)

    async def _draw_reaction(
        self, tenant_id: TenantId, message_id: MessageId, post: Copy | None, emoji: str | None, *, spare: bool
    ) -> bool:
        """False when there is none, or the group does not allow it: then a line tells of it, and the mark stays."""
        if post is None or emoji is None:
            return False
        try:
            await self._surface.call(
                tenant_id,
                post.chat_id,
                Spend.MARK,
                lambda desk: desk.mark(post.chat_id, post.post_id, emoji or None),
                spare=spare,
            )
        except ReactionRefused:
            async with self._store.write(tenant_id) as scope:
                await reacting.tell_in_words(scope, message_id, post)
            return False
        except RemoteRefusal:
            return True  # the post is gone
        except RemoteTrouble as trouble:
            raise _certain(trouble) from trouble
        return True

    async def _is_scarce(self, job: Job) -> bool:
        assert job.tenant_id is not None  # noqa: S101 - mark jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            others = await backlog.waiting(scope, JobKind.MARK)
        return others > _MANY or (others > _FEW and self._store.clock() - job.created_at > _LAG)

    async def _gives_way(self, tenant_id: TenantId, message_id: MessageId) -> bool:
        """A later message of the topic tells as much, and nothing went wrong with this one."""
        async with self._store.read(tenant_id) as scope:
            copies = await messages.copies_of(scope, message_id)
            if not copies:
                return False
            together = await messages.copies_at(scope, copies[0].chat_id, copies[0].post_id)
            sent = [await messages.get(scope, copy.message_id) for copy in together]
            last = await messages.last_written(scope, sent[0].contact_id)
        return last is not None and last not in {message.id for message in sent} and not any(map(_went_wrong, sent))

    async def _what(self, tenant_id: TenantId, message_id: MessageId) -> tuple[Copy | None, str | None]:
        async with self._store.read(tenant_id) as scope:
            copies = await messages.copies_of(scope, message_id)
            if not copies:
                return None, None
            together = await messages.copies_at(scope, copies[0].chat_id, copies[0].post_id)
            sent = [await messages.get(scope, copy.message_id) for copy in together]
        if any(message.direction is Direction.IN for message in sent):
            return None, None  # told again among other words: no post of its own to draw on
        if all(message.gone_at for message in sent):
            return copies[0], GONE
        return copies[0], MARKS.get(worst([message for message in sent if message.gone_at is None]))

    async def _draw(self, tenant_id: TenantId, post: Copy, emoji: str, *, spare: bool) -> None:
        try:
            await self._surface.call(
                tenant_id,
                post.chat_id,
                Spend.MARK,
                lambda desk: desk.mark(post.chat_id, post.post_id, emoji),
                spare=spare,
            )
        except ReactionRefused:
            if emoji in NEXT_BEST:
                await self._draw(tenant_id, post, NEXT_BEST[emoji], spare=spare)
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


def _catch_up(job: Job) -> NewJob:
    """The same once more. A status that comes meanwhile joins it, and is drawn at once."""
    times = int(job.payload.get("late", 0)) + 1
    return NewJob(
        JobKind.MARK,
        job.tenant_id,
        {**job.payload, "late": times},
        lane=job.lane,
        urgency=Urgency.MARK,
        merge_key=job.lane,
        delay=min(_LONGEST_SECONDS, _CATCH_UP_SECONDS * 2 ** (times - 1)),
    )


def _certain(trouble: RemoteTrouble) -> DeskError:
    """A reaction set twice is one reaction: uncertainty does not matter here."""
    return RemoteTrouble(trouble.detail, trouble.retry_after)
