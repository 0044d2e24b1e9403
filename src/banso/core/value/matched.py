"""Grade C: accounts that were acted on against comparable ones that were not. Nobody drew lots, so
what made somebody act may be what made the difference: read it with its `Sensitivity` only."""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from banso.core.value.covariates import FOR_EACH, Floats, standardised
from banso.core.value.holdout import MINIMUM_ARM, MINIMUM_EVENTS, Flags, TooLittle
from banso.core.value.intervals import fixed_width

Folds = NDArray[np.int64]
FOLDS = 5
TRIMMED = 0.05
"""Accounts of which it was this sure beforehand whether they are acted on have none to compare."""
STRONG = 3.0
"""A hidden cause would have to make both being acted on and the outcome so many times as likely
before a comparison is called robust; below that it is fragile."""
RIDGE = 1.0


@dataclass(frozen=True)
class Comparison:
    """One entry for each account. acted: in time. outcome: 1 where it happened, else 0. covariates:
    as of Trial. control: something that lies before and that no action can have changed, NaN where
    unmeasured; it is not among the covariates."""

    acted: Flags
    outcome: Floats
    covariates: Floats
    control: Floats


@dataclass(frozen=True)
class Sensitivity:
    """How strong a hidden cause would explain it all.

    e_value: so many times as likely it would have to make both being acted on and the outcome, to
    explain the estimate; e_limit: to move the interval to no effect (1: it needs none).
    control, control_error: "effect" on what no action can have changed, in its spreads; None where
    it is unmeasured.
    """

    e_value: float
    e_limit: float
    control: float | None
    control_error: float | None

    @property
    def control_holds(self) -> bool | None:
        """Whether the two groups were alike where they must be; None: unmeasured."""
        if self.control is None or self.control_error is None:
            return None
        return abs(self.control) <= fixed_width() * self.control_error

    @property
    def robust(self) -> bool:
        return self.e_limit >= STRONG and self.control_holds is True


@dataclass(frozen=True)
class Compared:
    """value: share of outcomes if all had been acted on, less if none had; low, high: interval of
    one look. trimmed: accounts without any that could be compared with them."""

    acted: int
    others: int
    trimmed: int
    base: float
    value: float
    error: float
    low: float
    high: float
    sensitivity: Sensitivity


def compared(comparison: Comparison, *, seed: int = 0) -> Compared | TooLittle:
    """Cross-fitted augmented inverse-probability weighting.

    Source: Robins, Rotnitzky, Zhao (JASA 89, 1994) for the estimate; Chernozhukov et al.
    ("Double/debiased machine learning", Econometrics Journal 21, 2018) for fitting on other folds
    than it is used on; Crump, Hotz, Imbens, Mitnik (Biometrika 96, 2009) for trimming. Right where
    either the chance to be acted on or the outcome is told by the covariates.
    """
    counts, events = _counts(comparison.acted, comparison.outcome)
    if _few(counts, events):
        return TooLittle(counts[0], counts[1], events[0], events[1])
    columns = standardised(comparison.covariates, most=min(counts) // FOR_EACH)
    folds = np.random.default_rng(seed).permutation(len(columns)).astype(np.int64) % FOLDS
    chance = _chances(comparison.acted, columns, folds)
    kept = (chance > TRIMMED) & (chance < 1 - TRIMMED)
    counts, events = _counts(comparison.acted[kept], comparison.outcome[kept])
    if _few(counts, events):
        return TooLittle(counts[0], counts[1], events[0], events[1])
    group = _Group(comparison.acted[kept], columns[kept], folds[kept], chance[kept])
    with_, without = _potential(group, comparison.outcome[kept])
    single = with_ - without
    value, error = float(single.mean()), float(single.std(ddof=1) / sqrt(len(single)))
    wide = fixed_width() * error
    e_value, e_limit = _e_values(with_, without)
    control, control_error = _control(group, comparison.control[kept])
    return Compared(
        acted=counts[0],
        others=counts[1],
        trimmed=int((~kept).sum()),
        base=float(without.mean()),
        value=value,
        error=error,
        low=value - wide,
        high=value + wide,
        sensitivity=Sensitivity(e_value, e_limit, control, control_error),
    )


def e_value(ratio: float) -> float:
    """Of a ratio of risks. Source: VanderWeele, Ding, "Sensitivity analysis in observational
    research: introducing the E-value", Annals of Internal Medicine 167, 2017."""
    above = ratio if ratio >= 1 else 1 / max(ratio, 1e-6)
    return above + sqrt(above * (above - 1))


@dataclass(frozen=True)
class _Group:
    acted: Flags
    columns: Floats
    folds: Folds
    chance: Floats


def _counts(acted: Flags, outcome: Floats) -> tuple[list[int], list[int]]:
    both = (acted, ~acted)
    return [int(x.sum()) for x in both], [int(outcome[x].sum()) for x in both]


def _few(counts: list[int], events: list[int]) -> bool:
    rest = [n - x for n, x in zip(counts, events, strict=True)]
    return min(counts) < MINIMUM_ARM or min(*events, *rest) < MINIMUM_EVENTS


def _chances(acted: Flags, columns: Floats, folds: Folds) -> Floats:
    chance = np.empty(len(acted))
    for fold in range(FOLDS):
        here = folds == fold
        chance[here] = _logistic(columns[~here], acted[~here].astype(np.float64), columns[here])
    return chance


def _logistic(columns: Floats, outcome: Floats, asked: Floats, *, steps: int = 25) -> Floats:
    """Chances by a logistic regression with a light ridge, fitted by Newton's steps (Le Cessie,
    van Houwelingen, Applied Statistics 41, 1992)."""
    design = np.hstack([np.ones((len(columns), 1)), columns])
    ridge = np.diag([0.0, *[RIDGE] * columns.shape[1]])
    told = np.zeros(design.shape[1])
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-np.clip(design @ told, -30, 30)))
        slope = design.T @ (outcome - chance) - ridge @ told
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(bend + 1e-9 * np.eye(len(told)), slope)
        told += step
        if np.abs(step).max() < 1e-8:
            break
    said = np.hstack([np.ones((len(asked), 1)), asked]) @ told
    return np.asarray(1 / (1 + np.exp(-np.clip(said, -30, 30))), np.float64)


