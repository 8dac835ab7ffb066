"""Bodies of sends: address, kinds, formatting, limits; and as what a file goes out."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import MediaRefused, RemoteRefusal, Unsupported
from core.ids import ExternalId
from core.message import Card, Content, Kind, Media, Notice, Place, Question
from core.people import Address, AddressKind
from core.ports import OutMessage
from core.text import Mark, MarkKind, RichText, bold, plain
from gateway.whatsapp_cloud.attachments import Attachment, plan
from gateway.whatsapp_cloud.limits import LARGEST_FILE, MB
from gateway.whatsapp_cloud.wire_out import body_of, read_body, recipient

PHONE, USER, PARENT, NAME = (
    Address(AddressKind.PHONE, "16505551234"),
    Address(AddressKind.BSUID, "US.1"),
    Address(AddressKind.PARENT_BSUID, "US.ENT.1"),
    Address(AddressKind.USERNAME, "ann"),
)
STICKER = Attachment("sticker", "image/webp", "s")
MONO, STEREO = (b"OggS" + bytes(24) + b"OpusHead\x01" + bytes([channels]) for channels in (1, 2))
OPUS = "audio/ogg; codecs=opus"
JPEG, PNG, WEBP = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"


def out(content: Content, reply_to: str | None = None) -> OutMessage:
    return OutMessage((PHONE,), "td:1:2:0", content, ExternalId(reply_to) if reply_to else None)


def test_a_text() -> None:
    assert body_of(out(Content(Kind.TEXT, bold("hi")), "wamid.Q")) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+16505551234",
        "type": "text",
        "text": {"body": "*hi*", "preview_url": False},
        "context": {"message_id": "wamid.Q"},
        "biz_opaque_callback_data": "td:1:2:0",
    }


@pytest.mark.parametrize(
    ("addresses", "target"),
    [
        ((USER, PHONE), {"to": "+16505551234"}),
        ((NAME, PARENT, USER), {"recipient": "US.1"}),
        ((PARENT,), {"recipient": "US.ENT.1"}),
        ((PHONE, Address(AddressKind.PHONE, "1999")), {"to": "+16505551234"}),
        ((Address(AddressKind.PHONE, "+1999"),), {"to": "+1999"}),
    ],
)
def test_recipients(addresses: tuple[Address, ...], target: dict[str, str]) -> None:
    assert recipient(addresses) == target


@pytest.mark.parametrize("addresses", [(), (NAME,), (Address(AddressKind.EMAIL, "a@b"),)])
def test_nobody_to_write_to(addresses: tuple[Address, ...]) -> None:
    with pytest.raises(RemoteRefusal) as refused:
        recipient(addresses)
    assert refused.value.code == "recipient"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (Content(Kind.TEXT, plain("see https://a.b")), {"text": {"body": "see https://a.b", "preview_url": True}}),
        (
            Content(Kind.LOCATION, place=Place(1.5, 2.5, "Shop")),
            {"location": {"latitude": 1.5, "longitude": 2.5, "name": "Shop"}},
        ),
        (
            Content(Kind.CONTACT, cards=(Card("Bo", ("+1",), ("b@c",)),)),
            {
                "contacts": [
                    {
                        "name": {"formatted_name": "Bo", "first_name": "Bo"},
                        "phones": [{"phone": "+1"}],
                        "emails": [{"email": "b@c"}],
                    }
                ]
            },
        ),
        (Content(Kind.REACTION, plain("👍")), {"reaction": {"message_id": "wamid.Q", "emoji": "👍"}}),
        (Content(Kind.REACTION), {"reaction": {"message_id": "wamid.Q", "emoji": ""}}),
    ],
)
def test_kinds(content: Content, part: dict[str, Any]) -> None:
    body = body_of(out(content, "wamid.Q"))
    assert body | part == body
    assert body["type"] in part
    assert ("context" in body) is (content.kind is not Kind.REACTION)


@pytest.mark.parametrize(
    ("content", "reply_to"),
    [
        (Content(Kind.NOTICE, notice=Notice("order")), None),
        (Content(Kind.TEXT, plain(" \n")), None),
        (Content(Kind.REACTION, plain("👍")), None),
        (Content(Kind.REACTION, plain("👍")), "sha256:00"),
        (Content(Kind.LOCATION), None),
        (Content(Kind.PHOTO, media=Media("1")), None),
    ],
)
def test_what_cannot_be_said(content: Content, reply_to: str | None) -> None:
    with pytest.raises(Unsupported):
        body_of(out(content, reply_to))


def test_a_message_whatsapp_gave_no_id_cannot_be_quoted() -> None:
    assert "context" not in body_of(out(Content(Kind.TEXT, plain("x")), "sha256:00"))


def test_formatting_that_makes_a_text_too_long_is_left_out() -> None:
    words = "x" * 4094
    fits = RichText(words, (Mark(0, 4094, MarkKind.BOLD),))
    assert body_of(out(Content(Kind.TEXT, fits)))["text"]["body"] == f"*{words}*"
    too_long = RichText(words + "y", (Mark(0, 4095, MarkKind.BOLD),))
    assert body_of(out(Content(Kind.TEXT, too_long)))["text"]["body"] == words + "y"
    with pytest.raises(RemoteRefusal) as refused:
        body_of(out(Content(Kind.TEXT, plain("x" * 4097))))
    assert refused.value.code == "request"


def test_read_marks() -> None:
    base = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"}
    assert read_body(ExternalId("wamid.A"), typing=False) == base
    assert read_body(ExternalId("wamid.A"), typing=True) == base | {"typing_indicator": {"type": "text"}}


@pytest.mark.parametrize(
    ("attachment", "text", "part"),
    [
        (Attachment("image", "image/png", "a.png"), "*x", {"image": {"id": "9", "caption": "*x"}}),
        (Attachment("document", "text/csv", "a.csv"), "", {"document": {"id": "9", "filename": "a.csv"}}),
        (Attachment("audio", "audio/ogg", "a.ogg", voice=True), "", {"audio": {"id": "9", "voice": True}}),
        (Attachment("sticker", "image/webp", "a.webp"), "", {"sticker": {"id": "9"}}),
    ],
)
def test_files(attachment: Attachment, text: str, part: dict[str, Any]) -> None:
    body = body_of(out(Content(Kind.DOCUMENT, plain(text), Media("x"))), "9", attachment)
    assert body | part == body


@pytest.mark.parametrize(
    ("kind", "head", "size", "media", "text", "expected"),
    [
        (Kind.PHOTO, JPEG, 100, Media(""), "hi", Attachment("image", "image/jpeg", "file.jpg")),
        (Kind.PHOTO, PNG, 5 * MB, Media("", "image/jpeg", "a.png"), "", Attachment("image", "image/png", "a.png")),
        (Kind.PHOTO, PNG, 5 * MB + 1, Media("", name="a.png"), "", Attachment("document", "image/png", "a.png")),
        (Kind.PHOTO, WEBP, 100, Media("", "image/webp", "a"), "", Attachment("document", "image/webp", "a")),
        (Kind.DOCUMENT, JPEG, 100, Media("", "image/jpeg", "a"), "", Attachment("document", "image/jpeg", "a")),
        (Kind.VOICE, MONO, 99, Media("", OPUS, "v"), "", Attachment("audio", "audio/ogg", "v", True)),
        (Kind.VOICE, STEREO, 99, Media("", OPUS, "v"), "", Attachment("audio", "audio/ogg", "v")),
        (Kind.VOICE, b"ID3", 9, Media("", "audio/mpeg", "v"), "", Attachment("audio", "audio/mpeg", "v")),
        (Kind.AUDIO, b"OggS", 9, Media("", "audio/ogg", "a"), "", Attachment("audio", "audio/ogg", "a")),
        (Kind.AUDIO, b"ID3", 9, Media("", "audio/mp3", "a"), "", Attachment("audio", "audio/mpeg", "a")),
        (Kind.AUDIO, b"ID3", 9, Media("", "", "a.mp3"), "", Attachment("audio", "audio/mpeg", "a.mp3")),
        (Kind.AUDIO, b"ID3", 9, Media("", "audio/mpeg", "a"), "words", Attachment("document", "audio/mpeg", "a")),
        (Kind.AUDIO, b"fLaC", 9, Media("", "audio/flac", "a"), "", Attachment("document", "audio/flac", "a")),
        (Kind.VIDEO, b"", 16 * MB, Media("", "video/mp4", "v"), "", Attachment("video", "video/mp4", "v")),
        (Kind.VIDEO, b"", 16 * MB + 1, Media("", "video/mp4", "v"), "", Attachment("document", "video/mp4", "v")),
        (Kind.STICKER, WEBP, 100 * 1024, Media("", name="s"), "", Attachment("sticker", "image/webp", "s")),
        (Kind.STICKER, WEBP, 101 * 1024, Media("", name="s"), "", Attachment("document", "image/webp", "s")),
        (Kind.STICKER, WEBP, 500 * 1024, Media("", "", "s", animated=True), "", STICKER),
        (Kind.STICKER, b"\x1f\x8b", 9, Media("", "application/x-tgsticker", "s"), "",
         Attachment("document", "application/x-tgsticker", "s")),
        (Kind.DOCUMENT, b"?", 9, Media(""), "", Attachment("document", "application/octet-stream", "file.bin")),
    ],
)  # fmt: skip
def test_as_what_a_file_goes_out(
    tmp_path: Path, kind: Kind, head: bytes, size: int, media: Media, text: str, expected: Attachment
) -> None:
    file = tmp_path / "file"
    file.write_bytes(head)
    with file.open("ab") as stream:
        stream.truncate(size)
    assert plan(Content(kind, plain(text), media), file) == expected


def test_files_nobody_can_carry(tmp_path: Path) -> None:
    content = Content(Kind.DOCUMENT, media=Media(""))
    with pytest.raises(MediaRefused) as refused:
        plan(content, tmp_path / "gone")
    assert refused.value.code == "media_missing"
    with (tmp_path / "huge").open("wb") as stream:
        stream.truncate(LARGEST_FILE + 1)
    with pytest.raises(MediaRefused) as refused:
        plan(content, tmp_path / "huge")
    assert refused.value.code == "too_big"


def test_a_question_that_fits_nowhere_is_numbered_words() -> None:
    options = ("same", "same")
    content = Content(Kind.POLL, plain("which?"), question=Question(options))
    assert body_of(out(content))["text"]["body"] == "which?\n1. same\n2. same"
    words = Content(Kind.POLL, plain("x" * 2000), question=Question(("a", "b")))
    assert body_of(out(words))["type"] == "text"
