"""Published webhook samples: every message, status and echo becomes one event."""

import itertools
import json
from pathlib import Path

import pytest

from core.ports import LineNotice
from gateway.whatsapp_cloud.envelopes import envelopes
from tests.gateway.webhooks import counted, events, expected
from tests.shared_data import load, needs_whatsapp_data, webhook_files


@pytest.mark.parametrize("path", webhook_files())
def test_every_part_is_one_event(path: Path) -> None:
    payload = load(path)
    found = events(payload)
    assert counted(found) == expected(payload)
    assert counted(found) or any(isinstance(event, LineNotice) for event in found)
    assert found == events(payload)


@needs_whatsapp_data
def test_merged_payloads_give_the_events_of_both() -> None:
    payloads = [load(param.values[0]) for param in webhook_files()]
    for one, other in itertools.combinations(payloads, 2):
        merged = {**one, "entry": [*one["entry"], *other["entry"]]}
        assert events(merged) == events(one) + events(other)


@needs_whatsapp_data
def test_merged_changes_give_the_events_of_both() -> None:
    payloads = [load(param.values[0]) for param in webhook_files()]
    for one, other in itertools.pairwise(payloads):
        changes = [change for each in (one, other) for entry in each["entry"] for change in entry["changes"]]
        merged = {**one, "entry": [{**one["entry"][0], "changes": changes}]}
        assert counted(events(merged)) == expected(one) + expected(other)


@pytest.mark.parametrize("path", webhook_files())
def test_envelopes_keep_every_event(path: Path) -> None:
    payload = load(path)
    parts = envelopes(payload)
    assert sum(counted(events(json.loads(raw))) for _, _, raw in parts) == expected(payload)
