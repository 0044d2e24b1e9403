"""What a rule's replayed alerts say of it: how often it is right, how sure that is, how early.

A rule is made while looking at the past, so it fits that past too well. Its precision is therefore
told twice: of the days it may have been fitted to, and of later ones that are left untouched. No
outcome counts for both: between the two lie as many days as an outcome may take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from banso.core.definitions.outcomes import Outcome
from banso.core.rules.outcomes import settling_days
from banso.core.rules.precision import Interval, Share, next_period, share
from banso.core.rules.replay import Base, Firings
from banso.core.rules.verdicts import HIT, Verdict
from banso.core.unmeasured import Array

FITTING = 0.6
"""Share of the days with known outcomes, less the gap, that may be fitted to."""
SHORTEST = 28
"""Fewer days than these in either period are no period."""
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class Period:
    """Alerts that opened on the day indices [first, stop).

    counts: verdict -> alerts. precision: hits of those judged. base: the share of hits among
    customers and days taken by chance, None where none is judged. lift: precision / base, with the
    interval of the precision.
    """

    first: int
    stop: int
    counts: Mapping[Verdict, int]
    precision: Share
    base: float | None
    lift: float | None
    lift_interval: Interval | None

    @property
    def alerts(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Judged:
    """A rule against an outcome.

    whole: the days whose outcomes are sure by now. A hit is known before a miss is, so later
    alerts are left out, even those that are hits already. fitting, untouched: two parts of these
    days; None where they are too few to be divided. shrinkage: precision of the untouched period
    less that of the fitting one. coming: between what the precision of a next period as long as the
    untouched one will lie, in 95 of 100 cases; from the untouched period alone, None without one.
    leads: quantile -> days from alert to outcome, of the hits of all days; None without hits.
    """

    whole: Period
    fitting: Period | None
    untouched: Period | None
    shrinkage: float | None
    coming: Interval | None
    leads: Mapping[float, float] | None


def judge(
    firings: Firings,
    base: Base,
    outcome: Outcome,
    *,
    start: int = 0,
    held_out_from: int | None = None,
) -> Judged:
    """start: first day that was decided. held_out_from: first day of the untouched period; default:
    so that FITTING of the days may be fitted to."""
    known = max(len(base.hits) - settling_days(outcome) - outcome.within_days, start)
    whole = period(firings, base, start, known)
    fitting, untouched = None, None
    bounds = periods(start, known, gap=outcome.within_days, at=held_out_from)
    if bounds is not None:
        fitting, untouched = (period(firings, base, *x) for x in bounds)
    values = [x.precision.value if x else None for x in (fitting, untouched)]
    coming = None
    if untouched is not None:  # as long as itself, so as many alerts
        coming = next_period(untouched.precision, alerts=untouched.precision.judged)
    return Judged(
        whole=whole,
        fitting=fitting,
        untouched=untouched,
        shrinkage=None if values[0] is None or values[1] is None else values[1] - values[0],
        coming=coming,
        leads=leads(firings),
    )


def periods(
    start: int, known: int, *, gap: int, at: int | None = None
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The fitting and the untouched period as [first, stop), both within [start, known); None where
    either would be shorter than SHORTEST.

    gap: days between the two, as many as an outcome may take: so alerts of the fitting one have
    their outcomes before the untouched one begins. at: where that begins; None: so that FITTING of
    the rest is the fitting one.
    """
    if at is None:
        at = start + gap + round((known - gap - start) * FITTING)
    if at - gap - start < SHORTEST or known - at < SHORTEST:
        return None
    return (start, at - gap), (at, known)


def period(firings: Firings, base: Base, first: int, stop: int) -> Period:
    inside = (firings.opened >= first) & (firings.opened < stop)
    verdict = firings.verdict[inside]
    found = share(verdict, firings.account[inside])
    judged = int(base.judged[first:stop].sum())
    chance = int(base.hits[first:stop].sum()) / judged if judged else None
    return Period(
        first=first,
        stop=stop,
        counts={x: int((verdict == x).sum()) for x in Verdict},
        precision=found,
        base=chance,
        lift=found.value / chance if chance and found.value is not None else None,
        lift_interval=_times(found.interval, chance),
    )


def _times(interval: Interval | None, chance: float | None) -> Interval | None:
    if interval is None or not chance:
        return None
    return Interval(interval.low / chance, interval.high / chance)


def leads(firings: Firings) -> Mapping[float, float] | None:
    ahead = firings.ahead[firings.verdict == HIT]
    if not len(ahead):
        return None
    return dict(zip(QUANTILES, np.quantile(ahead, QUANTILES).tolist(), strict=True))


def overlap(firings: Firings, others: Sequence[str]) -> Mapping[str, float]:
    """Other rule -> the share of alerts beside which it was open too, largest first; those that
    never were are left out."""
    if not len(firings.opened):
        return {}
    shares: Array = firings.beside.mean(axis=0)
    named = sorted(zip(shares.tolist(), others, strict=True), key=lambda x: (-x[0], x[1]))
    return {name: value for value, name in named if value > 0}
