"""Which group a new topic goes to: one line a case."""

from dataclasses import replace

import pytest

from core.ids import ChatId, GroupId, LineId, TeamId
from core.people import Group, Rule
from core.placing import Candidate, Wish, choose

BERLIN, PARIS = TeamId(1), TeamId(2)
SHOP, HELP = LineId(1), LineId(2)
OPEN = Rule()


def group(number: int, rule: Rule = OPEN, topics: int = 0, *, full: bool = False, why: str | None = None) -> Candidate:
    return Candidate(Group(GroupId(number), ChatId(-number), f"G{number}", why, rule), topics, full)


ANY = group(1, topics=5)
TEAM = group(2, Rule(team_id=BERLIN), topics=9)
TAG = group(3, Rule(tag_key="vip"))
LINE = group(4, Rule(line_id=SHOP))
ALL = (ANY, TEAM, TAG, LINE)
EVERYTHING = Wish(None, BERLIN, frozenset({"vip"}), SHOP)


def full(candidate: Candidate) -> Candidate:
    return replace(candidate, is_full=True)


def down(candidate: Candidate) -> Candidate:
    return replace(candidate, group=replace(candidate.group, suspended="member"))


@pytest.mark.parametrize(
    ("groups", "wish", "chosen"),
    [
        ((), Wish(), None),
        # the reasons, in their order
        (ALL, replace(EVERYTHING, group_id=GroupId(1)), 1),
        (ALL, EVERYTHING, 2),
        (ALL, replace(EVERYTHING, team_id=PARIS), 3),
        (ALL, replace(EVERYTHING, team_id=None), 3),
        (ALL, Wish(tags=frozenset({"other"}), line_id=SHOP), 4),
        (ALL, Wish(line_id=HELP), 1),
        (ALL, Wish(), 1),
        # the least loaded, of two alike the newest; those with a rule of their own are not for everybody
        ((group(1, topics=3), group(2, topics=2), TAG), Wish(), 2),
        ((group(1), group(2)), Wish(), 2),
        ((group(5, Rule(team_id=BERLIN), 4), TEAM), EVERYTHING, 5),
        ((TAG, LINE), Wish(), 4),
        # a customer comes back to where they were, unless a reason speaks against it
        ((group(1, topics=3), group(2, topics=2)), Wish(home=ChatId(-1)), 1),
        (ALL, replace(EVERYTHING, home=ChatId(-1)), 2),
        # full or suspended: the next reason
        ((ANY, full(TEAM), TAG, LINE), EVERYTHING, 3),
        ((ANY, down(TEAM), full(TAG), LINE), EVERYTHING, 4),
        ((ANY, down(TEAM), full(TAG), down(LINE)), EVERYTHING, 1),
        ((full(ANY), full(TEAM), TAG), Wish(group_id=GroupId(1)), 3),
        # nowhere else: full ones go on, and suspended ones are waited for
        ((full(ANY), full(TEAM), down(TAG)), EVERYTHING, 2),
        ((full(ANY), down(TEAM)), EVERYTHING, 1),
        ((down(ANY), down(TEAM)), EVERYTHING, 2),
        ((down(full(ANY)),), Wish(), 1),
    ],
)
def test_the_group_of_a_new_topic(groups: tuple[Candidate, ...], wish: Wish, chosen: int | None) -> None:
    found = choose(groups, wish)
    assert (found.id if found else None) == chosen
