"""Files: uploaded by the business or sent by customers; handed out through urls that live five minutes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass

from sandbox.graph import ids
from sandbox.graph.clock import Clock
from sandbox.graph.errors import GraphError, invalid

MB = 1024 * 1024
UPLOAD_DAYS, INBOUND_DAYS = 30, 7
KEPT_BYTES = 512 * MB

_DOCUMENTS = (
    "text/plain",
    "application/pdf",
    "application/vnd.ms-powerpoint",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
MIME_TYPES: dict[str, tuple[str, ...]] = {
    "image": ("image/jpeg", "image/png"),
    "sticker": ("image/webp",),
    "video": ("video/mp4", "video/3gpp"),
    "audio": ("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus"),
    "document": _DOCUMENTS,
}
"""What may be sent as what (Meta: supported media types). Any file may go as a document."""

LIMITS = {"image": 5 * MB, "video": 16 * MB, "audio": 16 * MB, "document": 100 * MB, "sticker": 500 * 1024}
STATIC_STICKER = 100 * 1024

_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG", 0, "image/png"),
    (b"WEBP", 8, "image/webp"),
    (b"GIF8", 0, "image/gif"),
    (b"ftyp", 4, "video/mp4"),
    (b"OggS", 0, "audio/ogg"),
    (b"ID3", 0, "audio/mpeg"),
    (b"#!AMR", 0, "audio/amr"),
    (b"%PDF", 0, "application/pdf"),
)


@dataclass(slots=True)
class Media:
    id: str
    data: bytes
    mime_type: str
    sha256: str
    filename: str | None
    expires_at: float
    number_id: str | None = None

    @property
    def digest(self) -> str:
        """sha256 as webhooks carry it: base64. The Graph answer has it in hex."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


class MediaStore:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: OrderedDict[str, Media] = OrderedDict()
        self._size = 0
        self._key = ids.numeric_id().encode()

    def add(self, data: bytes, mime_type: str, filename: str | None = None, days: int = INBOUND_DAYS) -> Media:
        """Keep a file as it is. Past 512 MB in all the oldest files are forgotten."""
        expires = self._clock.now() + days * 86400.0
        digest = hashlib.sha256(data).hexdigest()
        media = Media(ids.numeric_id(), data, mime_type, digest, filename, expires)
        self._files[media.id] = media
        self._size += len(data)
        while self._size > KEPT_BYTES and len(self._files) > 1:
            self._size -= len(self._files.popitem(last=False)[1].data)
        return media

    def upload(self, data: bytes, mime_type: str, filename: str | None, number_id: str | None = None) -> Media:
        """The business uploads. Whether the file fits its kind shows when it is sent; see also `check_list`."""
        if not data:
            raise invalid("Param file must not be empty.")
        if len(data) > LIMITS["document"]:
            raise GraphError(131053, details=f"Media size {len(data)} is over the limit of {LIMITS['document']}")
        media = self.add(data, mime_type, filename, UPLOAD_DAYS)
        media.number_id = number_id
        return media

    def find(self, media_id: str) -> Media | None:
        media = self._files.get(media_id)
        return media if media is not None and media.expires_at > self._clock.now() else None

    def delete(self, media_id: str) -> bool:
        media = self._files.pop(media_id, None)
        self._size -= len(media.data) if media else 0
        return media is not None

    def path_for(self, media_id: str, seconds: float) -> str:
        """Path and query of a fresh url."""
        until = int(self._clock.now() + seconds)
        mark = self._mark(media_id, str(until))
        return f"/whatsapp_business/attachments/?mid={media_id}&ext={until}&hash={mark}"

    def opened(self, media_id: str, until: str, mark: str) -> Media | None:
        """The file behind a url, while the url and the file live."""
        fresh = until.isdigit() and int(until) > self._clock.now()
        genuine = hmac.compare_digest(mark, self._mark(media_id, until))
        return self.find(media_id) if fresh and genuine else None

    def _mark(self, media_id: str, until: str) -> str:
        return hmac.new(self._key, f"{media_id}:{until}".encode(), hashlib.sha256).hexdigest()[:40]

    def clear(self) -> None:
        self._files.clear()
        self._size = 0


def check_list(data: bytes, mime_type: str) -> None:
    """The stricter door that is seen in life (knob `strict_uploads`): only listed types, in their size."""
    kind = kind_of(mime_type)
    if kind is None:
        allowed = ", ".join(mime for kinds in MIME_TYPES.values() for mime in kinds)
        raise invalid(
            f"Param file must be a file with one of the following types: {allowed}. "
            f"Received file of type '{mime_type}'."
        )
    if len(data) > LIMITS[kind]:
        raise GraphError(131053, details=f"Media size {len(data)} is over the limit of {LIMITS[kind]}")


def kind_of(mime_type: str) -> str | None:
    plain = plain_type(mime_type)
    return next((kind for kind, mimes in MIME_TYPES.items() if plain in mimes), None)


def plain_type(mime_type: str) -> str:
    return mime_type.partition(";")[0].strip().lower()


def sniff(data: bytes) -> str | None:
    """The type the first bytes tell, or None."""
    return next((mime for magic, at, mime in _MAGIC if data[at : at + len(magic)] == magic), None)


def misfit(media: Media, kind: str) -> str | None:
    """Why a file cannot go out as this kind (it then ends as a 131053 status), or None."""
    if kind == "document":
        return None
    if plain_type(media.mime_type) not in MIME_TYPES[kind]:
        return f"Unsupported {kind} mime type {media.mime_type}"
    seen = sniff(media.data)
    if seen is not None and kind_of(seen) != kind and not (kind == "audio" and seen == "video/mp4"):
        return f"Media file is {seen}, not the declared {media.mime_type}"
    limit = LIMITS[kind]
    if kind == "sticker" and b"ANIM" not in media.data[:64]:
        limit = STATIC_STICKER
    return f"Media size {len(media.data)} is over the limit of {limit}" if len(media.data) > limit else None
