"""Phone numbers: how people write them, and which spellings are one and the same number.

Three countries spell a mobile number in two ways, and WhatsApp names either (chatwoot#5840, #13986, #14048):
Brazil with or without the ninth digit, Mexico 52 or 521, Argentina 54 or 549. A number is looked for in all its
spellings, and kept as WhatsApp returns it: rewriting it blindly made it worse elsewhere (WAHA#1516).
"""

import re

import phonenumbers

_SPELLINGS = (
    (re.compile(r"(55[1-9][1-9])9?([6-9]\d{7})"), r"\g<1>\g<2>", r"\g<1>9\g<2>"),
    (re.compile(r"521?([2-9]\d{9})"), r"52\g<1>", r"521\g<1>"),
    (re.compile(r"549?([1-3]\d{9})"), r"54\g<1>", r"549\g<1>"),
)
"""(pattern, short spelling, long spelling). Brazil's ninth digit stands before mobile numbers only, which begin
with 6-9; Argentina's area codes begin with 1-3, Mexico's with 2-9: no other number of these countries fits."""
_FEWEST, _MOST = 7, 15
"""Digits of a number with its country code (ITU-T E.164 allows 15)."""


def spellings(digits: str) -> tuple[str, ...]:
    """All spellings of a number (digits with country code), the given one first."""
    for pattern, *forms in _SPELLINGS:
        found = pattern.fullmatch(digits)
        if found:
            return tuple(dict.fromkeys((digits, *(found.expand(form) for form in forms))))
    return (digits,)


def same(one: str, other: str) -> bool:
    return other in spellings(one)


def shown(digits: str) -> str:
    """As people write it: +49 151 2345 6789."""
    number = parsed(digits)
    if number is None:
        return f"+{digits}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def typed(words: str) -> str | None:
    """The digits of a number that a person typed with its country code, however grouped; None when it is no number."""
    written = words.strip()
    if written.startswith("00"):
        written = f"+{written[2:]}"
    try:
        number = phonenumbers.parse(written if written.startswith("+") else f"+{written}")
    except phonenumbers.NumberParseException:
        return None
    digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
    return digits if _FEWEST <= len(digits) <= _MOST else None


def parsed(digits: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return None
