"""Which alerts saw an outcome coming."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np

from banso.core.definitions.outcomes import Outcome
from banso.core.rules.episodes import NONE
from banso.core.rules.replay import Episodes
from banso.core.unmeasured import Column


@dataclass(frozen=True)
class Sight:
    """An alert that opened so many days before an outcome, and was open within the days that count
    for it. in_time: lead_days before it or more."""

    rule: str
    days_before: int
    in_time: bool


@dataclass(frozen=True)
class Happening:
    """An outcome of the account in `row` on the as_of index `day`. sights: the earliest first."""

    row: int
    day: int
    sights: tuple[Sight, ...]


def happenings(
    outcome: Outcome, happened: Column, found: Mapping[str, Episodes], *, start: int
) -> Iterator[Happening]:
    """Those from the day `start` on, by row and day. found: the episodes of the same accounts."""
    for row, day in np.argwhere(happened.values).tolist():
        if day >= start:
            every = (_sights(outcome, name, one, row, day) for name, one in found.items())
            ordered = sorted(chain.from_iterable(every), key=lambda x: (-x.days_before, x.rule))
            yield Happening(row=row, day=day, sights=tuple(ordered))


def _sights(outcome: Outcome, rule: str, one: Episodes, row: int, day: int) -> Iterator[Sight]:
    """An alert of long ago that closed before `within_days` saw something else."""
    begin = day - outcome.within_days
    lasted = (one.closed == NONE) | (one.closed > begin)
    for opened in one.opened[(one.row == row) & (one.opened < day) & lasted].tolist():
        yield Sight(rule, day - opened, day - opened >= outcome.lead_days)
