"""Forum topics: making, changing, closing and deleting them, by bots and by people alike."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import messages
from sandbox.telegram.chats import Chat, General, Topic
from sandbox.telegram.errors import bad_request
from sandbox.telegram.people import User
from sandbox.telegram.state import TelegramState
from sandbox.telegram.views import topic_view

COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
LONGEST_NAME = 128


def checked_name(name: str) -> str:
    if not name.strip():
        raise bad_request("topic name is empty")
    if len(name) > LONGEST_NAME:
        raise bad_request("topic name is too long")
    return name.strip()


def find(chat: Chat, thread_id: int) -> Topic:
    topic = chat.topics.get(thread_id)
    if topic is None:
        raise bad_request("message thread not found")
    return topic


def create(state: TelegramState, chat: Chat, actor: User, name: str, color: int | None, icon: str | None) -> Topic:
    """A new topic; its id is the id of the service message that tells of it."""
    if color is not None and color not in COLORS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    check_icon(state, icon)
    topic = Topic(chat.next_message_id, checked_name(name), color or COLORS[0], icon or None, creator_id=actor.id)
    chat.topics[topic.id] = topic
    told = {k: v for k, v in topic.wire().items() if k != "message_thread_id"}
    messages.service(state, chat, actor, "forum_topic_created", told, thread_id=topic.id)
    publish(state, chat, topic, "created")
    return topic


def check_icon(state: TelegramState, icon: str | None) -> None:
    if icon and state.icon_emoji(icon) is None:
        raise bad_request("DOCUMENT_INVALID")


def edit(state: TelegramState, chat: Chat, actor: User, topic: Topic, name: str | None, icon: str | None) -> None:
    """`name` None or "" keeps the name; `icon` None keeps the icon and "" removes it."""
    check_icon(state, icon)
    told: dict[str, Any] = {}
    if name and checked_name(name) != topic.name:
        told["name"] = topic.name = checked_name(name)
    if icon is not None and (icon or None) != topic.icon_custom_emoji_id:
        topic.icon_custom_emoji_id = icon or None
        told["icon_custom_emoji_id"] = icon
    if not told:
        raise bad_request("TOPIC_NOT_MODIFIED")
    messages.service(state, chat, actor, "forum_topic_edited", told, thread_id=topic.id)
    publish(state, chat, topic, "edited")


def set_closed(state: TelegramState, chat: Chat, actor: User, place: Topic | General, *, closed: bool) -> None:
    if place.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    place.closed = closed
    name = "forum_topic_closed" if closed else "forum_topic_reopened"
    thread_id = place.id if isinstance(place, Topic) else None
    messages.service(state, chat, actor, name, {}, thread_id=thread_id)
    publish(state, chat, place, "closed" if closed else "reopened")


def delete(state: TelegramState, chat: Chat, topic: Topic) -> None:
    """The topic and all its messages go; no bot is told."""
    gone = [m for m in chat.messages.values() if m.thread_id == topic.id]
    gone += [m for m in chat.ephemeral.values() if m.thread_id == topic.id]
    messages.remove(state, chat, gone)
    del chat.topics[topic.id]
    state.bus.publish("topic_deleted", lambda: {"chat_id": chat.id, "topic_id": topic.id})


def set_hidden(state: TelegramState, chat: Chat, actor: User, *, hidden: bool) -> None:
    """Hiding General closes it too (source: Bot API docs, hideGeneralForumTopic)."""
    general = chat.general
    if general.hidden == hidden:
        raise bad_request("TOPIC_NOT_MODIFIED")
    general.hidden = hidden
    general.closed = general.closed or hidden
    name = "general_forum_topic_hidden" if hidden else "general_forum_topic_unhidden"
    messages.service(state, chat, actor, name, {})
    publish(state, chat, general, "hidden" if hidden else "unhidden")


def rename_general(state: TelegramState, chat: Chat, actor: User, name: str) -> None:
    wanted = checked_name(name)
    if wanted == chat.general.name:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.general.name = wanted
    messages.service(state, chat, actor, "forum_topic_edited", {"name": wanted})
    publish(state, chat, chat.general, "edited")


def publish(state: TelegramState, chat: Chat, place: Topic | General, change: str) -> None:
    state.bus.publish("topic", lambda: {"change": change, "topic": topic_view(state, chat, place)})
