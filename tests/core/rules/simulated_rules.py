"""Rules whose true precision is known: accounts differ, and some alert again and again."""

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.core.rules.precision import next_period, share
from banso.core.rules.verdicts import HIT, MISS


@dataclass(frozen=True)
class Coverage:
    """judged: rules with alerts in both periods. inside: share of them whose next period's
    precision lies in the stated interval. wilson: the same of the interval of the known precision,
    which does not promise it. chosen: of the best tenth of the rules, inside by the fitting period
    (as who picks rules by their past would read it) and by the untouched one."""

    judged: int
    inside: float
    wilson: float
    chosen_fitting: float
    chosen_untouched: float
    shrinkage: float


def coverage(*, rules: int, seed: int) -> Coverage:
    random = np.random.default_rng(seed)
    rows = [row for _ in range(rules) if (row := _one(random)) is not None]
    first, stated, known, last = (np.array([x[i] for x in rows]) for i in range(4))
    best = np.argsort(first[:, 0])[-max(len(rows) // 10, 1) :]

    def inside(intervals: NDArray[np.float64]) -> NDArray[np.bool_]:
        held: NDArray[np.bool_] = (intervals[:, 0] <= last) & (last <= intervals[:, 1])
        return held

    return Coverage(
        judged=len(rows),
        inside=float(inside(stated).mean()),
        wilson=float(inside(known).mean()),
        chosen_fitting=float(inside(first[:, 1:])[best].mean()),
        chosen_untouched=float(inside(stated)[best].mean()),
        shrinkage=float((np.array([x[4] for x in rows]) - first[:, 0])[best].mean()),
    )


Row = tuple[tuple[float, float, float], tuple[float, float], tuple[float, float], float, float]


def _one(random: np.random.Generator) -> Row | None:
    """Fitting (precision, interval), untouched intervals (next, own), next and untouched precision
    of a rule with a precision, a size and accounts of its own."""
    true, alike = random.beta(1.5, 3.0), random.uniform(0.05, 0.6)
    accounts, often = int(random.integers(10, 150)), random.uniform(1.0, 3.0)
    periods = [_period(random, true, alike, accounts, often) for _ in range(3)]
    fitting, untouched, later = (share(*x) for x in periods)
    stated = next_period(untouched, alerts=untouched.judged)
    past = next_period(fitting, alerts=fitting.judged)
    if past is None or stated is None or later.value is None or untouched.interval is None:
        return None
    assert fitting.value is not None
    assert untouched.value is not None
    return (
        (fitting.value, past.low, past.high),
        (stated.low, stated.high),
        (untouched.interval.low, untouched.interval.high),
        later.value,
        untouched.value,
    )


def _period(
    random: np.random.Generator, true: float, alike: float, accounts: int, often: float
) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """alike: correlation of alerts within an account (beta-distributed chances)."""
    strength = 1 / alike - 1
    chances = random.beta(true * strength, (1 - true) * strength, accounts)
    count = random.poisson(often, accounts)
    account = np.repeat(np.arange(accounts), count)
    hit = random.random(len(account)) < chances[account]
    return np.where(hit, HIT, MISS).astype(np.int8), account


TABLE = """200 simulated rules, periods of equal length:
next period inside its stated 95% interval      {0.inside:.1%}  (at least 90%)
next period inside the precision's own interval {0.wilson:.1%}  (no promise)
the 20 rules with the best past:
  inside the interval stated from that past     {0.chosen_fitting:.1%}
  inside the one from the untouched period      {0.chosen_untouched:.1%}
  shrinkage (untouched less past)               {0.shrinkage:+.1%}
"""

if __name__ == "__main__":
    found = coverage(rules=200, seed=6)
    sys.stdout.write(TABLE.format(found))
    sys.exit(0 if found.inside >= 0.9 else 1)
