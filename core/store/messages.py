"""Rows about what was said: messages and the copies that show them in Telegram."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, delete, func, or_, select

from core.ids import ChatId, ContactId, ConversationId, ExternalId, LineId, MessageId, PostId, ThreadId
from core.message import Content, Direction, Status, advance, words_of
from core.ports import Problem, Spot
from core.store import groups, search
from core.store.scope import TenantScope
from core.store.search import EntryKind
from core.store.tables import conversation, copy, early_status, line, message

_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)
_PROBLEM: TypeAdapter[Problem] = TypeAdapter(Problem)


class Shown(StrEnum):
    """Must the desk still show this message? Staff's own posts are shown already."""

    WAITING = "waiting"
    DONE = "done"
    SELF = "self"


class ReadState(StrEnum):
    """Has the customer been told that we read their message?"""

    NEVER = "never"
    DUE = "due"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Message:
    id: MessageId
    conversation_id: ConversationId
    contact_id: ContactId
    line_id: LineId
    direction: Direction
    external_id: ExternalId | None
    author: str
    content: Content
    reply_to_id: MessageId | None
    status: Status
    problem: Problem | None
    attempt: int
    calling_at: datetime | None
    told_post_id: PostId | None
    shown: Shown
    read: ReadState
    said_at: datetime
    created_at: datetime
    reply_to_external: ExternalId | None = None
    """What it answers, as the line named it when we did not know that message yet."""
    edited_at: datetime | None = None
    gone_at: datetime | None = None
    """Since when it is deleted on the customer's side; one that never left is discarded, too."""
    told_at: Spot | None = None
    """Where the post that tells of the failure stands; None: in the topic (of old rows)."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    conversation_id: ConversationId
    contact_id: ContactId
    line_id: LineId
    direction: Direction
    author: str
    content: Content
    status: Status
    shown: Shown
    said_at: datetime
    external_id: ExternalId | None = None
    origin: str | None = None
    """Where staff wrote it (`tg:<chat>:<message>`), unique: an update handled twice makes one message."""
    reply_to_id: MessageId | None = None
    read: ReadState = ReadState.NEVER
    reply_to_external: ExternalId | None = None
    address_id: int | None = None
    """Which of their addresses the customer wrote from."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One appearance of a message in Telegram. `start`/`length`: its characters inside a merged post.

    `bot_id`: who posted it, and alone may change it; None where staff did, or before helper bots were known.
    """

    message_id: MessageId
    chat_id: ChatId
    post_id: PostId
    part: int = 0
    start: int = 0
    length: int = 0
    bot_id: int | None = None


async def add(scope: TenantScope, new: NewMessage) -> MessageId | None:
    """None when the external id or the origin is known: it came twice."""
    new_id = await scope.insert_new(
        message,
        conversation_id=new.conversation_id,
        contact_id=new.contact_id,
        line_id=new.line_id,
        direction=new.direction.value,
        external_id=new.external_id,
        origin=new.origin,
        author=new.author,
        address_id=new.address_id,
        content=_CONTENT.dump_python(new.content, mode="json", exclude_defaults=True),
        reply_to_id=new.reply_to_id,
        reply_to_external=new.reply_to_external,
        status=new.status.value,
        shown=new.shown.value,
        read=new.read.value,
        said_at=new.said_at,
        created_at=scope.now,
    )
    if new_id is None:
        return None
    words = words_of(new.content)
    await search.add(scope, search.Entry(EntryKind.MESSAGE, new_id, new.contact_id, words, new.said_at, new.author))
    return MessageId(new_id)


async def get(scope: TenantScope, message_id: MessageId) -> Message:
    row = await scope.first(scope.select(message).where(message.c.id == message_id))
    if row is None:
        raise LookupError("no such message")
    return _message(row)


async def find(scope: TenantScope, message_id: MessageId) -> Message | None:
    row = await scope.first(scope.select(message).where(message.c.id == message_id))
    return _message(row) if row else None


async def by_external(scope: TenantScope, line_id: LineId, external_id: ExternalId) -> Message | None:
    where = (message.c.line_id == line_id, message.c.external_id == external_id)
    row = await scope.first(scope.select(message).where(*where))
    return _message(row) if row else None


async def waiting(scope: TenantScope, contact_id: ContactId, most: int) -> list[Message]:
    """What the contact's topic does not show yet, oldest first."""
    where = (message.c.contact_id == contact_id, message.c.shown == Shown.WAITING.value)
    rows = await scope.all(scope.select(message).where(*where).order_by(message.c.id).limit(most))
    return [_message(row) for row in rows]


