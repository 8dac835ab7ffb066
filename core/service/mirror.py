"""Customer → topic: show what waits, in order, in as few posts as the budget asks for."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import structlog

from core.convert import sniff
from core.errors import MediaRefused, RemoteRefusal, ReplyTargetGone, TopicClosed, TopicGone
from core.events import mirror_job
from core.i18n import Texts, texts_for
from core.ids import ContactId, MessageId, PostId, TenantId
from core.jobs import Job
from core.people import Tenant, Topic
from core.ports import Desk, Post, Spot
from core.service import links, quoting, showing
from core.service.doubts import Named
from core.service.files import Files
from core.service.links import Links
from core.service.quoting import Target
from core.service.surface import Surface
from core.service.topics import Topics
from core.store import desks, messages, postings
from core.store.messages import Copy, Message
from core.store.store import Store
from core.text import RichText
from core.work.runner import Later

log = structlog.get_logger(__name__)
T = TypeVar("T")

_AT_ONCE = 30
_MERGE_AFTER = timedelta(seconds=3)
"""From this lag on, neighbouring texts of a customer share a post, and files an album."""


class Mirror:
    def __init__(self, store: Store, surface: Surface, topic_service: Topics, files: Files, sharing: Links) -> None:
        self._store = store
        self._surface = surface
        self._topics = topic_service
        self._files = files
        self._sharing = sharing
        self._apart: set[MessageId] = set()
        """What Telegram refused to take in one call. Forgotten at a restart: then it is asked once more."""

    async def show(self, job: Job) -> None:
        """Everything of one contact that no topic shows yet."""
        assert job.tenant_id is not None  # noqa: S101 - mirror jobs are a tenant's
        contact_id = ContactId(job.payload["contact"])
        async with self._store.read(job.tenant_id) as scope:
            tenant = await desks.get_tenant(scope)
            heard = await messages.waiting(scope, contact_id, _AT_ONCE)
            doubted = await postings.in_doubt(scope, _names(heard))
        texts = texts_for(tenant.locale)
        waiting = [showing.as_it_stands(each, texts, keeps_deleted=tenant.keeps_deleted) for each in heard]
        if waiting:
            topic = await self._topics.topic_for(tenant, contact_id)
            doubts = {message.id for message in waiting if _name(message) in doubted}
            await self._show_all(tenant, topic, showing.bundles(waiting, self._merges(waiting[0]), doubts), job)
        async with self._store.settle(job) as scope:
            if len(waiting) == _AT_ONCE:
                await scope.put(mirror_job(tenant.id, contact_id))

    def _merges(self, oldest: Message) -> bool:
        return self._store.clock() - oldest.created_at > _MERGE_AFTER

    async def _show_all(self, tenant: Tenant, topic: Topic, bundles: Sequence[Sequence[Message]], job: Job) -> None:
        try:
            if topic.is_closed:
                await self._topics.reopen(tenant.id, topic)
            for bundle in bundles:
                await self._show(tenant, topic, bundle, job)
        except TopicGone as gone:
            await self._topics.lose(tenant.id, topic)
            raise Later(self._store.clock()) from gone

    async def _show(self, tenant: Tenant, topic: Topic, bundle: Sequence[Message], job: Job) -> None:
        """In one call, or one by one when Telegram refuses that."""
        if len(bundle) > 1 and self._apart.isdisjoint(message.id for message in bundle):
            try:
                await self._show_together(tenant, topic, bundle, job)
            except TopicGone:
                raise
            except RemoteRefusal as refusal:
                log.warning("mirror.refused_together", first=bundle[0].id, code=refusal.code)
                self._apart.update(message.id for message in bundle)
            else:
                return
        for message in bundle:
            await self._show_one(tenant, topic, message, job)
            self._apart.discard(message.id)

    async def _show_together(self, tenant: Tenant, topic: Topic, bundle: Sequence[Message], job: Job) -> None:
        show = self._show_album if showing.is_album(bundle) else self._show_merged
        copies = await show(tenant, topic, bundle, job)
        async with self._store.write(tenant.id) as scope:
            await messages.add_copies(scope, *copies)
            await messages.set_shown(scope, *(message.id for message in bundle))
            await postings.end(scope, _names(bundle))

    async def _show_merged(self, tenant: Tenant, topic: Topic, bundle: Sequence[Message], job: Job) -> list[Copy]:
        what = Named(_names(bundle), topic.contact_id)
        lead = await self._surface.doubts.lead(tenant.id, what)
        text, spans = showing.merged(bundle, texts_for(tenant.locale), tenant.timezone, lead)
        post = Post(text=text)
        bot_id, post_id = await self._in_topic(tenant.id, topic, what, lambda desk, spot: desk.post(spot, post))
        return [Copy(span.message.id, topic.chat_id, post_id, 0, span.start, span.length, bot_id) for span in spans]

    async def _show_album(self, tenant: Tenant, topic: Topic, bundle: Sequence[Message], job: Job) -> list[Copy]:
        """Raises MediaRefused when a file is missing or has more words than a caption holds."""
        texts, posts = texts_for(tenant.locale), list[Post]()
        for message in bundle:
            shown, file = await self._files.for_desk(message, await self._files.of_customer(message, job))
            posts += showing.posts_of(shown, texts, file, None)
        if len(posts) != len(bundle) or not all(post.file for post in posts):
            raise MediaRefused("not all of them are files with a caption")
        what = Named(_names(bundle), topic.contact_id)
        _, posts[0] = await self._surface.doubts.honest(tenant.id, what, posts[0])
        bot_id, ids = await self._in_topic(tenant.id, topic, what, lambda desk, spot: desk.post_album(spot, posts))
        return [Copy(one.id, topic.chat_id, post_id, bot_id=bot_id) for one, post_id in zip(bundle, ids, strict=True)]

    async def _show_one(self, tenant: Tenant, topic: Topic, message: Message, job: Job) -> None:
        """What Telegram refuses in its own form is shown as a line that says so: nothing may block a topic."""
        texts = texts_for(tenant.locale)
        kept = await self._files.of_customer(message, job)
        message, file = await self._files.for_desk(message, kept)
        target = await self._target(tenant.id, topic, message)
        try:
            await self._post_parts(tenant.id, topic, message, showing.posts_of(message, texts, file, target))
        except MediaRefused as refused:
            instead = self._offer(tenant, message, kept, texts) if refused.code == "too_big" else showing.NOTHING
            await self._post_parts(tenant.id, topic, message, showing.posts_of(message, texts, None, target, instead))
        except TopicGone:
            raise
        except RemoteRefusal as refusal:
            log.warning("mirror.refused", message=message.id, code=refusal.code)
            await self._post_parts(tenant.id, topic, message, [showing.refused(message, texts, refusal.code)])

    def _offer(self, tenant: Tenant, message: Message, kept: Path | None, texts: Texts) -> RichText:
        """The line of a file that we have and Telegram does not take."""
        if kept is None:
            return showing.NOTHING
        link = self._sharing.to(tenant.id, message.id)
        return links.offer(message, sniff.size_of(kept), link, texts, tenant.timezone)

    async def _post_parts(self, tenant_id: TenantId, topic: Topic, message: Message, posts: Sequence[Post]) -> None:
        """Each part is kept once it is posted: a message of many parts goes on where a budget stopped it."""
        async with self._store.read(tenant_id) as scope:
            there = {copy.part for copy in await messages.copies_of(scope, message.id)}
        for part, post in enumerate(posts):
            if part in there:
                continue
            bot_id, post_id = await self.post(tenant_id, topic, Named(_names([message]), topic.contact_id), post)
            async with self._store.write(tenant_id) as scope:
                await messages.add_copies(scope, Copy(message.id, topic.chat_id, post_id, part, bot_id=bot_id))
                await postings.end(scope, _names([message]))
                if part == len(posts) - 1:
                    await messages.set_shown(scope, message.id)

    async def post(self, tenant_id: TenantId, topic: Topic, what: Named, post: Post) -> tuple[int, PostId]:
        """Into the topic, opening it again when it is closed, and without the quote when that is gone; and by whom."""
        line, last = await self._surface.doubts.honest(tenant_id, what, post)
        if line is not None:
            await self._in_topic(tenant_id, topic, Named(()), lambda desk, spot: desk.post(spot, line))
        try:
            return await self._in_topic(tenant_id, topic, what, lambda desk, spot: desk.post(spot, last))
        except ReplyTargetGone:
            bare = replace(last, reply_to=None, quote=None)
            return await self._in_topic(tenant_id, topic, what, lambda desk, spot: desk.post(spot, bare))

    async def _in_topic(
        self, tenant_id: TenantId, topic: Topic, what: Named, do: Callable[[Desk, Spot], Awaitable[T]]
    ) -> tuple[int, T]:
        """By whichever bot has room; which one it was is the first of the answer."""
        spot = Spot(topic.chat_id, topic.thread_id)
        try:
            noted = self._surface.doubts.noted(tenant_id, what, lambda desk: do(desk, spot))
            return await self._surface.share(tenant_id, topic.chat_id, noted)
        except TopicClosed as closed:
            await self._topics.reopen(tenant_id, topic)
            raise Later(self._store.clock()) from closed

    async def _target(self, tenant_id: TenantId, topic: Topic, message: Message) -> Target | None:
        """The post that shows the message this one answers."""
        if message.reply_to_id is None and message.reply_to_external is None:
            return None
        async with self._store.write(tenant_id) as scope:
            target = message.reply_to_id or await quoting.known_by_now(scope, message)
            return await quoting.target_of(scope, topic.chat_id, target) if target else None


def _name(message: Message) -> str:
    return f"message:{message.id}"


def _names(bundle: Sequence[Message]) -> tuple[str, ...]:
    return tuple(_name(message) for message in bundle)
