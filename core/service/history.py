"""What was said last, told again in a topic that had to be made anew because staff deleted the old one.

One post, however much was said: each message is a line with its time and its speaker, long ones shortened. The
lines are copies of their messages, so a reply to the post finds what it answers.
"""

from collections.abc import Mapping, Sequence

import structlog

from core.errors import RemoteRefusal, TopicGone
from core.i18n import Texts, texts_for
from core.ids import ContactId, MessageId, StaffId, TopicId
from core.jobs import Job
from core.message import Direction, Kind
from core.people import Tenant, Topic
from core.ports import Post, Spot
from core.service import showing
from core.service.doubts import Named
from core.service.showing import Span
from core.service.surface import Surface
from core.service.topics import Topics
from core.store import contacts, desks, messages, postings, topics
from core.store.messages import Copy, Message
from core.store.scope import TenantScope
from core.store.store import Store
from core.text import RichText, bold, italic, plain, utf16_len
from core.work.limits import Spend

log = structlog.get_logger(__name__)

LONGEST_LINE = 300
"""UTF-16 units of one message's words here; the whole text stays in the database."""


class History:
    def __init__(self, store: Store, surface: Surface, topic_service: Topics) -> None:
        self._store = store
        self._surface = surface
        self._topics = topic_service

    async def tell(self, job: Job) -> None:
        """Into the topic it was meant for and no other: the next one gets a history of its own."""
        assert job.tenant_id is not None  # noqa: S101 - history jobs are a tenant's
        async with self._store.read(job.tenant_id) as scope:
            tenant = await desks.get_tenant(scope)
            topic = await topics.topic_of(scope, ContactId(job.payload["contact"]))
            heard = [await messages.get(scope, MessageId(each)) for each in job.payload["messages"]]
            texts = texts_for(tenant.locale)
            said = [showing.as_it_stands(each, texts, keeps_deleted=tenant.keeps_deleted) for each in heard]
            names = await speakers(scope, said, texts_for(tenant.locale))
        copies: list[Copy] = []
        if topic is not None and topic.id == TopicId(job.payload["topic"]):
            title = texts_for(tenant.locale).t(job.payload.get("title", "history.title"))
            copies = await self._post(tenant, topic, said, names, title)
        async with self._store.settle(job) as scope:
            await postings.end(scope, [_name(TopicId(job.payload["topic"]))])
            await messages.add_copies(scope, *copies)

    async def _post(
        self, tenant: Tenant, topic: Topic, said: Sequence[Message], names: Mapping[str, str], title: str
    ) -> list[Copy]:
        texts, what = texts_for(tenant.locale), Named((_name(topic.id),), topic.contact_id)
        lead = await self._surface.doubts.lead(tenant.id, what)
        text, spans = retold(said, names, texts, tenant.timezone, lead + bold(title))
        spot, post = Spot(topic.chat_id, topic.thread_id), Post(text=text, silent=True)
        try:
            noted = self._surface.doubts.noted(tenant.id, what, lambda desk: desk.post(spot, post))
            post_id = await self._surface.call(tenant.id, topic.chat_id, Spend.POST, noted, spare=True)
        except TopicGone:
            await self._topics.lose(tenant.id, topic)
            return []
        except RemoteRefusal as refusal:
            log.warning("history.refused", code=refusal.code)
            return []
        return [Copy(span.message.id, topic.chat_id, post_id, 0, span.start, span.length) for span in spans]


async def speakers(scope: TenantScope, said: Sequence[Message], texts: Texts) -> dict[str, str]:
    """Author → the name to show."""
    names: dict[str, str] = {}
    for message in said:
        author = message.author
        if author in names:
            continue
        if message.direction is Direction.IN:
            contact = await contacts.get_contact(scope, message.contact_id)
            names[author] = contact.name or texts.t("history.customer")
        elif author.startswith("staff:"):
            staff_id = StaffId(int(author.removeprefix("staff:")))
            names[author] = await desks.staff_name(scope, staff_id) or texts.t("history.staff")
        else:
            names[author] = texts.t("history.staff")
    return names


def retold(
    said: Sequence[Message],
    names: Mapping[str, str],
    texts: Texts,
    timezone: str,
    head: RichText,
) -> tuple[RichText, list[Span]]:
    """One text of all that was said, a date where a new day begins; and where each message's words stand."""
    text, spans, day = head, list[Span](), ""
    for message in said:
        date = texts.date(message.said_at, timezone)
        if date != day:
            text, day = text + plain("\n") + italic(date), date
        text = text + plain("\n") + italic(texts.time(message.said_at, timezone))
        text = text + plain("  ") + bold(shortened(names[message.author], 40)) + plain("  ")
        words = _words(message, texts)
        spans.append(Span(message, len(text.text), len(words.text)))
        text = text + words
    return text, spans


def _words(message: Message, texts: Texts) -> RichText:
    """The words; a file is named by its kind, since it is not posted again."""
    content = message.content
    if content.kind in {Kind.TEXT, Kind.NOTICE, Kind.REACTION, Kind.ORDER, Kind.POLL}:
        words = showing.words_of(content, texts)
        if content.notice is not None:
            words = italic(showing.notice_text(content.notice.code, content.notice.detail, texts)) + words
    else:
        gap = plain(" ") if content.text else RichText()
        kind, expired = texts.kind(content.kind), content.media is not None and content.media.expired
        named = texts.t("show.file_expired", kind=kind) if expired else kind
        words = italic(f"[{named}]") + gap + content.text
    cut = words.split(LONGEST_LINE)[0] if utf16_len(words.text) > LONGEST_LINE else words
    return cut if cut is words else cut + plain("…")


def shortened(name: str, most: int) -> str:
    return name if utf16_len(name) <= most else plain(name).split(most)[0].text + "…"


def _name(topic_id: TopicId) -> str:
    return f"history:{topic_id}"
