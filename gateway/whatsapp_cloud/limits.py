"""What a Cloud API line can carry, as data. Sizes in bytes. (Meta: supported media types; messages, 2025-11)"""

from core.message import Kind
from core.ports import Limits

MB = 1024 * 1024

TEXT = 4096
CAPTION = 1024
CALLBACK_DATA = 512
LARGEST_FILE = 100 * MB

CANNOT = {
    "edit.in": "told as “unsupported” without the new words, except on numbers that also use the phone app",
    "edit.out": "the API has no such call",
    "delete.in": "told as “unsupported” without which, except on numbers that also use the phone app",
    "delete.out": "the API has no such call",
    "poll.in": "WhatsApp says that there was one, and no more",
    "invite.in": "WhatsApp says that there was one, and no more",
    "live_location.in": "WhatsApp does not pass it on",
    "live_location.out": "the place is sent once",
    "view_once.in": "told as “unsupported”",
    "view_once.out": "the API has no such thing",
    "timer.in": "the API does not tell of it",
    "timer.out": "the API has no such thing",
    "window.out": "only approved templates",
    "unknown.out": "refused in words",
}
"""What the API does not carry, and why. (Meta: messages, unsupported, edit and revoke, 2025-11 to 2026-05)"""

FORMATS: dict[str, dict[str, int]] = {
    "image": {"image/jpeg": 5 * MB, "image/png": 5 * MB},
    "video": {"video/mp4": 16 * MB, "video/3gpp": 16 * MB},
    "audio": {
        "audio/aac": 16 * MB,
        "audio/amr": 16 * MB,
        "audio/mpeg": 16 * MB,
        "audio/mp4": 16 * MB,
        "audio/ogg": 16 * MB,
    },
    "sticker": {"image/webp": 100 * 1024},
}
"""Type → MIME → largest size. A document takes anything."""
ANIMATED_STICKER = 500 * 1024
WITH_CAPTION = frozenset({"image", "video", "document"})
TYPES = {
    Kind.PHOTO: "image",
    Kind.VIDEO: "video",
    Kind.AUDIO: "audio",
    Kind.VOICE: "audio",
    Kind.STICKER: "sticker",
}
"""Our kind → WhatsApp's type; all other files are documents."""

LIMITS = Limits(
    text=TEXT,
    caption=CAPTION,
    media_bytes=dict.fromkeys(("photo", "video", "audio", "voice", "sticker", "document"), LARGEST_FILE),
    window_hours=24,
    templates=True,
    buttons=3,
    list_rows=10,
    cannot=CANNOT,
    forms={kind: frozenset(FORMATS[name]) for kind, name in TYPES.items()},
)
"""Every kind up to the largest document: what is too large or of a wrong format for its kind goes as a document."""
