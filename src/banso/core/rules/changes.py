"""On which days an account's stage or colour became another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.core.health.colour import COLOURS, OFF_JOURNEY
from banso.core.health.history import JourneyHistory


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


def changes(history: JourneyHistory, *, start: int, stop: int) -> list[Change]:
    """Those of the days [start, stop), by day, row and what changed, stage first.

    Joining and leaving the journey are changes of the stage. A colour seen while a source of its
    conditions is late is no news (it is one data incident instead): colours are compared with the
    last day on the journey on which no source was late, so an outage makes no change, and what
    is different after it is told on the first day that is sure again.
    """
    found = [*_stage_changes(history, start, stop), *_colour_changes(history, start, stop)]
    return sorted(found, key=lambda change: (change.day, change.row, change.what != "stage"))


def _stage_changes(history: JourneyHistory, start: int, stop: int) -> Iterator[Change]:
    before = np.full_like(history.stage, OFF_JOURNEY)
    before[:, 1:] = history.stage[:, :-1]
    names = (*(stage.name for stage in history.journey.stages), "")
    rows, days = np.nonzero((before != history.stage)[:, start:stop])
    for row, day in zip(rows.tolist(), (days + start).tolist(), strict=True):
        old, new = names[before[row, day]], names[history.stage[row, day]]
        yield _change(history, row, (day - 1, day), "stage", (old, new))


def _colour_changes(history: JourneyHistory, start: int, stop: int) -> Iterator[Change]:
    sure = history.applies & ~history.late
    today = np.arange(sure.shape[1], dtype=np.int32)
    last = np.full(sure.shape, -1, dtype=np.int32)
    last[:, 1:] = np.maximum.accumulate(np.where(sure, today, -1), axis=1)[:, :-1]
    before = np.take_along_axis(history.colour, np.maximum(last, 0), axis=1)
    changed: NDArray[np.bool_] = sure & (last >= 0) & (before != history.colour)
    rows, days = np.nonzero(changed[:, start:stop])
    for row, day in zip(rows.tolist(), (days + start).tolist(), strict=True):
        old, new = COLOURS[before[row, day]], COLOURS[history.colour[row, day]]
        yield _change(history, row, (int(last[row, day]), day), "colour", (old, new))


def _change(
    history: JourneyHistory,
    row: int,
    days: tuple[int, int],
    what: Literal["stage", "colour"],
    texts: tuple[str, str],
) -> Change:
    return Change(
        row=row,
        journey=history.journey.name,
        day=days[1],
        day_before=days[0],
        what=what,
        before=texts[0],
        after=texts[1],
        score_before=_score(history, row, days[0]),
        score_after=_score(history, row, days[1]),
    )


def _score(history: JourneyHistory, row: int, day: int) -> float | None:
    score = float(history.score[row, day]) if day >= 0 else np.nan
    return None if np.isnan(score) else score
