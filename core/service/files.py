"""Files on their way: from the customer's side into our store, and from Telegram out to the customer."""

import errno
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import structlog

from core.blobs import Blobs, NoRoom
from core.convert.workshop import Workshop
from core.errors import DeskError, RemoteRefusal, RemoteTrouble
from core.jobs import Job
from core.message import Content, Media
from core.ports import CanFetch, Desk
from core.service.fitting import Fitting
from core.service.lines import Lines
from core.service.showing import is_long, needs_file
from core.store import files, messages
from core.store.messages import Message
from core.store.scope import TenantScope
from core.store.store import Store

log = structlog.get_logger(__name__)

MAX_BYTES = 100 * 1024 * 1024
"""WhatsApp's largest file (Meta: media, 2025)."""
MAX_SHARED_BYTES = 2_000_000_000
"""Telegram's largest upload: what staff post may be larger than WhatsApp's where a link can stand in for it."""
_PATIENCE = 3
"""Tries before a file that will not come is replaced by a line: later messages wait behind it."""

_FULL = {errno.ENOSPC, errno.EDQUOT}

Fetch = Callable[[Media, Path, int], Awaitable[Media]]


class Files:
    def __init__(self, store: Store, blobs: Blobs, lines: Lines, desk: Desk, most_of_staff: int = MAX_BYTES) -> None:
        self._store = store
        self._blobs = blobs
        self._lines = lines
        self._desk = desk
        self._most_of_staff = most_of_staff
        self._fitting = Fitting(blobs, Workshop())

    async def of_customer(self, message: Message, job: Job) -> Path | None:
        """The customer's file; None when there is none, or it cannot be had."""
        connector = self._lines.get(message.line_id).connector
        if not needs_file(message.content) or not isinstance(connector, CanFetch) or _is_expired(message):
            return None
        try:
            return await self._get(message, connector.fetch, MAX_BYTES)
        except RemoteTrouble:
            if job.tries + 1 < _PATIENCE:
                raise
            log.warning("media.unreachable", message=message.id)
        except RemoteRefusal as refusal:
            log.warning("media.refused", message=message.id, code=refusal.code)
        except NoRoom:
            raise  # the file is still there to be fetched when there is room
        except DeskError as error:
            log.warning("media.failed", message=message.id, code=error.code)
        return None

    async def of_staff(self, message: Message) -> Path | None:
        """The file staff posted. Raises what the desk raises: nothing is sent without its file."""
        if not needs_file(message.content):
            return None
        return await self._get(message, self._desk.fetch, self._most_of_staff)

    async def for_desk(self, message: Message, file: Path | None) -> tuple[Message, Path | None]:
        """The message and its file as Telegram can show them; of a very long text, that text."""
        if file is None:
            return message, await self._whole_text(message) if is_long(message.content) else None
        content, fit = await self._fitting.for_desk(message.content, file)
        return replace(message, content=content), fit

    async def for_line(self, message: Message, file: Path | None) -> tuple[Content, Path | None]:
        """The content and its file as the message's line can take them."""
        if file is None:
            return message.content, None
        limits = self._lines.get(message.line_id).connector.limits
        return await self._fitting.for_line(message.content, file, limits)

    async def _get(self, message: Message, fetch: Fetch, most: int) -> Path:
        media = message.content.media
        assert media is not None  # noqa: S101 - asked only when there is one
        found = await self._blobs.have(media.sha256)
        if found is not None:
            return found
        try:
            with self._blobs.scratch() as scratch:
                fetched = await fetch(media, scratch, most)
                path = await self._blobs.store(scratch, fetched.sha256 or "")
        except OSError as error:
            if error.errno in _FULL:
                raise NoRoom(str(error)) from error
            raise
        await self._remember(message, replace(fetched, expired=False))
        return path

    async def _whole_text(self, message: Message) -> Path | None:
        """None when the disk is full: then the text takes as many posts as it needs."""
        raw = message.content.text.text.encode("utf-8", "replace")
        sha256 = hashlib.sha256(raw).hexdigest()
        try:
            with self._blobs.scratch() as scratch:
                scratch.write_bytes(raw)
                path = await self._blobs.store(scratch, sha256)
        except OSError as error:
            log.warning("text.no_file", message=message.id, error=error.strerror)
            return None
        async with self._store.write(self._lines.get(message.line_id).line.tenant_id) as scope:
            await files.keep_file(scope, message.id, sha256)
        return path

    async def _remember(self, message: Message, fetched: Media) -> None:
        tenant_id = self._lines.get(message.line_id).line.tenant_id
        async with self._store.write(tenant_id) as scope:
            await _set_media(scope, message, fetched)
            await files.keep_file(scope, message.id, fetched.sha256 or "")


async def _set_media(scope: TenantScope, message: Message, fetched: Media) -> None:
    """The words may have been changed while the file was on its way."""
    now = (await messages.get(scope, message.id)).content
    await messages.set_media(scope, message.id, replace(now, media=fetched))


def _is_expired(message: Message) -> bool:
    return message.content.media is not None and message.content.media.expired
