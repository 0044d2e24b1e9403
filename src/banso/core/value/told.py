"""Alerts by what came after them, and by what became of what was expected of them: these add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.core.rules.precision import wilson
from banso.core.value.columns import CAME, Columns, Flags, Numbers, first_of, months, numbered


@dataclass(frozen=True)
class After:
    """Alerts by what came after them. right: the outcome that the rule is there for came about in
    its time; wrong: it did not. open: that time is not over. unmeasured: nobody can say, as it
    was not measured, could not come about, or the rule names no outcome."""

    alerts: int = 0
    right: int = 0
    wrong: int = 0
    open: int = 0
    unmeasured: int = 0

    @property
    def judged(self) -> int:
        return self.right + self.wrong

    @property
    def share(self) -> float | None:
        """Right of those that are judged."""
        return self.right / self.judged if self.judged else None

    def __add__(self, other: "After") -> "After":
        return After(*(getattr(self, x) + getattr(other, x) for x in ("alerts", *AFTER)))


AFTER = ("right", "wrong", "open", "unmeasured")


JUDGED = 10
"""Alerts of which it is known what came after them, on each side, before one says more of them."""

Verdict = Literal["nothing", "too_little", "less_right", "more_right", "alike"]


@dataclass(frozen=True)
class Order:
    """Whether what was held back was right less often than what was told, so that those were told
    first that mattered. value, low, high: share of right ones held back less that of those told,
    where enough are judged; alerts count as independent of each other."""

    held_back: After
    told: After
    verdict: Verdict
    value: float | None = None
    low: float | None = None
    high: float | None = None


def order(held_back: After, told: After) -> Order:
    """The interval is Newcombe's of two shares ("Interval estimation for the difference between
    independent proportions", Statistics in Medicine 17, 1998, method 10)."""
    held, others = held_back.share, told.share
    if not held_back.alerts:
        return Order(held_back, told, "nothing")
    if held is None or others is None or min(held_back.judged, told.judged) < JUDGED:
        return Order(held_back, told, "too_little")
    ours, theirs = wilson(held, held_back.judged), wilson(others, told.judged)
    value = held - others
    low = value - sqrt((held - ours.low) ** 2 + (theirs.high - others) ** 2)
    high = value + sqrt((ours.high - held) ** 2 + (others - theirs.low) ** 2)
    verdict: Verdict = "less_right" if high < 0 else "more_right" if low > 0 else "alike"
    return Order(held_back, told, verdict, value, low, high)


def after_code(after: str, *, held: bool) -> int:
    """What `Alerts.told` says of an alert; 0 is for those that neither was told nor held back."""
    return 1 + AFTER.index(after) + len(AFTER) * held


def afters(columns: Columns, seen: Flags | None) -> Mapping[date, tuple[After, After]]:
    """By the month (its first day) in which alerts opened: of those that were held back, and of
    those told. Only months with any."""
    kept = _kept(columns, seen)
    found = _by(columns, kept, months(columns.alerts.opened[kept]))
    return {first_of(month): of for month, of in found.items()}


def afters_of_rules(columns: Columns, seen: Flags | None) -> Mapping[str, tuple[After, After]]:
    """As `afters`, by rule, of all months."""
    kept = _kept(columns, seen)
    found = _by(columns, kept, columns.alerts.rule[kept].astype(np.int64))
    return {columns.rules[rule]: of for rule, of in found.items()}


def _kept(columns: Columns, seen: Flags | None) -> Flags:
    kept = columns.alerts.told > 0
    return kept if seen is None else kept & seen[columns.alerts.account]


def _by(
    columns: Columns, kept: Flags, part: NDArray[np.int64]
) -> Mapping[int, tuple[After, After]]:
    found, place = numbered(part)
    codes = 2 * len(AFTER)
    places = place * codes + columns.alerts.told[kept] - 1
    counts = np.bincount(places, minlength=len(found) * codes).reshape(-1, 2, len(AFTER))
    return {int(key): (_after(of[1]), _after(of[0])) for key, of in zip(found, counts, strict=True)}


def _after(counts: Numbers) -> After:
    return After(int(counts.sum()), *counts.tolist())


def expected(columns: Columns, seen: Flags | None) -> Mapping[tuple[str, str, bool], int]:
    """Alerts of all time by (rule, what became of what was expected, whether nobody was told)."""
    rows = columns.expected
    kept = np.ones(len(rows.account), np.bool_) if seen is None else seen[rows.account]
    sizes = len(columns.rules), len(CAME), 2
    parts = (rows.rule[kept], rows.came[kept], rows.withheld[kept].astype(np.int64))
    places = np.ravel_multi_index(parts, sizes) if kept.any() else np.zeros(0, np.int64)
    size = int(np.prod(sizes))
    counts = np.bincount(places, weights=rows.alerts[kept], minlength=size).reshape(sizes)
    return {
        (columns.rules[rule], CAME[came], bool(held)): int(counts[rule, came, held])
        for rule, came, held in zip(*np.nonzero(counts), strict=True)
    }
