"""Names that people spell in different ways are one name."""

import pytest

from core.text import folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VIP", "vip"),
        ("ＶＩＰ", "vip"),
        ("Straße", "STRASSE"),
        ("  big   deal ", "Big Deal"),
        ("ﬁne", "FINE"),
        ("Å", "å"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_other_names_stay_others() -> None:
    assert len({folded(each) for each in ("vip", "vips", "重要", "重要客户", "résumé", "resume")}) == 6
