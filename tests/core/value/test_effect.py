"""What the statements of value rest on: known figures, and that they hold what they promise."""

from math import log, sqrt

import numpy as np
import pytest
from tests.core.value.simulated_accounts import admission, promise

from banso.core.value.covariates import standardised
from banso.core.value.holdout import Effect, TooLittle, Trial, effect
from banso.core.value.intervals import accounts_needed, always_width, fixed_width
from banso.core.value.matched import Compared, Comparison, compared, e_value

NONE = np.empty((100, 0))


def arms(treated: int, happened: int, held_out: int, there: int) -> Trial:
    accounts = treated + held_out
    outcome = np.zeros(accounts)
    outcome[:happened] = 1
    outcome[treated : treated + there] = 1
    return Trial(np.arange(accounts) < treated, outcome, np.empty((accounts, 0)))


def test_without_covariates_it_is_the_difference_of_two_shares() -> None:
    found = effect(arms(200, 20, 100, 25))
    assert isinstance(found, Effect)
    # variance of a share with HC3: p (1 - p) n / (n - 1)^2
    error = sqrt(0.1 * 0.9 * 200 / 199**2 + 0.25 * 0.75 * 100 / 99**2)
    assert found.value == pytest.approx(-0.15)
    assert found.error == pytest.approx(error)
    assert found.base == 0.25
    assert found.fixed_low == pytest.approx(-0.15 - 1.959964 * error)
    assert (found.treated, found.held_out, found.events, found.held_out_events) == (
        *(200, 100),
        *(20, 25),
    )


def test_a_covariate_that_tells_the_outcome_makes_it_exacter_not_other() -> None:
    random = np.random.default_rng(1)
    told = random.normal(size=2000)
    treated = random.random(2000) < 0.7
    outcome = (random.random(2000) < 0.5 + 0.2 * np.sign(told)).astype(float)
    plain = effect(Trial(treated, outcome, np.empty((2000, 0))))
    adjusted = effect(Trial(treated, outcome, told[:, None]))
    assert isinstance(plain, Effect)
    assert isinstance(adjusted, Effect)
    assert adjusted.error < 0.97 * plain.error
    assert abs(adjusted.value - plain.value) < 2 * plain.error


@pytest.mark.parametrize(
    "trial",
    [
        arms(300, 100, 29, 10),  # an arm too small
        arms(300, 100, 100, 4),  # it happened to too few
        arms(300, 297, 100, 50),  # it failed to happen to too few
        arms(300, 0, 100, 0),  # it never happens
        arms(400, 100, 0, 0),  # nobody held out
    ],
)
def test_too_little_is_an_answer(trial: Trial) -> None:
    found = effect(trial)
    assert isinstance(found, TooLittle)
    assert (found.treated, found.held_out) == (
        int(trial.treated.sum()),
        int((~trial.treated).sum()),
    )


def test_the_sequence_is_the_one_of_the_paper() -> None:
    # Theorem 2.2 at alpha = 0.05, rho^2 n = -2 log(alpha) + log(-2 log(alpha) + 1) at n = planned
    grown = -2 * log(0.05) + log(-2 * log(0.05) + 1)
    by_hand = sqrt((grown + 1) / grown * log((grown + 1) / 0.05**2))
    assert always_width(300, planned=300) == pytest.approx(by_hand)
    assert round(by_hand, 3) == 3.035
    widths = [always_width(n) for n in range(75, 1201)]
    assert min(widths) == pytest.approx(by_hand, rel=1e-3)  # their rho is all but the tightest
    assert max(widths) < 1.1 * by_hand
    assert round(fixed_width(), 4) == 1.96


def test_accounts_needed_are_those_of_the_formula() -> None:
    # (1.96 + 0.8416)^2 * (0.2 * 0.8 / 0.5 + 0.15 * 0.85 / 0.5) / 0.05^2
    assert accounts_needed(base=0.2, effect=-0.05, share=0.5, always=False) == 1806
    assert accounts_needed(base=0.2, effect=-0.05, share=0.5) > 1806
    assert accounts_needed(base=0.2, effect=-0.05, share=0.1) > accounts_needed(
        base=0.2, effect=-0.05, share=0.3
    )


