"""A busy desk on a virtual clock: a guard on counts, and on delays that no machine's speed can change."""

import asyncio
import json
from datetime import timedelta

import pytest

from core.message import Status
from core.simulate import naive, play
from core.simulate.clock import START, VirtualClock
from core.simulate.drive import next_watch
from core.simulate.flood import Flood, Window
from core.simulate.journal import Journal, Outcome, outcome
from core.simulate.load import Profile, Reported, burst, load, tag

QUARTER = Profile(customers=40, seconds=900)


async def ours(*, together: bool) -> Outcome:
    hour = load(QUARTER, seed=1)
    return outcome([(await play.live(hour, Flood(together)), hour.said, hour.ticks)])


@pytest.mark.parametrize("together", [False, True], ids=["reactions apart", "reactions count as posts"])
async def test_a_busy_quarter_of_an_hour_is_shown_whole_in_order_and_soon(*, together: bool) -> None:
    found = await ours(together=together)
    assert found.offered > 100
    assert (found.lost, found.doubled, found.out_of_order) == (0, 0, 0)
    assert found.refused_share < 0.01
    assert found.delay(0.5) <= 3
    most = 25 if together else 12  # one lesson and the line that tells of it weigh a lot in so short a time
    assert found.delay(0.95) <= most


@pytest.mark.parametrize("together", [False, True], ids=["reactions apart", "reactions count as posts"])
@pytest.mark.parametrize(("new", "seconds"), [(False, 90), (True, 150)], ids=["known", "new"])
async def test_two_hundred_messages_at_once_are_all_readable_soon(*, new: bool, seconds: float, together: bool) -> None:
    hour = burst(new=new)
    found = outcome([(await play.live(hour, Flood(together)), hour.said, hour.ticks)])
    assert found.offered == 200
    assert (found.lost, found.doubled, found.out_of_order) == (0, 0, 0)
    assert found.last_read <= seconds
    assert found.refused <= 1


def test_an_hour_is_the_same_for_the_same_seed_and_as_busy_as_the_profile_says() -> None:
    hour = load(Profile(), seed=2)
    assert hour == load(Profile(), seed=2)
    assert hour != load(Profile(), seed=3)
    assert 600 <= len(hour.said) <= 900
    assert 600 <= hour.ticks <= 900
    assert len(hour.new) == 10
    assert [one.at for one in hour.happenings] == sorted(one.at for one in hour.happenings)
    assert {one.status for one in hour.happenings if isinstance(one, Reported)} == {Status.DELIVERED, Status.READ}


def test_a_window_takes_so_many_a_minute_and_punishes_impatience() -> None:
    window = Window(most=2)
    assert [window.call(0.0), window.call(1.0)] == [0, 0]
    assert window.call(10.0) == 50
    assert window.call(20.0) == 42, "the first early call adds two seconds"
    assert window.call(30.0) == 35, "the second adds three"
    assert window.call(65.0) == 0


def test_reactions_have_a_window_of_their_own_or_share_the_posts() -> None:
    apart, together = Flood(together=False), Flood(together=True)
    for flood in (apart, together):
        assert [flood.call(0.0, is_post=True) for _ in range(20)] == [0] * 20
    assert apart.call(1.0, is_post=False) == 0
    assert together.call(1.0, is_post=False) == 59


def test_a_journal_sees_what_is_lost_doubled_or_out_of_order() -> None:
    hour = load(QUARTER, seed=1)
    first, second, third = [one for one in hour.said if one.customer == hour.said[0].customer][:3]
    journal = Journal("any")
    for line in (first, third, second, second):
        journal.show(line.text, 30.0)
    found = outcome([(journal, [first, second, third], 0)])
    assert (found.lost, found.doubled) == (0, 1)
    assert found.out_of_order > 0
    assert outcome([(Journal("none"), [first], 0)]).lost == 1


def test_merged_lines_are_all_found_in_their_post() -> None:
    journal = Journal("any")
    journal.show(f"09:00  {tag(3, 0)} hello\n09:01  {tag(3, 1)} there", 4.0)
    assert journal.read == {(3, 0): 4.0, (3, 1): 4.0}
    assert journal.out_of_order == 0


def test_first_in_first_out_shows_everything_and_runs_into_the_window() -> None:
    hour = load(Profile(), seed=1)
    journal = naive.run(hour, Flood(together=True))
    found = outcome([(journal, hour.said, hour.ticks)])
    assert (found.lost, found.doubled, found.out_of_order) == (0, 0, 0)
    assert journal.refused > 0


def test_the_clock_can_stand_on_the_next_look_at_the_lag() -> None:
    clock = VirtualClock(asyncio.Event())
    for microsecond in range(0, 1_000_000, 997):
        clock.move_to(START + timedelta(seconds=510, microseconds=microsecond))  # sums across 512 are less exact
        due = next_watch(clock.seconds)
        clock.move_to(START + timedelta(seconds=due))
        assert clock.seconds >= due
        clock = VirtualClock(asyncio.Event())


async def test_the_clock_wakes_sleepers_in_their_order() -> None:
    clock = VirtualClock(asyncio.Event())
    woken: list[str] = []

    async def sleep(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(f"{name} at {clock.seconds:g}")

    tasks = [asyncio.ensure_future(sleep(name, seconds)) for name, seconds in (("late", 5), ("soon", 2))]
    await asyncio.sleep(0)
    assert clock.asleep == 2
    while clock.next_waking is not None:
        clock.move_to(clock.next_waking)
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert woken == ["soon at 2", "late at 5"]


def test_the_command_prints_a_table_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--simulate", "--customers", "3", "--seeds", "1", "--minutes", "5", "--processes", "1"]
    assert play.main(small) == 0
    assert "FIFO and sleep" in capsys.readouterr().out
    assert play.main([*small, "--json"]) == 0
    worlds = json.loads(capsys.readouterr().out)
    assert [world["together"] for world in worlds] == [False, True] * 3
    assert all(one["lost"] == 0 for world in worlds for one in world["outcomes"])
