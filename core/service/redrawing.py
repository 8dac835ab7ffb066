"""A customer changed or deleted a message: the post that shows it is brought up to date.

A post that can no longer be changed (it is gone, or Telegram refuses) is answered with the words of now.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from core.errors import RemoteRefusal, TopicGone
from core.i18n import Texts, texts_for
from core.ids import ChatId, MessageId, PostId, TenantId
from core.jobs import Job
from core.people import Tenant, Topic
from core.ports import Post
from core.service import showing
from core.service.doubts import Named
from core.service.mirror import Mirror
from core.service.surface import Surface
from core.service.topics import Topics
from core.store import desks, messages, postings, topics
from core.store.messages import Copy, Message
from core.store.scope import TenantScope
from core.store.store import Store
from core.text import utf16_len

log = structlog.get_logger(__name__)

_A_FILE = Path()
"""Stands for the file that the post has already: an edit changes only its caption."""


class Redrawing:
    def __init__(self, store: Store, surface: Surface, mirror: Mirror, topic_service: Topics) -> None:
        self._store = store
        self._surface = surface
        self._mirror = mirror
        self._topics = topic_service

    async def redraw(self, job: Job) -> None:
        """What still waits to be shown needs nothing: it will be shown as it stands then."""
        assert job.tenant_id is not None  # noqa: S101 - redraw jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            tenant = await desks.get_tenant(scope)
            message = await messages.get(scope, MessageId(job.payload["message"]))
            topic = await topics.topic_of(scope, message.contact_id)
            places = newest_place(await messages.copies_of(scope, message.id), topic.chat_id) if topic else []
            together = await _together(scope, places[0]) if places else []
        texts = texts_for(tenant.locale)
        stand = [showing.as_it_stands(each, texts, keeps_deleted=tenant.keeps_deleted) for each in together]
        moved: list[Copy] = []
        if topic is not None and places:
            moved = await self._bring_up_to_date(tenant, topic, message, places, stand)
        async with self._store.settle(job) as scope:
            for each in moved:
                await messages.move_copy(scope, each)

    async def _bring_up_to_date(
        self, tenant: Tenant, topic: Topic, message: Message, places: Sequence[Copy], together: Sequence[Message]
    ) -> list[Copy]:
        texts = texts_for(tenant.locale)
        try:
            if places[0].length:
                return await self._edit_merged(tenant, topic, places[0], together)
            await self._edit_own(tenant.id, topic, places, together[0], message, texts)
        except TopicGone:
            await self._topics.lose(tenant.id, topic)
        except RemoteRefusal as refusal:
            log.info("redraw.refused", message=message.id, code=refusal.code)
            (current,) = [each for each in together if each.id == message.id]
            await self._answer(tenant.id, topic, places[0], current, texts)
        return []

    async def _edit_own(
        self, tenant_id: TenantId, topic: Topic, places: Sequence[Copy], shown: Message, real: Message, texts: Texts
    ) -> None:
        """Raises RemoteRefusal when there are more posts than before, or fewer."""
        media = real.content.media
        file = _A_FILE if media is not None and media.sha256 and shown.content.media is not None else None
        posts = showing.posts_of(shown, texts, file, None)
        if media is not None and shown.content.media is None:
            await self._take_away(tenant_id, topic.chat_id, places)
        if len(posts) != len(places) or (media is not None and shown.content.media is None):
            raise RemoteRefusal("it needs other posts than before", "other_posts")
        for place, post in zip(places, posts, strict=True):
            await self._edit(tenant_id, topic.chat_id, place, post)

    async def _take_away(self, tenant_id: TenantId, chat: ChatId, places: Sequence[Copy]) -> None:
        """A file cannot be hidden by an edit."""
        for place in places:
            await self._surface.change(tenant_id, place, lambda desk, at=place.post_id: desk.delete(chat, at))

    async def _edit_merged(self, tenant: Tenant, topic: Topic, place: Copy, together: Sequence[Message]) -> list[Copy]:
        texts = texts_for(tenant.locale)
        async with self._store.read(tenant.id) as scope:
            (first, *_) = await messages.copies_at(scope, topic.chat_id, place.post_id)
        text, spans = showing.merged(together, texts, tenant.timezone)
        as_merged = first.start == showing.first_start(together[0], texts, tenant.timezone)
        if not as_merged or utf16_len(text.text) > showing.TEXT_LIMIT:
            raise RemoteRefusal("no post of merged lines, or too long for one", "other_posts")
        await self._edit(tenant.id, topic.chat_id, place, Post(text=text))
        return [Copy(span.message.id, topic.chat_id, place.post_id, 0, span.start, span.length) for span in spans]

    async def _edit(self, tenant_id: TenantId, chat: ChatId, place: Copy, post: Post) -> None:
        await self._surface.change(tenant_id, place, lambda desk: desk.edit(chat, place.post_id, post))

    async def _answer(self, tenant_id: TenantId, topic: Topic, place: Copy, current: Message, texts: Texts) -> None:
        """The words of now, under the post that still has the old ones."""
        bare = replace(current, content=replace(current.content, media=None))
        posts = showing.posts_of(bare, texts, None, None) if current.content.media is None else []
        posts = posts or [showing.words_only(current, texts)]
        answer = replace(posts[0], reply_to=place.post_id)
        try:
            posted = [
                await self._mirror.post(tenant_id, topic, Named((_name(current),), topic.contact_id), each)
                for each in (answer, *posts[1:])
            ]
        except RemoteRefusal as refusal:
            log.warning("redraw.not_told", message=current.id, code=refusal.code)
            return
        await self._keep(tenant_id, topic, current, posted)

    async def _keep(
        self, tenant_id: TenantId, topic: Topic, current: Message, posted: Sequence[tuple[int, PostId]]
    ) -> None:
        async with self._store.write(tenant_id) as scope:
            copies = (
                Copy(current.id, topic.chat_id, post_id, part, bot_id=bot_id)
                for part, (bot_id, post_id) in enumerate(posted)
            )
            await messages.add_copies(scope, *copies)
            await postings.end(scope, (_name(current),))


def _name(message: Message) -> str:
    return f"redraw:{message.id}"


def newest_place(copies: Sequence[Copy], chat: ChatId) -> list[Copy]:
    """The posts that show a message now: older ones went with a deleted topic."""
    here = [copy for copy in copies if copy.chat_id == chat]
    begins = [index for index, copy in enumerate(here) if copy.part == 0]
    return here[begins[-1] :] if begins else []


async def _together(scope: TenantScope, place: Copy) -> list[Message]:
    if not place.length:
        return [await messages.get(scope, place.message_id)]
    copies = await messages.copies_at(scope, place.chat_id, place.post_id)
    return [await messages.get(scope, copy.message_id) for copy in copies]
