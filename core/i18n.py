"""Texts in the languages of staff: gettext catalogs, read when first needed, no compile step.

Keys are short ids (`card.first_seen`); English is a catalog like any other, so that a better English
sentence never unhooks a translation. Placeholders are plain names in braces, filled with str or int only.
"""

import gettext
import io
import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_currency, format_decimal

LOCALES = ("en", "zh_Hans")
DEFAULT_LOCALE = "en"
DOMAIN = "topicdesk"
FOLDER = Path(__file__).resolve().parent.parent / "locales"

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_COMPACT_FROM = 10_000
_MEGABYTE = 1_000_000


class _Mode:
    """Strict: a missing key or value is an error (tests). Else staff see the key, and work goes on."""

    strict = False


def be_strict(strict: bool = True) -> None:
    _Mode.strict = strict


def known_locale(code: str | None) -> str:
    """The catalog for a language code as Telegram, WhatsApp or a browser writes it; English when in doubt.

    Every kind of Chinese (`zh`, `zh-hans`, `zh-hant`, `zh_CN`, `zh-TW`) is served by `zh_Hans`.
    """
    language = re.split(r"[-_]", code or "", maxsplit=1)[0].lower()
    return "zh_Hans" if language == "zh" else DEFAULT_LOCALE


def language_code(locale: str) -> str:
    """The two letters Telegram knows a catalog by (setMyCommands)."""
    return locale.partition("_")[0]


def catalog_path(locale: str, folder: Path = FOLDER) -> Path:
    return folder / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalog(locale: str, folder: Path = FOLDER) -> Catalog:
    """Raises PoFileError on a malformed file."""
    with catalog_path(locale, folder).open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def _translations(catalog: Catalog) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _keys(catalog: Catalog) -> Iterable[str]:
    for message in catalog:
        if message.id and message.string:
            yield message.id if isinstance(message.id, str) else message.id[0]


class Texts:
    """All texts of one locale, and its ways to write times and numbers. Make it with `texts_for`."""

    def __init__(self, locale: str, folder: Path = FOLDER) -> None:
        self.locale = known_locale(locale)
        catalog = read_catalog(self.locale, folder)
        self._translations = _translations(catalog)
        self._known = frozenset(_keys(catalog))
        self._babel = Locale.parse(self.locale)

    def has(self, key: str) -> bool:
        return key in self._known

    def t(self, key: str, /, **values: str | int) -> str:
        """The text of a key. Values that the text does not name are ignored."""
        if key not in self._known:
            return _missing(key)
        return _fill(self._translations.gettext(key), values)

    def n(self, key: str, count: int, /, **values: str | int) -> str:
        """The form of a key that fits `count`, which also fills `{count}`."""
        if key not in self._known:
            return _missing(key)
        return _fill(self._translations.ngettext(key, key, count), {"count": count, **values})

    def error(self, code: str, /, **values: str | int) -> str:
        """Why something failed, by the code of a `DeskError` or of a line's problem."""
        key = f"error.{code}"
        return self.t(key if self.has(key) else "error.unknown", **{"code": code, **values})

    def kind(self, kind: str) -> str:
        """The word for a kind of message: photo, voice message …"""
        key = f"kind.{kind}"
        return self.t(key if self.has(key) else "kind.other")

    def time(self, when: datetime, timezone: str) -> str:
        """Hours and minutes on the tenant's clock, 24 hours in every language: short and never ambiguous."""
        return f"{when.astimezone(zone(timezone)):%H:%M}"

    def date(self, when: datetime, timezone: str) -> str:
        return format_date(when.astimezone(zone(timezone)), "medium", locale=self._babel)

    def datetime(self, when: datetime, timezone: str) -> str:
        return f"{self.date(when, timezone)} {self.time(when, timezone)}"

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self._babel)

    def size(self, count: int) -> str:
        """Bytes in the unit people know from their file lists: 950 KB, 52.4 MB."""
        if count < _MEGABYTE:
            return f"{self.number(max(1, round(count / 1000)))} KB"
        return f"{self.number(round(count / _MEGABYTE, 1))} MB"

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount in the way of this language; a currency of no known name stands behind the number."""
        if not re.fullmatch(r"[A-Z]{3}", currency):
            return f"{format_decimal(amount, locale=self._babel)} {currency}".rstrip()
        return format_currency(amount, currency, locale=self._babel)

    def compact(self, value: float) -> str:
        """A big number in few characters: 12K, 1.2万."""
        if abs(value) < _COMPACT_FROM:
            return self.number(value)
        return format_compact_decimal(value, locale=self._babel, fraction_digits=1)

    def language(self, code: str) -> str:
        """The name of a language or locale code in this language; the code itself when it is unknown."""
        try:
            return Locale.parse(code, sep="-" if "-" in code else "_").get_display_name(self._babel) or code
        except (UnknownLocaleError, ValueError):
            return code


@cache
def _texts(locale: str) -> Texts:
    return Texts(locale)


def texts_for(locale: str | None) -> Texts:
    """The texts for any language code."""
    return _texts(known_locale(locale))


@cache
def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name; UTC when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _missing(key: str) -> str:
    if _Mode.strict:
        raise KeyError(key)
    return key


def _fill(text: str, values: dict[str, str | int]) -> str:
    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        if name in values:
            return str(values[name])
        if _Mode.strict:
            raise KeyError(f"{name} in {text!r}")
        return match[0]

    return _PLACEHOLDER.sub(value_of, text)
