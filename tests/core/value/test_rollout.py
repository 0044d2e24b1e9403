"""Grade B: what a roll-out by stages shows."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from tests.core.value.simulated_rollouts import Drift, simulated

from banso.core.value.because import WORDS, Because, in_words, of_rollout
from banso.core.value.holdout import TooLittle
from banso.core.value.rollout import RolledOut, Staged, rolled_out

EACH = 40
NONE = np.empty((0, 0))
Shares = Mapping[tuple[int, int], tuple[float | Fraction, bool]]


def table(shares: Shares) -> Staged:
    """(stage, period) -> (share to which it happened, told): EACH accounts in each cell."""
    rows = [
        (stage, period, told, 100 * (stage * 10 + period) + n, float(n < share * EACH))
        for (stage, period), (share, told) in shares.items()
        for n in range(EACH)
    ]
    stage, period, told, account, outcome = (np.array(x) for x in zip(*rows, strict=True))
    return Staged(stage, period, told, account, outcome, np.empty((len(rows), 0)))


def found(shares: Shares) -> RolledOut:
    answer = rolled_out(table(shares))
    assert isinstance(answer, RolledOut)
    return answer


TWO = {(0, 0): (0.4, False), (1, 0): (0.5, False), (0, 1): (0.3, True), (1, 1): (0.6, False)}


def test_of_two_stages_and_two_periods_it_is_the_difference_of_the_differences() -> None:
    answer = found(TWO)
    assert answer.value == pytest.approx((0.3 - 0.4) - (0.6 - 0.5))
    assert answer.base == pytest.approx(0.5)
    assert (answer.treated, answer.events, answer.others, answer.other_events) == (40, 12, 120, 60)
    # of four independent cells: each its own variance of a mean
    plain = sum(x * (1 - x) / EACH for x in (0.4, 0.5, 0.3, 0.6))
    assert answer.error == pytest.approx(np.sqrt(plain * 160 / (160 - 3)))
    assert (answer.drift, answer.holds) == (None, None)


def test_effects_that_grow_are_averaged_where_a_regression_on_told_would_mislead() -> None:
    """The early stage gains 10 points and then 30, the late one 10; levels and times are common."""
    level, time = {0: 0.3, 1: 0.35, 2: 0.25}, [0.0, 0.05, 0.1, 0.05]
    gains = {(0, 2): 0.1, (0, 3): 0.3, (1, 3): 0.1}
    shares = {
        (stage, at): (level[stage] + time[at] + gains.get((stage, at), 0), (stage, at) in gains)
        for stage in level
        for at in range(4)
    }
    answer = found(shares)
    assert answer.value == pytest.approx(0.5 / 3, abs=1e-9)
    assert (answer.stages, answer.late) == (2, 0)
    assert answer.drift == pytest.approx(0, abs=1e-9)


def test_when_everybody_is_told_nobody_is_left_to_compare_with() -> None:
    later = {(0, 2): (0.3, True), (1, 2): (0.1, True)}
    answer = found(TWO | later)
    assert (answer.late, answer.value) == (80, pytest.approx(-0.2))
    codes = [x.code for x in of_rollout(answer, crossing=7)]
    assert codes == ["staged", "drift_unknown", "no_lot", "one_look", "late", "crossing"]
    assert of_rollout(answer, crossing=7)[-1] == Because("crossing", 7)
    assert set(codes) <= set(WORDS)


def test_nothing_is_said_of_a_roll_out_that_has_not_begun() -> None:
    waiting = {key: (share, False) for key, (share, _) in TWO.items()}
    assert rolled_out(table(waiting)) == TooLittle(0, 160, 0, 72)
    empty = Staged(*(np.empty(0, x) for x in (int, int, bool, int, float)), NONE)
    assert rolled_out(empty) == TooLittle(0, 0, 0, 0)


def test_trends_of_the_time_before_are_carried_on_in_a_line() -> None:
    """The stage that is told from period 4 on loses one of its 40 accounts a period beside the
    other one, and gains eight once it is told. From the middle of the time before to that of the
    time since are four periods, so its trend takes four."""
    shares = {
        (stage, at): (
            Fraction(20 - at + 8 * (at >= 4) if stage == 0 else 12, EACH),
            stage == 0 and at >= 4,
        )
        for stage in (0, 1)
        for at in range(8)
    }
    answer = found(shares)
    assert answer.drift == pytest.approx(-4 / EACH)
    assert answer.value == pytest.approx((8 - 4) / EACH)
    # of the slope of independent means: weights (at - 1.5) / 5, over four periods
    spread = sum(
        (at - 1.5) ** 2 * float(share * (1 - share)) / EACH
        for (_, at), (share, _) in shares.items()
        if at < 4
    )
    assert answer.drift_error == pytest.approx(4 / 5 * np.sqrt(spread), rel=0.05)
    most = 4 / EACH + 1.96 * (answer.drift_error or 0)
    left = 4 / EACH - 1.96 * answer.error
    assert answer.holds == pytest.approx(max(left, 0) / most, rel=1e-3)


def test_reasons_say_how_much_drift_a_difference_outlasts() -> None:
    answer = replace(found(TWO), value=0.2, error=0.02, low=0.16, high=0.24)
    said = {}
    for drift in ((0.01, 0.02), (0.12, 0.03), (None, None)):
        one = replace(answer, drift=drift[0], drift_error=drift[1])
        said[drift[0]] = of_rollout(one, crossing=0)[1]
    assert said == {
        0.01: Because("outlasts", 3.2),  # (20 - 3.92) / (1 + 3.92), rounded down
        0.12: Because("drift", 0.8),
        None: Because("drift_unknown"),
    }
    assert "3.2 times as fast" in in_words("outlasts", 3.2).en
    assert in_words("no_drift_seen", 0).en == ""  # as an earlier release has kept it


def test_intervals_hold_what_they_promise_and_a_drift_is_no_effect() -> None:
    """A small `./run report value`: wider bounds for fewer runs."""
    for truth in (0.0, -0.05):
        small = simulated(accounts=200, truth=truth, runs=80, seed=1)
        assert 0.88 <= small.contains <= 0.99
        assert (small.suggests, small.shows) == (0, 0)
        assert small.mean == pytest.approx(truth, abs=0.025)
    drifting = simulated(accounts=1000, truth=0.0, runs=20, seed=1, drift=Drift(-0.02, -0.02))
    assert drifting.certain >= 0.9
    assert (drifting.suggests, drifting.shows) == (0, 0)
    assert simulated(accounts=3000, truth=0.3, runs=5, seed=1).suggests == 1
