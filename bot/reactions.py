"""Reactions of people in the group: they go to the customer. Telegram names the post, but no topic."""

from collections.abc import Sequence

from aiogram.types import MessageReactionUpdated, ReactionTypeCustomEmoji, ReactionTypeEmoji

from bot.act import Act
from bot.ask import ANONYMOUS_ADMIN
from bot.house import House
from core.errors import DeskError, LineTrouble, UserMistake
from core.ids import ChatId
from core.service import reacting
from core.service.access import Person
from core.store import desks, messages


async def on_reaction(house: House, act: Act, update: MessageReactionUpdated) -> None:
    """Quietly nothing where it is about no customer's message, or of somebody without a voice."""
    chat = ChatId(update.chat.id)
    async with house.store.read_across_tenants() as system:
        tenant_id = await desks.tenant_of_chat(system, chat)
    if tenant_id is None:
        return
    async with house.store.read(tenant_id) as scope:
        copies = await messages.copies_at(scope, chat, update.message_id)
    if not copies:
        return
    try:
        staff = await house.access.speaker(tenant_id, chat, _person(update))
    except UserMistake:
        return
    emoji = await _emoji(house, update.new_reaction)
    async with act.transaction(tenant_id) as scope:
        target = await messages.get(scope, copies[-1].message_id)
        if target.gone_at is None:
            await reacting.react(scope, staff, target, emoji)


def _person(update: MessageReactionUpdated) -> Person:
    if update.user is None:
        return Person(ANONYMOUS_ADMIN, update.actor_chat.title or "" if update.actor_chat else "", True)
    return Person(update.user.id, update.user.full_name)


async def _emoji(house: House, given: Sequence[object]) -> str:
    """The newest that a phone can show: of a custom emoji the plain one behind it; a paid star says nothing."""
    for reaction in reversed(given):
        if isinstance(reaction, ReactionTypeEmoji):
            return reaction.emoji
        if isinstance(reaction, ReactionTypeCustomEmoji):
            base = await _base(house, reaction.custom_emoji_id)
            if base:
                return base
    return ""


async def _base(house: House, custom_id: str) -> str:
    try:
        return await house.surface.desk.base_emoji(custom_id)
    except LineTrouble:
        raise  # our own token: the reaction waits
    except DeskError:
        return ""
