"""File names fit for a request, a disk and a reader's eyes."""

import mimetypes
import re
import unicodedata

LONGEST_BYTES = 240
"""File systems take 255 bytes; some are left for what others add."""
_LONGEST_ENDING = 16
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f"<>|:*?]')
_BREAKS = {"Cc", "Cs", "Zl", "Zp"}
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff")
"""Signs that turn the direction of writing: `invoice_fdp.exe` would look like a document."""
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "video/mp4": ".mp4",
    "video/3gpp": ".3gp",
    "video/webm": ".webm",
    "application/x-tgsticker": ".tgs",
    "application/pdf": ".pdf",
}


def clean(name: str, mime: str = "", other: str = "file") -> str:
    """The sender's name without paths, control and turning signs, at most 240 bytes; else `other` and an ending."""
    base = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join("" if sign in _TURNING else sign for sign in base)
    kept = "".join("_" if unicodedata.category(sign) in _BREAKS else sign for sign in shown)
    tidy = _FORBIDDEN.sub("_", kept).strip(" .")
    return shortened(tidy) if tidy else other + ending_of(mime)


def shortened(name: str, most: int = LONGEST_BYTES) -> str:
    """Cut in the middle of the name, never in a character, with its ending kept."""
    if len(name.encode()) <= most:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = dot + ending if dot and len(ending.encode()) <= _LONGEST_ENDING else ""
    stem = stem if tail else name
    return stem.encode()[: most - len(tail.encode())].decode(errors="ignore").rstrip(" .") + tail


def ending_of(mime: str) -> str:
    plain = mime.partition(";")[0].strip().lower()
    return _ENDINGS[plain] if plain in _ENDINGS else mimetypes.guess_extension(plain) or ""


def with_ending(name: str, mime: str) -> str:
    """The name of a file that was made into another type."""
    if not name:
        return ""
    stem = name.rpartition(".")[0] or name
    return shortened(stem + ending_of(mime))
