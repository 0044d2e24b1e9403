"""Grade A: an action against accounts held out by lot, by intention to treat."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from banso.core.value.covariates import FOR_EACH, Floats, standardised
from banso.core.value.intervals import PLANNED, always_width, fixed_width

Flags = NDArray[np.bool_]

MINIMUM_ARM = 30
"""Accounts in each arm below which nothing is said."""
MINIMUM_EVENTS = 5
"""Accounts in each arm to which it happened, and to which it did not: below that the normal
approximation, on which both intervals rest, does not hold."""


@dataclass(frozen=True)
class Trial:
    """Accounts whose time is up, one entry each, whatever was done with them since.

    treated: drawn into the arm that is told. outcome: 1 where it happened, 0 where not; or a
    number. covariates: shape (accounts, columns), of the day on which the action was due and of
    days before, the most telling first; NaN where unmeasured.
    """

    treated: Flags
    outcome: Floats
    covariates: Floats


@dataclass(frozen=True)
class TooLittle:
    """Nothing can be known yet. treated, held_out: accounts; events, held_out_events: those to
    which the outcome happened."""

    treated: int
    held_out: int
    events: int
    held_out_events: int


@dataclass(frozen=True)
class Effect:
    """treated less held out, as a share. base: share of the held-out arm to which it happened.

    error: standard error. low, high: confidence sequence: safe however often one looks.
    fixed_low, fixed_high: the interval of a single look at a time fixed beforehand.
    """

    treated: int
    held_out: int
    events: int
    held_out_events: int
    base: float
    value: float
    error: float
    low: float
    high: float
    fixed_low: float
    fixed_high: float

    @property
    def certain(self) -> bool:
        """Whether no effect at all can be ruled out."""
        return self.low > 0 or self.high < 0


def effect(trial: Trial, *, planned: int = PLANNED) -> Effect | TooLittle:
    """The average effect of being told, adjusted for what was known before.

    Each arm has its own regression on centred covariates, the effect is the difference of what
    they say of all accounts (Lin, "Agnostic notes on regression adjustments to experimental data",
    Annals of Applied Statistics 7, 2013); it is never less exact, for many accounts, than the plain
    difference, nor biased where the regression is wrong. Variances are robust to unequal spread
    (HC3: MacKinnon, White, Journal of Econometrics 29, 1985), with what chance chose the accounts
    (Negi, Wooldridge, Econometric Reviews 40, 2021). The sequence: see `always_width`.
    """
    counts = [int(trial.treated.sum()), int((~trial.treated).sum())]
    events = [int((trial.outcome[x] > 0).sum()) for x in (trial.treated, ~trial.treated)]
    if min(counts) < MINIMUM_ARM or _rare(trial, counts, events):
        return TooLittle(counts[0], counts[1], events[0], events[1])
    columns = standardised(trial.covariates, most=min(counts) // FOR_EACH)
    value, error = _difference(trial, columns)
    always, fixed = always_width(sum(counts), planned=planned) * error, fixed_width() * error
    return Effect(
        treated=counts[0],
        held_out=counts[1],
        events=events[0],
        held_out_events=events[1],
        base=float(trial.outcome[~trial.treated].mean()),
        value=value,
        error=error,
        low=value - always,
        high=value + always,
        fixed_low=value - fixed,
        fixed_high=value + fixed,
    )


def _rare(trial: Trial, counts: list[int], events: list[int]) -> bool:
    """Only of outcomes that happen or do not."""
    if not np.isin(trial.outcome, (0.0, 1.0)).all():
        return False
    rest = [n - x for n, x in zip(counts, events, strict=True)]
    return min(*events, *rest) < MINIMUM_EVENTS


def _difference(trial: Trial, columns: Floats) -> tuple[float, float]:
    said, slope = _arm(trial.outcome[trial.treated], columns[trial.treated])
    other, other_slope = _arm(trial.outcome[~trial.treated], columns[~trial.treated])
    unlike = columns @ (slope - other_slope)
    chance = float(unlike.var()) / len(columns)
    return said[0] - other[0], sqrt(said[1] + other[1] + chance)


def _arm(outcome: Floats, columns: Floats) -> tuple[tuple[float, float], Floats]:
    """(What its regression says of the mean account, the variance of that), slopes."""
    design = np.hstack([np.ones((len(outcome), 1)), columns])
    inverse = np.linalg.pinv(design.T @ design)
    told = inverse @ design.T @ outcome
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    off = (outcome - design @ told) / np.maximum(1 - leverage, 1e-3)
    weight = design @ inverse[:, 0]
    return (float(told[0]), float(((weight * off) ** 2).sum())), told[1:]
