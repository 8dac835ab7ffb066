"""Every body the line sends is one that Meta's own OpenAPI file takes."""

from typing import Any

import pytest

from core.ids import ExternalId
from core.message import Card, Content, Kind, Media, Place
from core.people import Address, AddressKind
from core.ports import OutMessage
from core.text import Mark, MarkKind, RichText, plain
from gateway.whatsapp_cloud.attachments import Attachment
from gateway.whatsapp_cloud.wire_out import body_of, read_body
from tests.contract import openapi
from tests.shared_data import needs_whatsapp_data

pytestmark = needs_whatsapp_data

PHONE = Address(AddressKind.PHONE, "16505551234")
RECIPIENTS = [PHONE, Address(AddressKind.BSUID, "US.1"), Address(AddressKind.PARENT_BSUID, "US.ENT.1")]
FORMATTED = RichText("bold 你好 👍", (Mark(0, 4, MarkKind.BOLD), Mark(5, 7, MarkKind.ITALIC)))
CONTENTS = [
    Content(Kind.TEXT, FORMATTED),
    Content(Kind.TEXT, plain("https://a.b")),
    Content(Kind.LOCATION, place=Place(1.5, -2.5)),
    Content(Kind.LOCATION, place=Place(1.5, -2.5, "Shop", "Street 1")),
    Content(Kind.CONTACT, cards=(Card("Bo", ("+1 212 555 0199",), ("b@c.example",)), Card("Cy"))),
    Content(Kind.REACTION, plain("👍")),
    Content(Kind.REACTION),
]
FILES = [
    Attachment("image", "image/png", "a.png"),
    Attachment("video", "video/mp4", "a.mp4"),
    Attachment("document", "application/pdf", "价格.pdf"),
    Attachment("sticker", "image/webp", "a.webp"),
    Attachment("audio", "audio/mpeg", "a.mp3"),
    Attachment("audio", "audio/ogg", "a.ogg", voice=True),
]


def message(content: Content, *to: Address, reply_to: str | None = "wamid.Q") -> OutMessage:
    return OutMessage(to or (PHONE,), "td:1:2:0", content, ExternalId(reply_to) if reply_to else None)


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize(
    "to", [PHONE, Address(AddressKind.BSUID, "US.1"), Address(AddressKind.PARENT_BSUID, "US.ENT.1")]
)
def test_messages(content: Content, to: Address) -> None:
    assert openapi.problems(body_of(message(content, to))) == []


@pytest.mark.parametrize("attachment", FILES)
@pytest.mark.parametrize("caption", ["", "words"])
def test_files(attachment: Attachment, caption: str) -> None:
    content = Content(Kind.DOCUMENT, plain(caption), Media("x"))
    body = body_of(message(content, reply_to=None), "1003383421387256", attachment)
    found = openapi.problems(_known_to_v23(body))
    assert found == []


def _known_to_v23(body: dict[str, Any]) -> dict[str, Any]:
    """`voice` is newer than the file (Meta: audio messages, 2025-11)."""
    part = {key: value for key, value in body[body["type"]].items() if key != "voice"}
    return {**body, body["type"]: part}


@pytest.mark.parametrize("typing", [False, True])
def test_read_marks(typing: bool) -> None:
    assert openapi.problems(read_body(ExternalId("wamid.A"), typing=typing)) == []


def test_the_check_can_fail() -> None:
    body = body_of(message(CONTENTS[0]))
    assert openapi.problems({**body, "text": {"words": "x"}}) != []
