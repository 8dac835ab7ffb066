"""What people do in the sandbox: write, edit, delete, react, press buttons, manage topics."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import (
    commands,
    defaults,
    delivery,
    entities,
    media,
    messages,
    polls,
    posting,
    reactions,
    topics,
    utf16,
    views,
)
from sandbox.telegram.chats import Chat, General, Message, Topic
from sandbox.telegram.control import View, WorldControl, decoded
from sandbox.telegram.errors import SimError, bad_request
from sandbox.telegram.files import Upload
from sandbox.telegram.messages import Draft
from sandbox.telegram.people import User
from sandbox.telegram.state import CallbackPress

PLAIN_KINDS = ("location", "contact", "venue", "dice", "poll")


class TalkControl(WorldControl):
    """`chat` is a group's id (default: the default group) or a person's id for the private chat with the bot."""

    def message(  # noqa: PLR0913 - the wishes of one control call
        self, *, text: str | None = None, sender: int | None = None, chat: int | None = None,
        thread: int | None = None, reply_to: int | None = None, quote: str | None = None,
        media: dict[str, Any] | None = None, album: list[dict[str, Any]] | None = None,
        entities: list[dict[str, Any]] | None = None, parse_mode: str | None = None,
        bot: int | None = None, **plain: dict[str, Any],
    ) -> View:  # fmt: skip
        """A person writes. `media`: {kind, name, mime, base64 or file, duration, caption …}; `album`: list of those.

        `location`, `contact`, `venue`, `dice`, `poll`: the Bot API's object. Answers the message; for an album a list.
        """
        place = self._chat(chat, bot)
        who = place.peer if place.peer and sender is None else self.state.user(sender or defaults.OWNER_ID)
        draft = Draft("text", {}, thread, self._replied(place, reply_to))
        self._check_may_write(place, who, draft)
        if quote and draft.reply_to:
            before = draft.reply_to.text.partition(quote)[0] if quote in draft.reply_to.text else ""
            draft.quote = {"text": quote, "position": utf16.length(before), "is_manual": True}
        words = (text or "", parse_mode, entities)
        if album:
            return {"messages": [self._post(place, who, d) for d in self._album(draft, place, album, words)]}
        self._fill(draft, place, words, media, plain)
        alone = commands.ephemeral_for(self.state, place, who, text or "")
        draft.receiver = alone.user if alone else None
        return self._post(place, who, draft)

    def command(self, *, text: str, **where: Any) -> View:
        """A person sends a command; the same as a message whose text begins with a slash."""
        return self.message(text=text if text.startswith("/") else f"/{text}", **where)

    def edit(
        self, *, message: int, text: str, sender: int | None = None, chat: int | None = None,
        bot: int | None = None, parse_mode: str | None = None,
    ) -> View:  # fmt: skip
        """A person edits the text or caption of his own message."""
        found = self._message(self._chat(chat, bot), message)
        if found.sender.is_bot or (sender is not None and sender != found.sender.id):
            raise SimError("people edit only their own messages")
        plain, marks = entities.formatted(text, parse_mode, None)
        names = ("text", "entities") if found.content == "text" else ("caption", "caption_entities")
        messages.change(self.state, found, dict(zip(names, (plain or None, marks or None), strict=True)))
        return views.message_view(self.state, found)

    def move(self, *, message: int, latitude: float, longitude: float, chat: int | None = None) -> View:
        """A person's live location goes on: the message is edited."""
        found = self._message(self._chat(chat, None), message)
        place = found.wire.get("location", {})
        if "live_period" not in place:
            raise SimError("not a live location")
        messages.change(self.state, found, {"location": {**place, "latitude": latitude, "longitude": longitude}})
        return views.message_view(self.state, found)

    def delete(
        self, *, message: int, chat: int | None = None, sender: int = defaults.OWNER_ID, bot: int | None = None
    ) -> View:
        """A person deletes a message: his own, or any with the right. No update is sent, as in reality."""
        place = self._chat(chat, bot)
        found = self._message(place, message)
        member = place.members.get(sender)
        if found.sender.id != sender and not (member and (place.is_private or member.may("can_delete_messages"))):
            raise SimError("not enough rights to delete the message")
        messages.remove(self.state, place, [found])
        return {"id": message}

    def react(
        self, *, message: int, emoji: str | list[str] | None = None, sender: int = defaults.OWNER_ID,
        chat: int | None = None, bot: int | None = None,
    ) -> View:  # fmt: skip
        """A person sets his reactions; none takes them back."""
        found = self._message(self._chat(chat, bot), message)
        wanted = [emoji] if isinstance(emoji, str) else emoji or []
        forms = [{"type": "emoji", "emoji": e} for e in wanted]
        checked = reactions.checked(found, forms, most=reactions.MOST_PER_PERSON)
        reactions.react(self.state, found, self.state.user(sender), checked)
        return views.message_view(self.state, found)

    def tap(
        self, *, button: str, message: int | None = None, ephemeral: int | None = None,
        sender: int = defaults.OWNER_ID, chat: int | None = None, bot: int | None = None,
    ) -> View:  # fmt: skip
        """A person presses an inline button, named by its text or its callback_data. Answers {press_id}."""
        place, who = self._chat(chat, bot), self.state.user(sender)
        found = place.ephemeral.get(ephemeral) if ephemeral else self._message(place, message or 0)
        if found is None or views.seen_only_by(found) not in (None, sender):
            raise SimError("no such ephemeral message for this person")
        data = _button_data(found, button)
        press = CallbackPress(
            str(4_000_000_000_000_000 + self.state.number()), who, found.sender.id, place, found.id,
            self.state.clock.now(), ephemeral_id=found.ephemeral_id,
        )  # fmt: skip
        self.state.remember_press(press)
        query = {"id": press.id, "from": who.wire(), "message": found.form(), "data": data}
        query["chat_instance"] = str(abs(place.id) * 31 % 10**18)
        delivery.push(self.state, self.state.bots[found.sender.id], "callback_query", query)
        return {"press_id": press.id, "data": data}

    def press(self, *, press_id: str) -> View:
        """How a press was answered: {answered, text, show_alert, url}."""
        press = self.state.presses.get(press_id)
        if press is None:
            raise SimError("no such press")
        return {"press_id": press_id, "answered": press.answer is not None, **(press.answer or {})}

    def topic(  # noqa: PLR0913 - the wishes of one control call
        self, *, action: str, thread: int | None = None, name: str | None = None, icon: str | None = None,
        icon_color: int | None = None, sender: int = defaults.OWNER_ID, chat: int | None = None,
    ) -> View:  # fmt: skip
        """create, rename, close, reopen, delete a topic (thread null = General), or hide, unhide General."""
        place, who = self._group(chat), self.state.user(sender)
        if not place.is_forum:
            raise SimError("the chat is not a forum")
        if action == "create":
            self._need_topic_right(place, who, None)
            made = topics.create(self.state, place, who, name or "", icon_color, icon)
            return views.topic_view(self.state, place, made)
        found = place.general if thread is None else topics.find(place, thread)
        self._need_topic_right(place, who, found)
        self._change_topic(place, who, found, action, name, icon)
        return views.topic_view(self.state, place, found)

    def _change_topic(
        self, chat: Chat, who: User, found: Topic | General, action: str, name: str | None, icon: str | None
    ) -> None:
        if action in ("close", "reopen"):
            topics.set_closed(self.state, chat, who, found, closed=action == "close")
        elif isinstance(found, Topic) and action == "rename":
            topics.edit(self.state, chat, who, found, name, icon)
        elif isinstance(found, Topic) and action == "delete":
            topics.delete(self.state, chat, found)
        elif isinstance(found, General) and action in ("hide", "unhide"):
            topics.set_hidden(self.state, chat, who, hidden=action == "hide")
        elif isinstance(found, General) and action == "rename":
            topics.rename_general(self.state, chat, who, name or "")
        else:
            raise SimError(f"a topic cannot be told to {action}")

    def _need_topic_right(self, chat: Chat, who: User, topic: Topic | General | None) -> None:
        member = chat.member(who.id)
        own = isinstance(topic, Topic) and topic.creator_id == who.id
        if member is None or not (own or member.may("can_manage_topics")):
            raise SimError("not enough rights to manage topics in the chat")

    def _check_may_write(self, chat: Chat, who: User, draft: Draft) -> None:
        member = chat.member(who.id)
        if member is None:
            raise SimError("the person is not a member of the chat")
        if not member.may_write(chat.permissions):
            raise SimError("not enough rights to send text messages to the chat")
        if draft.reply_to and draft.thread_id is None:
            draft.thread_id = draft.reply_to.thread_id
        topic = chat.place(draft.thread_id)
        if topic is None:
            raise SimError("message thread not found")
        if chat.is_forum and topic.closed and not member.may("can_manage_topics"):
            raise SimError("TOPIC_CLOSED")

    def _post(self, chat: Chat, who: User, draft: Draft) -> View:
        return views.message_view(self.state, messages.post(self.state, chat, who, draft))

    def _fill(
        self, draft: Draft, chat: Chat, words: tuple[str, str | None, list[dict[str, Any]] | None],
        file: dict[str, Any] | None, plain: dict[str, dict[str, Any]],
    ) -> None:  # fmt: skip
        """Give a draft its content from what the control call named."""
        for name, value in plain.items():
            if name not in PLAIN_KINDS:
                raise SimError(f"unknown field {name}")
            whole = polls.made(self.state.number(), value) if name == "poll" else value
            draft.content, draft.fields[name] = name, whole
        text, marks = entities.formatted(*words)
        if file:
            draft.content, carried = self._media_fields(chat, file)
            caption = {**file, "caption": file.get("caption") or text, "caption_entities": marks}
            draft.fields |= carried | posting.given(posting.caption_of({**caption, "parse_mode": None}, {}))
        elif not plain:
            if not text:
                raise SimError("a message needs text, media, location or contact")
            entities.check_length(text, entities.LONGEST_TEXT, "message is too long")
            draft.fields |= posting.given({"text": text, "entities": marks or None})

    def _album(
        self, draft: Draft, chat: Chat, items: list[dict[str, Any]], words: tuple[str, str | None, Any]
    ) -> list[Draft]:
        """One draft per file, tied by media_group_id; the text becomes the first one's caption."""
        group, drafts = self.state.album_id(), []
        for index, item in enumerate(items):
            one = Draft("text", {"media_group_id": group}, draft.thread_id, draft.reply_to, draft.quote)
            self._fill(one, chat, words if index == 0 else ("", None, None), item, {})
            drafts.append(one)
        return drafts

    def _media_fields(self, chat: Chat, file: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        kind = file.get("kind", "document")
        if kind not in media.KINDS:
            raise SimError(f"media kind must be one of {', '.join(media.KINDS)}")
        stored = self.state.files.by_number(int(file["file"])) if "file" in file else None
        if stored is None:
            stored = media.store(self.state, kind, _upload(kind, file))
        seen_by = self.state.bots_in(chat)
        bot_id = seen_by[0].id if seen_by else 0
        hidden = {"has_media_spoiler": True} if file.get("spoiler") else {}
        return kind, media.fields(self.state, bot_id, kind, stored, file) | hidden

    def _message(self, chat: Chat, message_id: int) -> Message:
        found = chat.messages.get(message_id)
        if found is None:
            raise SimError(f"no message {message_id} in chat {chat.id}")
        return found

    def _replied(self, chat: Chat, reply_to: int | None) -> Message | None:
        return self._message(chat, reply_to) if reply_to else None


def _upload(kind: str, file: dict[str, Any]) -> Upload:
    given = file.get("data")
    data = given if isinstance(given, bytes) else decoded(file.get("base64") or "")
    if not data:
        raise bad_request("file must be non-empty")
    return Upload(file.get("name") or kind, file.get("mime") or "", data)


def _button_data(message: Message, wanted: str) -> str:
    """callback_data of the button that shows or carries `wanted`."""
    rows = message.wire.get("reply_markup", {}).get("inline_keyboard", [])
    for button in (b for row in rows for b in row):
        if wanted in (button.get("callback_data"), button["text"]) and not button.get("disabled"):
            if "callback_data" not in button:
                raise SimError("this button sends no callback")
            return str(button["callback_data"])
    raise SimError(f"the message has no button {wanted!r}")
