"""Staff changed what they wrote: before it left the new words leave, afterwards the line is asked.

Where the line cannot change what was sent, or it is too late, the topic offers to send the new words as an answer
to the old ones. Nothing is sent without a press. See docs/decisions/0012.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from core.buttons import Action
from core.errors import LineTrouble, RemoteRefusal, RemoteTrouble, UserMistake
from core.events import Event, EventKind
from core.i18n import Texts, texts_for
from core.ids import MessageId, PostId, TenantId
from core.jobs import Job
from core.message import Content, Direction, Kind, Status
from core.people import Staff, Topic
from core.ports import Button, CanEdit, OutMessage, Post, Spot
from core.service import notes, statuses
from core.service.delivery import as_wait
from core.service.history import shortened
from core.service.lines import Lines
from core.service.reply import Said, pieces_of, split
from core.service.rewriting import event_of, is_here, pieces_at, rewrite
from core.service.surface import Surface
from core.store import contacts, corrections, desks, messages, topics
from core.store.corrections import Correction, State
from core.store.messages import Copy, Message, NewMessage, Shown
from core.store.scope import TenantScope
from core.store.store import Store
from core.text import RichText, plain
from core.work.limits import Spend
from core.work.runner import Later

log = structlog.get_logger(__name__)

SEND, LEAVE = "fix", "nofix"
"""The verbs of the buttons under an offer."""
_OPEN = {State.WANTED, State.OFFERED}
_WAIT = timedelta(seconds=1)
_WORDS = 200


async def edit_note(scope: TenantScope, topic: Topic, staff: Staff, text: str, origin: str) -> bool:
    """Change the note of this origin. True when there was none, so that a new one was made."""
    note_id = await contacts.change_note(scope, origin, text)
    if note_id is not None:
        actor, data = f"staff:{staff.id}", {"note": note_id}
        await scope.record(Event(EventKind.NOTE_CHANGED, scope.tenant_id, actor, topic.contact_id, data=data))
        return False
    return await notes.add(scope, topic, staff, text, origin)


async def edit(scope: TenantScope, lines: Lines, staff: Staff, said: Said) -> None:
    """Carry an edit over to the messages of a post. Raises UserMistake for what no customer can be shown."""
    pieces = await pieces_at(scope, said.chat, said.post_id)
    if not pieces:
        return
    last = await corrections.latest(scope, pieces[0].id)
    pending = last if last is not None and last.state in {*_OPEN, State.SENT} else None
    if _is_other_file(pieces[0].content, said.content):
        raise UserMistake("edit_media")
    if _same(pending.content.text if pending else _whole(pieces), said.content.text):
        return
    if not said.content.text and said.content.media is None:
        raise UserMistake("edit_empty")
    if pending is not None and pending.state in _OPEN:
        await _end(scope, pending, State.STALE, pieces[0])
    if all(map(is_here, pieces)):
        connector = lines.get(pieces[0].line_id).connector
        await rewrite(scope, pieces, split(said.content, connector), f"staff:{staff.id}")
    elif not _same(_whole(pieces), said.content.text):
        await _want(scope, pieces[0], staff, said.content)


def _whole(pieces: Sequence[Message]) -> RichText:
    """Pieces of a long text add up to it."""
    text = RichText()
    for piece in pieces:
        text = text + piece.content.text
    return text


def _same(old: RichText, new: RichText) -> bool:
    return old.text == new.text and set(old.marks) == set(new.marks)


def _is_other_file(old: Content, new: Content) -> bool:
    if old.kind is not new.kind:
        return True
    if old.media is None or new.media is None:
        return False
    known = old.media.size is not None and new.media.size is not None
    return known and old.media.size != new.media.size


async def _want(scope: TenantScope, first: Message, staff: Staff, content: Content) -> None:
    author = f"staff:{staff.id}"
    number = await corrections.add(scope, first.id, content, author)
    await scope.record(event_of(EventKind.EDIT_WANTED, scope, first, author, number))


async def _end(scope: TenantScope, found: Correction, new: State, first: Message) -> bool:
    """False when it was ended before."""
    if not await corrections.move(scope, found.id, found.state, new, found.why):
        return False
    if found.state is State.OFFERED:
        await scope.record(event_of(EventKind.CORRECTION_ENDED, scope, first, "system", found.id))
    return True


async def decide(scope: TenantScope, lines: Lines, verb: str, number: int, staff: Staff) -> None:
    """A press under an offer. Raises UserMistake("stale") when it is decided already."""
    found = await corrections.get(scope, number)
    first = await messages.find(scope, found.message_id) if found else None
    if found is None or first is None or found.state is not State.OFFERED or first.gone_at is not None:
        raise UserMistake("stale")
    if not await _end(scope, found, State.SENT if verb == SEND else State.STALE, first):
        raise UserMistake("stale")
    if verb == SEND:
        await _send(scope, lines, found, first, f"staff:{staff.id}")


async def _send(scope: TenantScope, lines: Lines, found: Correction, first: Message, author: str) -> None:
    """The new words as an answer to the old ones; the offer is their post."""
    (place, *_) = await messages.copies_of(scope, first.id)
    connector = lines.get(first.line_id).connector
    for part, words in enumerate(pieces_of(found.content.text, connector)):
        new = NewMessage(
            first.conversation_id,
            first.contact_id,
            first.line_id,
            Direction.OUT,
            author=author,
            content=Content(Kind.TEXT, words),
            status=Status.QUEUED,
            shown=Shown.SELF,
            said_at=scope.now,
            origin=f"fix:{found.id}:{part}",
            reply_to_id=first.id if part == 0 else None,
        )
        message_id = await messages.add(scope, new)
        if message_id is not None:
            if found.asked_post_id is not None:
                await messages.add_copies(scope, Copy(message_id, place.chat_id, found.asked_post_id, part))
            sent = await messages.get(scope, message_id)
            await scope.record(event_of(EventKind.MESSAGE_QUEUED, scope, sent, author))


class Editing:
    def __init__(self, store: Store, lines: Lines, surface: Surface) -> None:
        self._store = store
        self._lines = lines
        self._surface = surface

    async def edit(self, job: Job) -> None:
        """Change what was sent, or say why not by offering a correction."""
        assert job.tenant_id is not None  # noqa: S101 - edit jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            found = await corrections.get(scope, job.payload["correction"])
            first = await messages.get(scope, MessageId(job.payload["message"]))
            (place, *_) = await messages.copies_of(scope, first.id)
            pieces = await pieces_at(scope, place.chat_id, place.post_id)
        if found is None or found.state is not State.WANTED or not pieces:
            async with self._store.settle(job):
                return
        new = split(found.content, self._lines.get(first.line_id).connector)
        why = await self._ask_line(job.tenant_id, pieces, new)
        async with self._store.settle(job) as scope:
            if why is None:
                await rewrite(scope, pieces, new, found.author)
            state = State.OFFERED if why else State.DONE
            if await corrections.move(scope, found.id, State.WANTED, state, why or ""):
                kind = EventKind.CORRECTION_OFFERED if why else EventKind.EDIT_CARRIED_OUT
                await scope.record(event_of(kind, scope, first, found.author, found.id))

    async def _ask_line(self, tenant_id: TenantId, pieces: Sequence[Message], new: Sequence[Content]) -> str | None:
        """Why it could not be done, as the end of a text's key; None when it is done. Raises for a later try."""
        connector = self._lines.get(pieces[0].line_id).connector
        if all(map(is_here, pieces)) and len(new) <= len(pieces):
            return None
        if any(piece.status is Status.QUEUED for piece in pieces):
            raise Later(self._store.clock() + _WAIT)  # its outcome is about to be known
        if not isinstance(connector, CanEdit) or len(new) != len(pieces):
            return "cannot"
        if any(piece.external_id is None or piece.status is Status.FAILED for piece in pieces):
            return "unsure"
        if self._store.clock() - pieces[0].said_at > connector.edit_window:
            return "too_late"
        try:
            for piece, content in zip(pieces, new, strict=True):
                if piece.content.text != content.text:
                    await self._edit_one(tenant_id, connector, piece, replace(piece.content, text=content.text))
        except (LineTrouble, RemoteTrouble) as trouble:
            raise as_wait(trouble, self._store) from trouble
        except RemoteRefusal as refusal:
            log.info("edit.refused", message=pieces[0].id, code=refusal.code)
            return "refused"
        return None

    async def _edit_one(self, tenant_id: TenantId, connector: CanEdit, piece: Message, content: Content) -> None:
        assert piece.external_id is not None  # noqa: S101 - looked at before
        async with self._store.read(tenant_id) as scope:
            to = await contacts.addresses_of(scope, piece.contact_id, piece.line_id)
        out = OutMessage(to, statuses.client_id(tenant_id, piece.id, piece.attempt), content)
        await connector.edit(out, piece.external_id)

    async def offer(self, job: Job) -> None:
        """Post the offer, or write under it how it ended. What has ended before it was posted is not posted."""
        assert job.tenant_id is not None  # noqa: S101 - offer jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            found = await corrections.get(scope, job.payload["correction"])
            first = await messages.get(scope, found.message_id) if found else None
            topic = await topics.topic_of(scope, first.contact_id) if first else None
            copies = await messages.copies_of(scope, first.id) if first else []
            texts = texts_for((await desks.get_tenant(scope)).locale)
        asked = None
        if found is not None and topic is not None and copies:
            asked = await self._show(job.tenant_id, topic, found, offer_post(found, copies[0].post_id, texts))
        async with self._store.settle(job) as scope:
            if asked is not None and found is not None:
                await corrections.set_asked(scope, found.id, asked)

    async def _show(self, tenant_id: TenantId, topic: Topic, found: Correction, post: Post) -> PostId | None:
        asked, spot = found.asked_post_id, Spot(topic.chat_id, topic.thread_id)
        try:
            if asked is not None:
                await self._surface.call(
                    tenant_id, topic.chat_id, Spend.POST, lambda desk: desk.edit(topic.chat_id, asked, post)
                )
            elif found.state is State.OFFERED:
                return await self._surface.call(
                    tenant_id, topic.chat_id, Spend.POST, lambda desk: desk.post(spot, post)
                )
        except RemoteRefusal as refusal:
            log.warning("correction.not_shown", correction=found.id, code=refusal.code)
        return None


def offer_post(found: Correction, reply_to: PostId, texts: Texts) -> Post:
    """What staff read under the post they edited."""
    words = shortened(found.content.text.text, _WORDS)
    if found.state is State.SENT:
        return Post(text=plain(texts.t("edit.sent", words=words)), reply_to=reply_to)
    if found.state is not State.OFFERED:
        return Post(text=plain(texts.t("edit.left")), reply_to=reply_to)
    buttons = tuple(
        Button(texts.t(key), Action(verb, (found.id,)).pack())
        for key, verb in (("edit.send", SEND), ("edit.leave", LEAVE))
    )
    text = texts.t("edit.offer", why=texts.t(f"edit_why.{found.why}"))
    return Post(text=plain(text), buttons=(buttons,), reply_to=reply_to, silent=True)