def test_e_values_are_those_of_the_paper() -> None:
    # VanderWeele and Ding 2017: 3.9 -> 7.26, limit 1.8 -> 3.0; protective 0.25 is as 4
    assert [round(e_value(x), 2) for x in (3.9, 1.8, 0.25, 1.0)] == [7.26, 3.0, 7.46, 1.0]


def test_unmeasured_covariates_take_the_mean_and_say_so() -> None:
    raw = np.array([[1.0], [3.0], [np.nan], [2.0]])
    found = standardised(raw, most=5)
    spread = raw[~np.isnan(raw)].std() * sqrt(3 / 4)
    assert found[:, 0] == pytest.approx([-1 / spread, 1 / spread, 0, 0])
    assert found[:, 1] == pytest.approx(np.array([-1, -1, 3, -1]) / sqrt(3))
    assert standardised(np.full((4, 2), np.nan), most=5).shape == (4, 0)


def test_a_comparison_takes_a_measured_cause_out() -> None:
    random = np.random.default_rng(2)
    score = random.normal(size=6000)
    acted = random.random(6000) < 1 / (1 + np.exp(-score))
    outcome = (random.random(6000) < np.clip(0.3 - 0.1 * score, 0.02, 0.9)).astype(float)
    found = compared(Comparison(acted, outcome, score[:, None], random.normal(size=6000)))
    plain = outcome[acted].mean() - outcome[~acted].mean()
    assert isinstance(found, Compared)
    assert plain < -0.07
    assert found.low < 0 < found.high
    assert found.sensitivity.e_limit == 1.0
    assert found.sensitivity.control_holds is True


def test_groups_that_were_unlike_before_fail_the_negative_control() -> None:
    random = np.random.default_rng(3)
    acted = random.random(600) < 0.5
    outcome = (random.random(600) < np.where(acted, 0.05, 0.5)).astype(float)
    before = random.normal(size=600) + acted
    found = compared(Comparison(acted, outcome, np.empty((600, 0)), before))
    assert isinstance(found, Compared)
    assert found.sensitivity.e_limit > 3
    assert found.sensitivity.control_holds is False
    assert not found.sensitivity.robust


def test_nobody_to_compare_with_is_told() -> None:
    outcome = np.tile([0.0, 1.0], 50)
    found = compared(Comparison(np.ones(100, bool), outcome, NONE, outcome))
    assert found == TooLittle(treated=100, held_out=0, events=50, held_out_events=0)


def test_intervals_hold_what_they_promise() -> None:
    """A small `./run report value`: wider bounds for fewer runs."""
    for truth in (0.0, -0.05):
        found = promise(accounts=500, truth=truth, runs=80, seed=1)
        assert 0.88 <= found.fixed <= 1.0
        assert found.always >= 0.93
        assert truth or found.wins <= 0.07
    assert found.peeking_wins > found.fixed_wins >= found.wins


def test_a_biased_comparison_says_that_it_may_be() -> None:
    found = admission(accounts=1000, runs=40, seed=1)
    assert found.mean < -0.03
    assert (found.names, found.not_robust) == (1.0, 1.0)


def test_a_comparison_is_right_where_only_the_chance_to_be_acted_on_is_told_rightly() -> None:
    """The outcome bends where the regression is straight: the weights have to make up for it."""
    random = np.random.default_rng(5)
    score = random.normal(size=60_000)
    acted = random.random(60_000) < 1 / (1 + np.exp(-2 * score))
    outcome = (random.random(60_000) < 0.05 + 0.7 * (score > 1)).astype(float)
    found = compared(Comparison(acted, outcome, score[:, None], random.normal(size=60_000)))
    assert isinstance(found, Compared)
    assert abs(found.value) < 0.01
