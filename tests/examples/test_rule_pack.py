"""The starter pack finds what docs/en/explanation/rule-pack.md says that it finds."""

from pathlib import Path

import pytest
from tests.examples.kaede_panel import Kaede
from tests.examples.rules_report import (
    BUDGET,
    LAST,
    PACK,
    Line,
    alerts,
    busiest,
    lines,
    pack,
    planted,
)


@pytest.fixture(scope="module")
def found(data: Path) -> tuple[dict[str, Line], int]:
    told = alerts(Kaede.read(data, as_of=LAST), pack())
    return {x.truth: x for x in lines(told, planted(data), PACK)}, busiest(told, data)[1]


@pytest.mark.parametrize(
    ("truth", "cases", "told"),
    [
        ("stalled_onboarding", 20, 18),
        ("champion_left", 25, 21),
        ("seat_shortage", 24, 24),
        ("unused_seats", 20, 20),
        ("renewal_risk", 47, 33),
        ("detractor", 43, 40),
    ],
)
def test_so_many_of_the_planted_cases_are_told_two_weeks_before_their_end(
    found: tuple[dict[str, Line], int], truth: str, cases: int, told: int
) -> None:
    line = found[0][truth]
    assert (line.cases, line.told) == (cases, told)


def test_no_owner_gets_more_alerts_than_the_budget(found: tuple[dict[str, Line], int]) -> None:
    assert found[1] == BUDGET
