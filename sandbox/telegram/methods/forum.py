"""The 13 topic methods."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import icons, messages, topics
from sandbox.telegram.call import Call, answers
from sandbox.telegram.chats import Chat, Topic
from sandbox.telegram.errors import bad_request
from sandbox.telegram.flood import Cost
from sandbox.telegram.methods.editing import need_pin_right

NO_RIGHT = "not enough rights to manage topics in the chat"


def managed_forum(call: Call) -> Chat:
    chat = call.forum()
    call.need_right(chat, "can_manage_topics", NO_RIGHT)
    return chat


def managed_topic(call: Call) -> tuple[Chat, Topic]:
    """The topic to change: allowed to its creator and to who may manage topics."""
    chat = call.forum()
    topic = topics.find(chat, call.get("message_thread_id"))
    if topic.creator_id != call.bot.id:
        call.need_right(chat, "can_manage_topics", NO_RIGHT)
    return chat, topic


@answers("getForumTopicIconStickers")
def icon_stickers(call: Call) -> list[dict[str, Any]]:
    return icons.stickers()


@answers("createForumTopic", cost=Cost.POST)
def create(call: Call) -> dict[str, Any]:
    chat = managed_forum(call)
    made = topics.create(
        call.state, chat, call.bot.user, call.get("name", ""), call.get("icon_color"), call.get("icon_custom_emoji_id")
    )
    return made.wire()


@answers("editForumTopic", cost=Cost.POST)
def edit(call: Call) -> bool:
    chat, topic = managed_topic(call)
    topics.edit(call.state, chat, call.bot.user, topic, call.get("name"), call.get("icon_custom_emoji_id"))
    return True


@answers("closeForumTopic", cost=Cost.POST)
def close(call: Call) -> bool:
    chat, topic = managed_topic(call)
    topics.set_closed(call.state, chat, call.bot.user, topic, closed=True)
    return True


@answers("reopenForumTopic", cost=Cost.POST)
def reopen(call: Call) -> bool:
    chat, topic = managed_topic(call)
    topics.set_closed(call.state, chat, call.bot.user, topic, closed=False)
    return True


@answers("deleteForumTopic", cost=Cost.POST)
def delete(call: Call) -> bool:
    chat = call.forum()
    topic = topics.find(chat, call.get("message_thread_id"))
    call.need_right(chat, "can_delete_messages", "not enough rights to delete a topic")
    topics.delete(call.state, chat, topic)
    return True


@answers("unpinAllForumTopicMessages", cost=Cost.POST)
def unpin_all(call: Call) -> bool:
    chat = call.forum()
    topic = topics.find(chat, call.get("message_thread_id"))
    return _unpin_thread(call, chat, topic.id)


@answers("unpinAllGeneralForumTopicMessages", cost=Cost.POST)
def unpin_all_general(call: Call) -> bool:
    return _unpin_thread(call, call.forum(), None)


def _unpin_thread(call: Call, chat: Chat, thread_id: int | None) -> bool:
    need_pin_right(call, chat)
    pinned = [chat.messages[i] for i in chat.pinned]
    messages.unpin(call.state, chat, [m for m in pinned if m.thread_id == thread_id])
    return True


@answers("editGeneralForumTopic", cost=Cost.POST)
def edit_general(call: Call) -> bool:
    topics.rename_general(call.state, managed_forum(call), call.bot.user, call.get("name", ""))
    return True


@answers("closeGeneralForumTopic", "reopenGeneralForumTopic", cost=Cost.POST)
def close_general(call: Call) -> bool:
    chat = managed_forum(call)
    closed = call.method == "closeGeneralForumTopic"
    if not closed and chat.general.hidden:
        raise bad_request("TOPIC_HIDDEN")
    topics.set_closed(call.state, chat, call.bot.user, chat.general, closed=closed)
    return True


@answers("hideGeneralForumTopic", "unhideGeneralForumTopic", cost=Cost.POST)
def hide_general(call: Call) -> bool:
    hidden = call.method == "hideGeneralForumTopic"
    topics.set_hidden(call.state, managed_forum(call), call.bot.user, hidden=hidden)
    return True
