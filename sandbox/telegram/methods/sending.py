"""Sending everything that is not a file: text, drafts, rich messages, places, contacts, dice, polls, chat actions."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import polls, posting, rich
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


DICE = "🎲"
POLL_FIELDS = words("question options is_anonymous type allows_multiple_answers allows_revoting members_only")


@answers("sendMessage", cost=Cost.POST)
def send_message(call: Call) -> dict[str, Any]:
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


@answers("sendRichMessage", cost=Cost.POST)
def send_rich(call: Call) -> dict[str, Any]:
    return posting.send(call, "rich_message", {"rich_message": rich.message(call.get("rich_message"))})


@answers("sendMessageDraft", "sendRichMessageDraft", cost=Cost.ACTION)
def send_draft(call: Call) -> bool:
    """Text that streams into a private chat; it is shown to nobody else and is not kept."""
    chat = call.chat()
    if not chat.is_private:
        raise bad_request("drafts can be sent only to private chats")
    if not call.get("draft_id"):
        raise bad_request("DRAFT_ID_INVALID")
    return True


@answers("sendLocation", cost=Cost.POST)
def send_location(call: Call) -> dict[str, Any]:
    return posting.send(call, "location", {"location": _location(call)})


@answers("sendVenue", cost=Cost.POST)
def send_venue(call: Call) -> dict[str, Any]:
    place = _location(call)
    names = ("title", "address", "foursquare_id", "foursquare_type", "google_place_id", "google_place_type")
    venue = {"location": place, **{name: call.get(name) for name in names if call.get(name)}}
    return posting.send(call, "venue", {"venue": venue, "location": place})


def _location(call: Call) -> dict[str, Any]:
    latitude, longitude = call.get("latitude"), call.get("longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise bad_request("wrong location coordinates specified")
    extra = {name: call.get(name) for name in ("horizontal_accuracy", "live_period", "heading") if call.get(name)}
    return {"latitude": latitude, "longitude": longitude, **extra}


@answers("sendContact", cost=Cost.POST)
def send_contact(call: Call) -> dict[str, Any]:
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: call.get(name) for name in names if call.get(name)}
    return posting.send(call, "contact", {"contact": contact})


@answers("sendDice", cost=Cost.POST)
def send_dice(call: Call) -> dict[str, Any]:
    emoji = call.get("emoji", DICE)
    return posting.send(call, "dice", {"dice": {"emoji": emoji, "value": 1 + call.state.number() % 5}})


@answers("sendPoll", cost=Cost.POST)
def send_poll(call: Call) -> dict[str, Any]:
    wish = {name: call.get(name) for name in POLL_FIELDS if call.get(name) is not None}
    return posting.send(call, "poll", {"poll": polls.made(call.state.number(), wish)})
