"""Links to kept files: for what is too big for one side. Whoever has a link has the file, until its time is over.

A token is tenant, message and end of validity with a signature behind them; in hex, which no messenger reads as
formatting and which can be written in one way only. It names rows, never paths, so that nothing but the file of
that message can be asked for.
"""

import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from core.blobs import Blobs
from core.convert import names
from core.i18n import Texts
from core.ids import MessageId, TenantId
from core.message import Direction
from core.people import Tenant
from core.ports import LinkOver, SharedFile
from core.store import desks, messages
from core.store.messages import Message
from core.store.store import Store
from core.text import RichText, italic, linked, plain
from core.vault import Vault

log = structlog.get_logger(__name__)

PATH = "/files/"
_PURPOSE = "files/1"
_SAID = struct.Struct(">QQQ")
"""Tenant, message, end in seconds since 1970. With the signature 57 bytes."""
_TOKEN = re.compile(r"[0-9a-f]{114}")


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    until: datetime


class Links:
    def __init__(self, store: Store, blobs: Blobs, vault: Vault, public_url: str, days: float) -> None:
        """`public_url` is where our HTTP door is reached from outside; without one no links are given away."""
        self._store = store
        self._blobs = blobs
        self._vault = vault
        self._public_url = public_url.rstrip("/")
        self._valid_for = timedelta(days=days)

    @property
    def work(self) -> bool:
        return bool(self._public_url)

    def to(self, tenant_id: TenantId, message_id: MessageId) -> Link | None:
        if not self.work:
            return None
        until = (self._store.clock() + self._valid_for).replace(microsecond=0)
        said = _SAID.pack(tenant_id, message_id, int(until.timestamp()))
        token = (said + self._vault.sign(_PURPOSE, said)).hex()
        return Link(f"{self._public_url}{PATH}{token}", until)

    async def open(self, token: str) -> SharedFile | None:
        """None when it was not made by us. Raises LinkOver, or Down when the store of files does not answer."""
        blob = bytes.fromhex(token) if _TOKEN.fullmatch(token) else b""
        said, proof = blob[: _SAID.size], blob[_SAID.size :]
        if not self._vault.has_signed(_PURPOSE, said, proof):
            return None
        tenant_id, message_id, until = _SAID.unpack(said)
        if self._store.clock() >= datetime.fromtimestamp(until, UTC):
            raise LinkOver
        return await self._file_of(TenantId(tenant_id), MessageId(message_id))

    async def _file_of(self, tenant_id: TenantId, message_id: MessageId) -> SharedFile:
        async with self._store.read(tenant_id) as scope:
            message = await messages.find(scope, message_id)
            tenant = await desks.get_tenant(scope) if message else None
        media = message.content.media if message else None
        if message is None or tenant is None or media is None or _is_hidden(message, tenant):
            raise LinkOver
        path = await self._blobs.have(media.sha256)
        if path is None:
            raise LinkOver
        log.info("link.opened", tenant=tenant_id, message=message_id)
        return SharedFile(path, name_of(message))


def name_of(message: Message) -> str:
    """What the file of a message is saved as."""
    media = message.content.media
    kind = message.content.kind.value
    return names.clean(media.name, media.mime, kind) if media else kind


def offer(message: Message, size: int, link: Link | None, texts: Texts, timezone: str) -> RichText:
    """In the place of a customer's file that Telegram does not take."""
    name = name_of(message)
    head = texts.t("show.too_big", kind=texts.kind(message.content.kind), name=name, size=texts.size(size))
    if link is None:
        return italic(f"{head}\n{texts.t('show.file_kept')}")
    until = texts.datetime(link.until, timezone)
    return italic(head) + plain("\n") + linked(texts.t("show.file_link", until=until), link.url)


def _is_hidden(message: Message, tenant: Tenant) -> bool:
    """The customer took it back, and the house does not keep such."""
    return message.direction is Direction.IN and message.gone_at is not None and not tenant.keeps_deleted
