"""Grade B: what a roll-out by stages shows."""

import numpy as np
import pytest
from tests.core.value.simulated_rollouts import simulated

from banso.core.value.because import WORDS, Because, of_rollout
from banso.core.value.holdout import TooLittle
from banso.core.value.rollout import RolledOut, Staged, rolled_out

EACH = 40
NONE = np.empty((0, 0))


def table(shares: dict[tuple[int, int], tuple[float, bool]]) -> Staged:
    """(stage, period) -> (share to which it happened, told): EACH accounts in each cell."""
    rows = [
        (stage, period, told, 100 * (stage * 10 + period) + n, float(n < share * EACH))
        for (stage, period), (share, told) in shares.items()
        for n in range(EACH)
    ]
    stage, period, told, account, outcome = (np.array(x) for x in zip(*rows, strict=True))
    return Staged(stage, period, told, account, outcome, np.empty((len(rows), 0)))


def found(shares: dict[tuple[int, int], tuple[float, bool]]) -> RolledOut:
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
    assert (answer.drift, answer.drifts) == (None, None)


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


def test_intervals_hold_what_they_promise_and_a_drift_is_flagged() -> None:
    """A small `./run report value`: wider bounds for fewer runs."""
    for truth in (0.0, -0.05):
        small = simulated(accounts=200, truth=truth, runs=80, seed=1)
        assert 0.88 <= small.contains <= 0.99
        assert small.drifts <= 0.12
        assert small.mean == pytest.approx(truth, abs=0.025)
    assert simulated(accounts=1000, truth=0.0, runs=20, seed=1, drift=-0.02).drifts >= 0.75
