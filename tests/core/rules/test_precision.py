"""Intervals of precision: known values, clusters, and that they hold what they promise."""

import numpy as np
import pytest
from tests.core.rules.simulated_rules import coverage

from banso.core.rules.precision import NOTHING, Interval, Share, next_period, share, wilson
from banso.core.rules.verdicts import Verdict

HIT, LATE, MISS, UNKNOWN = Verdict.HIT, Verdict.LATE, Verdict.MISS, Verdict.UNKNOWN


def of(*alerts: tuple[Verdict, int]) -> Share:
    return share(np.array([x[0] for x in alerts]), np.array([x[1] for x in alerts]))


def test_late_alerts_count_against_and_unknown_ones_not_at_all() -> None:
    found = of((HIT, 1), (LATE, 2), (MISS, 3), (UNKNOWN, 4), (Verdict.NOT_APPLICABLE, 5))
    assert (found.hits, found.judged, found.accounts, found.value) == (1, 3, 3, 1 / 3)


def test_where_nothing_is_judged_precision_is_unmeasured_not_zero() -> None:
    assert of((UNKNOWN, 1)) == NOTHING
    assert NOTHING.value is None
    assert next_period(NOTHING, alerts=10) is None


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Brown, Cai and DasGupta 2001 give the formula; figures by R's binom.confint(method="wilson")
    [
        (0, 10, 0.0, 0.2775),
        (3, 10, 0.1078, 0.6032),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
    ],
)
def test_the_interval_is_wilsons(hits: int, n: int, low: float, high: float) -> None:
    found = wilson(hits / n, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_alerts_of_different_accounts_count_in_full() -> None:
    assert of(*((HIT, x) for x in range(3)), *((MISS, x) for x in range(3, 10))).effective == 10


def test_alerts_that_are_alike_within_an_account_count_as_one() -> None:
    twice = [(HIT, x) for x in range(4)] * 2 + [(MISS, x) for x in range(4, 8)] * 2
    found = of(*twice)
    assert (found.judged, found.accounts) == (16, 8)
    # by hand: each account adds 2 (1 - 1/2) = 1 or -1 to the ratio: 8/7 * 8 / 16^2 = 1/28,
    # against 1/4 / 16 of independent ones: a design effect of 16/7
    assert found.effective == pytest.approx(7.0)
    assert of(*[(MISS, 1)] * 9, (MISS, 2)).effective == 2


def test_the_next_period_is_wider_than_what_is_known() -> None:
    known = of(*((HIT, x) for x in range(20)), *((MISS, x) for x in range(20, 50)))
    coming = next_period(known, alerts=50)
    assert known.interval is not None
    assert coming is not None
    assert coming.low < known.interval.low
    assert coming.high > known.interval.high
    assert coming == Interval(0.22, 0.6)


def test_ninety_in_a_hundred_next_periods_lie_in_the_stated_interval() -> None:
    """200 rules with alerts of accounts that differ, some often: the same again in a next period.
    `./run report precision` prints the table."""
    found = coverage(rules=200, seed=6)
    assert found.judged >= 190
    assert found.inside >= 0.9
