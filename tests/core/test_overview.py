"""/status: one line a fact, and only facts that say something."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.i18n import texts_for
from core.ids import LineId
from core.jobs import JobKind, NewJob
from core.people import LineHabits
from core.service.intake import source_of
from core.service.overview import LineState, Overview, eta, lines_of
from core.store import desks, inbox, queue
from core.store.engine import BudgetRow
from core.store.store import Store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUIET = Overview(3, 0, None, 0, 0, 0, (LineState("WhatsApp", "online"),), (), None)
BUDGET = BudgetRow("k", 18, 0, 0, NOW, None, None)


def frozen(seconds: float) -> BudgetRow:
    return replace(BUDGET, frozen_until=NOW + timedelta(seconds=seconds))


def test_a_quiet_desk_says_little() -> None:
    assert lines_of(QUIET, texts_for("en"), NOW) == [
        "3 customer topics", "No customer message is waiting.", "WhatsApp: online",
    ]  # fmt: skip


def test_a_busy_desk_says_how_long_it_will_take() -> None:
    busy = replace(QUIET, waiting=12, since=NOW - timedelta(seconds=40), to_post=6, budgets=(BUDGET,))
    assert eta(busy, NOW) == 20
    paused = replace(busy, budgets=(frozen(30),))
    assert eta(paused, NOW) == 50
    words = "\n".join(lines_of(paused, texts_for("zh"), NOW))
    assert "12 条" in words
    assert "50 秒" in words
    assert "30 秒" in words


def test_the_room_of_all_bots_counts() -> None:
    busy = replace(QUIET, waiting=12, since=NOW, to_post=6, budgets=(BUDGET, BUDGET, frozen(600)))
    words = lines_of(busy, texts_for("en"), NOW)
    assert "36 posts a minute (18 + 18 + 0" in words[2]
    assert eta(busy, NOW) == 10
    assert not [line for line in words if "pause" in line], "one bot in peace is no pause"


def test_while_all_bots_are_paused_the_first_to_come_back_counts() -> None:
    busy = replace(QUIET, waiting=12, since=NOW, to_post=6, budgets=(frozen(30), frozen(600)))
    assert eta(busy, NOW) == 50
    assert "pause for 30 s" in "\n".join(lines_of(busy, texts_for("en"), NOW))


async def test_each_tenant_hears_of_its_own_troubles_only(store: Store) -> None:
    async with store.write_across_tenants() as scope:
        ours, theirs = [await desks.add_tenant(scope, name, "en", "UTC") for name in ("ours", "theirs")]
    for tenant, troubles in ((ours, 1), (theirs, 2)):
        async with store.write(tenant.id) as scope:
            line = await desks.add_line(scope, "test", f"line {tenant.id}", "Test", LineHabits())
            await scope.put(*(NewJob(JobKind.CARD, tenant.id) for _ in range(troubles)))
            for number in range(troubles):
                row = await inbox.keep(scope, f"line:{line}", str(number), "{}")
                await inbox.bury(scope, row, "odd")
    async with store.write_across_tenants() as scope:
        for job in await queue.claim(scope.connection, scope.now, timedelta(seconds=9), 9):
            await queue.park(scope.connection, job, "given up")
    for tenant, troubles in ((ours, 1), (theirs, 2)):
        async with store.read(tenant.id) as scope:
            sources = [source_of(LineId(row.id)) for row in await desks.lines(scope)]
            assert await queue.parked_of(scope.connection, tenant.id) == troubles
            assert await inbox.dead_of(scope, sources) == troubles


def test_a_stopped_line_names_its_reason() -> None:
    stopped = replace(QUIET, lines=(LineState("WhatsApp", "auth"),), parked=1)
    words = lines_of(stopped, texts_for("en"), NOW)
    assert words[2] == "WhatsApp: " + texts_for("en").error("auth")
    assert "1 job" in words[3]
