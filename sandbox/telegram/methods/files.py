"""getFile and what belongs to it."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import media
from sandbox.telegram.call import Call, answers
from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.files import LARGEST_DOWNLOAD


@answers("getFile")
def get_file(call: Call) -> dict[str, Any]:
    """The File object. Its path is served under `/file/bot<token>/`."""
    file_id = call.get("file_id")
    try:
        stored = call.state.files.by_id(call.bot.id, file_id)
    except ApiError:
        raise bad_request("wrong file_id or the file is temporarily unavailable") from None
    if stored.size > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


@answers("getUserProfilePhotos")
def profile_photos(call: Call) -> dict[str, Any]:
    """The sandbox's people have one picture or none; the control API gives it."""
    user = call.state.users.get(call.get("user_id"))
    if user is None:
        raise bad_request("user not found")
    stored = call.state.avatars.get(user.id)
    photos = [media.photo_sizes(call.state, call.bot.id, stored)] if stored else []
    shown = photos[call.get("offset", 0) :][: call.get("limit", 100)]
    return {"total_count": len(photos), "photos": shown}
