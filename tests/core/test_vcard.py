"""vCards of every age: what can be read is read, and nothing raises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import vcard
from core.message import Card

OLD = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=8E=8B=E8=8A=B3\r\n"
    "TEL;CELL;PREF:13900139000\r\nPHOTO;JPEG;ENCODING=BASE64:/9j/4AAQ\r\n\r\nEND:VCARD\r\n"
)
NEW = 'BEGIN:VCARD\nVERSION:4.0\nFN:Ann\nTEL;VALUE=uri;TYPE="work,voice":tel:+49-151-1\nEMAIL:a@b.c\nEND:VCARD'
NATIONAL = "BEGIN:VCARD\nVERSION:3.0\nORG:Lamps Ltd;Sales\nTEL;waid=49151234567:0151 234567\nEND:VCARD"
LINES = st.sampled_from(
    ["BEGIN:VCARD", "END:VCARD", "VERSION:3.0", "FN:Ann", "TEL:+1", "N:;;;", "item1.X:y", "  folded", "TEL;=;:", "\x00",
     "PHOTO;ENCODING=b:????", "BDAY:not a day", "FN;ENCODING=QUOTED-PRINTABLE:=ZZ", "ORG:;;", "GEO:1", "\ud83d"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "phones", "emails"),
    [
        (OLD, "王芳", ("13900139000",), ()),
        (NEW, "Ann", ("+49-151-1",), ("a@b.c",)),
        (NATIONAL, "Lamps Ltd Sales", ("+49151234567",), ()),
    ],
)
def test_cards_of_phones(text: str, name: str, phones: tuple[str, ...], emails: tuple[str, ...]) -> None:
    assert vcard.read(text) == Card(name, phones, emails, text)


@pytest.mark.parametrize("text", ["", "hello", "BEGIN:VCARD", "END:VCARD\nTEL:1"])
def test_what_is_no_card_is_empty(text: str) -> None:
    assert vcard.read(text) == Card("")


def test_what_cannot_be_read_is_not_logged(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    vcard.read("BEGIN:VCARD\nmy secret words\nFN:Ann\nEND:VCARD")
    assert "secret" not in "".join(capfd.readouterr()) + caplog.text


@given(st.lists(LINES | st.text(max_size=30), max_size=12))
@settings(max_examples=150, deadline=None)
def test_nothing_raises_and_all_can_be_stored(lines: list[str]) -> None:
    card = vcard.read("BEGIN:VCARD\n" + "\n".join(lines) + "\nEND:VCARD")
    "".join((card.name, *card.phones, *card.emails)).encode()
    assert "\x00" not in card.name
