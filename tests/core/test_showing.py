"""What a message looks like in its topic: nothing of it may be left out, however it is merged or cut."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.i18n import texts_for
from core.ids import ContactId, ConversationId, LineId, MessageId, PostId
from core.message import Card, Content, Direction, Kind, Media, Notice, Place, Status
from core.service import showing
from core.service.quoting import Target
from core.store.messages import Message, ReadState, Shown
from core.text import plain, utf16_len

NOON = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
EN = texts_for("en")
FILE = Path("file")


def message(content: Content, number: int = 1, **changes: Any) -> Message:
    made = Message(
        MessageId(number), ConversationId(1), ContactId(1), LineId(1), Direction.IN, None, "customer", content, None,
        Status.RECEIVED, None, 0, None, None, Shown.WAITING, ReadState.DUE, NOON, NOON,
    )  # fmt: skip
    return replace(made, **changes)


def text(words: str, number: int = 1, **changes: Any) -> Message:
    return message(Content(Kind.TEXT, plain(words)), number, **changes)


def shown(one: Message, file: Path | None = None) -> list[str]:
    return [post.text.text for post in showing.posts_of(one, EN, file, None)]


def test_neighbouring_texts_share_a_post_and_know_their_place_in_it() -> None:
    one, two = text("first"), text("second", 2)
    assert showing.bundles([one, two], merge=False) == [[one], [two]]
    (bundle,) = showing.bundles([one, two], merge=True)
    merged, spans = showing.merged(bundle, EN, "Asia/Shanghai")
    assert merged.text == "20:05  first\n20:05  second"
    assert [merged.text[span.start : span.start + span.length] for span in spans] == ["first", "second"]


@pytest.mark.parametrize(
    "other",
    [
        message(Content(Kind.PHOTO, plain("look"), Media("m"))),
        message(Content(Kind.TEXT, plain("x"), forwarded=True)),
        message(Content(Kind.TEXT, plain("x"), notice=Notice("referral", "an ad"))),
        text("x", reply_to_id=MessageId(9)),
        text("x", direction=Direction.OUT),
    ],
)
def test_what_says_more_than_its_words_keeps_a_post_of_its_own(other: Message) -> None:
    assert len(showing.bundles([text("a"), other, text("b", 3)], merge=True)) == 3


@given(st.lists(st.text(min_size=1, max_size=3000), min_size=1, max_size=12))
def test_merged_posts_always_fit_and_lose_nothing(words: list[str]) -> None:
    waiting = [text(each, number) for number, each in enumerate(words)]
    bundles = showing.bundles(waiting, merge=True)
    assert [each for bundle in bundles for each in bundle] == waiting
    for bundle in bundles:
        if len(bundle) > 1:
            merged, _ = showing.merged(bundle, EN, "UTC")
            assert utf16_len(merged.text) <= showing.TEXT_LIMIT


def file(kind: Kind, number: int = 1, **changes: Any) -> Message:
    return message(Content(kind, media=Media("m")), number, **changes)


@pytest.mark.parametrize(
    ("kinds", "sizes"),
    [
        ("photo video photo", [3]),
        ("photo document document", [1, 2]),
        ("audio audio voice audio", [2, 1, 1]),
        ("document audio", [1, 1]),
        ("sticker sticker", [1, 1]),
        ("photo text photo", [1, 1, 1]),
        (" ".join(["photo"] * 23), [10, 10, 3]),
    ],
)
def test_files_that_telegram_shows_together_are_an_album(kinds: str, sizes: list[int]) -> None:
    waiting = [file(Kind(kind), number) for number, kind in enumerate(kinds.split())]
    bundles = showing.bundles(waiting, merge=True)
    assert [len(bundle) for bundle in bundles] == sizes
    assert [each for bundle in bundles for each in bundle] == waiting
    assert all(showing.is_album(bundle) == (len(bundle) > 1) for bundle in bundles)


def test_files_that_came_in_one_go_are_an_album_at_any_time() -> None:
    ages = [0, 1, 3, 9]
    waiting = [file(Kind.PHOTO, age, created_at=NOON + timedelta(seconds=age)) for age in ages]
    assert [len(bundle) for bundle in showing.bundles(waiting, merge=False)] == [3, 1]
    assert [len(bundle) for bundle in showing.bundles(waiting, merge=True)] == [4]


@pytest.mark.parametrize(
    "alone",
    [
        file(Kind.PHOTO, 2, reply_to_id=MessageId(9)),
        file(Kind.PHOTO, 2, direction=Direction.OUT),
        message(Content(Kind.PHOTO), 2),
        message(Content(Kind.PHOTO, plain("x" * 1000), Media("m")), 2),
    ],
)
def test_a_file_that_needs_a_post_of_its_own_gets_it(alone: Message) -> None:
    assert len(showing.bundles([file(Kind.PHOTO), alone, file(Kind.PHOTO, 3)], merge=True)) == 3


def test_a_long_text_is_several_posts_and_only_the_first_answers() -> None:
    long = "word " * 2000
    posts = showing.posts_of(text(long), EN, None, Target(PostId(7)))
    assert "".join(post.text.text for post in posts) == long
    assert [post.reply_to for post in posts] == [7, None, None]


def test_a_file_carries_its_words_or_they_follow() -> None:
    photo = Content(Kind.PHOTO, plain("look"), Media("m"))
    assert shown(message(photo), FILE) == ["look"]
    assert shown(message(replace(photo, text=plain("x" * 1025))), FILE) == ["", "x" * 1025]
    sticker = Content(Kind.STICKER, plain(""), Media("m"), forwarded=True)
    assert shown(message(sticker), FILE)[0] == ""
    assert len(shown(message(sticker), FILE)) == 2


def test_a_file_that_cannot_be_had_is_said_with_its_words() -> None:
    (line,) = shown(message(Content(Kind.PHOTO, plain("look"), Media("m"))))
    assert "photo" in line
    assert line.endswith("\nlook")


def test_what_came_with_the_words_is_shown_above_them() -> None:
    ad = Content(Kind.TEXT, plain("hi"), notice=Notice("referral", "Blue lamp"))
    (line,) = shown(message(ad))
    assert "Blue lamp" in line
    assert line.endswith("\nhi")
    picture = Content(Kind.PHOTO, plain("hi"), Media("m"), notice=Notice("referral", "Blue lamp"))
    assert "Blue lamp" in shown(message(picture), FILE)[0]


def test_every_shared_contact_and_a_place_are_shown() -> None:
    cards = Content(Kind.CONTACT, cards=(Card("A"), Card("B")))
    posts = showing.posts_of(message(cards), EN, None, None)
    assert [post.content.cards[0].name for post in posts if post.content] == ["A", "B"]
    (place,) = showing.posts_of(message(Content(Kind.LOCATION, place=Place(1, 2))), EN, None, None)
    assert place.content is not None


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_ever_shown_as_nothing(kind: Kind) -> None:
    """An empty message of any kind, without file, place or cards, is still a line."""
    assert all(words.strip() for words in shown(message(Content(kind))))