def _potential(group: _Group, outcome: Floats) -> tuple[Floats, Floats]:
    """What each account adds to the share if all were acted on, and if none were."""
    found: list[Floats] = []
    for acted, chance in ((group.acted, group.chance), (~group.acted, 1 - group.chance)):
        said = np.empty(len(outcome))
        for fold in range(FOLDS):
            here = group.folds == fold
            learned = acted & ~here
            said[here] = _linear(group.columns[learned], outcome[learned], group.columns[here])
        found.append(said + acted * (outcome - said) / chance)
    return found[0], found[1]


def _linear(columns: Floats, outcome: Floats, asked: Floats) -> Floats:
    mean = outcome.mean() if len(outcome) else 0.0
    if not len(outcome) or not columns.shape[1]:
        return np.full(len(asked), mean)
    centre = columns.mean(axis=0)
    inner = columns - centre
    bend = inner.T @ inner + RIDGE * np.eye(columns.shape[1])
    slope = np.linalg.solve(bend, inner.T @ (outcome - mean))
    return np.asarray(mean + (asked - centre) @ slope, np.float64)


def _e_values(with_: Floats, without: Floats) -> tuple[float, float]:
    """Of the ratio of the two shares, with its interval on the scale of logarithms."""
    one, other = max(float(with_.mean()), 1e-4), max(float(without.mean()), 1e-4)
    ratio = log(one / other)
    influence = (with_ - one) / one - (without - other) / other
    wide = fixed_width() * float(influence.std(ddof=1)) / sqrt(len(influence))
    limit = max(ratio - wide, 0.0) if ratio > 0 else min(ratio + wide, 0.0)
    return e_value(exp(ratio)), e_value(exp(limit))


def _control(group: _Group, control: Floats) -> tuple[float | None, float | None]:
    """The same comparison on what no action can have changed (Lipsitch, Tchetgen Tchetgen, Cohen,
    "Negative controls", Epidemiology 21, 2010)."""
    known = ~np.isnan(control)
    acted = group.acted[known]
    if min(acted.sum(), (~acted).sum()) < MINIMUM_ARM or control[known].std() < 1e-9:
        return None, None
    part = _Group(acted, group.columns[known], group.folds[known], group.chance[known])
    spread = (control[known] - control[known].mean()) / control[known].std()
    with_, without = _potential(part, spread)
    single = with_ - without
    return float(single.mean()), float(single.std(ddof=1) / sqrt(len(single)))