async def last_said(scope: TenantScope, contact_id: ContactId, most: int) -> list[MessageId]:
    """The newest messages of a contact, both ways, without those that still wait to be shown; oldest first."""
    theirs = scope.select(conversation, conversation.c.id).where(conversation.c.contact_id == contact_id)
    where = (message.c.conversation_id.in_(theirs), message.c.shown != Shown.WAITING.value)
    newest = scope.select(message, message.c.id).where(*where).order_by(message.c.id.desc()).limit(most)
    return [MessageId(row.id) for row in reversed(await scope.all(newest))]


async def forget_copies_of_waiting(scope: TenantScope, contact_id: ContactId) -> None:
    """Their topic is gone, and with it the parts of a message that stood there already: all of it is shown anew."""
    still = (message.c.contact_id == contact_id, message.c.shown == Shown.WAITING.value)
    half_shown = scope.select(message, message.c.id).where(*still)
    theirs = (copy.c.tenant_id == scope.tenant_id, copy.c.message_id.in_(half_shown))
    await scope.connection.execute(delete(copy).where(*theirs))


async def waiting_count(scope: TenantScope) -> tuple[int, datetime | None]:
    """How many customers' messages no topic shows yet, and since when the oldest waits."""
    statement = scope.select(message, func.count().label("many"), func.min(message.c.created_at).label("since"))
    row = await scope.first(statement.where(message.c.shown == Shown.WAITING.value))
    return (row.many, row.since) if row else (0, None)


async def waiting_contacts(scope: TenantScope) -> int:
    """In how many topics something waits: neighbouring texts share a post, so these are the posts to come."""
    many = func.count(message.c.contact_id.distinct()).label("many")
    row = await scope.first(scope.select(message, many).where(message.c.shown == Shown.WAITING.value))
    return row.many if row else 0


async def climb(scope: TenantScope, found: Message, heard: Status, problem: Problem | None = None) -> Status:
    """Apply a status report; answers the status that holds now (perhaps unchanged)."""
    status = advance(found.status, heard)
    if status is not found.status:
        await set_status(scope, found.id, status, problem)
    return status


async def set_status(scope: TenantScope, message_id: MessageId, status: Status, problem: Problem | None = None) -> None:
    """Overwrite: for what people decide (retry, discard). Reports go through `climb`."""
    values: dict[str, Any] = {"status": status.value, "problem": None}
    if problem is not None:
        values["problem"] = _PROBLEM.dump_python(problem, mode="json")
    await scope.update(message, message.c.id == message_id, **values)


async def set_calling(scope: TenantScope, message_id: MessageId, at: datetime | None) -> None:
    """Committed before the request leaves, so that after a crash we know that it may have left."""
    await scope.update(message, message.c.id == message_id, calling_at=at)


async def set_attempt(scope: TenantScope, message_id: MessageId, attempt: int) -> None:
    """A new try by a person's decision: reports about earlier tries no longer make it fail."""
    await scope.update(message, message.c.id == message_id, attempt=attempt, calling_at=None)


async def set_told(scope: TenantScope, message_id: MessageId, post_id: PostId, spot: Spot) -> None:
    """The post in which staff were told about the failure, and where it stands."""
    where = {"told_chat_id": spot.chat, "told_thread_id": spot.thread}
    await scope.update(message, message.c.id == message_id, told_post_id=post_id, **where)


