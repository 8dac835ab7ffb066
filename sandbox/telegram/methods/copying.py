"""copyMessage, forwardMessage and their plural forms."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import media, messages, posting
from sandbox.telegram.call import Call, answers
from sandbox.telegram.chats import Message
from sandbox.telegram.errors import bad_request
from sandbox.telegram.flood import Cost
from sandbox.telegram.messages import Draft
from sandbox.telegram.words import words

CONTENT_FIELDS = words(
    "text entities link_preview_options photo document video audio voice video_note animation sticker caption "
    "caption_entities show_caption_above_media has_media_spoiler location contact venue dice poll rich_message"
)
MOST = 100


@answers("copyMessage", cost=Cost.POST)
def copy(call: Call) -> dict[str, int]:
    """A new message with the same content; `caption` replaces the old one, and "" takes it away."""
    source = _source(call, call.get("message_id"), "copied")
    fields = _content(call, source)
    if "caption" in call.params and source.content != "text":
        fields = {k: v for k, v in fields.items() if not k.startswith("caption")}
        fields |= posting.given(posting.caption_fields(call))
    return {"message_id": posting.send(call, source.content, fields)["message_id"]}


@answers("forwardMessage", cost=Cost.POST)
def forward(call: Call) -> dict[str, Any]:
    source = _source(call, call.get("message_id"), "forwarded")
    return posting.send(call, source.content, _forwarded(call, source))


@answers("copyMessages", "forwardMessages", cost=Cost.POST)
def copy_many(call: Call) -> list[dict[str, int]]:
    """Messages that cannot be found or passed on are left out (source: Bot API docs)."""
    ids = call.get("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST or ids != sorted(set(ids)):
        raise bad_request("message identifiers must be 1-100 numbers in a strictly increasing order")
    chat = call.chat("from_chat_id")
    found = [m for m in map(chat.messages.get, ids) if m is not None and _may_pass(m)]
    if not found:
        raise bad_request("there are no messages to forward")
    drafts = [_passed_on(call, source) for source in found]
    target = call.chat()
    return [{"message_id": messages.post(call.state, target, call.bot.user, draft).id} for draft in drafts]


def _passed_on(call: Call, source: Message) -> Draft:
    forwarded = call.method == "forwardMessages"
    fields = _forwarded(call, source) if forwarded else _content(call, source)
    if call.get("remove_caption"):
        fields = {k: v for k, v in fields.items() if not k.startswith("caption")}
    return posting.draft(call, source.content, fields)


def _source(call: Call, message_id: int, verb: str) -> Message:
    found = call.chat("from_chat_id").messages.get(message_id)
    if found is None:
        raise bad_request(f"message to {'copy' if verb == 'copied' else 'forward'} not found")
    if not _may_pass(found):
        raise bad_request(f"message can't be {verb}")
    return found


def _may_pass(message: Message) -> bool:
    return not message.service and not message.wire.get("has_protected_content")


def _content(call: Call, source: Message) -> dict[str, Any]:
    """The content with the file ids that this bot may use."""
    fields = {name: source.wire[name] for name in CONTENT_FIELDS if name in source.wire}
    return media.localized(call.state, call.bot.id, fields)


def _forwarded(call: Call, source: Message) -> dict[str, Any]:
    origin = source.wire.get("forward_origin") or {
        "type": "user",
        "date": source.date,
        "sender_user": source.sender.wire(),
    }
    return {**_content(call, source), "forward_origin": origin}
