"""docs/fidelity.md says what the code can do and what tests prove, and nothing else."""

import pytest

from tests.house import fidelity
from tests.house.house_tree import text_of


def test_the_page_is_what_would_be_made() -> None:
    assert text_of(fidelity.PAGE) == fidelity.page(), "run: python -m tests.house.fidelity"


def test_every_cell_is_proven_or_has_a_reason() -> None:
    found = fidelity.proofs()
    assert [cell for cell in fidelity.wanted() if not found.get(cell) and not fidelity.reason(cell)] == []


def test_every_proof_is_for_a_cell() -> None:
    assert set(fidelity.proofs()) - set(fidelity.wanted()) == set()


@pytest.mark.parametrize("line", fidelity.LINES)
def test_reasons_agree_with_the_numbers(line: str) -> None:
    _, limits = fidelity.LINES[line]
    can = {
        "edit.out": limits.edit_minutes is not None,
        "delete.out": limits.revoke_hours is not None,
        "window.out": limits.window_hours is None,
        "reaction.out": limits.reactions,
        "typing.out": limits.typing,
        "template.out": limits.templates,
        "live_location.out": limits.live_location,
        "view_once.out": limits.view_once,
        "timer.out": limits.timers,
    }
    assert {key for key, able in can.items() if not able} == set(can) & set(limits.cannot)
    features = {f"{feature}.{way}" for _, feature, way in fidelity.wanted()}
    assert set(limits.cannot) - features == set()
