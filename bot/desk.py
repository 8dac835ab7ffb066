"""The Desk port on aiogram: what the house shows in Telegram. See `core.ports.Desk` for the promises."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from aiogram.methods import (
    CloseForumTopic,
    CreateForumTopic,
    DeleteMessage,
    EditMessageCaption,
    EditMessageText,
    GetChatMember,
    GetCustomEmojiStickers,
    GetForumTopicIconStickers,
    PinChatMessage,
    ReopenForumTopic,
    SetMessageReaction,
    TelegramMethod,
)
from aiogram.types import ReactionTypeEmoji

from bot import entities, posting
from bot.client import TelegramClient, fields_of, items_of
from core.errors import (
    GroupMoved,
    MediaRefused,
    QuoteGone,
    RemoteRefusal,
    ReplyTargetGone,
    TopicClosed,
    TopicGone,
    Uncertain,
)
from core.ids import ChatId, PostId, ThreadId
from core.message import Media
from core.ports import Post, Spot, Standing
from core.text import plain

log = structlog.get_logger(__name__)

TOPIC_NAME_LIMIT = 128
OPENING_SECONDS = 15
"""How long a topic may take to open. Short, because a whole customer waits; one that opens later is adopted."""
_VARIATION_SELECTOR = "\ufe0f"

_STANDINGS = {
    "creator": Standing.CREATOR,
    "administrator": Standing.ADMIN,
    "member": Standing.MEMBER,
}


class TelegramDesk:
    """Holds nothing but the client: what is shown where is the store's knowledge."""

    def __init__(self, client: TelegramClient) -> None:
        self._client = client
        self.bot_id = client.bot_id
        self._largest = posting.LARGEST_LOCAL_UPLOAD if client.local_files else posting.LARGEST_UPLOAD

    async def open_topic(self, chat: ChatId, name: str, color: int | None, icon: str | None) -> ThreadId:
        """Raises RemoteRefusal when the icon is not among `icons()`."""
        result = await self._client.call(
            CreateForumTopic(
                chat_id=chat,
                name=entities.sendable(name)[:TOPIC_NAME_LIMIT],
                icon_color=color,
                icon_custom_emoji_id=icon,
            ),
            OPENING_SECONDS,
        )
        return ThreadId(_number(result, "message_thread_id"))

    async def reopen_topic(self, chat: ChatId, thread: ThreadId) -> None:
        await self._client.call(ReopenForumTopic(chat_id=chat, message_thread_id=thread))

    async def close_topic(self, chat: ChatId, thread: ThreadId) -> None:
        await self._client.call(CloseForumTopic(chat_id=chat, message_thread_id=thread))

    def link(self, spot: Spot, post_id: PostId | None = None) -> str:
        """`t.me/c/` names a supergroup by its id without the leading -100."""
        chat = str(spot.chat).removeprefix("-100")
        place = f"https://t.me/c/{chat}/{spot.thread or 1}"
        return place if post_id is None else f"{place}/{post_id}"

    async def post(self, spot: Spot, post: Post) -> PostId:
        try:
            return await self._send(spot, post)
        except MediaRefused as refused:
            document = posting.as_document(post)
            if document is None or refused.code in {"too_big", "media_missing", "media_empty"}:
                raise
            return await self._send(spot, document)

    async def post_album(self, spot: Spot, posts: Sequence[Post]) -> tuple[PostId, ...]:
        shown = items_of(await self._client.upload(posting.album(spot, posts, self._largest)))
        if len(shown) != len(posts):
            raise Uncertain(f"{len(shown)} answers for {len(posts)} files")
        return tuple(PostId(_number(item, "message_id")) for item in shown)

    async def edit(self, chat: ChatId, post_id: PostId, post: Post) -> None:
        """Only words and buttons: a file stays what it is. An edit that changes nothing is no error."""
        written = entities.write(post.text)
        markup = posting.keyboard(post.buttons)
        common: dict[str, Any] = {"chat_id": chat, "message_id": post_id, "reply_markup": markup}
        method: TelegramMethod[Any]
        if post.content is not None and post.content.media is not None:
            method = EditMessageCaption(**common, caption=written.text, caption_entities=written.entities or None)
        else:
            method = EditMessageText(
                **common,
                text=written.text or entities.BLANK,
                entities=written.entities or None,
                link_preview_options=posting.NO_PREVIEW,
            )
        await self._client.call(method)

    async def pin(self, chat: ChatId, post_id: PostId) -> None:
        """Raises Unsupported when the bot may not pin: a desk works without."""
        await self._client.call(PinChatMessage(chat_id=chat, message_id=post_id, disable_notification=True))

    async def delete(self, chat: ChatId, post_id: PostId) -> None:
        """Raises Unsupported when the bot may not delete what others wrote."""
        await self._client.call(DeleteMessage(chat_id=chat, message_id=post_id))

    async def base_emoji(self, custom_id: str) -> str:
        stickers = items_of(await self._client.call(GetCustomEmojiStickers(custom_emoji_ids=[custom_id])))
        return str(stickers[0].get("emoji") or "") if stickers else ""

    async def mark(self, chat: ChatId, post_id: PostId, emoji: str | None) -> None:
        """Telegram's list of reactions is written without U+FE0F, what keyboards produce is not."""
        shown = [ReactionTypeEmoji(emoji=emoji.replace(_VARIATION_SELECTOR, ""))] if emoji else []
        await self._client.call(SetMessageReaction(chat_id=chat, message_id=post_id, reaction=list(shown)))

    async def fetch(self, media: Media, target: Path, max_bytes: int) -> Media:
        size, sha256 = await self._client.download(media.ref, target, max_bytes)
        return replace(media, size=size, sha256=sha256)

    async def standing(self, chat: ChatId, user_id: int) -> Standing:
        try:
            member = fields_of(await self._client.call(GetChatMember(chat_id=chat, user_id=user_id)))
        except RemoteRefusal as refusal:
            if _is_no_member(refusal):
                return Standing.OUTSIDE
            raise
        status = member.get("status")
        if status == "restricted" and member.get("is_member"):
            return Standing.MEMBER
        return _STANDINGS.get(str(status), Standing.OUTSIDE)

    async def icons(self) -> Mapping[str, str]:
        stickers = items_of(await self._client.call(GetForumTopicIconStickers()))
        return {
            sticker["emoji"].replace(_VARIATION_SELECTOR, ""): sticker["custom_emoji_id"]
            for sticker in stickers
            if sticker.get("emoji") and sticker.get("custom_emoji_id")
        }

    async def _send(self, spot: Spot, post: Post) -> PostId:
        try:
            return await self._send_once(spot, post)
        except QuoteGone:
            return await self._send_once(spot, replace(post, quote=None))
        except (TopicGone, TopicClosed, ReplyTargetGone, GroupMoved):
            raise
        except RemoteRefusal as refusal:
            simpler = _simpler(post, refusal)
            if simpler is None:
                raise
            log.warning("desk.simplified", code=refusal.code, detail=refusal.detail)
            return await self._send(spot, simpler)

    async def _send_once(self, spot: Spot, post: Post) -> PostId:
        method = posting.method_of(spot, post, self._largest)
        result = await (self._client.upload(method) if post.file is not None else self._client.call(method))
        return PostId(_number(result, "message_id"))


def _simpler(post: Post, refusal: RemoteRefusal) -> Post | None:
    """The same words without what was refused; None when nothing can be left out."""
    if refusal.code == "bad_entities" and post.text.marks:
        return replace(post, text=plain(post.text.text))
    if refusal.code == "bad_buttons" and post.buttons:
        return replace(post, buttons=())
    if post.only_for is not None:
        return replace(post, only_for=None)  # a server without ephemeral posts
    return None


def _number(result: Any, field: str) -> int:
    """An id out of an answer. An "ok" without it means: done, but nobody knows where."""
    value = fields_of(result).get(field)
    if not isinstance(value, int | str):
        raise Uncertain(f"an answer without {field}")
    return int(value)


def _is_no_member(refusal: RemoteRefusal) -> bool:
    words = refusal.detail.lower()
    return any(each in words for each in ("user not found", "member not found", "participant", "user_id_invalid"))
