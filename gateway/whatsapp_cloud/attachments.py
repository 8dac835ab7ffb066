"""As what a file goes out: its own kind where WhatsApp takes its format and size, else a document."""

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from core.convert import names, sniff
from core.errors import MediaRefused
from core.message import Content, Kind, Media
from gateway.whatsapp_cloud.limits import ANIMATED_STICKER, FORMATS, LARGEST_FILE, TYPES, WITH_CAPTION

_ALIASES = {
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/opus": "audio/ogg",
    "application/ogg": "audio/ogg",
}
_UNKNOWN = "application/octet-stream"
_BOXES = frozenset({"application/zip", "application/ogg"})
"""Shapes that many types share (every Office file is a ZIP): then the sender knows better."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """`type` is WhatsApp's (`image`, `document`, …), `voice` asks for the look of a voice note."""

    type: str
    mime: str
    name: str
    voice: bool = False


def plan(content: Content, file: Path) -> Attachment:
    """Raises MediaRefused (`too_big`, `media_missing`) for a file no line of this kind can carry."""
    try:
        size, head = file.stat().st_size, sniff.head_of(file)
    except OSError as error:
        raise MediaRefused(type(error).__name__, "media_missing") from error
    if size > LARGEST_FILE:
        raise MediaRefused(f"{size} bytes", "too_big")
    media = content.media or Media("")
    mime = _mime(media, head)
    kind = _type(content, mime, size, moves=media.animated or sniff.moves(head))
    voice = kind == "audio" and content.kind is Kind.VOICE and sniff.is_voice(head)
    return Attachment(kind, mime, names.clean(media.name, mime), voice)


def _type(content: Content, mime: str, size: int, *, moves: bool) -> str:
    """Words beside a file that has no caption of its own (sound, sticker) would be lost: a document keeps them."""
    wanted = TYPES.get(content.kind, "document")
    largest = FORMATS.get(wanted, {}).get(mime, 0)
    if wanted == "sticker" and largest and moves:
        largest = ANIMATED_STICKER
    fits = 0 < size <= largest and (wanted in WITH_CAPTION or not content.text)
    return wanted if fits else "document"


def _mime(media: Media, head: bytes) -> str:
    """What the file is by its first bytes, else as its sender said: a wrong MIME is refused by Meta (131053)."""
    found = sniff.type_of(head)
    declared = media.mime.split(";")[0].strip().lower()
    declared = declared or mimetypes.guess_type(media.name)[0] or ""
    named = _ALIASES.get(declared, declared)
    if found in _BOXES or (found == "video/mp4" and named == "audio/mp4"):
        return named or found
    return found or named or _UNKNOWN
