"""Names, numbers and languages of people, as staff read them."""

import pytest

from core.people import Address, AddressKind
from core.ports import Party
from core.service.contacts import display_name, guess_language, show_address


def phone(digits: str) -> Address:
    return Address(AddressKind.PHONE, digits)


@pytest.mark.parametrize(
    ("said", "digits", "language"),
    [
        ("你好", "4915112345678", "zh"),
        ("こんにちは、価格は？", "819012345678", "ja"),
        ("안녕하세요", "", "ko"),
        ("Здравствуйте", "", "ru"),
        ("hello", "8613800138000", "zh"),
        ("hola", "5215512345678", "es"),
        ("hi", "4915112345678", "de"),
        ("hi", "18905550103", "en"),
        ("hi", "not a number", None),
        ("hi", "", None),
    ],
)
def test_the_script_decides_then_the_country(said: str, digits: str, language: str | None) -> None:
    assert guess_language((phone(digits),) if digits else (), said) == language


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (phone("8613800138000"), "+86 138 0013 8000"),
        (phone("999"), "+999"),
        (Address(AddressKind.USERNAME, "ben"), "@ben"),
        (Address(AddressKind.USERNAME, "@ben"), "@ben"),
        (Address(AddressKind.BSUID, "US.1349"), "US.1349"),
    ],
)
def test_addresses_are_written_as_people_write_them(address: Address, shown: str) -> None:
    assert show_address(address) == shown


def test_a_name_is_the_profiles_else_the_address() -> None:
    assert display_name(Party((phone("8613800138000"),), "  李雷 ")) == "李雷"
    assert display_name(Party((phone("8613800138000"),), " ")) == "+86 138 0013 8000"
    assert display_name(Party(())) == ""
