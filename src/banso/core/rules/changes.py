"""On which days an account's stage or colour became another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.core.health.colour import COLOURS, OFF_JOURNEY
from banso.core.health.history import JourneyHistory
from banso.core.metrics.compiled import compiled
from banso.core.rules.by_day import Places, by_day

Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
STAGE, COLOUR = 0, 1
FOUND = 2
"""Added to a day, which may be -1 (before the first), so that 0 is left for no change."""


@dataclass(frozen=True)
class Change:
    """row: position of the account. day: as_of index on which `after` was first seen, day_before:
    the one on which `before` was last seen. before, after: stage names or colour words; ''
    (stages only) where the account was not, or no longer is, on the journey. scores: of those
    two days, None where there is none.
    """

    row: int
    journey: str
    day: int
    day_before: int
    what: Literal["stage", "colour"]
    before: str
    after: str
    score_before: float | None
    score_after: float | None


@dataclass(frozen=True)
class Changed:
    """Where something changed, as arrays of one length in the order of `changes`.

    row, day, day_before: as in Change. of_colour: it is the colour that changed, else the stage.
    """

    row: Places
    day: Places
    day_before: Places
    of_colour: Flags


def changes(history: JourneyHistory, *, start: int, stop: int) -> list[Change]:
    """Those of the days [start, stop), by day, row and what changed, stage first.

    Joining and leaving the journey are changes of the stage. A colour seen while a source of its
    conditions is late is no news (it is one data incident instead): colours are compared with the
    last day on the journey on which no source was late, so an outage makes no change, and what
    is different after it is told on the first day that is sure again.
    """
    found = changed(history, start=start, stop=stop)
    columns = (found.row, found.day_before, found.day, found.of_colour)
    return [_change(history, *x) for x in zip(*(c.tolist() for c in columns), strict=True)]


def changed(history: JourneyHistory, *, start: int, stop: int) -> Changed:
    """Where `changes` finds them: over years and many accounts there are too many to tell each."""
    marks = marked(history.stage, history.colour, history.late, start, stop)
    row, day, what = by_day(marks)
    return Changed(
        row=row,
        day=day + start,
        day_before=marks[row, day, what].astype(np.int64) - FOUND,
        of_colour=what == COLOUR,
    )


def _marked(stage: Codes, colour: Codes, late: Flags, start: int, stop: int) -> NDArray[np.int32]:
    """Shape (accounts, days, 2), of STAGE and COLOUR: 0 where it is as before, else the day of
    what was before, and FOUND."""
    marks = np.zeros((stage.shape[0], max(stop - start, 0), 2), np.int32)
    for row in range(stage.shape[0]):
        before, sure = OFF_JOURNEY, -1
        for day in range(stop):
            here = stage[row, day]
            if day >= start and here != before:
                marks[row, day - start, STAGE] = day - 1 + FOUND
            before = here
            if here != OFF_JOURNEY and not late[row, day]:
                if day >= start and sure >= 0 and colour[row, day] != colour[row, sure]:
                    marks[row, day - start, COLOUR] = sure + FOUND
                sure = day
    return marks


marked = compiled(_marked)


def _change(
    history: JourneyHistory, row: int, day_before: int, day: int, of_colour: bool
) -> Change:
    names: Sequence[str] = COLOURS
    codes = history.colour
    if not of_colour:
        names, codes = (*(stage.name for stage in history.journey.stages), ""), history.stage
    return Change(
        row=row,
        journey=history.journey.name,
        day=day,
        day_before=day_before,
        what="colour" if of_colour else "stage",
        before=names[codes[row, day_before] if day_before >= 0 else OFF_JOURNEY],
        after=names[codes[row, day]],
        score_before=_score(history, row, day_before),
        score_after=_score(history, row, day),
    )


def _score(history: JourneyHistory, row: int, day: int) -> float | None:
    score = float(history.score[row, day]) if day >= 0 else np.nan
    return None if np.isnan(score) else score
