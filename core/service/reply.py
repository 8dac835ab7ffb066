"""What staff write in a topic becomes a message to the customer: kept first, sent by its job."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from core.errors import UserMistake
from core.events import Event, EventKind
from core.i18n import texts_for
from core.ids import ChatId, MessageId, PostId
from core.message import Content, Direction, Kind, Status
from core.people import Conversation, Staff, Topic
from core.ports import Connector
from core.service import choosing, quoting
from core.service.lines import Lines
from core.store import contacts, merges, messages
from core.store.messages import Copy, NewMessage, Shown
from core.store.scope import TenantScope
from core.text import RichText, split_as_written

Transaction = Callable[[], AbstractAsyncContextManager[TenantScope]]
"""Opens the one transaction in which an update's work is committed."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody posted: where, what, and which post of ours or theirs they answered."""

    chat: ChatId
    post_id: PostId
    content: Content
    reply_to: PostId | None = None
    quoted: range | None = None
    """Which characters of that post were quoted by hand."""
    answered: str = ""
    """Words of the post answered, for one that shows no message: they go along as text."""
    may_ask: bool = True
    """No for the items of an album: each would ask the same."""

    @property
    def origin(self) -> str:
        return f"tg:{self.chat}:{self.post_id}"


async def say(scope: TenantScope, lines: Lines, topic: Topic, staff: Staff, said: Said) -> list[MessageId]:
    """Queue it for the customer. Empty when this very post was taken before. Raises UserMistake."""
    conversation = await contacts.latest_conversation(scope, await merges.living(scope, topic.contact_id))
    if conversation is None:
        raise UserMistake("no_line")
    connector = lines.get(conversation.line_id).connector
    said = replace(said, content=await _labelled(scope, conversation, said.content))
    parts = await _parts(scope, conversation, said)
    target = meant(parts, said.quoted)
    bare = parts or await _is_shown(scope, said)
    words = said.content if bare else quoting.in_words(said.content, said.answered)
    kept: list[MessageId] = []
    for part, content in enumerate(split(words, connector)):
        message_id = await _keep(scope, conversation, staff, said, content, part, target if part == 0 else None)
        if message_id is not None:
            kept.append(message_id)
    if kept:
        await choosing.release_all(scope, conversation.id)
    if kept and parts and target is None and said.may_ask:
        await choosing.hold(scope, conversation.id, kept[0], parts[0].message_id)
    else:
        await scope.record(*(_queued(scope, conversation, staff, message_id) for message_id in kept))
    return kept


async def is_shown_openly(scope: TenantScope, lines: Lines, topic: Topic, content: Content) -> bool:
    """A picture behind a spoiler, on a line that can send none to be looked at once."""
    if content.media is None or not content.media.view_once:
        return False
    conversation = await contacts.latest_conversation(scope, topic.contact_id)
    return conversation is not None and not lines.get(conversation.line_id).connector.limits.view_once


async def _labelled(scope: TenantScope, conversation: Conversation, content: Content) -> Content:
    """A question gets the word on the button that opens its choices, in the customer's language as we guess it."""
    if content.question is None:
        return content
    contact = await contacts.get_contact(scope, conversation.contact_id)
    label = texts_for(contact.language).t("poll.choose")
    return replace(content, question=replace(content.question, label=label))


async def _keep(  # noqa: PLR0913 - one row has as many facts
    scope: TenantScope,
    conversation: Conversation,
    staff: Staff,
    said: Said,
    content: Content,
    part: int,
    target: MessageId | None,
) -> MessageId | None:
    new = NewMessage(
        conversation.id,
        conversation.contact_id,
        conversation.line_id,
        Direction.OUT,
        author=f"staff:{staff.id}",
        content=content,
        status=Status.QUEUED,
        shown=Shown.SELF,
        said_at=scope.now,
        origin=f"{said.origin}:{part}",
        reply_to_id=target,
    )
    message_id = await messages.add(scope, new)
    if message_id is not None:
        await messages.add_copies(scope, Copy(message_id, said.chat, said.post_id, part))
    return message_id


def _queued(scope: TenantScope, conversation: Conversation, staff: Staff, message_id: MessageId) -> Event:
    data = {"conversation": conversation.id}
    actor = f"staff:{staff.id}"
    return Event(EventKind.MESSAGE_QUEUED, scope.tenant_id, actor, conversation.contact_id, message_id, data)


async def _parts(scope: TenantScope, conversation: Conversation, said: Said) -> list[Copy]:
    """The messages that the answered post shows; without another customer's, if two were taken for one for a while."""
    if said.reply_to is None:
        return []
    copies = await messages.copies_at(scope, said.chat, said.reply_to)
    shown = {copy.message_id: await messages.get(scope, copy.message_id) for copy in copies}
    return [copy for copy in copies if shown[copy.message_id].conversation_id == conversation.id]


async def _is_shown(scope: TenantScope, said: Said) -> bool:
    """Does the answered post show anybody's messages? Another customer's are not for this one to read."""
    return said.reply_to is not None and bool(await messages.copies_at(scope, said.chat, said.reply_to))


def meant(parts: Sequence[Copy], quoted: range | None) -> MessageId | None:
    """The message answered; None when a merged post does not tell. Of a long text in pieces it is the last."""
    if len(parts) < 2 or not parts[-1].length:
        return parts[-1].message_id if parts else None
    found = quoting.part_at(parts, quoted.start, len(quoted)) if quoted else None
    return found.message_id if found else None


def split(content: Content, connector: Connector) -> list[Content]:
    """As many messages as the line's limits ask for: a long text in pieces, a long caption behind its file."""
    if content.kind is Kind.TEXT:
        return [replace(content, text=piece) for piece in pieces_of(content.text, connector)]
    if connector.length(content.text) <= connector.limits.caption:
        return [content]
    pieces = pieces_of(content.text, connector)
    return [replace(content, text=type(content.text)()), *(Content(Kind.TEXT, piece) for piece in pieces)]


def pieces_of(text: RichText, connector: Connector) -> list[RichText]:
    """A text as messages of the line."""
    return split_as_written(text, connector.limits.text, connector.length)
