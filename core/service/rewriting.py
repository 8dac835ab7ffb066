"""Words of staff that have not reached the customer are given their new form in place."""

from collections.abc import Sequence
from dataclasses import replace

from core.errors import UserMistake
from core.events import Event, EventKind
from core.ids import ChatId, PostId
from core.message import Content, Direction, Status
from core.service.lines import Lines
from core.service.reply import split
from core.store import corrections, messages, versions
from core.store.corrections import State
from core.store.messages import Message
from core.store.scope import TenantScope


async def pieces_at(scope: TenantScope, chat: ChatId, post_id: PostId) -> list[Message]:
    """The messages that staff wrote with this very post, in their order, without those that are gone."""
    copies = sorted(await messages.copies_at(scope, chat, post_id), key=lambda copy: copy.part)
    found = [await messages.get(scope, copy.message_id) for copy in copies]
    return [each for each in found if each.direction is Direction.OUT and each.gone_at is None]


def is_here(piece: Message) -> bool:
    """Certainly not at the customer: waiting to be called for, or refused."""
    return piece.status is Status.FAILED or (piece.status is Status.QUEUED and piece.calling_at is None)


async def rewrite(scope: TenantScope, pieces: Sequence[Message], new: Sequence[Content], author: str) -> None:
    """Raises UserMistake when it takes more messages than before."""
    if len(new) > len(pieces):
        raise UserMistake("edit_too_long")
    for piece, content in zip(pieces, new, strict=False):
        if piece.content.text != content.text:
            words = replace(piece.content, text=content.text)
            await versions.change(scope, piece, words, author, scope.now)
            await scope.record(event_of(EventKind.STAFF_EDITED, scope, piece, author))
    for piece in pieces[len(new) :]:
        await messages.set_status(scope, piece.id, Status.DISCARDED)
        await messages.set_gone(scope, piece.id)


async def catch_up(scope: TenantScope, lines: Lines, message: Message) -> None:
    """A call did certainly nothing: what staff changed meanwhile counts at the next one."""
    copies = await messages.copies_of(scope, message.id)
    pieces = await pieces_at(scope, copies[0].chat_id, copies[0].post_id) if copies else []
    found = await corrections.latest(scope, pieces[0].id) if pieces else None
    if found is None or found.state is not State.WANTED or not all(map(is_here, pieces)):
        return
    new = split(found.content, lines.get(message.line_id).connector)
    if len(new) <= len(pieces) and await corrections.move(scope, found.id, State.WANTED, State.DONE):
        await rewrite(scope, pieces, new, found.author)
        await scope.record(event_of(EventKind.EDIT_CARRIED_OUT, scope, pieces[0], found.author, found.id))


def event_of(kind: EventKind, scope: TenantScope, about: Message, actor: str, number: int | None = None) -> Event:
    data = {"conversation": about.conversation_id} | ({"correction": number} if number is not None else {})
    return Event(kind, scope.tenant_id, actor, about.contact_id, about.id, data)
