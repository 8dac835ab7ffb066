"""Changing, deleting, pinning and reacting to messages."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import messages, posting, reactions, rich
from sandbox.telegram.call import Call, answers
from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.flood import Cost
from sandbox.telegram.markup import inline_keyboard

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TWO_DAYS = 48 * 3600
MOST_DELETED = 100
CAPTIONED = ("photo", "video", "audio", "document", "animation", "voice")


def own_message(call: Call) -> Message:
    """The message to edit: it must be there and be the bot's own."""
    if call.get("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in call.params or "message_id" not in call.params:
        raise bad_request("message identifier is not specified")
    message = call.message(call.chat(), "message to edit not found")
    if message.sender.id != call.bot.id or message.service:
        raise bad_request("message can't be edited")
    return message


def apply(call: Call, message: Message, fields: dict[str, Any]) -> dict[str, Any]:
    """Change a message if anything differs. The inline keyboard is replaced by what the call gives, or removed."""
    fields["reply_markup"] = inline_keyboard(call.get("reply_markup"), private=message.chat.is_private)
    if all(message.wire.get(name) == value for name, value in fields.items()):
        raise bad_request(NOT_MODIFIED)
    messages.change(call.state, message, fields)
    return message.form()


@answers("editMessageText", cost=Cost.POST)
def edit_text(call: Call) -> dict[str, Any]:
    message = own_message(call)
    if message.content not in ("text", "rich_message"):
        raise bad_request("there is no text in the message to edit")
    if call.get("rich_message"):
        fields = {"rich_message": rich.message(call.get("rich_message")), "text": None, "entities": None}
    else:
        fields = {"rich_message": None, **posting.text_fields(call)}
    changed = apply(call, message, fields)
    message.content = "rich_message" if fields["rich_message"] else "text"
    return changed


@answers("editMessageCaption", cost=Cost.POST)
def edit_caption(call: Call) -> dict[str, Any]:
    message = own_message(call)
    if message.content not in CAPTIONED:
        raise bad_request("there is no caption in the message to edit")
    return apply(call, message, posting.caption_fields(call))


@answers("editMessageReplyMarkup", cost=Cost.POST)
def edit_markup(call: Call) -> dict[str, Any]:
    return apply(call, own_message(call), {})


@answers("deleteMessage")
def delete_message(call: Call) -> bool:
    chat = call.chat()
    message = call.message(chat, "message to delete not found")
    check_deletable(call, chat, message)
    messages.remove(call.state, chat, [message])
    return True


@answers("deleteMessages")
def delete_messages(call: Call) -> bool:
    """Messages that are gone or may not be deleted are skipped (source: Bot API docs)."""
    chat, ids = call.chat(), call.get("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_DELETED:
        raise bad_request("there are too many messages to delete" if ids else "message identifiers are not specified")
    found = [chat.messages[i] for i in ids if i in chat.messages]
    messages.remove(call.state, chat, [m for m in found if _deletable(call, chat, m)])
    return True


def _deletable(call: Call, chat: Chat, message: Message) -> bool:
    try:
        check_deletable(call, chat, message)
    except ApiError:
        return False
    return True


def check_deletable(call: Call, chat: Chat, message: Message) -> None:
    """Own messages for 48 hours; with can_delete_messages any message at any age; never a topic's birth."""
    if message.content == "forum_topic_created":
        raise bad_request("message can't be deleted")
    if call.me_in(chat).may("can_delete_messages"):
        return
    own = message.sender.id == call.bot.id or chat.is_private
    if not own or call.state.now() - message.date > TWO_DAYS:
        raise bad_request("message can't be deleted")


@answers("setMessageReaction", cost=Cost.REACTION)
def set_reaction(call: Call) -> bool:
    """One reaction per message for a bot; a new one replaces the former."""
    message = call.message(call.chat(), "message to react not found")
    wanted = call.get("reaction") or []
    if message.service:
        raise bad_request("MESSAGE_ID_INVALID")
    reactions.react(call.state, message, call.bot.user, reactions.checked(message, wanted, most=1))
    return True


@answers("pinChatMessage", cost=Cost.POST)
def pin(call: Call) -> bool:
    chat = call.chat()
    need_pin_right(call, chat)
    message = call.message(chat, "message to pin not found")
    messages.pin(call.state, message, call.bot.user)
    return True


@answers("unpinChatMessage", cost=Cost.POST)
def unpin(call: Call) -> bool:
    chat = call.chat()
    need_pin_right(call, chat)
    wanted = call.get("message_id") or (chat.pinned[-1] if chat.pinned else None)
    if wanted not in chat.messages:
        raise bad_request("message to unpin not found")
    messages.unpin(call.state, chat, [chat.messages[wanted]])
    return True


@answers("unpinAllChatMessages", cost=Cost.POST)
def unpin_all(call: Call) -> bool:
    chat = call.chat()
    need_pin_right(call, chat)
    messages.unpin(call.state, chat, [chat.messages[i] for i in chat.pinned])
    return True


def need_pin_right(call: Call, chat: Chat) -> None:
    if not chat.is_private:
        call.need_right(chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat")
