"""Catalogs: complete, equal in shape, and in step with the code.

gettext itself never complains: a missing, empty or fuzzy text shows its key, of two the first wins, and an
unclosed quote makes entries vanish. So all of that is looked for here.
"""

import ast
import re
from collections import Counter
from string import Formatter

import pytest
from babel.messages.catalog import Message

from core import errors
from core.i18n import DEFAULT_LOCALE, LOCALES, catalog_path, read_catalog
from core.message import Kind
from core.people import Role
from tests.house.house_tree import PRODUCT, calls_of, python_files, text_of, tree_of

DYNAMIC = ("notice.", "error.", "kind.", "role.", "line.", "press.", "command.", "check.", "edit_why.")
"""Prefixes of keys put together at run time."""

ASKS = ("t", "n", "has")
"""Methods of `Texts` whose first argument is a key."""

NOTICE_MAKERS = ("Notice", "LineNotice", "_notice", "_short")
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


def messages(locale: str) -> dict[str, Message]:
    return {key_of(message): message for message in read_catalog(locale) if message.id}


def key_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def placeholders(message: Message) -> set[str]:
    return {field for form in forms(message) for _, field, _, _ in Formatter().parse(form) if field is not None}


@pytest.fixture(scope="module")
def english() -> dict[str, Message]:
    return messages(DEFAULT_LOCALE)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_the_same_keys(locale: str, english: dict[str, Message]) -> None:
    assert set(messages(locale)) == set(english)


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_are_the_same_plain_names(locale: str, english: dict[str, Message]) -> None:
    for key, message in messages(locale).items():
        assert placeholders(message) == placeholders(english[key]), key
        assert all(re.fullmatch(r"[a-z_]+", name) for name in placeholders(message)), key


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_is_empty_fuzzy_or_short_of_a_plural_form(locale: str, english: dict[str, Message]) -> None:
    catalog = read_catalog(locale)
    for key, message in messages(locale).items():
        assert not message.fuzzy, key
        assert all(form.strip() for form in forms(message)), key
        assert message.pluralizable == english[key].pluralizable, key
        if message.pluralizable:
            assert len(forms(message)) == catalog.num_plurals, key


@pytest.mark.parametrize("locale", LOCALES)
def test_the_file_says_what_the_reader_understood(locale: str) -> None:
    """The raw file names each key once, and none of them got lost on the way (an unclosed quote loses some)."""
    raw = catalog_path(locale).read_text(encoding="utf-8")
    written = re.findall(r'^msgid "(.+)"$', raw, flags=re.MULTILINE)
    assert [key for key, times in Counter(written).items() if times > 1] == []
    assert set(written) == set(messages(locale))
    assert all(line.count('"') >= 2 for line in raw.splitlines() if line.startswith(("msg", '"')))


def test_chinese_is_chinese() -> None:
    """A text that was copied instead of written. Signs, names and ids are the same everywhere."""
    same_on_purpose = {key for key, message in messages("zh_Hans").items() if not CJK.search("".join(forms(message)))}
    lettered = {key for key in same_on_purpose if re.search(r"[a-z]{4}", "".join(forms(messages("zh_Hans")[key])))}
    assert {key for key in lettered if not key.endswith(".name")} == set()


def test_every_key_in_the_code_exists(english: dict[str, Message]) -> None:
    missing = {f"{place}: {key}" for place, key in asked_keys() if key not in english}
    assert missing == set()


def test_every_key_is_used(english: dict[str, Message]) -> None:
    literals = {
        node.value
        for name in python_files(*PRODUCT)
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {key for key in english if key not in literals and not key.startswith(DYNAMIC)} == set()


def test_keys_made_at_run_time_have_a_known_prefix() -> None:
    made = {(name, prefix) for name in python_files(*PRODUCT) for prefix in made_prefixes(name)}
    assert {f"{name}: {prefix}" for name, prefix in made if prefix not in DYNAMIC} == set()
    assert set(DYNAMIC) - {prefix for _, prefix in made} == set(), "declared, but nobody makes such keys"


def test_every_error_code_has_its_reason(english: dict[str, Message]) -> None:
    tree = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.DeskError)]
    codes = {each.code for each in tree} | {
        code for name in python_files(*PRODUCT) for code in first_literals(name, "UserMistake")
    }
    assert {code for code in codes if f"error.{code}" not in english} == set()


def test_every_notice_of_a_line_has_its_text(english: dict[str, Message]) -> None:
    codes = {code for name in python_files("gateway") for code in first_literals(name, *NOTICE_MAKERS)}
    assert codes, "no notice was found"
    assert {code for code in codes if f"notice.{code}" not in english} == set()


def test_what_only_telegram_has_is_named(english: dict[str, Message]) -> None:
    (kinds,) = (
        ast.literal_eval(node.value)
        for node in tree_of("bot/rendering.py").body
        if isinstance(node, ast.Assign) and "_TELEGRAM_ONLY" in ast.unparse(node.targets[0])
    )
    assert {kind for kind in kinds if f"kind.{kind}" not in english} == set()


def test_every_kind_and_role_has_its_word(english: dict[str, Message]) -> None:
    wanted = {f"kind.{kind}" for kind in Kind} | {f"role.{role}" for role in Role}
    assert wanted - set(english) == set()


def test_bot_holds_no_chinese_of_its_own() -> None:
    assert [name for name in python_files("bot") if CJK.search(text_of(name))] == []


def asked_keys() -> set[tuple[str, str]]:
    """(place, key) of every literal key that is asked for."""
    asked: set[tuple[str, str]] = set()
    for name in python_files(*PRODUCT):
        for call in calls_of(name, *ASKS):
            asked |= {(f"{name}:{call.lineno}", key) for key in key_literals(call)}
    return asked


def key_literals(call: ast.Call) -> set[str]:
    """The literal keys in a call's first argument: `t("a.b")`, or both of `t("a.b" if x else "a.c")`."""
    if not call.args:
        return set()
    first = call.args[0]
    choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
    values = {each.value for each in choices if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return {value for value in values if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", value)}


def made_prefixes(name: str) -> set[str]:
    """Beginnings of f-strings such as f"error.{code}" inside functions that deal with texts."""
    found: set[str] = set()
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.JoinedStr) and len(node.values) == 2 and isinstance(node.values[0], ast.Constant):
            start = node.values[0].value
            if re.fullmatch(r"[a-z_]+\.", str(start)):
                found.add(str(start))
    return found


def first_literals(name: str, *called: str) -> set[str]:
    """The literal first arguments of these calls."""
    firsts = (call.args[0] for call in calls_of(name, *called) if call.args)
    return {first.value for first in firsts if isinstance(first, ast.Constant) and isinstance(first.value, str)}
