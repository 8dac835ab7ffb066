"""What people write in a customer's topic: words for the customer, or notes for the house."""

from dataclasses import replace

from aiogram.types import Message

from bot.ask import Ask
from bot.rendering import answered_words, content_of, quoted, replied_to, unsupported_kind
from core.errors import UserMistake
from core.ids import PostId, TenantId, ThreadId
from core.message import Content, Kind
from core.people import Staff, Topic
from core.service import moving, notes, reply
from core.service.reply import Said
from core.service.saying import NOTED
from core.store import topics
from core.store.scope import TenantScope


async def on_post(ask: Ask) -> None:
    """Something new in a customer's topic: staff's words, or Telegram's about the topic itself."""
    message = ask.message
    if message.forum_topic_closed or message.forum_topic_reopened:
        await on_closing(ask)
    elif message.forum_topic_edited:
        await on_renaming(ask, message.forum_topic_edited.name)
    else:
        await on_words(ask)


async def on_words(ask: Ask) -> None:
    assert ask.tenant_id is not None  # noqa: S101 - there is a topic, so there is a tenant
    assert ask.topic is not None  # noqa: S101
    content = content_of(ask.message)
    if content is None:
        _refuse_kind(ask)
        return
    try:
        staff = await ask.house.access.speaker(ask.tenant_id, ask.chat, ask.person)
        async with ask.act.transaction(ask.tenant_id) as scope:
            await _take(ask, scope, ask.topic, staff, content)
    except UserMistake as mistake:
        await _explain(ask, ask.tenant_id, mistake)


async def _take(ask: Ask, scope: TenantScope, topic: Topic, staff: Staff, content: Content) -> None:
    public, internal = notes.split(content.text)
    if internal and await notes.add(scope, topic, staff, internal, f"{ask.said_origin}:note"):
        ask.react(NOTED)
    if not public and (content.kind is Kind.TEXT or internal):
        return
    if topic.has_moved:
        words = public.text or f"[{ask.texts.kind(content.kind)}]"
        ask.say(await moving.pass_on(scope, ask.house.surface.desk, topic, staff, words, ask.texts))
    else:
        said = Said(
            ask.chat,
            PostId(ask.message.message_id),
            replace(content, text=public),
            replied_to(ask.message),
            quoted(ask.message),
            answered=answered_words(ask.message),
            may_ask=ask.message.media_group_id is None,
        )
        await reply.say(scope, ask.house.lines, topic, staff, said)
        if await reply.is_shown_openly(scope, ask.house.lines, topic, content):
            ask.say(ask.texts.t("topic.not_hidden"), once=f"hidden:{ask.message.media_group_id or ask.said_origin}")
        if content.place is not None and content.place.live_seconds:
            ask.say(ask.texts.t("topic.live_location"))


async def on_closing(ask: Ask) -> None:
    """Somebody closed the topic or opened it again. Only this tells: Telegram lets our bot write in closed topics."""
    assert ask.tenant_id is not None  # noqa: S101 - there is a topic, so there is a tenant
    assert ask.topic is not None  # noqa: S101
    async with ask.act.transaction(ask.tenant_id) as scope:
        await topics.set_closed(scope, ask.topic.id, closed=ask.message.forum_topic_closed is not None)


async def on_renaming(ask: Ask, name: str | None) -> None:
    """Staff's name wins: the topic keeps it, also when it has to be made anew. No name: only the icon changed."""
    assert ask.tenant_id is not None  # noqa: S101 - there is a topic, so there is a tenant
    assert ask.topic is not None  # noqa: S101
    if name:
        async with ask.act.transaction(ask.tenant_id) as scope:
            await topics.set_name(scope, ask.topic.id, name)


def is_left_over(ask: Ask) -> bool:
    """We opened this topic, but no row says for whom: the process died, or the answer was lost, in between.

    Bot API: what is written in a topic answers the service message that opened it, unless it answers another one.
    """
    opening = ask.message.reply_to_message
    if ask.tenant_id is None or ask.topic is not None or opening is None or opening.from_user is None:
        return False
    return opening.forum_topic_created is not None and opening.from_user.id == ask.house.client.bot_id


async def on_left_over(ask: Ask) -> None:
    """It becomes the customer's topic, if their own is still awaited. If they have another by now nobody reads here:
    say so, or an answer would be lost in silence.
    """
    assert ask.message.reply_to_message is not None  # noqa: S101 - asked by `is_left_over`
    topic = await _adopt(ask, ask.message.reply_to_message)
    if topic is not None:
        await on_post(replace(ask, topic=topic))
    else:
        ask.say(ask.texts.t("topic.left_over"), to_all=True)


async def on_opening(ask: Ask) -> None:
    """Telegram tells us of our own topics, too; most are known by the answer that opened them."""
    sender = ask.message.from_user
    if ask.tenant_id is not None and sender is not None and sender.id == ask.house.client.bot_id:
        await _adopt(ask, ask.message)


async def _adopt(ask: Ask, opening: Message) -> Topic | None:
    assert ask.tenant_id is not None  # noqa: S101 - asked by both callers
    thread, created = opening.message_thread_id or opening.message_id, opening.forum_topic_created
    if created is None:
        return None
    async with ask.house.store.write(ask.tenant_id) as scope:
        return await ask.house.topics.adopt(scope, ask.chat, ThreadId(thread), created.name)


def _refuse_kind(ask: Ask) -> None:
    kind = unsupported_kind(ask.message)
    if kind is not None:
        ask.say(ask.texts.t("topic.kind_not_sent", kind=ask.texts.kind(kind)))


async def _explain(ask: Ask, tenant_id: TenantId, mistake: UserMistake) -> None:
    """Whoever has no voice here is told once, not at each message."""
    if mistake.code == "not_staff":
        staff = await ask.house.access.staff(tenant_id, ask.chat, ask.person)
        if not await ask.house.access.tell_once(tenant_id, staff):
            return
    ask.say(ask.texts.error(mistake.code, **mistake.values))
