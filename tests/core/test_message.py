"""The ladder of a message's status: reports come twice, late and shuffled, and the truth only climbs."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.message import Status, advance

LADDER = (Status.QUEUED, Status.UNCERTAIN, Status.SENT, Status.DELIVERED, Status.READ, Status.PLAYED)
OUTGOING = st.sampled_from([*LADDER, Status.FAILED, Status.DISCARDED])


def after(reports: list[Status]) -> Status:
    status = Status.QUEUED
    for report in reports:
        status = advance(status, report)
    return status


@pytest.mark.parametrize("order", list(itertools.permutations([Status.SENT, Status.DELIVERED, Status.READ])))
def test_every_order_of_reports_ends_the_same(order: tuple[Status, ...]) -> None:
    assert after([*order, *order]) is Status.READ


@given(st.lists(st.sampled_from(LADDER)))
def test_a_status_never_falls(reports: list[Status]) -> None:
    status = Status.QUEUED
    for report in reports:
        climbed = advance(status, report)
        assert LADDER.index(climbed) >= LADDER.index(status)
        status = climbed


@given(OUTGOING, OUTGOING)
def test_hearing_it_twice_changes_nothing(old: Status, new: Status) -> None:
    once = advance(old, new)
    assert advance(once, new) is once


def test_proof_of_delivery_beats_a_failure_in_either_order() -> None:
    assert after([Status.FAILED, Status.DELIVERED]) is Status.DELIVERED
    assert after([Status.DELIVERED, Status.FAILED]) is Status.DELIVERED
    assert after([Status.SENT, Status.FAILED]) is Status.FAILED
    assert after([Status.FAILED, Status.SENT]) is Status.FAILED


def test_what_staff_gave_up_stays_given_up_until_proven_otherwise() -> None:
    assert after([Status.FAILED, Status.DISCARDED, Status.SENT]) is not Status.SENT
    assert after([Status.DISCARDED, Status.READ]) is Status.READ
