"""What a file is by its first bytes: names and what senders claim are not to be trusted."""

from pathlib import Path

import filetype

HEAD = 4096
"""Bytes that are enough to tell."""
TGS = "application/x-tgsticker"
WEBP = "image/webp"
_GZIP = b"\x1f\x8b"
_WEBP_ANIMATION = b"ANIM"
_OPUS, _OPUS_CHANNELS = b"OpusHead", 9
"""RFC 7845: the ninth byte after the magic counts the channels."""
_ALIASES = {
    "audio/x-wav": "audio/wav",
    "audio/x-flac": "audio/flac",
    "video/x-m4v": "video/mp4",
    "audio/m4a": "audio/mp4",
    "application/gzip": "",
}


def head_of(file: Path) -> bytes:
    """Raises OSError."""
    with file.open("rb") as stream:
        return stream.read(HEAD)


def size_of(file: Path) -> int:
    """In bytes; 0 when it is not there."""
    return file.stat().st_size if file.exists() else 0


def type_of(head: bytes) -> str:
    """The MIME that the bytes tell; empty when they tell none for sure."""
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    found = str(filetype.guess_mime(head) or "")  # pyright: ignore[reportUnknownMemberType]
    return _ALIASES.get(found, found)


def _of_brand(brand: bytes) -> str:
    """MP4 and its kin share a shape and differ in a word."""
    if brand in {b"M4A ", b"M4B "}:
        return "audio/mp4"
    if brand.startswith(b"3g"):
        return "video/3gpp"
    if brand == b"qt  ":
        return "video/quicktime"
    if brand in {b"heic", b"heix", b"mif1", b"hevc"}:
        return "image/heic"
    return "image/avif" if brand == b"avif" else "video/mp4"


def is_gzip(head: bytes) -> bool:
    """A Telegram sticker is gzipped Lottie; nothing in its first bytes says more."""
    return head.startswith(_GZIP)


def moves(head: bytes) -> bool:
    """An animated WebP."""
    return head[8:12] == b"WEBP" and _WEBP_ANIMATION in head[12:128]


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP (RFC 9649)."""
    form, frame = head[12:16], head[20:30]
    if len(frame) < 10:
        return None
    if form == b"VP8X":
        return 1 + int.from_bytes(frame[4:7], "little"), 1 + int.from_bytes(frame[7:10], "little")
    if form == b"VP8L":
        bits = int.from_bytes(frame[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(frame[6:8], "little") & 0x3FFF, int.from_bytes(frame[8:10], "little") & 0x3FFF


def is_voice(head: bytes) -> bool:
    """Opus in Ogg with one channel: what both messengers show as a voice note."""
    at = head.find(_OPUS)
    return head.startswith(b"OggS") and at > 0 and head[at + _OPUS_CHANNELS : at + _OPUS_CHANNELS + 1] == b"\x01"
