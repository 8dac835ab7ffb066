"""Which group a customer's new topic is opened in. Pure: groups and wishes in, one group out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.ids import ChatId, GroupId, LineId, TeamId
from core.people import Group


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group, and how much is in it: `topics` in use, and whether it has room for another."""

    group: Group
    topics: int = 0
    is_full: bool = False

    @property
    def works(self) -> bool:
        return self.group.suspended is None

    @property
    def takes_new(self) -> bool:
        return self.works and not self.is_full


@dataclass(frozen=True, slots=True)
class Wish:
    """What speaks for one group or another. `group_id` was chosen by staff; `home` is the group of the last topic."""

    group_id: GroupId | None = None
    team_id: TeamId | None = None
    tags: frozenset[str] = frozenset()
    line_id: LineId | None = None
    home: ChatId | None = None


def choose(candidates: Sequence[Candidate], wish: Wish) -> Group | None:
    """The group for a new topic; None when there is none at all.

    A full or suspended group is left out, and the next reason decides. When all that work are full, the full ones go
    on being used; when none works, one is named all the same, so that the desk resumes once it works again.
    """
    usable = (
        [each for each in candidates if each.takes_new] or [each for each in candidates if each.works] or candidates
    )
    for fits in _REASONS:
        fitting = [each for each in usable if fits(each.group, wish)]
        if fitting:
            return min(fitting, key=lambda each: _load(each, wish)).group
    return None


def _load(candidate: Candidate, wish: Wish) -> tuple[bool, int, int]:
    """Where the customer was before, then where the fewest are, then the newest."""
    return (candidate.group.chat_id != wish.home, candidate.topics, -candidate.group.id)


_REASONS: tuple[Callable[[Group, Wish], bool], ...] = (
    lambda group, wish: group.id == wish.group_id,
    lambda group, wish: group.rule.team_id is not None and group.rule.team_id == wish.team_id,
    lambda group, wish: group.rule.tag_key in wish.tags,
    lambda group, wish: group.rule.line_id is not None and group.rule.line_id == wish.line_id,
    lambda group, wish: group.rule.is_open,
    lambda group, wish: True,
)
