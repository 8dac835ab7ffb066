"""What finds what: folding, pairs of characters, ends of numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.search import fold, number_tokens, terms, tokens


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＣＡＦÉ", "cafe"),
        ("Straße\n\tÜber", "strasse uber"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("１２３　ＡＢＣ", "123 abc"),
        ("한국어", "한국어"),
    ],
)
def test_case_width_and_accents_make_no_difference(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_chinese_becomes_pairs_and_a_last_character() -> None:
    assert tokens(fold("我要退款 iPhone15吗")) == ("我要", "要退", "退款", "款", "iphone15", "吗")


def test_a_number_is_found_by_its_ends() -> None:
    assert number_tokens("15551234") == ("15551234", "5551234", "551234", "51234", "1234", "234")
    assert number_tokens("12") == ("12",)


def test_a_word_may_be_begun_and_a_quoted_phrase_may_not() -> None:
    (word,) = terms("Ref")
    assert (word.whole, word.begun, word.exact) == ((), ("ref",), "")
    (phrase,) = terms('"net 30"')
    assert (phrase.begun, phrase.exact) == (("net", "30"), "net 30")


def test_two_characters_prove_themselves_and_three_do_not() -> None:
    (two,) = terms("退款")
    assert (two.whole, two.begun, two.exact) == (("退款",), (), "")
    (three,) = terms("要退款")
    assert (three.whole, three.exact) == (("要退", "退款"), "要退款")


@pytest.mark.parametrize("asked", ["", "  ", '""', "!!! --- ___", '" "', "*", "'"])
def test_signs_alone_ask_for_nothing(asked: str) -> None:
    assert terms(asked) == ()


@given(st.text())
def test_every_part_of_a_text_finds_it(text: str) -> None:
    folded = fold(text)
    kept = set(tokens(folded))
    for term in terms(text):
        assert set(term.whole) <= kept
        assert all(any(token.startswith(begun) for token in kept) for begun in term.begun)


@given(st.text(alphabet="我要退款abc é１ "), st.data())
def test_every_two_characters_of_a_chinese_text_find_it(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, max(0, len(folded) - 1)))
    for term in terms(folded[start : start + 2]):
        assert set(term.whole) <= set(tokens(folded))
