"""Grade B: a rule or play rolled out by stages: accounts told against those not reached yet."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from banso.core.value.covariates import FOR_EACH, Floats, standardised
from banso.core.value.holdout import MINIMUM_ARM, MINIMUM_EVENTS, Flags, TooLittle
from banso.core.value.intervals import fixed_width

Integers = NDArray[np.int64]

PERIOD_DAYS = 28
"""What is common to all accounts at a time is told by such periods."""

SUGGESTS, SHOWS = 1.0, 2.0
"""How many times the drift that the time before leaves possible a difference must outlast before
one says that it suggests an effect, and that it shows one. Our choice: what they let through where
there is no effect is measured by `./run report value`."""


@dataclass(frozen=True)
class Staged:
    """One entry for each account and period in which it was due. stage: its place in the order of
    the roll-out, from 0; accounts that are never reached have the last one. told: whether it was
    reached by then. account: any number that names it. outcome, covariates: as of Trial."""

    stage: Integers
    period: Integers
    told: Flags
    account: Integers
    outcome: Floats
    covariates: Floats


@dataclass(frozen=True)
class RolledOut:
    """treated, others, events, other_events: entries told, and not yet, and those of them to which
    it happened. base: share without it, as imputed for those that were told. low, high: interval of
    one look. stages: that were reached. late: told entries with nobody left to compare with.

    drift: what the trends of the stages before they were told would add to the value if they went
    on; None where too few periods lie before. drift_error: its standard error.
    """

    treated: int
    others: int
    events: int
    other_events: int
    base: float
    value: float
    error: float
    low: float
    high: float
    stages: int
    late: int
    drift: float | None
    drift_error: float | None

    @property
    def certain(self) -> bool:
        return self.low > 0 or self.high < 0

    @property
    def holds(self) -> float | None:
        """The difference outlasts a drift of up to so many times the greatest one that the time
        before leaves possible; None: nobody can tell. (The breakdown value of Rambachan, Roth, "A
        more credible approach to parallel trends", Review of Economic Studies 90, 2023, of trends
        in a line.)"""
        if self.drift is None or self.drift_error is None:
            return None
        most = abs(self.drift) + fixed_width() * self.drift_error
        left = max(abs(self.value) - fixed_width() * self.error, 0.0)
        return left / most if most else None


def rolled_out(staged: Staged) -> RolledOut | TooLittle:
    """The average effect on those who were told.

    What would have been is imputed from all entries not yet told, by stage, period and covariates;
    the effect is what came above it (Borusyak, Jaravel, Spiess, "Revisiting event-study designs:
    robust and efficient estimation", Review of Economic Studies 91, 2024): right where effects
    differ between stages or grow with time, where a regression on "told" alone is not. Stages stand
    for the accounts' own levels, as an account is due but now and then. Errors are clustered by
    account, conservative as in their section 4.3, corrected for the columns that the accounts
    have to carry.
    """
    design = _design(staged)
    told = _comparable(design, staged.told)
    late, kept = int(staged.told.sum() - told.sum()), ~staged.told | told
    counts = [int(told.sum()), int((~staged.told).sum())]
    events = [int((staged.outcome[x] > 0).sum()) for x in (told, ~staged.told)]
    accounts = [len(np.unique(staged.account[x])) for x in (told, ~staged.told)]
    rest = [n - x for n, x in zip(counts, events, strict=True)]
    if min(accounts) < MINIMUM_ARM or min(*events, *rest) < MINIMUM_EVENTS:
        return TooLittle(counts[0], counts[1], events[0], events[1])
    imputed, value, error = _imputed(design[kept], told[kept], staged, kept)
    drift, drift_error = _carried_on(design, told, staged)
    wide = fixed_width() * error
    return RolledOut(
        treated=counts[0],
        others=counts[1],
        events=events[0],
        other_events=events[1],
        base=imputed,
        value=value,
        error=error,
        low=value - wide,
        high=value + wide,
        stages=len(np.unique(staged.stage[told])),
        late=late,
        drift=drift,
        drift_error=drift_error,
    )


def _design(staged: Staged) -> Floats:
    """A column for each stage and period, and covariates as far as accounts carry them."""
    levels = [staged.stage[:, None] == np.unique(staged.stage)]
    levels.append(staged.period[:, None] == np.unique(staged.period)[1:])
    smaller = int(min(staged.told.sum(), (~staged.told).sum()))
    most = max(smaller // FOR_EACH - sum(x.shape[1] for x in levels), 0)
    columns = standardised(staged.covariates, most=most)
    return np.hstack([*(x.astype(np.float64) for x in levels), columns])


def _comparable(design: Floats, told: Flags) -> Flags:
    """Told entries whose stage and period can be told from entries that were not."""
    others = design[~told]
    if not len(others):
        return np.zeros(len(told), np.bool_)
    inside = _inverse(others) @ others
    off = np.abs(design - design @ inside).max(axis=1)
    return np.asarray(told & (off < 1e-6), np.bool_)


def _inverse(design: Floats) -> Floats:
    """As pinv, by the far smaller square: some columns of stages and periods tell the same."""
    square = np.linalg.pinv(design.T @ design, rcond=1e-10, hermitian=True)
    return np.asarray(square @ design.T, np.float64)


def _imputed(
    design: Floats, told: Flags, staged: Staged, kept: Flags
) -> tuple[float, float, float]:
    """Mean of what would have been, effect, its error."""
    outcome, account = staged.outcome[kept], staged.account[kept]
    inverse = _inverse(design[~told])
    said = design @ (inverse @ outcome[~told])
    single = outcome - said
    value = float(single[told].mean())
    weight = np.empty(len(outcome))
    weight[told] = 1 / told.sum()
    weight[~told] = -(design[told].mean(axis=0) @ inverse)
    off = np.where(told, single - value, single)
    error = _clustered(weight * off, account, columns=design.shape[1])
    return float(said[told].mean()), value, error


def _clustered(parts: Floats, account: Integers, *, columns: int) -> float:
    _, place = np.unique(account, return_inverse=True)
    sums = np.bincount(place, weights=parts)
    return sqrt(float((sums**2).sum()) * len(sums) / max(len(sums) - columns, 1))


def _carried_on(design: Floats, told: Flags, staged: Staged) -> tuple[float | None, float | None]:
    """What each stage's own trend of the time before, beside the last stage's, would add to the
    effect if it went on in a line, and the error of that."""
    stages, before = np.unique(staged.stage), ~staged.told
    period = staged.period - staged.period.mean()
    trends = (staged.stage[:, None] == stages[:-1]) * period[:, None]
    imputed = design[told] @ (_inverse(design[before]) @ trends[before])
    adds = (trends[told] - imputed).mean(axis=0)
    known = np.hstack([design, trends])[before]
    inverse, weight = _inverse(known), np.concatenate([np.zeros(design.shape[1]), adds])
    parts = weight @ inverse
    if np.abs(parts @ known - weight).max() > 1e-6 * max(np.abs(adds).max(), 1.0):
        return None, None
    outcome = staged.outcome[before]
    off = outcome - known @ (inverse @ outcome)
    error = _clustered(parts * off, staged.account[before], columns=known.shape[1])
    return float(parts @ outcome), error
