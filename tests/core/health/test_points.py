"""Points of one condition."""

import numpy as np
import pytest

from banso.core.definitions.model import Condition
from banso.core.health.points import linear, points_of
from banso.core.unmeasured import Column, Reason

LATE, NONE = Reason.SOURCE_LATE, Reason.NO_SOURCE


def numbers(*cells: float | Reason) -> Column:
    return Column(
        values=np.array([[np.nan if isinstance(c, Reason) else c for c in cells]]),
        reasons=np.array([[c if isinstance(c, Reason) else 0 for c in cells]], dtype=np.uint8),
    )


def truths(*cells: bool | Reason) -> Column:
    return Column(
        values=np.array([[cell is True for cell in cells]]),
        reasons=np.array([[c if isinstance(c, Reason) else 0 for c in cells]], dtype=np.uint8),
    )


@pytest.mark.parametrize(
    ("good", "poor", "expected"),
    [(10, 0, [0.0, 0.0, 0.25, 1.0, 1.0]), (0, 10, [1.0, 1.0, 0.75, 0.0, 0.0])],
)
def test_points_run_straight_from_poor_to_good_and_never_outside(
    good: float, poor: float, expected: list[float]
) -> None:
    values = np.array([-5.0, 0.0, 2.5, 10.0, 99.0])
    assert linear(values, good=good, poor=poor).tolist() == expected


def test_without_thresholds_the_condition_decides_all_or_nothing() -> None:
    found = points_of(Condition(condition="x > 1"), holds=truths(True, False, NONE), value=None)
    assert found.points.tolist() == [[1.0, 0.0, 0.0]]
    assert found.measured.tolist() == [[True, True, False]]
    assert found.failing.tolist() == [[False, True, False]]


def test_with_thresholds_the_number_decides_and_the_condition_only_says_whether_it_fails() -> None:
    condition = Condition(condition="x >= 8", of="x", good=10.0, poor=0.0)
    found = points_of(condition, holds=truths(False, True), value=numbers(5.0, 8.0))
    assert found.points.tolist() == [[0.5, 0.8]]
    assert found.failing.tolist() == [[True, False]]


def test_both_the_number_and_the_condition_must_be_measured_and_the_higher_reason_tells() -> None:
    condition = Condition(condition="y >= 8", of="x", good=10.0, poor=0.0)
    found = points_of(
        condition,
        holds=truths(True, NONE, False, NONE),
        value=numbers(5.0, 5.0, LATE, LATE),
    )
    assert found.reasons.tolist() == [[0, NONE, LATE, LATE]]
    assert found.points.tolist() == [[0.5, 0.0, 0.0, 0.0]]
    assert found.failing.tolist() == [[False, False, True, False]]


def test_equal_thresholds_give_no_line() -> None:
    condition = Condition(condition="x >= 5", of="x", good=5.0, poor=5.0)
    found = points_of(condition, holds=truths(True, False), value=numbers(5.0, 4.0))
    assert found.points.tolist() == [[1.0, 0.0]]
