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

    drift: by how much a period changes stages told early more than late ones, before they were
    told; None where too few periods lie before. drift_error: its standard error.
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
    def drifts(self) -> bool | None:
        """Whether stages went apart before anything was done; None: nobody can tell."""
        if self.drift is None or self.drift_error is None:
            return None
        return abs(self.drift) > fixed_width() * self.drift_error


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
    drift, drift_error = _drift(design, staged)
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


def _drift(design: Floats, staged: Staged) -> tuple[float | None, float | None]:
    """The slope of (stage, centred) times (period, centred) among entries not yet told; the sign is
    turned, so that a rise of the early stages is positive."""
    before = ~staged.told
    stage, period = staged.stage[before], staged.period[before]
    line = -(stage - stage.mean()) * (period - period.mean())
    inverse = _inverse(design[before])
    own = line - design[before] @ (inverse @ line)
    if len(np.unique(period)) < 3 or float((own**2).sum()) < 1e-6 * max(float(line.var()), 1.0):
        return None, None
    outcome = staged.outcome[before]
    slope = float(own @ outcome / (own @ own))
    off = outcome - design[before] @ (inverse @ outcome) - slope * own
    parts = own * off / (own @ own)
    return slope, _clustered(parts, staged.account[before], columns=design.shape[1])
