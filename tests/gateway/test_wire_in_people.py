"""Who wrote: phones, user ids, usernames, and contacts that fit or do not."""

from typing import Any

import pytest

from core.people import AddressKind
from tests.gateway.webhooks import body, change, contact, events, heard, message, only

GROUP = {"recipient_id": "Y2FwaV9ncm91cA", "recipient_type": "group"}
TEXT = {"text": {"body": "x"}}


def ids(event: Any) -> dict[str, str]:
    return {address.kind.value: address.value for address in event.sender.addresses}


@pytest.mark.parametrize(
    ("sender", "contacts", "found", "name"),
    [
        ({"from": "1650"}, [contact(wa_id="1650", user_id="US.1")], {"phone": "1650", "bsuid": "US.1"}, "Ann"),
        ({"from": 1650}, [contact(wa_id=1650)], {"phone": "1650"}, "Ann"),
        ({"from": "+1 650"}, [{"wa_id": "1650"}], {"phone": "1650"}, ""),
        ({"from_user_id": "US.1"}, [contact(user_id="US.1")], {"bsuid": "US.1"}, "Ann"),
        ({"from": "", "from_user_id": "US.1"}, [contact(wa_id="", user_id="US.1")], {"bsuid": "US.1"}, "Ann"),
        ({"from": "US.1"}, [contact(user_id="US.1")], {"bsuid": "US.1"}, "Ann"),
        ({"from": "US.ENT.9"}, None, {"parent_bsuid": "US.ENT.9"}, ""),
        ({"from": "1650"}, [contact()], {"phone": "1650"}, "Ann"),
        ({"from": "1650"}, None, {"phone": "1650"}, ""),
        ({"from": "1650"}, [contact(wa_id="1999")], {"phone": "1650"}, ""),
        ({}, [contact(wa_id="1650")], {"phone": "1650"}, "Ann"),
        (
            {"from_user_id": "US.1", "from_parent_user_id": "US.ENT.7"},
            [{"profile": {"name": "Ann", "username": "@ann"}, "user_id": "US.1", "parent_user_id": "US.ENT.7"}],
            {"bsuid": "US.1", "parent_bsuid": "US.ENT.7", "username": "ann"},
            "Ann",
        ),
        ({"from": "1650"}, "nonsense", {"phone": "1650"}, ""),
        ({"from": "1650"}, [None, 7], {"phone": "1650"}, ""),
        (None, None, {}, ""),
    ],
)
def test_senders(sender: Any, contacts: Any, found: dict[str, str], name: str) -> None:
    event = only(message(sender=sender, **TEXT), contacts=contacts)
    assert (ids(event), event.sender.name) == (found, name)


def test_contacts_are_matched_by_id_and_not_by_place() -> None:
    messages = [message(sender={"from": number}, **TEXT) for number in ("111", "222", "333", "444")]
    contacts = [contact("Three", wa_id="333"), contact("One", wa_id="111"), contact("Four", wa_id="444")]
    found: list[Any] = [*heard(*messages, contacts=contacts)]
    assert [(event.sender.name, ids(event)["phone"]) for event in found] == [
        ("One", "111"), ("", "222"), ("Three", "333"), ("Four", "444"),
    ]  # fmt: skip


def test_the_one_contact_of_two_messages_is_not_given_to_a_stranger() -> None:
    found: list[Any] = [*heard(message(sender={}, **TEXT), message(**TEXT), contacts=[contact(wa_id="16505551234")])]
    assert [event.sender.name for event in found] == ["", "Ann"]


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ({"recipient_id": "1650"}, {"phone": "1650"}),
        ({"recipient_id": 1650, "recipient_user_id": "US.1"}, {"phone": "1650", "bsuid": "US.1"}),
        (GROUP | {"recipient_participant_id": "1650"}, {"phone": "1650"}),
        (GROUP, None),
        ({}, None),
    ],
)  # fmt: skip
def test_recipients_of_statuses(status: dict[str, Any], found: dict[str, str] | None) -> None:
    (event,) = events(body(change(statuses=[{"id": "wamid.S", "status": "sent", **status}])))
    recipient: Any = getattr(event, "recipient", None)
    assert (None if recipient is None else {each.kind.value: each.value for each in recipient.addresses}) == found


def test_phones_come_first() -> None:
    event = only(message(sender={"from_user_id": "US.1", "from": "1650"}, **TEXT))
    assert [address.kind for address in event.sender.addresses] == [AddressKind.PHONE, AddressKind.BSUID]
