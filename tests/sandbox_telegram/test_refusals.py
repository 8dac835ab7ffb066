"""Telegram's refusals with Telegram's words: rights, topics, limits, reactions, buttons, files, old messages."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.telegram.defaults import AGENT_ID, OWNER_ID, VIEWER_ID
from sandbox.telegram.errors import SimError
from sandbox.telegram.people import ADMIN_RIGHTS
from tests.contract.bot_api import CheckedClient, Refused, open_telegram, png

TWO_DAYS = 48 * 3600 + 1


async def refused(api: CheckedClient, method: str, **params: Any) -> str:
    """What the server says; the HTTP status and the code are checked by the client."""
    with pytest.raises(Refused) as caught:
        await api.call(method, **params)
    return caught.value.description.removeprefix("Bad Request: ")


def button(**fields: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **fields}]]}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": "   "}, "message text is empty"),
        ({"text": "你" * 4097}, "message is too long"),
        ({"text": "half an emoji: \ud83d"}, "strings must be encoded in UTF-8"),
        ({"text": "x", "message_thread_id": 999}, "message thread not found"),
        ({"text": "x", "message_thread_id": 1}, "message thread not found"),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"text": "x", "chat_id": -1}, "chat not found"),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "x", "reply_markup": button(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": button(callback_data="")}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": button(web_app={"url": "https://e.org"})}, "BUTTON_TYPE_INVALID"),
        (
            {"text": "x", "reply_markup": button(url="no link")},
            "inline keyboard button URL 'no link' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "x", "reply_markup": button()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "1"}] * 9]}},
            "reply markup is too long",
        ),
    ],
)
async def test_send_message(params: dict[str, Any], words: str) -> None:
    async with open_telegram() as (_, api):
        assert await refused(api, "sendMessage", **params) == words


async def test_unknown_and_deprecated_parameters() -> None:
    async with open_telegram() as (tg, api):
        for name in ("thread_id", "reply_to_message_id", "disable_web_page_preview"):
            with pytest.raises(Refused, match=f'unknown parameter "{name}"'):
                await api.raw("sendMessage", {"chat_id": tg.group_id, "text": "x", name: 1})
        with pytest.raises(Refused, match="404 Not Found"):
            await api.raw("sendMesage", {"text": "x"})
        with pytest.raises(Refused, match="message text is empty"):
            await api.raw("sendMessage", {"chat_id": tg.group_id})
        with pytest.raises(Refused, match="can't parse message_thread_id"):
            await api.raw("sendMessage", {"chat_id": tg.group_id, "text": "x", "message_thread_id": "abc"})


async def test_a_reply_may_be_sent_without_the_message() -> None:
    async with open_telegram() as (_, api):
        sent = await api.sendMessage(text="x", reply_parameters={"message_id": 99, "allow_sending_without_reply": True})
        assert "reply_to_message" not in sent


async def test_quotes_are_exact() -> None:
    async with open_telegram() as (tg, api):
        said = tg.message(text="what does it cost?")
        words = await refused(
            api, "sendMessage", text="x", reply_parameters={"message_id": said["id"], "quote": "price"}
        )
        assert words == "QUOTE_TEXT_INVALID"


async def test_each_right_is_needed_for_its_work() -> None:
    async with open_telegram() as (tg, api):
        thread = tg.topic(action="create", name="of the owner")["id"]
        said = tg.message(text="x")
        needs = {
            "can_manage_topics": [
                ("createForumTopic", {"name": "a"}, "not enough rights to manage topics in the chat"),
                (
                    "editForumTopic",
                    {"message_thread_id": thread, "name": "b"},
                    "not enough rights to manage topics in the chat",
                ),
                ("closeForumTopic", {"message_thread_id": thread}, "not enough rights to manage topics in the chat"),
                ("hideGeneralForumTopic", {}, "not enough rights to manage topics in the chat"),
            ],
            "can_delete_messages": [
                ("deleteMessage", {"message_id": said["id"]}, "message can't be deleted"),
                ("deleteForumTopic", {"message_thread_id": thread}, "not enough rights to delete a topic"),
            ],
            "can_pin_messages": [
                (
                    "pinChatMessage",
                    {"message_id": said["id"]},
                    "not enough rights to manage pinned messages in the chat",
                ),
                ("unpinAllChatMessages", {}, "not enough rights to manage pinned messages in the chat"),
            ],
            "can_manage_tags": [
                ("setChatMemberTag", {"user_id": VIEWER_ID, "tag": "a"}, "not enough rights to manage member tags")
            ],
        }
        for right, calls in needs.items():
            tg.member(user=tg.bot_id, status="administrator", rights=[r for r in ADMIN_RIGHTS if r != right])
            for method, params, words in calls:
                assert await refused(api, method, **params) == words
            tg.member(user=tg.bot_id, status="administrator")
            for method, params, _ in calls:
                await api.call(method, **params)
                if method == "deleteMessage":
                    said = tg.message(text="y")
                    needs["can_pin_messages"][0][1]["message_id"] = said["id"]


async def test_topics_that_are_gone_closed_or_unchanged() -> None:
    async with open_telegram() as (tg, api):
        thread = (await api.createForumTopic(name="a"))["message_thread_id"]
        other = tg.topic(action="create", name="b")["id"]
        assert await refused(api, "editForumTopic", message_thread_id=thread, name="a") == "TOPIC_NOT_MODIFIED"
        assert await refused(api, "reopenForumTopic", message_thread_id=thread) == "TOPIC_NOT_MODIFIED"
        tg.topic(action="close", thread=other)
        tg.member(user=tg.bot_id, status="member")
        assert await refused(api, "sendMessage", text="x", message_thread_id=other) == "TOPIC_CLOSED"
        tg.member(user=tg.bot_id, status="administrator")
        await api.sendMessage(text="x", message_thread_id=other)
        tg.topic(action="delete", thread=other)
        for method, extra in (
            ("sendMessage", {"text": "x"}),
            ("closeForumTopic", {}),
            ("sendChatAction", {"action": "typing"}),
        ):
            assert await refused(api, method, message_thread_id=other, **extra) == "message thread not found"
        assert await refused(api, "createForumTopic", name="") == "topic name is empty"
        assert await refused(api, "createForumTopic", name="x" * 129) == "topic name is too long"
        assert await refused(api, "createForumTopic", name="x", icon_color=1) == "TOPIC_ICON_COLOR_INVALID"
        assert await refused(api, "createForumTopic", name="x", icon_custom_emoji_id="1") == "DOCUMENT_INVALID"


async def test_edits() -> None:
    async with open_telegram() as (tg, api):
        sent = await api.sendMessage(text="a", reply_markup=button(callback_data="1"))
        same = {"message_id": sent["message_id"], "text": "a", "reply_markup": button(callback_data="1")}
        assert (await refused(api, "editMessageText", **same)).startswith("message is not modified")
        assert await refused(api, "editMessageText", message_id=999, text="x") == "message to edit not found"
        said = tg.message(text="mine")
        assert await refused(api, "editMessageText", message_id=said["id"], text="x") == "message can't be edited"
        caption = await refused(api, "editMessageCaption", message_id=sent["message_id"], caption="x")
        assert caption == "there is no caption in the message to edit"


async def test_deletions_and_the_48_hours() -> None:
    async with open_telegram() as (tg, api):
        tg.clock(freeze=True)
        thread = (await api.createForumTopic(name="a"))["message_thread_id"]
        sent = await api.sendMessage(text="x")
        tg.clock(advance=TWO_DAYS)
        assert await refused(api, "deleteMessage", message_id=thread) == "message can't be deleted"
        tg.member(user=tg.bot_id, status="administrator", rights=["can_manage_topics"])
        assert await refused(api, "deleteMessage", message_id=sent["message_id"]) == "message can't be deleted"
        tg.member(user=tg.bot_id, status="administrator")
        await api.deleteMessage(message_id=sent["message_id"])
        assert await refused(api, "deleteMessage", message_id=sent["message_id"]) == "message to delete not found"


async def test_reactions() -> None:
    async with open_telegram() as (tg, api):
        said = tg.message(text="x")
        emoji = lambda e: [{"type": "emoji", "emoji": e}]  # noqa: E731 - a short name for a form
        assert (
            await refused(api, "setMessageReaction", message_id=said["id"], reaction=emoji("✅")) == "REACTION_INVALID"
        )
        both = emoji("👍") + emoji("👀")
        assert await refused(api, "setMessageReaction", message_id=said["id"], reaction=both) == "REACTIONS_TOO_MANY"
        assert (
            await refused(api, "setMessageReaction", message_id=999, reaction=emoji("👍"))
            == "message to react not found"
        )
        await api.setMessageReaction(message_id=said["id"], reaction=emoji("❤️"))
        tg.chat_settings(available_reactions=["👍"])
        assert (
            await refused(api, "setMessageReaction", message_id=said["id"], reaction=emoji("👀")) == "REACTION_INVALID"
        )
        await api.setMessageReaction(message_id=said["id"], reaction=[])
        assert tg.view()["chats"][0]["messages"][0]["reactions"] == []


async def test_files() -> None:
    async with open_telegram() as (_, api):
        assert await refused(api, "sendPhoto", photo="attach://a", files={"a": b"no picture"}) == "IMAGE_PROCESS_FAILED"
        tall = png(1, 400)
        assert await refused(api, "sendPhoto", photo="attach://a", files={"a": tall}) == "PHOTO_INVALID_DIMENSIONS"
        assert await refused(api, "sendDocument", document="made-up") == "wrong file identifier/HTTP URL specified"
        assert await refused(api, "sendDocument", document="https://e.org/a") == "failed to get HTTP URL content"
        assert await refused(api, "sendDocument", document="attach://a", files={"a": b""}) == "file must be non-empty"
        album = [{"type": "document", "media": "attach://a"}]
        assert (
            await refused(api, "sendMediaGroup", media=album, files={"a": b"x"})
            == "too few messages to send as an album"
        )
        caption = await refused(api, "sendDocument", document="attach://a", files={"a": b"x"}, caption="x" * 1025)
        assert caption == "message caption is too long"


async def test_what_a_voice_note_must_be() -> None:
    async with open_telegram() as (_, api):
        sent = await api.call("sendVoice", voice="attach://a.wav", files={"a.wav": b"RIFF....WAVE"})
        assert "voice" not in sent
        assert sent["document"]["file_name"] == "a.wav"


async def test_presses_are_answered_once_and_in_time() -> None:
    async with open_telegram() as (tg, api):
        sent = await api.sendMessage(text="x", reply_markup=button(callback_data="1"))
        press = tg.tap(message=sent["message_id"], button="x")["press_id"]
        await api.answerCallbackQuery(callback_query_id=press, text="ok", show_alert=True)
        assert tg.press(press_id=press)["text"] == "ok"
        too_old = "query is too old and response timeout expired or query ID is invalid"
        assert await refused(api, "answerCallbackQuery", callback_query_id=press) == too_old
        late = tg.tap(message=sent["message_id"], button="1")["press_id"]
        tg.clock(advance=3600)
        assert await refused(api, "answerCallbackQuery", callback_query_id=late) == too_old
        with pytest.raises(SimError, match="no button"):
            tg.tap(message=sent["message_id"], button="other")


async def test_ephemeral_messages_on_a_server_that_does_not_know_them() -> None:
    async with open_telegram() as (tg, api):
        tg.switches(ephemeral=False)
        who = {"receiver_user_id": AGENT_ID}
        assert "ephemeral_message_parameters" in await refused(
            api, "sendMessage", text="x", ephemeral_message_parameters=who
        )
        key = {**who, "ephemeral_message_id": 1}
        with pytest.raises(Refused, match="404 Not Found: method not found"):
            await api.deleteEphemeralMessage(**key)
        commands = [{"command": "menu", "description": "Menu", "is_ephemeral": True}]
        assert "is_ephemeral" in await refused(api, "setMyCommands", commands=commands)


async def test_a_reply_to_an_ephemeral_message_is_ephemeral_and_quick() -> None:
    async with open_telegram() as (tg, api):
        tg.clock(freeze=True)
        who = {"receiver_user_id": AGENT_ID}
        shown = await api.sendMessage(text="x", ephemeral_message_parameters=who)
        reply = {"reply_parameters": {"ephemeral_message_id": shown["ephemeral_message_id"]}}
        await api.sendMessage(text="y", ephemeral_message_parameters=who, **reply)
        assert await refused(api, "sendMessage", text="y", **reply) == "message to be replied not found"
        tg.clock(advance=16)
        late = await refused(api, "sendMessage", text="y", ephemeral_message_parameters=who, **reply)
        assert late == "message to be replied not found"


async def test_a_closed_topic_can_refuse_administrators_too() -> None:
    async with open_telegram() as (tg, api):
        thread = (await api.createForumTopic(name="a"))["message_thread_id"]
        tg.topic(action="close", thread=thread)
        await api.sendMessage(text="x", message_thread_id=thread)
        tg.switches(closed_for_all=True)
        assert await refused(api, "sendMessage", text="x", message_thread_id=thread) == "TOPIC_CLOSED"
        await api.reopenForumTopic(message_thread_id=thread)
        await api.sendMessage(text="x", message_thread_id=thread)


async def test_what_is_not_simulated_says_so() -> None:
    async with open_telegram() as (_, api):
        with pytest.raises(Refused, match="404 Not Found: method getMyStarBalance is not simulated"):
            await api.getMyStarBalance()


async def test_ephemeral_messages_need_a_member() -> None:
    async with open_telegram() as (_, api):
        words = await refused(api, "sendMessage", text="x", ephemeral_message_parameters={"receiver_user_id": 42})
        assert words == "user not found"


async def test_commands() -> None:
    async with open_telegram() as (_, api):
        one = {"command": "Help", "description": "x"}
        assert await refused(api, "setMyCommands", commands=[one]) == "BOT_COMMAND_INVALID"
        assert (
            await refused(api, "setMyCommands", commands=[{"command": "a", "description": ""}])
            == "BOT_COMMAND_DESCRIPTION_INVALID"
        )
        many = [{"command": f"c{n}", "description": "x"} for n in range(101)]
        assert await refused(api, "setMyCommands", commands=many) == "BOT_COMMANDS_TOO_MUCH"
        scope = {"type": "chat", "chat_id": -5}
        assert await refused(api, "setMyCommands", commands=[], scope=scope) == "chat not found"
        assert (
            await refused(api, "setMyCommands", commands=[], language_code="zh-hans")
            == "invalid language code specified"
        )


async def test_people_obey_rights_too() -> None:
    async with open_telegram() as (tg, _):
        said = tg.message(text="of the owner")
        thread = tg.topic(action="create", name="a")["id"]
        with pytest.raises(SimError, match="not enough rights"):
            tg.delete(message=said["id"], sender=VIEWER_ID)
        with pytest.raises(SimError, match="not enough rights"):
            tg.topic(action="close", thread=thread, sender=VIEWER_ID)
        with pytest.raises(SimError, match="only their own"):
            tg.edit(message=said["id"], text="x", sender=VIEWER_ID)
        tg.topic(action="close", thread=thread)
        with pytest.raises(SimError, match="TOPIC_CLOSED"):
            tg.message(text="x", thread=thread, sender=VIEWER_ID)
        tg.member(user=VIEWER_ID, status="restricted", rights=[])
        with pytest.raises(SimError, match="not enough rights to send"):
            tg.message(text="x", sender=VIEWER_ID)
        tg.member(user=VIEWER_ID, status="kicked")
        with pytest.raises(SimError, match="not a member"):
            tg.message(text="x", sender=VIEWER_ID)
        tg.delete(message=said["id"], sender=OWNER_ID)


async def test_a_silenced_bot() -> None:
    async with open_telegram() as (tg, api):
        tg.member(user=tg.bot_id, status="member")
        tg.chat_settings(permissions=[])
        assert await refused(api, "sendMessage", text="x") == "not enough rights to send text messages to the chat"
        tg.chat_settings(permissions=["can_send_messages"])
        await api.sendMessage(text="x")


async def test_a_kicked_bot_is_told_so() -> None:
    async with open_telegram() as (tg, api):
        tg.member(user=tg.bot_id, status="kicked")
        with pytest.raises(Refused, match="403 Forbidden: bot was kicked from the supergroup chat"):
            await api.sendMessage(text="x")
        tg.member(user=tg.bot_id, status="left")
        with pytest.raises(Refused, match="403 Forbidden: bot is not a member of the supergroup chat"):
            await api.getChat()


async def test_replies_and_the_traps_of_thread_ids() -> None:
    async with open_telegram() as (tg, api):
        thread = (await api.createForumTopic(name="a"))["message_thread_id"]
        general = tg.message(text="in General")
        tg.message(text="a reply in General", reply_to=general["id"])
        tg.message(text="in the topic", thread=thread)
        updates = [u["message"] for u in await api.updates()][1:]
        assert "message_thread_id" not in updates[0]
        assert updates[1]["message_thread_id"] == general["id"]
        assert "is_topic_message" not in updates[1], "a reply in General has a thread id that means no topic"
        assert updates[2]["reply_to_message"]["message_id"] == thread, "everything in a topic replies to its root"
        wrong = await refused(
            api, "sendMessage", text="x", message_thread_id=thread, reply_parameters={"message_id": general["id"]}
        )
        assert wrong == "message to be replied not found"
