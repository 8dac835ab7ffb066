"""The policy that most bridges have: everything in the order it came, one call each, asleep after a 429."""

from collections.abc import Iterator

from core.simulate.flood import Flood
from core.simulate.journal import Journal
from core.simulate.load import Load, Said

NAME = "FIFO and sleep"
_CALL_SECONDS = 0.15


def run(hour: Load, flood: Flood) -> Journal:
    journal = Journal(NAME)
    clock = 0.0
    for at, is_post, text in _calls(hour):
        clock = max(clock, at)
        while retry_after := flood.call(clock, is_post=is_post):
            journal.call(clock, retry_after)
            clock += _CALL_SECONDS + retry_after
        journal.call(clock, 0)
        clock += _CALL_SECONDS
        journal.show(text, clock)
        journal.marks += not is_post
    return journal


def _calls(hour: Load) -> Iterator[tuple[float, bool, str]]:
    """(when, is it a post, what it shows): a topic and its card for who is new, a post a line, a mark a tick."""
    strangers = set(hour.new)
    for one in hour.happenings:
        if not isinstance(one, Said):
            yield one.at, False, ""
            continue
        if one.customer in strangers:
            strangers.discard(one.customer)
            yield from ((one.at, True, ""), (one.at, True, ""))
        yield one.at, True, one.text
