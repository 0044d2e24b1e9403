"""Roll-outs whose true effect is known: what grade B is worth."""

from dataclasses import dataclass

import numpy as np

from banso.core.value.rollout import RolledOut, Staged, rolled_out

PERIODS = 12
STARTS = np.array([4, 6, 8, PERIODS])
"""The period from which each stage is told; the last one never is."""


@dataclass(frozen=True)
class Kept:
    """As shares of runs. contains: the interval contains the truth. drifts: a drift was flagged.
    wrong: with a planted drift, the interval misses the truth and no drift was flagged."""

    accounts: int
    truth: float
    drift: float
    contains: float
    drifts: float
    wrong: float
    mean: float

    @property
    def kept(self) -> bool:
        return bool(self.drift) or 0.93 <= self.contains <= 0.97


def staged(
    random: np.random.Generator, accounts: int, truth: float, *, drift: float = 0.0
) -> Staged:
    """Each account is due in about a third of the periods. Churn of about 25 %: by its stage, by
    the time of the year, by its score, and by a lasting trait of its own. drift: of churn a period,
    per stage that is told earlier."""
    stage = random.integers(0, len(STARTS), size=accounts)
    own, score = random.normal(size=accounts) * 0.08, random.normal(size=accounts)
    due = random.random((accounts, PERIODS)) < 0.35
    row, period = np.nonzero(due)
    told = period >= STARTS[stage[row]]
    risk = 0.22 + 0.03 * stage[row] + 0.04 * np.sin(period) - 0.05 * score[row] + own[row]
    # the effect grows with time, around the truth
    grown = truth * (1 + 0.5 * np.sign(period - (STARTS[stage[row]] + PERIODS) / 2))
    risk += np.where(told, grown, 0) + drift * (period - PERIODS / 2) * (1.5 - stage[row])
    happened = random.random(len(row)) < np.clip(risk, 0.01, 0.99)
    return Staged(
        stage=stage[row],
        period=period,
        told=told,
        account=row,
        outcome=happened.astype(np.float64),
        covariates=score[row][:, None],
    )


def of_told(found: Staged, truth: float) -> float:
    """The mean effect on those that were told, of this very run."""
    told, middle = found.told, (STARTS[found.stage] + PERIODS) / 2
    return float((truth * (1 + 0.5 * np.sign(found.period - middle)))[told].mean())


def simulated(*, accounts: int, truth: float, runs: int, seed: int, drift: float = 0.0) -> Kept:
    random = np.random.default_rng((seed, accounts, round(-truth * 100), round(abs(drift) * 1000)))
    inside, flagged, values = [], [], []
    for _ in range(runs):
        given = staged(random, accounts, truth, drift=drift)
        found = rolled_out(given)
        assert isinstance(found, RolledOut)
        inside.append(found.low <= of_told(given, truth) <= found.high)
        flagged.append(found.drifts is True)
        values.append(found.value)
    return Kept(
        accounts=accounts,
        truth=truth,
        drift=drift,
        contains=float(np.mean(inside)),
        drifts=float(np.mean(flagged)),
        wrong=float(np.mean(~np.array(inside) & ~np.array(flagged))),
        mean=float(np.mean(values)),
    )
