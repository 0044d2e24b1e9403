"""How often alerts were right, and how sure that is.

The interval of a share is Wilson's (1927) with the effective number of alerts of Rao and Scott
(1992): several alerts of one account tell less than as many of different accounts. What the next
period will show is a beta-binomial with Jeffreys' prior (Brown, Cai and DasGupta 2001) over the
same effective numbers: it also holds the chance of that period itself, so it is wider.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from banso.core.rules.verdicts import HIT, JUDGED
from banso.core.unmeasured import Array

CONFIDENCE = 0.95
MOST_COUNTED = 2_000
"""A next period of more effective alerts is reckoned as one of so many: chance is small there."""


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True)
class Share:
    """hits of judged alerts, of so many accounts. value, interval: None where nothing is judged.
    effective: how many independent alerts they are worth, at most `judged`."""

    hits: int
    judged: int
    accounts: int
    effective: float
    value: float | None
    interval: Interval | None


NOTHING = Share(hits=0, judged=0, accounts=0, effective=0.0, value=None, interval=None)


def share(verdict: Array, account: Array) -> Share:
    """Of alerts with these verdicts, of these accounts (arrays of one length); those that are not
    judged are left out."""
    counts = verdict <= JUDGED
    hit, of = verdict[counts] == HIT, account[counts]
    judged = len(hit)
    if not judged:
        return NOTHING
    _, group = np.unique(of, return_inverse=True)
    alerts = np.bincount(group).astype(np.float64)
    return share_by_account(np.bincount(group, weights=hit).astype(np.float64), alerts)


def share_by_account(hits: NDArray[np.float64], alerts: NDArray[np.float64]) -> Share:
    """As `share`. hits, alerts: of each account, those that are judged; at least one."""
    judged = float(alerts.sum())
    effective = _effective(hits, alerts)
    value = float(hits.sum()) / judged
    return Share(
        hits=int(hits.sum()),
        judged=int(judged),
        accounts=len(alerts),
        effective=effective,
        value=value,
        interval=wilson(value, effective),
    )


def _effective(hits: NDArray[np.float64], alerts: NDArray[np.float64]) -> float:
    """Alerts divided by their design effect: the variance of the ratio between accounts against
    that of as many independent alerts, at least 1. Where all or none are hits it can't be
    estimated, and each account counts once."""
    accounts, total = len(alerts), float(alerts.sum())
    value = float(hits.sum()) / total
    if accounts == total:
        return total
    if value in {0.0, 1.0} or accounts == 1:
        return float(accounts)
    between = accounts / (accounts - 1) * float(((hits - value * alerts) ** 2).sum()) / total**2
    return total / max(between / (value * (1 - value) / total), 1.0)


def wilson(value: float, number: float, *, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of a share of `number` (effective, more than 0) trials."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre = (value + z**2 / (2 * number)) / (1 + z**2 / number)
    spread = math.sqrt(value * (1 - value) / number + z**2 / (4 * number**2))
    half = z * spread / (1 + z**2 / number)
    return Interval(max(centre - half, 0.0), min(centre + half, 1.0))


def next_period(known: Share, *, alerts: float, confidence: float = CONFIDENCE) -> Interval | None:
    """Between what the share of the next `alerts` (judged) alerts will lie, if nothing changes.

    They are taken to cluster by account as the known ones do. None where nothing is known or
    coming.
    """
    if known.value is None or alerts <= 0:
        return None
    worth = known.effective / known.judged
    coming = max(min(round(alerts * worth), MOST_COUNTED), 1)
    a = known.value * known.effective + 0.5
    b = (1 - known.value) * known.effective + 0.5
    likelihood = np.array([_beta_binomial(k, coming, a, b) for k in range(coming + 1)])
    total = np.cumsum(likelihood)
    tail = (1 - confidence) / 2
    low = int(np.searchsorted(total, tail, side="left"))
    high = min(int(np.searchsorted(total, 1 - tail, side="left")), coming)
    return Interval(low / coming, high / coming)


def _beta_binomial(k: int, n: int, a: float, b: float) -> float:
    lgamma = math.lgamma
    choose = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    beta = lgamma(k + a) + lgamma(n - k + b) - lgamma(n + a + b)
    return math.exp(choose + beta - lgamma(a) - lgamma(b) + lgamma(a + b))
