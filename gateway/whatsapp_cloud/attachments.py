"""As what a file goes out: its own kind where WhatsApp takes its format and size, else a document."""

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from core.errors import MediaRefused
from core.message import Content, Kind, Media
from gateway.whatsapp_cloud.limits import ANIMATED_STICKER, FORMATS, LARGEST_FILE, VOICE_FORMAT, WITH_CAPTION

_TYPES = {
    Kind.PHOTO: "image",
    Kind.VIDEO: "video",
    Kind.AUDIO: "audio",
    Kind.VOICE: "audio",
    Kind.STICKER: "sticker",
}
_ALIASES = {
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/opus": "audio/ogg",
    "application/ogg": "audio/ogg",
}
_UNKNOWN = "application/octet-stream"


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
        size = file.stat().st_size
        mime = _mime(content, file)
    except OSError as error:
        raise MediaRefused(type(error).__name__, "media_missing") from error
    if size > LARGEST_FILE:
        raise MediaRefused(f"{size} bytes", "too_big")
    media = content.media or Media("")
    kind = _type(content, media, mime, size)
    voice = kind == "audio" and content.kind is Kind.VOICE and mime == VOICE_FORMAT
    return Attachment(kind, mime, _name(media, mime), voice)


def _type(content: Content, media: Media, mime: str, size: int) -> str:
    """Words beside a file that has no caption of its own (sound, sticker) would be lost: a document keeps them."""
    wanted = _TYPES.get(content.kind, "document")
    largest = FORMATS.get(wanted, {}).get(mime, 0)
    if wanted == "sticker" and largest and media.animated:
        largest = ANIMATED_STICKER
    fits = 0 < size <= largest and (wanted in WITH_CAPTION or not content.text)
    return wanted if fits else "document"


def _mime(content: Content, file: Path) -> str:
    """What the file is by its first bytes, else as its sender said: a wrong MIME is refused by Meta (131053)."""
    with file.open("rb") as stream:
        found = sniff(stream.read(32))
    declared = (content.media.mime if content.media else "").split(";")[0].strip().lower()
    if not found and not declared and content.media:
        declared = mimetypes.guess_type(content.media.name)[0] or ""
    return found or _ALIASES.get(declared, declared) or _UNKNOWN


def sniff(head: bytes) -> str:
    """The MIME of the few formats whose kind matters to WhatsApp; empty for all others."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return ""


def _name(media: Media, mime: str) -> str:
    return media.name or "file" + (mimetypes.guess_extension(mime) or "")
