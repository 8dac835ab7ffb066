"""The budget towards Telegram, on a clock of the test's own: no sleeping, no guessing."""

from datetime import UTC, datetime, timedelta

import pytest

from core.jobs import Job, JobKind, NewJob
from core.store import queue
from core.store.engine import BudgetRow
from core.store.store import Store
from core.work.limits import Budgets, Rate, Spend, refill, refused, spent, wait_until
from core.work.runner import Later

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
RATE = Rate(per_minute=18, burst=3, ceiling=19.5)
CHAT = -1001


class FakeTime:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time(store: Store) -> FakeTime:
    fake = FakeTime()
    store.clock = fake
    return fake


def bucket(**changes: object) -> BudgetRow:
    facts = {"key": "k", "per_minute": 18.0, "tokens": 3.0, "clean": 0, "counted_at": START, "frozen_until": None}
    return BudgetRow(**(facts | {"open_at": None} | changes))  # type: ignore[arg-type]


def test_a_bucket_fills_at_its_rate_and_never_beyond_its_burst() -> None:
    later = START + timedelta(seconds=10)
    assert refill(bucket(tokens=0.0), RATE, later).tokens == pytest.approx(3.0)
    assert refill(bucket(tokens=0.0), RATE, START + timedelta(seconds=5)).tokens == pytest.approx(1.5)


def test_an_empty_bucket_says_when_its_next_token_comes() -> None:
    assert wait_until(bucket(tokens=1.0), START) is None
    at = wait_until(bucket(tokens=0.0), START)
    assert at == START + timedelta(seconds=60 / 18)


def test_a_refusal_freezes_until_the_later_deadline_and_slows_down() -> None:
    once = refused(bucket(), START, 30)
    twice = refused(once, START, 5)
    assert twice.frozen_until == START + timedelta(seconds=30)
    assert twice.per_minute == pytest.approx(18 * 0.85 * 0.85)
    assert wait_until(twice, START) == twice.frozen_until


def test_the_rate_never_falls_below_its_floor_nor_climbs_above_its_ceiling() -> None:
    row = bucket()
    for _ in range(50):
        row = refused(row, START, 1)
    assert row.per_minute == 6
    for _ in range(2000):
        row = spent(row, RATE)
    assert row.per_minute == RATE.ceiling


async def test_a_budget_is_spent_then_waited_for_and_survives_a_restart(store: Store, time: FakeTime) -> None:
    budgets = Budgets(store, 7, 18)
    for _ in range(3):
        await budgets.take(CHAT, Spend.POST)
    with pytest.raises(Later):
        await Budgets(store, 7, 18).take(CHAT, Spend.POST)
    await budgets.take(CHAT, Spend.MARK)
    await budgets.take(CHAT - 1, Spend.POST)
    time.pass_by(60 / 18)
    await budgets.take(CHAT, Spend.POST)


async def test_jobs_before_a_closed_gate_wait_in_order_and_cost_nothing(store: Store, time: FakeTime) -> None:
    budgets = Budgets(store, 7, 18)

    async def try_all() -> list[int]:
        """What a worker does: claim, take from the budget, and finish or put back."""
        done: list[int] = []
        while jobs := await _claim(store):
            for job in jobs:
                try:
                    await budgets.take(CHAT, Spend.POST)
                except Later as later:
                    async with store.write_across_tenants() as scope:
                        await queue.put_back(scope.connection, job, later.at, gate=later.gate)
                else:
                    done.append(job.payload["n"])
                    async with store.write_across_tenants() as scope:
                        await queue.settle(scope.connection, job)
        return done

    async with store.write_across_tenants() as scope:
        await scope.put(*(NewJob(JobKind.MIRROR, None, {"n": n}, lane=f"l{n}") for n in range(6)))
    assert await try_all() == [0, 1, 2]
    assert await _claim(store) == []
    time.pass_by(60 / 18 + 0.01)
    assert await try_all() == [3]
    time.pass_by(2 * 60 / 18)
    assert await try_all() == [4, 5]


async def test_without_a_budget_only_a_refusal_stops_us(store: Store, time: FakeTime) -> None:
    budgets = Budgets(store, 7, 0)
    for _ in range(100):
        await budgets.take(CHAT, Spend.POST)
    await budgets.freeze(CHAT, Spend.POST, 10)
    with pytest.raises(Later):
        await budgets.take(CHAT, Spend.POST)
    time.pass_by(11)
    await budgets.take(CHAT, Spend.POST)


async def test_dressing_leaves_a_call_for_customers(store: Store, time: FakeTime) -> None:
    budgets = Budgets(store, 7, 18)
    await budgets.take(CHAT, Spend.POST, leave=1)
    await budgets.take(CHAT, Spend.POST, leave=1)
    with pytest.raises(Later) as told:
        await budgets.take(CHAT, Spend.POST, leave=1)
    assert told.value.at == START + timedelta(seconds=60 / 18)
    await budgets.take(CHAT, Spend.POST)


