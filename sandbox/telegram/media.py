"""Files inside messages: PhotoSize, Document, Voice, … built from stored bytes."""

from __future__ import annotations

import mimetypes
from typing import Any

from sandbox.telegram import probe
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import LARGEST_PHOTO, StoredFile, Upload
from sandbox.telegram.state import TelegramState

KINDS = ("photo", "document", "video", "audio", "voice", "video_note", "animation", "sticker")
SMALL_SIDE = 320
PHOTO_SUM = 10_000
PHOTO_RATIO = 20
VOICE_TYPES = ("audio/ogg", "audio/opus", "audio/mpeg", "audio/mp4", "audio/m4a", "audio/x-m4a")

Meta = dict[str, Any]


def store(state: TelegramState, kind: str, upload: Upload, meta: Meta | None = None) -> StoredFile:
    """Keep an uploaded file as what it is meant to be. Raises what Telegram says about unfit pictures."""
    if not upload.data:
        raise bad_request("file must be non-empty")
    if kind == "photo":
        _check_photo(upload.data)
    mime = upload.mime
    if not mime or mime == "application/octet-stream":
        mime = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    return state.files.add(kind, Upload(upload.name, mime, upload.data), meta)


def _check_photo(data: bytes) -> None:
    if len(data) > LARGEST_PHOTO:
        raise bad_request("file is too big")
    size = probe.image_size(data)
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if not width or not height or width + height > PHOTO_SUM or max(size) > PHOTO_RATIO * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def real_kind(kind: str, stored: StoredFile) -> str:
    """What Telegram makes of it: a voice note of another type becomes a document (source: Bot API docs, sendVoice)."""
    if kind == "voice" and not (probe.is_ogg(stored.data) or stored.mime in VOICE_TYPES):
        return "document"
    return kind


def fields(state: TelegramState, bot_id: int, kind: str, stored: StoredFile, meta: Meta) -> dict[str, Any]:
    """The fields of a Message that carry the file, with a file_id for this bot."""
    file_id = state.files.register(stored, bot_id)
    base: dict[str, Any] = {"file_id": file_id, "file_unique_id": stored.unique_id}
    if kind == "photo":
        return {"photo": photo_sizes(state, bot_id, stored)}
    body = {**base, **_DETAILS[kind](stored, meta), "file_size": stored.size}
    if kind == "animation":
        return {"animation": body, "document": {**base, **_named(stored), "file_size": stored.size}}
    return {kind: body}


def photo_sizes(state: TelegramState, bot_id: int, stored: StoredFile) -> list[dict[str, Any]]:
    """Two sizes as Telegram would make; the small one is stored apart with the same bytes, since nothing is scaled."""
    width, height = probe.image_size(stored.data) or (1, 1)
    sizes = [_photo_size(state, bot_id, stored, width, height)]
    if max(width, height) > SMALL_SIDE:
        small = stored.meta.get("small")
        if not isinstance(small, StoredFile):
            small = state.files.add("photo", Upload(stored.name, stored.mime, stored.data))
            stored.meta["small"] = small
        scale = SMALL_SIDE / max(width, height)
        sizes.insert(0, _photo_size(state, bot_id, small, int(width * scale) or 1, int(height * scale) or 1))
    return sizes


def _photo_size(state: TelegramState, bot_id: int, stored: StoredFile, width: int, height: int) -> dict[str, Any]:
    return {
        "file_id": state.files.register(stored, bot_id),
        "file_unique_id": stored.unique_id,
        "width": width,
        "height": height,
        "file_size": stored.size,
    }


def _seconds(meta: Meta) -> int:
    """The duration a caller named, whole seconds; 0 when it named none."""
    try:
        return max(0, round(float(meta.get("duration") or 0)))
    except (TypeError, ValueError):
        raise bad_request("duration must be a number") from None


def _named(stored: StoredFile) -> dict[str, Any]:
    return {"file_name": stored.name, "mime_type": stored.mime}


def _sized(stored: StoredFile, meta: Meta) -> dict[str, Any]:
    width, height = probe.image_size(stored.data) or (640, 480)
    return {"width": int(meta.get("width") or width), "height": int(meta.get("height") or height)}


def _video(stored: StoredFile, meta: Meta) -> dict[str, Any]:
    return {**_sized(stored, meta), "duration": _seconds(meta), **_named(stored)}


def _video_note(stored: StoredFile, meta: Meta) -> dict[str, Any]:
    return {"length": int(meta.get("length") or 240), "duration": _seconds(meta)}


def _voice(stored: StoredFile, meta: Meta) -> dict[str, Any]:
    seconds = _seconds(meta) or probe.ogg_seconds(stored.data)
    return {"duration": seconds, "mime_type": "audio/ogg" if probe.is_ogg(stored.data) else stored.mime}


def _audio(stored: StoredFile, meta: Meta) -> dict[str, Any]:
    texts = {name: meta[name] for name in ("performer", "title") if meta.get(name)}
    return {"duration": _seconds(meta), **texts, **_named(stored)}


def _sticker(stored: StoredFile, meta: Meta) -> dict[str, Any]:
    name = stored.name.lower()
    width, height = probe.image_size(stored.data) or (512, 512)
    form: dict[str, Any] = {"type": "regular", "width": width, "height": height}
    form |= {"is_animated": name.endswith(".tgs"), "is_video": name.endswith(".webm")}
    return {**form, "emoji": meta["emoji"]} if meta.get("emoji") else form


_DETAILS = {
    "document": lambda stored, _meta: _named(stored),
    "video": _video,
    "animation": _video,
    "video_note": _video_note,
    "voice": _voice,
    "audio": _audio,
    "sticker": _sticker,
}


def localized(state: TelegramState, bot_id: int, value: Any) -> Any:
    """The same object with the file ids that this bot may use."""
    if isinstance(value, list):
        return [localized(state, bot_id, item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {name: localized(state, bot_id, item) for name, item in value.items()}
    stored = state.files.by_unique_id(changed["file_unique_id"]) if "file_unique_id" in changed else None
    if stored is not None:
        changed["file_id"] = state.files.register(stored, bot_id)
    return changed
