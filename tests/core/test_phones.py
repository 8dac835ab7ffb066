"""Phone numbers: the spellings of one number find each other, and no two numbers ever do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import phones

DIGITS = st.text(st.sampled_from("0123456789"), min_size=8, max_size=8)
BRAZIL = st.builds(lambda area, first, rest: (f"55{area}{first}{rest[:7]}", f"55{area}9{first}{rest[:7]}"),
                   st.sampled_from(["11", "21", "85", "99"]), st.sampled_from("6789"), DIGITS)  # fmt: skip
MEXICO = st.builds(lambda first, rest: (f"52{first}{rest}0", f"521{first}{rest}0"), st.sampled_from("23456789"), DIGITS)
ARGENTINA = st.builds(lambda first, rest: (f"54{first}{rest}1", f"549{first}{rest}1"), st.sampled_from("123"), DIGITS)
QUIRKY = BRAZIL | MEXICO | ARGENTINA
ANY = st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True) | QUIRKY.map(lambda pair: pair[0])


@given(QUIRKY)
def test_two_spellings_are_one_number(pair: tuple[str, str]) -> None:
    short, long = pair
    assert set(phones.spellings(short)) == set(phones.spellings(long)) == {short, long}
    assert phones.spellings(short)[0] == short
    assert phones.spellings(long)[0] == long


@given(ANY, ANY)
def test_different_numbers_never_meet(one: str, other: str) -> None:
    """Sharing one spelling means sharing all: nobody is two people's number."""
    shared = set(phones.spellings(one)) & set(phones.spellings(other))
    assert not shared or set(phones.spellings(one)) == set(phones.spellings(other))


@given(ANY)
def test_a_spelling_differs_by_the_extra_digit_alone(number: str) -> None:
    for other in phones.spellings(number):
        short, long = sorted((number, other), key=len)
        assert short == long or any(short == long[:at] + long[at + 1 :] for at in (2, 4))


@pytest.mark.parametrize("landline", ["551133334444", "5511333344445", "5493", "541", "4915112345678", "52123"])
def test_other_numbers_have_one_spelling(landline: str) -> None:
    assert phones.spellings(landline) == (landline,)


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("+49 151 12345678", "4915112345678"),
        ("0049 (0)151 / 12 34 56 78", "4915112345678"),
        ("8613800138000", "8613800138000"),
        ("+54 11 15 2345-6789", "5491123456789"),
        ("+52 1 55 1234 5678", "5215512345678"),
        ("", None),
        ("+1", None),
        ("Bob", None),
    ],
)
def test_what_people_type(words: str, digits: str | None) -> None:
    assert phones.typed(words) == digits
