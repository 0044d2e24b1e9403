"""Roll-outs whose true effect is known: what grade B is worth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.core.value.rollout import SHOWS, SUGGESTS, RolledOut, Staged, rolled_out

PERIODS = 12
STARTS = np.array([4, 6, 8, PERIODS])
"""The period from which each stage is told; the last one never is."""


@dataclass(frozen=True)
class Drift:
    """Points of churn a period, per stage that is told earlier: before the first one is told, and
    from then on. alone: only of the stage that is told first. shocks: standard deviation of what
    befalls a stage in one period."""

    before: float = 0.0
    since: float = 0.0
    alone: bool = False
    shocks: float = 0.0

    @property
    def seen(self) -> bool:
        """Whether it goes on as it was."""
        return self.before == self.since


NONE = Drift()


@dataclass(frozen=True)
class Kept:
    """As shares of runs. contains: the interval contains the truth. certain: it leaves nothing out
    but 0. suggests, shows: the difference outlasts as much drift as it takes to say so. mean: of
    the estimates."""

    accounts: int
    truth: float
    drift: Drift
    contains: float
    certain: float
    suggests: float
    shows: float
    mean: float

    @property
    def kept(self) -> bool:
        """Without a drift intervals hold; without an effect hardly anything is said, unless the
        drift begins with the roll-out, which nothing before can tell: then nothing is shown."""
        holds = self.drift != NONE or 0.93 <= self.contains <= 0.97
        says = self.truth == 0 and (self.shows > 0.05 or (self.suggests > 0.05 and self.drift.seen))
        return holds and not says


def staged(
    random: np.random.Generator, accounts: int, truth: float, *, drift: Drift = NONE
) -> Staged:
    """Each account is due in about a third of the periods. Churn of about 25 %, of 35 % where there
    is drift, which needs room: by its stage, by the time of the year, by its score, and by a
    lasting trait of its own."""
    stage = random.integers(0, len(STARTS), size=accounts)
    own, score = random.normal(size=accounts) * 0.08, random.normal(size=accounts)
    due = random.random((accounts, PERIODS)) < 0.35
    row, period = np.nonzero(due)
    told = period >= STARTS[stage[row]]
    base = 0.22 if drift == NONE else 0.32
    risk = base + 0.03 * stage[row] + 0.04 * np.sin(period) - 0.05 * score[row] + own[row]
    # the effect grows with time, around the truth
    grown = truth * (1 + 0.5 * np.sign(period - (STARTS[stage[row]] + PERIODS) / 2))
    risk += np.where(told, grown, 0) + _drifted(random, drift)[stage[row], period]
    happened = random.random(len(row)) < np.clip(risk, 0.01, 0.99)
    return Staged(
        stage=stage[row],
        period=period,
        told=told,
        account=row,
        outcome=happened.astype(np.float64),
        covariates=score[row][:, None],
    )


def _drifted(random: np.random.Generator, drift: Drift) -> NDArray[np.float64]:
    """By stage and period."""
    since = np.arange(PERIODS) - STARTS[0]
    line = since * np.where(since < 0, drift.before, drift.since)
    pull = np.array([1.0, 0, 0, 0]) if drift.alone else 1.5 - np.arange(len(STARTS))
    shocks = random.normal(size=(len(STARTS), PERIODS)) if drift.shocks else 0.0
    return np.asarray(pull[:, None] * line + drift.shocks * shocks)


def of_told(found: Staged, truth: float) -> float:
    """The mean effect on those that were told, of this very run."""
    told, middle = found.told, (STARTS[found.stage] + PERIODS) / 2
    return float((truth * (1 + 0.5 * np.sign(found.period - middle)))[told].mean())


def simulated(*, accounts: int, truth: float, runs: int, seed: int, drift: Drift = NONE) -> Kept:
    random = np.random.default_rng((seed, accounts, round(abs(truth) * 100)))
    inside, certain, holds, values = [], [], [], []
    for _ in range(runs):
        given = staged(random, accounts, truth, drift=drift)
        found = rolled_out(given)
        assert isinstance(found, RolledOut)
        inside.append(found.low <= of_told(given, truth) <= found.high)
        certain.append(found.certain)
        holds.append(found.holds or 0.0)
        values.append(found.value)
    return Kept(
        accounts=accounts,
        truth=truth,
        drift=drift,
        contains=float(np.mean(inside)),
        certain=float(np.mean(certain)),
        suggests=float(np.mean(np.array(holds) >= SUGGESTS)),
        shows=float(np.mean(np.array(holds) >= SHOWS)),
        mean=float(np.mean(values)),
    )
