"""vCards: the cards phones pass on. Reading never raises; what cannot be read is empty."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import vobject

from core.message import Card

logging.getLogger("vobject.base").disabled = True
"""It logs the lines it cannot read, and with them what customers wrote."""

_LONGEST = 64_000
"""Characters: a card with a photo inside is longer, and its photo is not wanted."""
_MOST = 20
"""Phones or addresses of one card that are read."""

Contents = Mapping[str, Sequence[Any]]
"""The lines of a card by their lower-case name."""


def read(text: str) -> Card:
    """Name, phones and e-mail addresses of the first card in a text; an empty card where there is none.

    Lines that are no vCard lines are left out: old phones write their own.
    """
    contents = _contents(text)
    name = next(filter(None, (_first(contents, each) for each in ("fn", "n", "org", "nickname"))), "")
    return Card(name, _phones(contents), _all(contents, "email"), text if contents else "")


def _contents(text: str) -> Contents:
    if "BEGIN:VCARD" not in text.upper():
        return {}
    components = cast(Any, vobject).readComponents
    try:
        found = next(cast(Iterator[Any], components(text[:_LONGEST], ignoreUnreadable=True)), None)
    except Exception:  # noqa: BLE001 - the library raises what its parts raise: a card is text from outside
        return {}
    return found.contents if found is not None else {}


def _values(contents: Contents, name: str) -> list[str]:
    return [_clean(getattr(line, "value", "")) for line in contents.get(name, ())][:_MOST]


def _first(contents: Contents, name: str) -> str:
    return next(filter(None, _values(contents, name)), "")


def _phones(contents: Contents) -> tuple[str, ...]:
    """As written; where that lacks the country, the number WhatsApp put beside it (`waid`)."""
    found = dict.fromkeys(_phone(line) for line in contents.get("tel", ())[:_MOST])
    return tuple(phone for phone in found if phone)


def _phone(line: Any) -> str:
    written = _clean(line.value).removeprefix("tel:")
    known = re.sub(r"[^0-9]", "", "".join(line.params.get("WAID", ())))
    return f"+{known}" if known and not written.startswith("+") else written


def _all(contents: Contents, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, _values(contents, name))))


def _clean(value: Any) -> str:
    """A value as one line that can be stored; the parts of a name or company in their order."""
    parts = cast(list[Any], value) if isinstance(value, list) else [value]
    written = " ".join(str(part) for part in parts)
    return re.sub(r"[\s\x00\ud800-\udfff]+", " ", written).strip()
