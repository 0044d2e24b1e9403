"""Alerts by what came after them, and by what became of what was expected of them: these add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

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
    def share(self) -> float | None:
        """Right of those that are judged."""
        judged = self.right + self.wrong
        return self.right / judged if judged else None


AFTER = ("right", "wrong", "open", "unmeasured")


def after_code(after: str, *, held: bool) -> int:
    """What `Alerts.told` says of an alert; 0 is for those that neither was told nor held back."""
    return 1 + AFTER.index(after) + len(AFTER) * held


def afters(columns: Columns, seen: Flags | None) -> Mapping[date, tuple[After, After]]:
    """By the month (its first day) in which alerts opened: of those that were held back, and of
    those told. Only months with any."""
    alerts = columns.alerts
    kept = alerts.told > 0
    if seen is not None:
        kept &= seen[alerts.account]
    found, place = numbered(months(alerts.opened[kept]))
    codes = 2 * len(AFTER)
    places = place * codes + alerts.told[kept] - 1
    counts = np.bincount(places, minlength=len(found) * codes).reshape(-1, 2, len(AFTER))
    return {
        first_of(int(month)): (_after(of[1]), _after(of[0]))
        for month, of in zip(found, counts, strict=True)
    }


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
