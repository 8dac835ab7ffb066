"""What each kind of message becomes, odd shapes included."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.message import Card, Content, Item, Kind, Media, Notice, Order, Place, Referral
from core.people import Address, AddressKind
from core.ports import AddressChanged, EchoOut, MessageIn
from core.text import Mark, MarkKind, RichText, plain
from tests.gateway.webhooks import NOW, SAID_AT, body, change, contact, events, heard, message, only

PHONE = Address(AddressKind.PHONE, "16505551234")
PHOTO = Media("123", "image/jpeg", checksum="lRvd=")
IMAGE = {"id": "123", "mime_type": "image/jpeg", "sha256": "lRvd=", "url": "https://lookaside.fbsbx.com/x"}


def notice(code: str, detail: str, text: str = "") -> Content:
    return Content(Kind.NOTICE, plain(text), notice=Notice(code, detail))


def test_a_text_with_formatting() -> None:
    event = only(message(text={"body": "say *hi*"}), contacts=[contact(wa_id="16505551234")])
    assert event.external_id == "wamid.A"
    assert (event.sender.name, event.sender.addresses, event.at) == ("Ann", (PHONE,), SAID_AT)
    assert event.content == Content(Kind.TEXT, RichText("say hi", (Mark(4, 6, MarkKind.BOLD),)))


def interactive(kind: str, part: dict[str, Any], content: Content) -> tuple[str, dict[str, Any], Content]:
    return "interactive", {"interactive": {"type": kind, kind: part}}, content


VCARD = "BEGIN:VCARD\nVERSION:3.0\nN:;Wang Fang;;;\nFN:Wang Fang\nitem1.TEL;waid=86139:+86 139\nEMAIL:w@f.cn\nEND:VCARD"
WANG = Card("Wang Fang", ("+86 139",), ("w@f.cn",), VCARD)
ITEM = {"product_retailer_id": "sku", "quantity": 2, "item_price": 3.5, "currency": "EUR"}

CONTENTS: list[tuple[str, dict[str, Any], Content]] = [
    ("image", {"image": IMAGE | {"caption": "x"}}, Content(Kind.PHOTO, plain("x"), PHOTO)),
    ("video", {"video": {"id": 123, "mime_type": "video/mp4"}}, Content(Kind.VIDEO, media=Media("123", "video/mp4"))),
    ("audio", {"audio": {"id": "1", "voice": True}}, Content(Kind.VOICE, media=Media("1"))),
    ("audio", {"audio": {"id": "1", "voice": False}}, Content(Kind.AUDIO, media=Media("1"))),
    ("document", {"document": {"id": "1", "filename": "a"}}, Content(Kind.DOCUMENT, media=Media("1", name="a"))),
    ("sticker", {"sticker": {"id": "1", "animated": True}}, Content(Kind.STICKER, media=Media("1", animated=True))),
    ("image", {"image": {"caption": "x"}}, notice("media_gone", "image", "x")),
    ("image", {"image": {"url": "https://a.b/c"}}, Content(Kind.PHOTO, media=Media("https://a.b/c"))),
    (
        "location",
        {"location": {"latitude": "1.5", "longitude": 2, "name": "Shop"}},
        Content(Kind.LOCATION, place=Place(1.5, 2.0, "Shop")),
    ),
    ("location", {"location": {"latitude": 200, "longitude": 2}}, notice("unknown", "location")),
    (
        "location",
        {"location": {"latitude": 200, "longitude": 2, "name": "Pier 3", "address": "Harbour Road"}},
        notice("place_unclear", "Pier 3 · Harbour Road"),
    ),
    ("contacts", {"contacts": [{"vcard": VCARD}]}, Content(Kind.CONTACT, cards=(WANG,))),
    (
        "contacts",
        {"contacts": [{"name": {"first_name": "Fang"}, "vcard": VCARD}]},
        Content(Kind.CONTACT, cards=(replace(WANG, name="Fang"),)),
    ),
    ("contacts", {"contacts": [{"vcard": "BEGIN:VCARD\nno end"}]}, Content(Kind.CONTACT, cards=(Card(
        "", vcard="BEGIN:VCARD\nno end"),))),
    (
        "contacts",
        {"contacts": [{"name": {"formatted_name": "Bo"}, "phones": [{"phone": "+1 2"}], "emails": [{"email": "b@c"}]}]},
        Content(Kind.CONTACT, cards=(Card("Bo", ("+1 2",), ("b@c",)),)),
    ),
    ("contacts", {"contacts": [{"phones": [{"wa_id": 12}]}]}, Content(Kind.CONTACT, cards=(Card("+12", ("+12",)),))),
    ("button", {"button": {"text": "Stop", "payload": "p"}}, notice("choice", "Stop")),
    interactive("button_reply", {"id": "y", "title": "Yes"}, notice("choice", "Yes")),
    interactive("button_reply", {"id": "y"}, notice("choice", "y")),
    interactive("list_reply", {"title": "A", "description": "b"}, notice("choice", "A (b)")),
    interactive("call_permission_reply", {"response": "accept"}, notice("call_allowed", "")),
    interactive("call_permission_reply", {"response": "reject"}, notice("call_denied", "")),
    interactive("payment_method", {"id": "pix"}, notice("answer_unknown", "payment_method: pix")),
    interactive(
        "nfm_reply",
        {"response_json": '{"flow_token":"t","a":"b","n":[1,"2"],"agree":true,"o":{"x":[1]}}'},
        notice("form", 'a: b\nn: 1, 2\nagree: ✓\no: {"x":[1]}'),
    ),
    interactive("nfm_reply", {"response_json": "{broken"}, notice("form", "{broken")),
    ("interactive", {"interactive": {"list_reply": {"title": "A"}}}, notice("choice", "A")),
    (
        "order",
        {"order": {"text": "pls", "product_items": [ITEM]}},
        Content(Kind.ORDER, plain("pls"), order=Order((Item("sku", 2, "3.5", "EUR"),))),
    ),
    (
        "order",
        {"order": {"catalog_id": 7, "product_items": [{"item_price": "free", "quantity": -1}, {"item_price": "NaN"}]}},
        Content(Kind.ORDER, order=Order((Item("?"), Item("?")), "7")),
    ),
    ("system", {"system": {"type": "customer_identity_changed", "body": "news"}}, notice("identity_changed", "news")),
    ("system", {"system": {"type": "something_new", "body": "news"}}, notice("system", "news")),
    ("unsupported", {"unsupported": {"type": "poll"}, "errors": [{"code": 131051}]}, notice("unsupported", "poll")),
    ("unsupported", {"unsupported": {"type": "edit"}, "errors": [{"code": 131051}]}, notice("edited_unseen", "")),
    ("unsupported", {"unsupported": {"type": "revoke"}, "errors": [{"code": 131051}]}, notice("deleted_unseen", "")),
    ("unsupported", {"errors": [{"code": 131051, "title": "Unknown"}]}, notice("unsupported", "Unknown")),
    ("unsupported", {}, notice("unsupported", "?")),
    ("hologram", {"hologram": {"body": "3d"}}, notice("unknown", "hologram", "3d")),
    ("text", {}, notice("unknown", "text")),
    ("text", {"text": "bare"}, Content(Kind.TEXT, plain("bare"))),
    ("text", {"text": {"body": 12}}, Content(Kind.TEXT, plain("12"))),
    ("text", {"text": {"body": "a\u0000b\ud83d"}}, Content(Kind.TEXT, plain("a\ufffdb\ufffd"))),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "parts", "content"), CONTENTS)
def test_kinds(kind: str, parts: dict[str, Any], content: Content) -> None:
    assert only(message(kind, **parts)).content == content


@pytest.mark.parametrize(("kind", "parts", "content"), [each for each in CONTENTS if each[0] in each[1]])
def test_a_missing_type_is_seen_from_the_part(kind: str, parts: dict[str, Any], content: Content) -> None:
    found = only(message(None, **parts)).content
    assert found == content if content.notice is None or content.notice.code != "unknown" else found.kind is Kind.NOTICE


@pytest.mark.parametrize(("emoji", "shown"), [({"emoji": "👍"}, "👍"), ({"emoji": ""}, ""), ({}, "")])
def test_a_reaction_names_its_target(emoji: dict[str, str], shown: str) -> None:
    event = only(message("reaction", reaction={"message_id": "wamid.T", **emoji}))
    assert (event.content, event.reply_to) == (Content(Kind.REACTION, plain(shown)), "wamid.T")


def test_an_edit_keeps_the_new_words_and_points_at_the_old_message() -> None:
    inner = {"context": {"id": "M0"}, "type": "text", "text": {"body": "new"}}
    event = only(message("edit", edit={"original_message_id": "wamid.O", "message": inner}))
    assert (event.content, event.reply_to) == (notice("edited", "", "new"), "wamid.O")
    caption = {"type": "image", "image": IMAGE | {"caption": "c"}}
    event = only(message("edit", edit={"original_message_id": "wamid.O", "message": caption}))
    assert event.content == notice("edited", "", "c")


def test_a_deletion_points_at_the_message() -> None:
    event = only(message("revoke", revoke={"original_message_id": "wamid.O"}))
    assert (event.content, event.reply_to) == (notice("deleted", ""), "wamid.O")


def test_a_quote_and_a_forward() -> None:
    quoted = only(message(text={"body": "x"}, context={"from": "1555", "id": "wamid.Q"}))
    assert (quoted.reply_to, quoted.content.forwarded) == ("wamid.Q", False)
    assert only(message(text={"body": "x"}, context={"forwarded": True})).content.forwarded
    assert only(message(text={"body": "x"}, context={"frequently_forwarded": True})).content.forwarded


def test_an_ad_and_a_product_are_named_beside_the_words() -> None:
    ad = only(
        message(text={"body": "x"}, referral={"headline": "Sale", "body": "-30%", "source_url": "https://fb.me/1"})
    )
    assert (ad.content.kind, ad.content.referral) == (Kind.TEXT, Referral("", "Sale", "-30%", "https://fb.me/1"))
    product = only(message(text={"body": "x"}, context={"referred_product": {"product_retailer_id": "sku"}}))
    assert product.content.notice == Notice("product", "sku")


NEW_USER_ID = {"type": "user_changed_user_id", "previous_user_id": "IN.OLD", "user_id": "IN.NEW"}


@pytest.mark.parametrize(
    ("system", "sender", "before", "new"),
    [
        ({"type": "user_changed_number", "wa_id": "1219"}, {"from": "1650"}, ["1650"], ["1219"]),
        ({"type": "customer_changed_number", "new_wa_id": 1219}, {"from": "1650"}, ["1650"], ["1219"]),
        (
            {"type": "user_changed_user_id", "previous_user_id": "IN.OLD", "user_id": "IN.NEW"},
            {},
            ["IN.OLD"],
            ["IN.NEW"],
        ),
        (NEW_USER_ID, {"from_user_id": "IN.NEW"}, ["IN.OLD", "IN.NEW"], ["IN.NEW"]),
    ],
)
def test_a_new_number_or_user_id(
    system: dict[str, Any], sender: dict[str, str], before: list[str], new: list[str]
) -> None:
    event = only(message("system", sender=sender, system=system))
    assert isinstance(event, AddressChanged)
    assert [address.value for address in event.sender.addresses] == before
    assert [address.value for address in event.new] == new


def test_an_echo_names_the_customer() -> None:
    echo = {
        "from": "15550783881",
        "to": "9197",
        "to_user_id": "IN.2081",
        "id": "wamid.E",
        "type": "text",
        "text": {"body": "hi"},
    }
    (event,) = events(body(change("smb_message_echoes", message_echoes=[echo])))
    assert isinstance(event, EchoOut)
    assert [address.value for address in event.recipient.addresses] == ["9197", "IN.2081"]
    assert (event.content, event.at) == (Content(Kind.TEXT, plain("hi")), NOW)


def test_a_call_is_one_line_through_all_its_stages() -> None:
    stages = [{"id": "wacid.1", "from": "16505551234", "event": event} for event in ("connect", "terminate")]
    found = events(body(change("calls", calls=stages)))
    assert {(type(event), getattr(event, "external_id", "")) for event in found} == {(MessageIn, "wacid.1")}


def test_a_message_without_id_gets_a_stable_one_of_its_own() -> None:
    bare = [{"from": "16505551234", "type": "text", "text": {"body": body}} for body in ("a", "b")]
    first, second = heard(*bare)
    assert isinstance(first, MessageIn)
    assert isinstance(second, MessageIn)
    assert first.external_id != second.external_id
    assert [first, second] == heard(*bare)


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("1749416383", SAID_AT),
        (1749416383, SAID_AT),
        (1749416383000, SAID_AT),
        ("1749416383.0", SAID_AT),
        (None, NOW),
        ("soon", NOW),
        (-5, NOW),
        ("9" * 400, NOW),
        (float("nan"), NOW),
    ],
)
def test_times(timestamp: Any, at: datetime) -> None:
    assert only(message(text={"body": "x"}, timestamp=timestamp)).at == at


def test_a_missing_time_is_the_entry_s() -> None:
    payload = body(change(messages=[{"id": "a"}]))
    payload["entry"][0]["time"] = 1749416383
    (event,) = events(payload)
    assert isinstance(event, MessageIn)
    assert event.at == SAID_AT.astimezone(UTC)
