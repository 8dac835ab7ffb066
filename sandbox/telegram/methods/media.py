"""Sending files: one by one, as albums, and putting another file into a message."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import media, messages, posting
from sandbox.telegram.call import Call, answers
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import StoredFile
from sandbox.telegram.flood import Cost
from sandbox.telegram.messages import Draft
from sandbox.telegram.methods.editing import apply, own_message
from sandbox.telegram.words import words

KIND_OF_METHOD = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVideo": "video",
    "sendAudio": "audio",
    "sendVoice": "voice",
    "sendVideoNote": "video_note",
    "sendAnimation": "animation",
    "sendSticker": "sticker",
}
INPUT_MEDIA_FIELDS = frozenset(
    words(
        "type media thumbnail caption parse_mode caption_entities show_caption_above_media has_spoiler width height "
        "duration supports_streaming cover start_timestamp performer title disable_content_type_detection"
    )
)
ALBUM_KINDS = ("photo", "video", "document", "audio")
EDITABLE_KINDS = (*ALBUM_KINDS, "animation")
ATTACHED = "attach://"


@answers(*KIND_OF_METHOD, cost=Cost.POST)
def send_file(call: Call) -> dict[str, Any]:
    kind = KIND_OF_METHOD[call.method]
    posting.check_target(call)
    content, carried = carry(call, kind, kind, call.params)
    if kind not in ("sticker", "video_note"):
        carried |= posting.given(posting.caption_fields(call))
    return posting.send(call, content, carried)


@answers("sendMediaGroup", cost=Cost.POST)
def send_album(call: Call) -> list[dict[str, Any]]:
    """All or nothing: every file is checked before the first message is posted."""
    items = checked_album(call.get("media"))
    posting.check_target(call)
    group = call.state.album_id()
    drafts = [_album_draft(call, item, group) for item in items]
    chat = call.chat()
    return [messages.post(call.state, chat, call.bot.user, draft).form() for draft in drafts]


def _album_draft(call: Call, item: dict[str, Any], group: str) -> Draft:
    content, carried = carry(call, item["type"], "media", item)
    fields = {"media_group_id": group, **carried, **posting.given(posting.caption_of(item, call.state.users))}
    return posting.draft(call, content, fields)


@answers("editMessageMedia", cost=Cost.POST)
def edit_media(call: Call) -> dict[str, Any]:
    message, item = own_message(call), checked_item(call.get("media"), EDITABLE_KINDS)
    content, carried = carry(call, item["type"], "media", item)
    gone = dict.fromkeys(("text", "entities", *media.KINDS))
    message.content = content
    return apply(call, message, {**gone, **carried, **posting.caption_of(item, call.state.users)})


def carry(call: Call, kind: str, field: str, source: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What the message will be and the fields that carry the file named by `source[field]`."""
    stored = stored_file(call, kind, field, source.get(field))
    kind = media.real_kind(kind, stored)
    fields = media.fields(call.state, call.bot.id, kind, stored, source)
    if source.get("has_spoiler"):
        fields["has_media_spoiler"] = True
    return kind, fields


def stored_file(call: Call, kind: str, field: str, value: Any) -> StoredFile:
    """An upload (in place or attached), or a file the bot already knows by its file_id."""
    upload = call.files.get(field) if value is None else None
    if isinstance(value, str) and value.startswith(ATTACHED):
        upload = call.files.get(value.removeprefix(ATTACHED))
        if upload is None:
            raise bad_request("there is no file in the request with the attached name")
    if upload is not None:
        return media.store(call.state, kind, upload)
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    stored = call.state.files.by_id(call.bot.id, str(value))
    if kind == "photo" and stored.kind != "photo":
        raise bad_request("can't use file of type Document as Photo")
    return stored


def checked_album(items: Any) -> list[dict[str, Any]]:
    if not isinstance(items, list):
        raise bad_request("can't parse media JSON object")
    if not 2 <= len(items) <= 10:
        raise bad_request(f"too {'few' if len(items) < 2 else 'many'} messages to send as an album")
    checked = [checked_item(item, ALBUM_KINDS) for item in items]
    kinds = {item["type"] for item in checked}
    for kind in ("document", "audio"):
        if kind in kinds and len(kinds) > 1:
            raise bad_request(f"{kind.capitalize()} can't be mixed with other media types")
    return checked


def checked_item(item: Any, kinds: tuple[str, ...]) -> dict[str, Any]:
    """One InputMedia object."""
    if not isinstance(item, dict) or item.get("type") not in kinds:
        raise bad_request("can't parse InputMedia: unsupported type specified")
    unknown = set(item) - INPUT_MEDIA_FIELDS
    if unknown:
        raise bad_request(f'can\'t parse InputMedia: unknown field "{sorted(unknown)[0]}"')
    if not item.get("media"):
        raise bad_request("can't parse InputMedia: media not found")
    return item
