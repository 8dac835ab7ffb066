"""Which message of a merged post is meant, and how staff are asked."""

from dataclasses import replace

import pytest

from core.i18n import texts_for
from core.ids import ChatId, MessageId, PostId
from core.service.choosing import question
from core.service.reply import meant
from core.store.choices import Choice, ChoiceState
from core.store.messages import Copy
from tests.core.test_showing import text

EN = texts_for("en")
MERGED = [Copy(MessageId(n), ChatId(-1), PostId(9), 0, start, 5) for n, start in ((1, 7), (2, 20))]
PIECES = [Copy(MessageId(n), ChatId(-1), PostId(9), n) for n in (1, 2)]
OPEN = Choice(5, MessageId(7), MessageId(1), ChoiceState.OPEN, None, None)


@pytest.mark.parametrize(
    ("parts", "quoted", "answered"),
    [
        ([], None, None),
        (MERGED[:1], None, 1),
        (PIECES, None, 2),
        (PIECES, range(3, 5), 2),
        (MERGED, None, None),
        (MERGED, range(20, 22), 2),
        (MERGED, range(5), None),
    ],
)
def test_the_message_that_an_answer_means(parts: list[Copy], quoted: range | None, answered: int | None) -> None:
    assert meant(parts, quoted) == answered


def test_the_question_offers_the_newest_messages_and_fits_its_buttons() -> None:
    parts = [text("word\n" * number, number) for number in range(1, 31)]
    rows = question(OPEN, parts, PostId(3), EN).buttons
    assert [row[0].label.partition(" ")[0] for row in rows] == [*map(str, range(23, 31)), "No"]
    assert all(len(row[0].action.encode()) <= 64 and len(row[0].label) < 50 for row in rows)
    assert "\n" not in "".join(row[0].label for row in rows)


def test_afterwards_it_says_how_it_ended_and_offers_nothing() -> None:
    parts = [text("one", 1), text("two", 2)]
    quoted = question(replace(OPEN, state=ChoiceState.QUOTED, chosen_id=MessageId(2)), parts, PostId(3), EN)
    plain = question(replace(OPEN, state=ChoiceState.PLAIN), parts, PostId(3), EN)
    assert "two" in quoted.text.text
    assert plain.text.text
    assert (quoted.buttons, plain.buttons) == ((), ())
