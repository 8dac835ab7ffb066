"""Rows about where contacts are shown. Telegram can neither list topics nor report their deletion:
this table is the only truth."""

from typing import Any

from sqlalchemy import Row, func

from core.ids import ChatId, ContactId, PostId, ThreadId, TopicId
from core.people import Topic
from core.store.scope import TenantScope
from core.store.tables import topic

OPEN, CLOSED, GONE = "open", "closed", "gone"
MOVED = "moved"
"""Left for a topic in another group: closed, and only read."""
IN_USE = (OPEN, CLOSED)


async def topic_of(scope: TenantScope, contact_id: ContactId) -> Topic | None:
    row = await scope.first(
        scope.select(topic)
        .where(topic.c.contact_id == contact_id, topic.c.state.in_(IN_USE))
        .order_by(topic.c.generation.desc())
        .limit(1)
    )
    return _topic(row) if row else None


async def topic_at(scope: TenantScope, chat_id: int, thread_id: int) -> Topic | None:
    where = (topic.c.chat_id == chat_id, topic.c.thread_id == thread_id)
    row = await scope.first(scope.select(topic).where(*where))
    return _topic(row) if row else None


async def get(scope: TenantScope, topic_id: TopicId) -> Topic | None:
    row = await scope.first(scope.select(topic).where(topic.c.id == topic_id))
    return _topic(row) if row else None


async def topic_in(scope: TenantScope, contact_id: ContactId, chat_id: ChatId) -> Topic | None:
    """The contact's newest topic of one group, also when they have moved to another group since."""
    where = (topic.c.contact_id == contact_id, topic.c.chat_id == chat_id, topic.c.state != GONE)
    row = await scope.first(scope.select(topic).where(*where).order_by(topic.c.generation.desc()).limit(1))
    return _topic(row) if row else None


async def before(scope: TenantScope, later: Topic) -> Topic | None:
    """The topic that the contact left for this one, or for one before it that is gone."""
    where = (topic.c.contact_id == later.contact_id, topic.c.generation < later.generation, topic.c.state == MOVED)
    row = await scope.first(scope.select(topic).where(*where).order_by(topic.c.generation.desc()).limit(1))
    return _topic(row) if row else None


async def last_chat(scope: TenantScope, contact_id: ContactId) -> ChatId | None:
    """The group of the contact's latest topic, gone or not."""
    latest = scope.select(topic, topic.c.chat_id).where(topic.c.contact_id == contact_id)
    row = await scope.first(latest.order_by(topic.c.generation.desc()).limit(1))
    return ChatId(row.chat_id) if row else None


async def leave(scope: TenantScope, topic_id: TopicId) -> bool:
    """The next topic is wanted in another group. False when that is so already, or the topic is not in use."""
    where = (topic.c.id == topic_id, topic.c.state.in_(IN_USE), topic.c.leaving_at.is_(None))
    return await scope.update(topic, *where, leaving_at=scope.now) == 1


async def stay(scope: TenantScope, topic_id: TopicId) -> bool:
    """No other group can take the contact. False when it was not leaving."""
    return await scope.update(topic, topic.c.id == topic_id, topic.c.leaving_at.is_not(None), leaving_at=None) == 1


async def retire(scope: TenantScope, topic_id: TopicId) -> None:
    """There is another topic now."""
    await scope.update(topic, topic.c.id == topic_id, topic.c.state.in_(IN_USE), state=MOVED, leaving_at=None)


async def add_topic(
    scope: TenantScope, contact_id: ContactId, chat_id: ChatId, thread_id: ThreadId, name: str
) -> Topic:
    newest = await scope.first(
        scope.select(topic, func.max(topic.c.generation)).where(topic.c.contact_id == contact_id)
    )
    generation = max((newest[0] if newest else None) or 0, 0) + 1  # those that came by a merge are below zero
    topic_id = await scope.insert(
        topic,
        contact_id=contact_id,
        chat_id=chat_id,
        thread_id=thread_id,
        generation=generation,
        name=name,
        state=OPEN,
        created_at=scope.now,
    )
    return Topic(TopicId(topic_id), contact_id, chat_id, thread_id, generation, name)


async def lose_topic(scope: TenantScope, topic_id: TopicId) -> bool:
    """Staff deleted it. False when that was known."""
    return await scope.update(topic, topic.c.id == topic_id, topic.c.state != GONE, state=GONE) == 1


async def set_closed(scope: TenantScope, topic_id: TopicId, *, closed: bool) -> None:
    """Closed or opened again, as Telegram's service messages tell."""
    state = CLOSED if closed else OPEN
    await scope.update(topic, topic.c.id == topic_id, topic.c.state.in_(IN_USE), state=state)


async def set_name(scope: TenantScope, topic_id: TopicId, name: str) -> None:
    """Staff renamed it: theirs is the name, for the topics after this one too."""
    await scope.update(topic, topic.c.id == topic_id, name=name)


async def last_name(scope: TenantScope, contact_id: ContactId) -> str | None:
    """Of the contact's latest topic, gone or not."""
    latest = scope.select(topic, topic.c.name).where(topic.c.contact_id == contact_id)
    row = await scope.first(latest.order_by(topic.c.generation.desc()).limit(1))
    return row.name if row else None


async def set_card(scope: TenantScope, topic_id: TopicId, post_id: PostId) -> None:
    await scope.update(topic, topic.c.id == topic_id, card_post_id=post_id)


async def card_of(scope: TenantScope, topic_id: TopicId) -> PostId | None:
    row = await scope.first(scope.select(topic, topic.c.card_post_id).where(topic.c.id == topic_id))
    return PostId(row.card_post_id) if row is not None and row.card_post_id is not None else None


async def count(scope: TenantScope) -> int:
    row = await scope.first(scope.select(topic, func.count()).where(topic.c.state.in_(IN_USE)))
    return row[0] if row else 0


def _topic(row: Row[Any]) -> Topic:
    return Topic(
        TopicId(row.id),
        ContactId(row.contact_id),
        ChatId(row.chat_id),
        ThreadId(row.thread_id),
        row.generation,
        row.name,
        row.state == CLOSED,
        row.leaving_at is not None,
        row.state == MOVED,
    )
