"""The bench counts what it says it counts."""

import json

import pytest

from core.work import bench
from sandbox.bench_numbers import Flow, Found, percentile


def test_the_engine_is_measured_on_a_real_database(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--database", database_url, "--jobs", "60", "--backlog", "250"]) == 0
    counted = json.loads(capsys.readouterr().out)
    assert counted["jobs"] == 60
    assert counted["per_second"] > 0
    assert counted["backlog"]["jobs"] == 250
    assert 0 < counted["backlog"]["claim_p50_ms"] <= counted["backlog"]["claim_p99_ms"]


def test_percentiles() -> None:
    times = [float(number) for number in range(100, 0, -1)]
    assert (percentile(times, 0.5), percentile(times, 0.95), percentile([], 0.95)) == (51, 96, 0)


def test_a_flow_that_loses_or_falls_behind_is_not_sustained() -> None:
    well = Flow("in", 20, sent=3, times=[10, 20, 30], behind=1)
    assert well.sustained
    assert not Flow("in", 20, sent=3, times=[10, 20], behind=1).sustained
    assert not Flow("in", 20, sent=300, times=[10] * 300, behind=21).sustained


def test_the_table_names_every_measure() -> None:
    backlog = {"jobs": 2000, "put_per_second": 4000.0, "claim_p50_ms": 2.0, "claim_p99_ms": 7.0}
    engine = {"jobs": 300, "per_second": 800.0, "backlog": backlog}
    found = Found("SQLite", 3.2, 210, 230, [Flow("webhook → post", 50, 2, [10, 30], 0, [4, 5])], {"SQLite": engine})
    table = found.table()
    for words in (
        "webhook → post, 50 a second",
        "30 ms",
        "acknowledged",
        "800 a second",
        "3.2 s",
        "210 MB",
        "kept up",
        "p99 7 ms",
    ):
        assert words in table
    assert json.loads(json.dumps(found.view()))["flows"][0]["ack_p95_ms"] == 5