_UNDECIDED = message.c.status.in_((Status.FAILED.value, Status.UNCERTAIN.value))


async def forget_told(scope: TenantScope, contact_id: ContactId) -> None:
    """Their topic is gone, and with it what was told there and nobody has decided."""
    in_topic = or_(message.c.told_chat_id.is_(None), message.c.told_thread_id.is_not(None))
    await scope.update(message, message.c.contact_id == contact_id, _UNDECIDED, in_topic, told_post_id=None)


async def untold(scope: TenantScope, contact_id: ContactId) -> list[MessageId]:
    """Failures nobody has decided, and which no post tells of."""
    where = (message.c.contact_id == contact_id, _UNDECIDED, message.c.told_post_id.is_(None))
    rows = await scope.all(scope.select(message, message.c.id).where(*where).order_by(message.c.id))
    return [MessageId(row.id) for row in rows]


async def keep_early(
    scope: TenantScope, line_id: LineId, external_id: ExternalId, status: Status, problem: Problem | None
) -> None:
    """A report about a message whose id we have not been told yet: it waits for the answer of the send."""
    dumped = _PROBLEM.dump_python(problem, mode="json") if problem else None
    await scope.insert_new(
        early_status,
        line_id=line_id,
        external_id=external_id,
        status=status.value,
        problem=dumped,
        created_at=scope.now,
    )


async def early(scope: TenantScope, line_id: LineId, external_id: ExternalId) -> list[tuple[Status, Problem | None]]:
    where = (early_status.c.line_id == line_id, early_status.c.external_id == external_id)
    rows = await scope.all(scope.select(early_status).where(*where).order_by(early_status.c.id))
    return [(Status(row.status), _PROBLEM.validate_python(row.problem) if row.problem else None) for row in rows]


async def set_external(scope: TenantScope, message_id: MessageId, external_id: ExternalId) -> None:
    await scope.update(message, message.c.id == message_id, external_id=external_id)


async def set_reply_to(scope: TenantScope, message_id: MessageId, target: MessageId | None) -> None:
    await scope.update(message, message.c.id == message_id, reply_to_id=target)


async def set_media(scope: TenantScope, message_id: MessageId, content: Content) -> None:
    """Remember what fetching a file taught us (hash, size, true type)."""
    dumped = _CONTENT.dump_python(content, mode="json", exclude_defaults=True)
    await scope.update(message, message.c.id == message_id, content=dumped)


async def set_gone(scope: TenantScope, message_id: MessageId) -> None:
    """Deleted where the customer reads, or withdrawn before it left."""
    await scope.update(message, message.c.id == message_id, gone_at=scope.now)


async def is_calling(scope: TenantScope, conversation_id: ConversationId) -> bool:
    """Is a send under way whose message has no id of the line yet?"""
    where = (message.c.conversation_id == conversation_id, message.c.external_id.is_(None))
    still = (message.c.calling_at.is_not(None), message.c.status == Status.QUEUED.value)
    return await scope.first(scope.select(message, message.c.id).where(*where, *still).limit(1)) is not None


async def set_shown(scope: TenantScope, *message_ids: MessageId) -> None:
    await scope.update(message, message.c.id.in_(message_ids), shown=Shown.DONE.value)


async def newest_heard(scope: TenantScope, conversation_id: ConversationId) -> Message | None:
    """The customer's latest message that WhatsApp knows by an id and can mark as read."""
    where = (
        message.c.conversation_id == conversation_id,
        message.c.direction == Direction.IN.value,
        message.c.read != ReadState.NEVER.value,
    )
    newest = scope.select(message).where(*where, message.c.external_id.is_not(None)).order_by(message.c.id.desc())
    row = await scope.first(newest.limit(1))
    return _message(row) if row else None


