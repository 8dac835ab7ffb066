"""Which handler serves which update. One command table behind one test, instead of a filter per command."""

from aiogram import Dispatcher, Router
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, MessageReactionUpdated

from bot import edits, membership, presses, reactions, topics
from bot.act import Act
from bot.ask import ask_about
from bot.commands import run_command
from bot.house import House


def build_dispatcher(house: House) -> Dispatcher:
    dispatcher = Dispatcher()
    dispatcher.include_router(_router(house))
    return dispatcher


def _router(house: House) -> Router:
    router = Router()

    async def on_message(message: Message, act: Act) -> None:
        if message.migrate_to_chat_id is not None:
            await membership.moved(house, message.chat.id, message.migrate_to_chat_id)
            return
        ask = await ask_about(house, act, message, message.from_user)
        if (message.text or "").startswith("/") and not (message.text or "").startswith("//"):
            await run_command(ask)
        elif ask.topic is not None:
            await topics.on_post(ask)
        elif message.forum_topic_created:
            await topics.on_opening(ask)
        elif topics.is_left_over(ask):
            await topics.on_left_over(ask)

    async def on_press(query: CallbackQuery, act: Act) -> None:
        await presses.on_press(house, act, query)

    async def on_me(change: ChatMemberUpdated) -> None:
        await membership.about_me(house, change)

    async def on_member(change: ChatMemberUpdated) -> None:
        await membership.about_member(house, change)

    router.message.register(on_message)
    router.callback_query.register(on_press)
    router.my_chat_member.register(on_me)
    router.chat_member.register(on_member)
    _register_changes(router, house)
    return router


def _register_changes(router: Router, house: House) -> None:
    """What people do to what was said before."""

    async def on_edit(message: Message, act: Act) -> None:
        ask = await ask_about(house, act, message, message.from_user)
        if ask.topic is not None:
            await edits.on_edit(ask)

    async def on_reaction(update: MessageReactionUpdated, act: Act) -> None:
        await reactions.on_reaction(house, act, update)

    router.edited_message.register(on_edit)
    router.message_reaction.register(on_reaction)
