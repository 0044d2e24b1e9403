"""A journey's stages as a ladder: which were reached when, and what the next one waits for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions.model import Journey, Label
from banso.core.health import Assessment
from banso.web.account360.labels import stage_label
from banso.web.account360.visit import Visit
from banso.web.why.made_of import Compared, condition

Place = Literal["passed", "skipped", "here", "next", "later"]


@dataclass(frozen=True)
class Step:
    """reached: first day in the stage, None where it never was; at_start: it was in it already on
    the first day of all data. days: spent in it so far. held: whether the condition to enter it
    holds (None: unmeasured) and missing, met: its comparisons, of the next stage only.
    """

    label: Label
    place: Place
    reached: date | None
    at_start: bool
    days: int
    expected: int | None
    overdue: bool | None
    held: bool | None = None
    missing: Sequence[Compared] = ()
    met: Sequence[Compared] = ()

    @property
    def share(self) -> float | None:
        """Of the expected days; None where none are expected."""
        return min(self.days / self.expected, 1.0) if self.expected else None


def ladder(visit: Visit, found: Assessment) -> list[Step]:
    """found: of the day looked at; on the journey."""
    journey = visit.definitions.journeys[found.journey]
    seen = visit.one.histories[found.journey].stage[0, : visit.one.index(visit.as_of) + 1]
    here = [stage.name for stage in journey.stages].index(found.stage or "")
    return list(_steps(visit, journey, found, seen, here))


def _steps(
    visit: Visit, journey: Journey, found: Assessment, seen: NDArray[np.int8], here: int
) -> Iterator[Step]:
    for index, stage in enumerate(journey.stages):
        days = np.flatnonzero(seen == index)
        first = int(days[0]) if len(days) else None
        place = _place(index, here, reached=first is not None)
        held: bool | None = None
        compared: Sequence[Compared] = ()
        if place == "next" and stage.enter:
            held, compared = condition(visit, stage.enter)
        now = place == "here"
        yield Step(
            label=stage_label(journey, stage.name),
            place=place,
            reached=None if first is None else visit.one.calendar.as_of(first),
            at_start=first == 0,  # nothing is known of the days before
            days=(found.days_in_stage or 0) if now else len(days),
            expected=stage.expected_days,
            overdue=found.overdue if now else None,
            held=held,
            missing=[x for x in compared if x.holds is not True],
            met=[x for x in compared if x.holds is True],
        )


def _place(index: int, here: int, *, reached: bool) -> Place:
    if index == here:
        return "here"
    if index < here:
        return "passed" if reached else "skipped"
    return "next" if index == here + 1 else "later"
