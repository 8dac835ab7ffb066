"""Texts, times and numbers in the languages of staff."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError

from core.i18n import LOCALES, Texts, be_strict, catalog_path, known_locale, language_code, read_catalog, texts_for

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {plural}\\n"\n\n'
EN = 'msgid "a.greet"\nmsgstr "Hello {name}, {name}!"\n\nmsgid "a.waiting"\nmsgid_plural "a.waiting"\n'
EN += 'msgstr[0] "{count} message waits"\nmsgstr[1] "{count} messages wait"\n'
ZH = 'msgid "a.greet"\nmsgstr "{name}，你好！"\n\nmsgid "a.waiting"\nmsgid_plural "a.waiting"\n'
ZH += 'msgstr[0] "{count} 条消息在等待"\n'
NOON = datetime(2026, 11, 22, 19, 6, 21, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small catalogs."""
    for locale, plural, body in (
        ("en", "nplurals=2; plural=(n != 1);", EN),
        ("zh_Hans", "nplurals=1; plural=0;", ZH),
    ):
        path = catalog_path(locale, tmp_path)
        path.parent.mkdir(parents=True)
        path.write_text(HEAD.format(plural=plural) + body, encoding="utf-8")
    return tmp_path


@pytest.fixture
def lenient() -> Iterator[None]:
    be_strict(False)
    yield
    be_strict()


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        ("zh", "zh_Hans"),
        ("zh-hans", "zh_Hans"),
        ("zh-hant", "zh_Hans"),
        ("zh_CN", "zh_Hans"),
        ("zh-TW", "zh_Hans"),
        ("ZH", "zh_Hans"),
        ("zh_Hans", "zh_Hans"),
        ("en", "en"),
        ("en-GB", "en"),
        ("de", "en"),
        ("zha", "en"),
        ("", "en"),
        (None, "en"),
        ("../../etc", "en"),
    ],
)
def test_every_language_code_finds_a_catalog(code: str | None, locale: str) -> None:
    assert known_locale(code) == locale
    assert texts_for(code).locale == locale


def test_telegram_knows_catalogs_by_two_letters() -> None:
    assert [language_code(locale) for locale in LOCALES] == ["en", "zh"]


def test_values_fill_their_places(folder: Path) -> None:
    assert Texts("en", folder).t("a.greet", name="Ann", unused=1) == "Hello Ann, Ann!"
    assert Texts("zh", folder).t("a.greet", name="李雷") == "李雷，你好！"


def test_a_value_with_braces_is_only_words(folder: Path) -> None:
    assert Texts("en", folder).t("a.greet", name="{name.__class__}") == "Hello {name.__class__}, {name.__class__}!"


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (0, "0 messages wait", "0 条消息在等待"),
        (1, "1 message waits", "1 条消息在等待"),
        (2, "2 messages wait", "2 条消息在等待"),
    ],
)
def test_counts_choose_the_form(folder: Path, count: int, english: str, chinese: str) -> None:
    assert Texts("en", folder).n("a.waiting", count) == english
    assert Texts("zh", folder).n("a.waiting", count) == chinese


def test_what_is_missing_is_an_error_in_tests(folder: Path) -> None:
    texts = Texts("en", folder)
    with pytest.raises(KeyError):
        texts.t("a.unknown")
    with pytest.raises(KeyError):
        texts.n("a.unknown", 1)
    with pytest.raises(KeyError):
        texts.t("a.greet")


@pytest.mark.usefixtures("lenient")
def test_what_is_missing_does_not_stop_the_work(folder: Path) -> None:
    texts = Texts("en", folder)
    assert texts.t("a.unknown") == "a.unknown"
    assert texts.n("a.unknown", 3) == "a.unknown"
    assert texts.t("a.greet") == "Hello {name}, {name}!"


def test_merge_conflict_marks_stop_the_start(folder: Path) -> None:
    with catalog_path("en", folder).open("a", encoding="utf-8") as file:
        file.write("<<<<<<< ours\n")
    with pytest.raises(PoFileError):
        read_catalog("en", folder)


def test_unknown_codes_have_a_text_too() -> None:
    for locale in LOCALES:
        texts = texts_for(locale)
        assert "e_42" in texts.error("e_42")
        assert texts.error("window") != texts.error("recipient")
        assert texts.kind("a_new_kind") == texts.kind("other")
        assert not texts.has("kind.a_new_kind")


def test_times_are_on_the_tenants_clock() -> None:
    english, chinese = texts_for("en"), texts_for("zh")
    assert english.time(NOON, "Asia/Shanghai") == "03:06"
    assert english.datetime(NOON, "Asia/Shanghai") == "Nov 23, 2026 03:06"
    assert chinese.datetime(NOON, "Asia/Shanghai") == "2026年11月23日 03:06"
    assert english.time(NOON, "America/New_York") == "14:06"


@pytest.mark.parametrize("name", ["Nowhere/City", "", "../etc/passwd", "/etc/localtime"])
def test_a_time_zone_that_is_none_is_utc(name: str) -> None:
    assert texts_for("en").time(NOON, name) == "19:06"


def test_numbers() -> None:
    english, chinese = texts_for("en"), texts_for("zh")
    assert (english.number(1234567), chinese.number(1234567)) == ("1,234,567", "1,234,567")
    assert (english.compact(9999), english.compact(12345)) == ("9,999", "12.3K")
    assert chinese.compact(12345) == "1.2万"


def test_sizes_are_told_as_in_a_list_of_files() -> None:
    english, chinese = texts_for("en"), texts_for("zh")
    assert [english.size(each) for each in (1, 949_600, 52_428_800)] == ["1 KB", "950 KB", "52.4 MB"]
    assert chinese.size(1_234_500_000) == "1,234.5 MB"


def test_money_is_written_as_the_language_does() -> None:
    english, chinese = texts_for("en"), texts_for("zh")
    assert (english.money(Decimal("1234.5"), "EUR"), chinese.money(Decimal("1234.5"), "CNY")) == (
        "€1,234.50",
        "¥1,234.50",
    )
    assert english.money(Decimal(1000), "JPY") == "¥1,000"
    assert english.money(Decimal("9.5"), "") == "9.5"
    assert english.money(Decimal("9.5"), "points") == "9.5 points"


def test_names_of_languages() -> None:
    assert texts_for("en").language("zh") == "Chinese"
    assert texts_for("zh").language("pt-BR").startswith("葡萄牙语")
    assert texts_for("en").language("??") == "??"