async def test_all_chats_together_stay_below_the_bots_limit(store: Store, time: FakeTime) -> None:
    budgets = Budgets(store, 7, 18)
    for chat in range(25):
        await budgets.take(-chat, Spend.POST)
    with pytest.raises(Later) as told:
        await budgets.take(-99, Spend.POST)
    assert told.value.at == START + timedelta(seconds=1)
    time.pass_by(1.01)
    await budgets.take(-99, Spend.POST)


async def test_what_waited_long_at_a_gate_goes_before_what_is_urgent(store: Store, time: FakeTime) -> None:
    async def put(number: int, urgency: int) -> None:
        async with store.write_across_tenants() as scope:
            await scope.put(NewJob(JobKind.MIRROR, None, {"n": number}, lane=f"l{number}", urgency=urgency))

    async def to_the_gate() -> None:
        for job in await _claim(store):
            async with store.write_across_tenants() as scope:
                await queue.put_back(scope.connection, job, scope.now, gate="g")

    await put(1, urgency=9)
    await to_the_gate()
    time.pass_by(100)
    await put(2, urgency=1)
    async with store.write_across_tenants() as scope:
        (urgent,) = await queue.claim(scope.connection, scope.now, timedelta(seconds=20), 1)
        await queue.put_back(scope.connection, urgent, scope.now, gate="g")
    assert [job.payload["n"] for job in await _claim(store)] == [2]
    await put(3, urgency=1)
    time.pass_by(100)
    async with store.write_across_tenants() as scope:
        claimed = await queue.claim(scope.connection, scope.now, timedelta(seconds=20), 16)
    assert {job.payload["n"] for job in claimed} == {1, 3}


async def _claim(store: Store) -> list[Job]:
    async with store.write_across_tenants() as scope:
        return await queue.claim(scope.connection, scope.now, timedelta(seconds=20), 16)


async def _use(budgets: Budgets, time: FakeTime, posts: int, marks: int) -> None:
    """Within a minute, each as soon as the budget lets it."""
    for kind, count in ((Spend.POST, posts), (Spend.MARK, marks)):
        for _ in range(count):
            await budgets.take(CHAT, kind)
            time.pass_by(2.8 if kind is Spend.POST else 0.1)


async def test_after_a_429_nobody_calls_into_the_open_window_whatever_the_call(store: Store, time: FakeTime) -> None:
    budgets = Budgets(store, 7, 60)
    await budgets.flooded(CHAT, Spend.MARK, 30)
    time.pass_by(29.9)
    for kind in Spend:
        with pytest.raises(Later):
            await budgets.take(CHAT, kind)
    await budgets.take(CHAT - 1, Spend.POST)
    time.pass_by(0.2)
    for kind in Spend:
        await budgets.take(CHAT, kind)
        with pytest.raises(Later):  # a sliding window opens little by little
            await budgets.take(CHAT, kind)


async def test_reactions_pay_as_posts_do_once_they_are_found_to_share_a_window(store: Store, time: FakeTime) -> None:
    budgets = Budgets(store, 7, 60)
    await _use(budgets, time, posts=15, marks=5)
    before = await budgets.look(CHAT)
    await budgets.flooded(CHAT, Spend.MARK, 1)
    looked = await budgets.look(CHAT)
    assert looked[Spend.MARK].per_minute == before[Spend.MARK].per_minute, "its rate was not at fault"
    time.pass_by(10)
    with pytest.raises(Later):  # the window is full of what was thought to be free
        await budgets.take(CHAT, Spend.POST)
    time.pass_by(22)
    again = Budgets(store, 7, 60)
    await again.take(CHAT, Spend.MARK)
    with pytest.raises(Later) as told:
        await again.take(CHAT, Spend.POST)
    assert told.value.gate == f"tg:7:{CHAT}:post"
    time.pass_by(24 * 3600)
    for kind in (*[Spend.POST] * 3, Spend.MARK):
        await again.take(CHAT, kind)


async def test_posts_enough_to_fill_a_window_say_nothing_about_reactions(store: Store, time: FakeTime) -> None:
    budgets = Budgets(store, 7, 60)
    await _use(budgets, time, posts=20, marks=3)
    await budgets.flooded(CHAT, Spend.POST, 1)
    assert (await budgets.look(CHAT))[Spend.POST].per_minute == pytest.approx(60 * 0.85)
    time.pass_by(10)
    for kind in (*[Spend.POST] * 3, Spend.MARK):
        await budgets.take(CHAT, kind)
