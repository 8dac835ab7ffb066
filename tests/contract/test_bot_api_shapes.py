"""Everything the sandbox Bot API answers and emits is read by aiogram (strictly) and by python-telegram-bot.

The client checks each request, answer and update (see bot_api.py); these tests walk through all that can be said.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sandbox.telegram import TelegramSandbox
from sandbox.telegram.defaults import AGENT_ID, OWNER_ID, VIEWER_ID
from tests.contract.bot_api import CheckedClient, ogg, open_telegram, png

KEYBOARD = {
    "inline_keyboard": [
        [
            {"text": "Send", "callback_data": "c:send:1", "style": "success"},
            {"text": "Edit", "callback_data": "c:edit:1"},
        ],
        [{"text": "Open", "url": "https://example.org/"}, {"text": "Copy", "copy_text": {"text": "abc"}}],
    ]
}


def kinds(updates: list[dict[str, Any]]) -> list[str]:
    """What the updates are, service messages by their field."""
    service = ("forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened")
    named = (*service, "pinned_message", "new_chat_members", "left_chat_member", "new_chat_title")
    found = []
    for update in updates:
        kind = next(name for name in update if name != "update_id")
        found.append(next((name for name in named if name in update[kind]), kind))
    return found


async def test_text_with_everything_about_it() -> None:
    async with open_telegram() as (_, api):
        topic = await api.createForumTopic(name="Ben 0042", icon_color=9367192)
        thread = topic["message_thread_id"]
        first = await api.sendMessage(
            text="<b>hi</b>", parse_mode="HTML", message_thread_id=thread, reply_markup=KEYBOARD
        )
        reply = await api.sendMessage(
            text="again",
            reply_parameters={"message_id": first["message_id"], "quote": "hi"},
            link_preview_options={"is_disabled": True},
            protect_content=True,
        )
        assert reply["message_thread_id"] == thread
        assert reply["reply_to_message"]["message_id"] == first["message_id"]
        assert reply["quote"]["text"] == "hi"
        edited = await api.editMessageText(message_id=first["message_id"], text="new", reply_markup=KEYBOARD)
        assert edited["edit_date"]
        assert "reply_markup" not in await api.editMessageReplyMarkup(message_id=first["message_id"])
        assert await api.deleteMessage(message_id=reply["message_id"]) is True


async def test_files_go_up_and_come_down() -> None:
    picture = png(1200, 800)
    async with open_telegram() as (_, api):
        sent = await api.call(
            "sendPhoto", chat_id=api.tg.group_id, photo="attach://a", caption="*x*", parse_mode="MarkdownV2",
            files={"a": picture},
        )  # fmt: skip
        assert [s["width"] for s in sent["photo"]] == [320, 1200]
        file = await api.getFile(file_id=sent["photo"][-1]["file_id"])
        assert file["file_size"] == len(picture)
        assert await api.download(file["file_path"]) == picture
        again = await api.sendPhoto(photo=sent["photo"][-1]["file_id"])
        assert again["photo"][-1]["file_unique_id"] == sent["photo"][-1]["file_unique_id"]


@pytest.mark.parametrize(
    ("method", "field", "name", "data"),
    [
        ("sendDocument", "document", "报告.pdf", b"%PDF-1.4"),
        ("sendVideo", "video", "clip.mp4", b"\0\0\0 ftyp"),
        ("sendAudio", "audio", "song.mp3", b"ID3"),
        ("sendVoice", "voice", "note.ogg", ogg(7)),
        ("sendVideoNote", "video_note", "round.mp4", b"\0\0\0 ftyp"),
        ("sendAnimation", "animation", "moving.gif", b"GIF89a\x10\0\x10\0"),
        ("sendSticker", "sticker", "cat.webp", b"RIFF\0\0\0\0WEBPVP8L"),
    ],
)
async def test_every_kind_of_file(method: str, field: str, name: str, data: bytes) -> None:
    async with open_telegram() as (_, api):
        sent = await api.call(method, **{field: f"attach://{name}"}, files={name: data})
        assert sent[field]["file_size"] == len(data)
        if field == "voice":
            assert sent["voice"]["duration"] == 7
        if field == "document":
            assert sent["document"]["file_name"] == name


async def test_albums_and_replacing_a_file() -> None:
    async with open_telegram() as (_, api):
        media = [{"type": "photo", "media": "attach://a", "caption": "one"}, {"type": "photo", "media": "attach://b"}]
        album = await api.call("sendMediaGroup", media=media, files={"a": png(10, 10), "b": png(20, 20)})
        assert len({m["media_group_id"] for m in album}) == 1
        changed = await api.call(
            "editMessageMedia",
            message_id=album[0]["message_id"],
            media={"type": "document", "media": "attach://c", "caption": "two"},
            files={"c": b"text"},
        )
        assert "photo" not in changed
        assert changed["caption"] == "two"
        assert (await api.editMessageCaption(message_id=album[1]["message_id"], caption="x"))["caption"] == "x"


async def test_places_people_polls_and_rich_text() -> None:
    async with open_telegram() as (_, api):
        await api.sendLocation(latitude=31.23, longitude=121.47)
        await api.sendVenue(latitude=31.23, longitude=121.47, title="Shop", address="Street 1")
        await api.sendContact(phone_number="+10000000000", first_name="Ben")
        await api.sendDice()
        await api.sendPoll(question="Open?", options=[{"text": "yes"}, {"text": "no"}])
        html = "<h1>Today</h1>Hello <b>you</b><table><tr><th>a</th><td>1</td></tr></table><ul><li>x</li></ul><hr>"
        rich = await api.sendRichMessage(rich_message={"html": html})
        assert [b["type"] for b in rich["rich_message"]["blocks"]] == [
            "heading",
            "paragraph",
            "table",
            "list",
            "divider",
        ]
        price = [{"label": "month", "amount": 5}]
        await api.sendInvoice(title="Plan", description="A month", payload="p", currency="XTR", prices=price)
        assert await api.sendChatAction(action="typing") is True


async def test_topics_all_thirteen() -> None:
    async with open_telegram() as (_, api):
        icons = await api.getForumTopicIconStickers()
        thread = (await api.createForumTopic(name="a", icon_custom_emoji_id=icons[0]["custom_emoji_id"]))[
            "message_thread_id"
        ]
        await api.editForumTopic(message_thread_id=thread, name="b", icon_custom_emoji_id="")
        await api.closeForumTopic(message_thread_id=thread)
        await api.reopenForumTopic(message_thread_id=thread)
        await api.unpinAllForumTopicMessages(message_thread_id=thread)
        await api.editGeneralForumTopic(name="Lobby")
        await api.closeGeneralForumTopic()
        await api.reopenGeneralForumTopic()
        await api.hideGeneralForumTopic()
        await api.unhideGeneralForumTopic()
        await api.unpinAllGeneralForumTopicMessages()
        seen = kinds(await api.updates())
        assert seen[:4] == [f"forum_topic_{name}" for name in ("created", "edited", "closed", "reopened")]
        await api.deleteForumTopic(message_thread_id=thread)
        assert await api.updates() == []


async def test_chats_and_members() -> None:
    async with open_telegram() as (tg, api):
        for user in (OWNER_ID, AGENT_ID, VIEWER_ID, tg.bot_id):
            await api.getChatMember(user_id=user)
        tg.member(user=VIEWER_ID, status="restricted", rights=["can_send_messages"])
        assert (await api.getChatMember(user_id=VIEWER_ID))["can_send_messages"] is True
        tg.member(user=VIEWER_ID, status="kicked")
        assert (await api.getChatMember(user_id=VIEWER_ID))["status"] == "kicked"
        tg.member(user=VIEWER_ID, status="member")
        await api.setChatMemberTag(user_id=VIEWER_ID, tag="night")
        assert (await api.getChatMember(user_id=VIEWER_ID))["tag"] == "night"
        tg.message(text="tagged", sender=VIEWER_ID)
        updates = await api.updates()
        assert "new_chat_members" in kinds(updates)
        assert updates[-1]["message"]["sender_tag"] == "night"
        await api.restrictChatMember(user_id=VIEWER_ID, permissions={"can_send_messages": False})
        assert (await api.getChatMember(user_id=VIEWER_ID))["status"] == "restricted"
        await api.setChatPermissions(permissions={"can_send_messages": True})
        assert len(await api.getChatAdministrators()) == 3
        assert await api.getChatMemberCount() == 4
        tg.chat_settings(available_reactions=["👍"])
        pinned = await api.sendMessage(text="card")
        await api.pinChatMessage(message_id=pinned["message_id"])
        full = await api.getChat()
        assert full["pinned_message"]["message_id"] == pinned["message_id"]
        await api.unpinChatMessage(message_id=pinned["message_id"])
        await api.unpinAllChatMessages()
        await api.promoteChatMember(user_id=VIEWER_ID, can_pin_messages=True)
        await api.setChatTitle(title="New name")
        await api.banChatMember(user_id=VIEWER_ID)
        await api.unbanChatMember(user_id=VIEWER_ID)
        seen = kinds(await api.updates())
        assert {"chat_member", "pinned_message", "new_chat_title", "left_chat_member"} <= set(seen)
        await api.leaveChat()
        assert "my_chat_member" in kinds(await api.updates())


async def test_profile_photos() -> None:
    async with open_telegram() as (tg, api):
        assert (await api.getUserProfilePhotos(user_id=OWNER_ID))["total_count"] == 0
        tg.avatar(user=OWNER_ID, picture=base64.b64encode(png(640, 640)).decode())
        photos = await api.getUserProfilePhotos(user_id=OWNER_ID)
        assert (await api.getFile(file_id=photos["photos"][0][-1]["file_id"]))["file_path"]


async def test_setting_up() -> None:
    async with open_telegram() as (tg, api):
        commands = [
            {"command": "help", "description": "Help"},
            {"command": "menu", "description": "M", "is_ephemeral": True},
        ]
        scope = {"type": "chat_administrators", "chat_id": tg.group_id}
        await api.setMyCommands(commands=commands, scope=scope, language_code="zh")
        assert await api.getMyCommands(scope=scope, language_code="zh") == commands
        await api.deleteMyCommands(scope=scope, language_code="zh")
        assert await api.getMyCommands(scope=scope, language_code="zh") == []
        await api.setMyName(name="Desk")
        assert await api.getMyName(language_code="zh") == {"name": "Desk"}
        await api.setMyDescription(description="d")
        await api.getMyDescription()
        await api.setMyShortDescription(short_description="s")
        await api.getMyShortDescription()
        await api.call("setChatMenuButton", menu_button={"type": "commands"})
        await api.setWebhook(url="https://example.org/hook", secret_token="s", max_connections=1)
        assert (await api.getWebhookInfo())["url"] == "https://example.org/hook"
        await api.deleteWebhook(drop_pending_updates=True)
        await api.getMe()


async def test_copies_and_forwards() -> None:
    async with open_telegram() as (tg, api):
        said = tg.message(text="a question", sender=VIEWER_ID)
        shown = tg.message(media={"kind": "document", "name": "a.txt", "data": b"x"}, text="see")
        where = {"from_chat_id": tg.group_id}
        await api.copyMessage(message_id=shown["id"], caption="", **where)
        forwarded = await api.forwardMessage(message_id=said["id"], **where)
        assert forwarded["forward_origin"]["sender_user"]["id"] == VIEWER_ID
        await api.copyMessages(message_ids=[said["id"], shown["id"]], **where)
        await api.forwardMessages(message_ids=[said["id"], shown["id"]], **where)
        await api.deleteMessages(message_ids=[said["id"], 999])


async def test_ephemeral_messages() -> None:
    async with open_telegram() as (tg, api):
        who = {"receiver_user_id": AGENT_ID}
        sent = await api.sendMessage(text="for you", ephemeral_message_parameters=who, reply_markup=KEYBOARD)
        assert sent["message_id"] == 0
        key = {**who, "ephemeral_message_id": sent["ephemeral_message_id"]}
        press = tg.tap(ephemeral=sent["ephemeral_message_id"], button="Edit", sender=AGENT_ID)
        assert kinds(await api.updates()) == ["callback_query"]
        await api.answerCallbackQuery(callback_query_id=press["press_id"], text="ok")
        assert await api.editEphemeralMessageText(text="changed", reply_markup=KEYBOARD, **key) is True
        assert await api.editEphemeralMessageReplyMarkup(**key) is True
        assert await api.deleteEphemeralMessage(**key) is True


async def test_ephemeral_commands_of_people() -> None:
    """A command registered as ephemeral reaches the bot alone, with message id 0, and is answered in kind."""
    async with open_telegram() as (tg, api):
        menu = [
            {"command": "menu", "description": "Menu", "is_ephemeral": True},
            {"command": "note", "description": "Note"},
        ]
        await api.setMyCommands(commands=menu, scope={"type": "chat_administrators", "chat_id": tg.group_id})
        thread = tg.topic(action="create", name="Ben")["id"]
        await api.updates()
        for sender in (AGENT_ID, VIEWER_ID):
            tg.message(text="/menu", thread=thread, sender=sender)
        tg.message(text="/note x", thread=thread, sender=AGENT_ID)
        secret, plain, note = (u["message"] for u in await api.updates())
        assert (secret["message_id"], secret["receiver_user"]["id"]) == (0, tg.bot_id)
        assert plain["message_id"] > 0, "a plain member has no such command in his menu"
        assert note["message_id"] > 0
        answer = await api.sendMessage(
            text="choose",
            message_thread_id=thread,
            ephemeral_message_parameters={"receiver_user_id": AGENT_ID},
            reply_parameters={"ephemeral_message_id": secret["ephemeral_message_id"]},
        )
        shown = [m for m in tg.view()["chats"][0]["messages"] if m["ephemeral_to"]]
        assert [(m["text"], m["ephemeral_to"]) for m in shown] == [("/menu", AGENT_ID), ("choose", AGENT_ID)]
        assert answer["message_thread_id"] == thread


async def test_all_that_people_do_reaches_the_bot() -> None:
    async with open_telegram() as (tg, api):
        thread = (await api.createForumTopic(name="Ben"))["message_thread_id"]
        posted = await api.sendMessage(text="hello", message_thread_id=thread, reply_markup=KEYBOARD)
        await api.updates()
        written = tg.message(text="/note call 你好 @someone #tag https://example.org", thread=thread, sender=AGENT_ID)
        tg.message(text="an answer", reply_to=posted["message_id"], quote="hel")
        tg.edit(message=written["id"], text="changed")
        tg.react(message=posted["message_id"], emoji="❤️")
        tg.react(message=posted["message_id"], emoji=None)
        tg.tap(message=posted["message_id"], button="c:send:1")
        tg.topic(action="close", thread=thread)
        tg.topic(action="rename", thread=thread, name="Ben (VIP)")
        tg.delete(message=written["id"])
        seen = kinds(await api.updates())
        assert seen == [
            "message", "message", "edited_message", "message_reaction", "message_reaction",
            "callback_query", "forum_topic_closed", "forum_topic_edited",
        ]  # fmt: skip


@pytest.mark.parametrize("kind", ["photo", "document", "video", "audio", "voice", "video_note", "animation", "sticker"])
async def test_files_of_people_can_be_fetched(kind: str) -> None:
    data = png(400, 300) if kind == "photo" else ogg(3) if kind == "voice" else b"bytes of " + kind.encode()
    async with open_telegram() as (tg, api):
        tg.message(media={"kind": kind, "name": f"a.{kind}", "data": data}, text="look" if kind != "sticker" else None)
        (update,) = await api.updates()
        carried = update["message"][kind]
        file = await api.getFile(file_id=(carried[-1] if kind == "photo" else carried)["file_id"])
        assert await api.download(file["file_path"]) == data


async def test_albums_and_other_things_of_people() -> None:
    async with open_telegram() as (tg, api):
        tg.message(text="two", album=[{"kind": "photo", "data": png(9, 9)}, {"kind": "photo", "data": png(8, 8)}])
        tg.message(location={"latitude": 1.5, "longitude": 2.5})
        tg.message(contact={"phone_number": "+100", "first_name": "Ben"})
        first, second, third, fourth = (u["message"] for u in await api.updates())
        assert first["media_group_id"] == second["media_group_id"]
        assert first["caption"] == "two"
        assert "location" in third
        assert "contact" in fourth


async def test_private_chats_and_anonymous_admins() -> None:
    async with open_telegram() as (tg, api):
        tg.message(text="/start abc", chat=VIEWER_ID, sender=VIEWER_ID)
        await api.sendMessage(chat_id=VIEWER_ID, text="welcome")
        await api.getChat(chat_id=VIEWER_ID)
        await api.sendMessageDraft(chat_id=VIEWER_ID, draft_id=1, text="…")
        tg.block(user=VIEWER_ID)
        tg.member(user=OWNER_ID, status="creator", is_anonymous=True)
        said = tg.message(text="as the group")
        tg.react(message=said["id"], emoji="👍")
        updates = await api.updates()
        assert "my_chat_member" in kinds(updates)
        last = updates[-1]["message_reaction"]
        assert last["actor_chat"]["id"] == tg.group_id


async def test_migration_tells_both_chats() -> None:
    async with open_telegram() as (tg, api):
        make_basic_group(tg)
        tg.migrate(chat=-77, new_id=-1002000000077)
        old, new = (u["message"] for u in await api.updates())
        assert old["migrate_to_chat_id"] == -1002000000077
        assert new["migrate_from_chat_id"] == -77


def make_basic_group(tg: TelegramSandbox) -> None:
    members = [{"user": OWNER_ID, "status": "creator"}, {"user": tg.bot_id, "status": "administrator"}]
    tg.chat(id=-77, title="Old group", type="group", members=members)


async def test_methods_without_an_answer_of_their_own_are_answered_true() -> None:
    async with open_telegram() as (_, api):
        assert [await api.raw(name, {}) for name in ("logOut", "close")] == [True, True]


async def test_the_checked_client_fails_on_a_broken_request() -> None:
    """The judge itself: a wrong parameter must not pass unseen."""
    async with open_telegram() as (_, api):
        with pytest.raises(AssertionError, match="no parameter"):
            await CheckedClient.call(api, "sendMessage", text="x", message_thread="1")
