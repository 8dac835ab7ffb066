"""sendMessage and sendChatAction. Files are in media.py, other kinds in other.py."""

from __future__ import annotations

from sandbox.telegram import posting
from sandbox.telegram.call import Call, answers
from sandbox.telegram.errors import bad_request
from sandbox.telegram.flood import Cost
from sandbox.telegram.words import words

CHAT_ACTIONS = frozenset(
    words(
        "typing upload_photo record_video upload_video record_voice upload_voice upload_document "
        "choose_sticker find_location record_video_note upload_video_note"
    )
)


@answers("sendMessage", cost=Cost.POST)
def send_message(call: Call) -> dict[str, object]:
    return posting.send(call, "text", posting.given(posting.text_fields(call)))


@answers("sendChatAction", cost=Cost.ACTION)
def send_chat_action(call: Call) -> bool:
    chat = call.chat()
    thread_id = posting.thread(call, chat)
    if call.get("action") not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    event = {
        "chat_id": chat.id,
        "thread_id": thread_id,
        "action": call.get("action"),
        "from": {"id": call.bot.id, "name": call.bot.user.full_name, "is_bot": True},
    }
    call.state.bus.publish("chat_action", lambda: event)
    return True
