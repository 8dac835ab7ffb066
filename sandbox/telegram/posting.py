"""What all sending methods share: may the bot write there, which topic, which message it replies to, who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.telegram import entities, messages, utf16
from sandbox.telegram.call import Call
from sandbox.telegram.chats import Chat, General, Message, Topic
from sandbox.telegram.errors import bad_request, forbidden
from sandbox.telegram.markup import inline_keyboard
from sandbox.telegram.messages import Draft
from sandbox.telegram.people import User
from sandbox.telegram.words import words

EPHEMERAL_FIELDS = frozenset(("receiver_user_id", "callback_query_id", "replace_callback_query_message"))
REPLY_FIELDS = frozenset(
    words(
        "message_id chat_id allow_sending_without_reply quote quote_parse_mode quote_entities quote_position "
        "checklist_task_id poll_option_id ephemeral_message_id"
    )
)
EPHEMERAL_REPLY_SECONDS = 15


def check_target(call: Call) -> None:
    """Refuse a place where the bot may not write before any file is kept for it."""
    chat = call.chat()
    check_may_write(call, chat)
    thread(call, chat)


def send(call: Call, content: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Post what a sending method built and return the Message object."""
    return place(call, draft(call, content, fields)).form()


def place(call: Call, prepared: Draft) -> Message:
    return messages.post(call.state, call.chat(), call.bot.user, prepared)


def draft(call: Call, content: str, fields: dict[str, Any]) -> Draft:
    """A draft with everything the common parameters say. Raises what Telegram would answer."""
    chat = call.chat()
    check_may_write(call, chat)
    thread_id = thread(call, chat)
    replied, quote = reply(call, chat, thread_id)
    if replied is not None and thread_id is None:
        thread_id = replied.thread_id
    check_open(call, chat, thread_id)
    if call.get("protect_content"):
        fields["has_protected_content"] = True
    if call.get("message_effect_id"):
        if not chat.is_private:
            raise bad_request("EFFECT_NOT_ALLOWED")
        fields["effect_id"] = call.get("message_effect_id")
    markup = inline_keyboard(call.get("reply_markup"), private=chat.is_private)
    to = receiver(call, chat)
    return Draft(content, fields, thread_id, replied, quote, markup, receiver=to)


def check_may_write(call: Call, chat: Chat) -> None:
    me = call.me_in(chat)
    if chat.type == "channel" and not me.is_admin:
        raise forbidden("bot is not a member of the channel chat")
    if not me.may_write(chat.permissions):
        raise bad_request("not enough rights to send text messages to the chat")


def thread(call: Call, chat: Chat) -> int | None:
    """The topic meant; General is meant by no id at all (1 is refused, as on Telegram)."""
    thread_id = call.get("message_thread_id")
    if thread_id is None or thread_id == 0:
        return None
    if thread_id not in chat.topics:
        raise bad_request("message thread not found")
    return thread_id


def check_open(call: Call, chat: Chat, thread_id: int | None) -> None:
    """A closed topic is open only to who may manage topics and to who made it."""
    if not chat.is_forum:
        return
    topic: Topic | General | None = chat.place(thread_id)
    if topic is None or not topic.closed:
        return
    if call.me_in(chat).may("can_manage_topics") and not call.state.switches.closed_for_all:
        return
    own = isinstance(topic, Topic) and topic.creator_id == call.bot.id
    if not own or call.state.switches.closed_for_all:
        raise bad_request("TOPIC_CLOSED")


def reply(call: Call, chat: Chat, thread_id: int | None) -> tuple[Message | None, dict[str, Any] | None]:
    """The message replied to and the quote from it."""
    wanted = call.get("reply_parameters")
    if not wanted:
        return None, None
    if not isinstance(wanted, dict) or set(wanted) - REPLY_FIELDS:
        raise bad_request("can't parse reply parameters JSON object")
    replied = chat.messages.get(wanted.get("message_id") or 0)
    if wanted.get("chat_id") not in (None, chat.id, str(chat.id)):
        replied = None
    if replied is not None and thread_id is not None and replied.thread_id != thread_id:
        replied = None
    if wanted.get("ephemeral_message_id"):
        _check_ephemeral_reply(call, chat, wanted["ephemeral_message_id"])
        return None, None
    if replied is None:
        if wanted.get("allow_sending_without_reply"):
            return None, None
        raise bad_request("message to be replied not found")
    return replied, _quote(wanted, replied)