async def last_written(scope: TenantScope, contact_id: ContactId) -> MessageId | None:
    """The latest message that staff wrote in the contact's topic."""
    where = (message.c.contact_id == contact_id, message.c.shown == Shown.SELF.value)
    row = await scope.first(scope.select(message, func.max(message.c.id).label("last")).where(*where))
    return MessageId(row.last) if row and row.last else None


async def set_read(scope: TenantScope, conversation_id: ConversationId, up_to: MessageId) -> None:
    """WhatsApp marks all earlier ones too."""
    where = (message.c.conversation_id == conversation_id, message.c.read == ReadState.DUE.value)
    await scope.update(message, *where, message.c.id <= up_to, read=ReadState.DONE.value)


async def add_copies(scope: TenantScope, *copies: Copy) -> None:
    for one in copies:
        await scope.insert_new(
            copy,
            message_id=one.message_id,
            chat_id=one.chat_id,
            post_id=one.post_id,
            part=one.part,
            start=one.start,
            length=one.length,
            bot_id=one.bot_id,
        )
    for chat in {one.chat_id for one in copies}:
        await groups.saw_post(scope, chat, max(one.post_id for one in copies if one.chat_id == chat))


async def copies_of(scope: TenantScope, message_id: MessageId) -> list[Copy]:
    rows = await scope.all(scope.select(copy).where(copy.c.message_id == message_id).order_by(copy.c.id))
    return [_copy(row) for row in rows]


async def copies_at(scope: TenantScope, chat_id: int, post_id: int) -> list[Copy]:
    """What a Telegram post shows: several messages when it is a merged one, in their order."""
    where = (copy.c.chat_id == chat_id, copy.c.post_id == post_id)
    rows = await scope.all(scope.select(copy).where(*where).order_by(copy.c.start, copy.c.id))
    return [_copy(row) for row in rows]


async def move_copy(scope: TenantScope, moved: Copy) -> None:
    """The merged post was written anew: the message's words stand somewhere else in it now."""
    where = (copy.c.chat_id == moved.chat_id, copy.c.post_id == moved.post_id, copy.c.message_id == moved.message_id)
    await scope.update(copy, *where, start=moved.start, length=moved.length)


async def line_label(scope: TenantScope, line_id: LineId) -> str:
    row = await scope.first(select(line.c.label).where(line.c.tenant_id == scope.tenant_id, line.c.id == line_id))
    return row.label if row else ""


def _copy(row: Row[Any]) -> Copy:
    where = (ChatId(row.chat_id), PostId(row.post_id), row.part, row.start, row.length)
    return Copy(MessageId(row.message_id), *where, row.bot_id)


def _spot(chat: int | None, thread: int | None) -> Spot | None:
    return Spot(ChatId(chat), ThreadId(thread) if thread else None) if chat is not None else None


def _message(row: Row[Any]) -> Message:
    return Message(
        id=MessageId(row.id),
        conversation_id=ConversationId(row.conversation_id),
        contact_id=ContactId(row.contact_id),
        line_id=LineId(row.line_id),
        direction=Direction(row.direction),
        external_id=ExternalId(row.external_id) if row.external_id else None,
        author=row.author,
        content=_CONTENT.validate_python(row.content),
        reply_to_id=MessageId(row.reply_to_id) if row.reply_to_id else None,
        status=Status(row.status),
        problem=_PROBLEM.validate_python(row.problem) if row.problem else None,
        attempt=row.attempt,
        calling_at=row.calling_at,
        told_post_id=PostId(row.told_post_id) if row.told_post_id else None,
        told_at=_spot(row.told_chat_id, row.told_thread_id),
        shown=Shown(row.shown),
        read=ReadState(row.read),
        said_at=row.said_at,
        created_at=row.created_at,
        reply_to_external=ExternalId(row.reply_to_external) if row.reply_to_external else None,
        edited_at=row.edited_at,
        gone_at=row.gone_at,
    )