def _check_ephemeral_reply(call: Call, chat: Chat, number: int) -> None:
    """A reply to an ephemeral message must be ephemeral too and come within 15 s (source: Bot API docs)."""
    to = (call.get("ephemeral_message_parameters") or {}).get("receiver_user_id")
    shown = chat.ephemeral.get(number)
    among = {shown.sender.id, shown.receiver.id} if shown and shown.receiver else set()
    if shown is None or among != {to, call.bot.id} or call.state.now() - shown.date > EPHEMERAL_REPLY_SECONDS:
        raise bad_request("message to be replied not found")


def _quote(wanted: dict[str, Any], replied: Message) -> dict[str, Any] | None:
    if not wanted.get("quote"):
        return None
    text, marks = entities.formatted(wanted["quote"], wanted.get("quote_parse_mode"), wanted.get("quote_entities"))
    if len(text) > 1024 or text not in replied.text:
        raise bad_request("QUOTE_TEXT_INVALID")
    quote: dict[str, Any] = {"text": text, "position": _place(replied.text, text, wanted), "is_manual": True}
    return {**quote, "entities": marks} if marks else quote


def _place(text: str, quote: str, wanted: dict[str, Any]) -> int:
    """In UTF-16 units: the place asked for where the quote stands there, else the first."""
    asked = wanted.get("quote_position")
    if isinstance(asked, int) and utf16.cut(text, asked, utf16.length(quote)) == quote:
        return asked
    return utf16.length(text[: text.index(quote)])


def receiver(call: Call, chat: Chat) -> User | None:
    """The one member who will see an ephemeral message; None for an ordinary one."""
    wanted = call.get("ephemeral_message_parameters")
    if wanted is None:
        return None
    if not call.state.switches.ephemeral:
        raise bad_request('unknown parameter "ephemeral_message_parameters"')
    if not isinstance(wanted, dict) or set(wanted) - EPHEMERAL_FIELDS or "receiver_user_id" not in wanted:
        raise bad_request("can't parse ephemeral message parameters")
    if not chat.is_group:
        raise bad_request("ephemeral messages can be sent only to groups and supergroups")
    member = chat.member(wanted["receiver_user_id"])
    if member is None or member.user.is_bot:
        raise bad_request("user not found")
    press_id = wanted.get("callback_query_id")
    if press_id is not None and press_id not in call.state.presses:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    return member.user


def text_fields(call: Call) -> dict[str, Any]:
    """text and entities of sendMessage and editMessageText."""
    text, marks = entities.formatted(call.get("text", ""), call.get("parse_mode"), call.get("entities"))
    if not text:
        raise bad_request("message text is empty")
    entities.check_length(text, entities.LONGEST_TEXT, "message is too long")
    marks = entities.with_mentions(marks, call.state.users)
    fields: dict[str, Any] = {"text": text, "entities": marks or None}
    preview = call.get("link_preview_options")
    if preview:
        fields["link_preview_options"] = preview
    return fields


def caption_fields(call: Call) -> dict[str, Any]:
    """caption, caption_entities and their place, of everything that carries a file."""
    return caption_of(call.params, call.state.users)


def caption_of(source: dict[str, Any], users: Mapping[int, User]) -> dict[str, Any]:
    """The same from an InputMedia object."""
    text, marks = entities.formatted(
        source.get("caption") or "", source.get("parse_mode"), source.get("caption_entities")
    )
    entities.check_length(text, entities.LONGEST_CAPTION, "message caption is too long")
    marks = entities.with_mentions(marks, users)
    fields: dict[str, Any] = {"caption": text or None, "caption_entities": marks or None}
    if source.get("show_caption_above_media") and text:
        fields["show_caption_above_media"] = True
    return fields


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields without the ones that are None."""
    return {name: value for name, value in fields.items() if value is not None}
