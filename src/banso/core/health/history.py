"""One journey over all accounts and days: stage, score, confidence and colour as arrays."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions.model import Condition, Journey
from banso.core.health.colour import COLOURS, OFF_JOURNEY, Colour
from banso.core.health.memory import Memory
from banso.core.health.points import Points
from banso.core.health.stages import Days, Flags, Stages
from banso.core.metrics.compiled import compiled
from banso.core.unmeasured import Column, Reason

NUMBER = np.float64
MEASURED, SOURCE_LATE = int(Reason.MEASURED), int(Reason.SOURCE_LATE)
SCALE = 1e10
"""Scores and confidences have ten decimals."""
HEALTHY, WATCH, AT_RISK, UNMEASURED = (int(colour) for colour in Colour)


@dataclass(frozen=True)
class JourneyHistory:
    """Shapes (accounts, as_of days). Off the journey (not yet a customer, or `applies` is false)
    nothing is assessed: -1 in the integer arrays, NaN in the others.

    stage: index into `journey.stages`. entered: index of the as_of day on which the stage was
    first seen. days_in_stage: whole days since then, 0 on that day. overdue: past
    `expected_days`; unmeasured (source_late) where it might have moved on unseen. hidden: where
    that is so, overdue or not. score: 0..100, NaN where no condition is measured. confidence:
    measured share of the stage's weight, 0..1. colour: `Colour` codes. late: a condition of the
    stage is unmeasured because its source is late, so nothing may fire from score or colour.
    """

    journey: Journey
    stage: NDArray[np.int8]
    entered: Days
    days_in_stage: Days
    overdue: Column
    hidden: Flags
    score: NDArray[np.float64]
    confidence: NDArray[np.float64]
    colour: NDArray[np.int8]
    late: Flags

    @cached_property
    def applies(self) -> Flags:
        on: Flags = self.stage != OFF_JOURNEY
        return on

    def columns(self) -> dict[str, Column]:
        """`journey.NAME.*` as rules see them: nothing that a late source could have changed is
        measured there. A stage without conditions has no score and no confidence
        (not_applicable); with conditions of which none is measured the confidence is 0. The
        colour is the text `unmeasured` in both cases."""
        on = _reason(~self.applies, Reason.NOT_APPLICABLE)
        unmoved = _mark(on, self.applies & self.hidden, Reason.SOURCE_LATE)
        late = self.applies & self.late
        sure = _mark(on, late, Reason.SOURCE_LATE)
        empty = np.array([*(not stage.health for stage in self.journey.stages), False])
        scored = _mark(on, np.isnan(self.score), Reason.NOT_APPLICABLE)
        scored = _mark(scored, late, Reason.SOURCE_LATE)
        known = _mark(sure, empty.take(self.stage), Reason.NOT_APPLICABLE)
        names = tuple(stage.name for stage in self.journey.stages)
        prefix = f"journey.{self.journey.name}."
        return {
            prefix + "stage": _text(self.stage, on, names),
            prefix + "days_in_stage": _number(self.days_in_stage, unmoved),
            prefix + "overdue": self.overdue,
            prefix + "score": _number(self.score, scored),
            prefix + "confidence": _number(self.confidence, known),
            prefix + "colour": _text(self.colour, sure, COLOURS),
        }


def time_in_colour(colour: NDArray[np.int8], late: Flags, before: Memory) -> Column:
    """`journey.NAME.days_in_colour`: whole days since the colour was first seen, 0 on that day.

    colour, late: of a JourneyHistory. Days on which a late source hides the colour are unmeasured;
    where it is the same after them, the days go on. Off the journey not_applicable, and the days
    begin anew. An account that began before the first fact counts from the first day of the axis.
    """
    off = colour == OFF_JOURNEY
    reasons = _mark(_reason(off, Reason.NOT_APPLICABLE), ~off & late, Reason.SOURCE_LATE)
    return _number(in_colour(colour, late, before.colour, before.coloured), reasons)


def _in_colour(
    colour: NDArray[np.int8], late: Flags, colour_before: NDArray[np.int8], since_before: Days
) -> Days:
    days = np.zeros(colour.shape, np.int32)
    for row in range(colour.shape[0]):
        last, since = colour_before[row], since_before[row]
        for day in range(colour.shape[1]):
            here = colour[row, day]
            if here == OFF_JOURNEY or not late[row, day]:
                if here != last:
                    last, since = here, day
                days[row, day] = day - since
    return days


in_colour = compiled(_in_colour)


def overdue(*, journey: Journey, stages: Stages, hidden: Flags) -> Column:
    """Past the stage's expected days. Where it would be but may have moved on unseen, unknown."""
    never = np.iinfo(np.int32).max
    limits = np.array([*(x.expected_days or never for x in journey.stages), never], dtype=np.int32)
    past = stages.days_in_stage > limits.take(stages.stage)
    reasons = _reason(stages.stage == OFF_JOURNEY, Reason.NOT_APPLICABLE)
    reasons = _mark(reasons, past & hidden, Reason.SOURCE_LATE)
    return Column(values=past & ~hidden, reasons=reasons)


@dataclass(frozen=True)
class Health:
    """Shapes (accounts, as_of days), of the stage that each cell is in."""

    score: NDArray[np.float64]
    confidence: NDArray[np.float64]
    colour: NDArray[np.int8]
    late: Flags


def health(
    *, journey: Journey, stage: NDArray[np.int8], points: Callable[[Condition], Points]
) -> Health:
    """points: what a condition gives in every cell, whatever stage the cell is in.

    score = 100 * sum(weight * points) / sum(weight) over what is measured.
    """
    earned, measured = (np.zeros(stage.shape, dtype=NUMBER) for _ in range(2))
    failing, late = (np.zeros(stage.shape, dtype=np.bool_) for _ in range(2))
    totals = np.zeros(len(journey.stages), dtype=NUMBER)
    for index, step in enumerate(journey.stages):
        here = stage == index
        if not here.any():
            continue
        totals[index] = sum(condition.weight for condition in step.health)
        for condition in step.health:
            given = points(condition)
            add_up(here, given.points, given.reasons, condition.weight, earned, measured, late)
            if condition.critical:
                failing |= here & given.failing
    limits = np.array([journey.healthy, journey.watch, journey.minimum_confidence], dtype=NUMBER)
    score, confidence, colour = told(stage, earned, measured, totals, failing, limits)
    return Health(score=score, confidence=confidence, colour=colour, late=late)


def _add_up(  # noqa: PLR0917 (numba takes flat arrays)
    here: Flags,
    points: NDArray[np.float64],
    reasons: NDArray[np.uint8],
    weight: float,
    earned: NDArray[np.float64],
    measured: NDArray[np.float64],
    late: Flags,
) -> None:
    """Add what one condition gives to the cells of its stage: weight times points, and weight where
    it is measured."""
    for row in range(here.shape[0]):
        for day in range(here.shape[1]):
            if not here[row, day]:
                continue
            if reasons[row, day] == MEASURED:
                earned[row, day] += weight * points[row, day]
                measured[row, day] += weight
            elif reasons[row, day] == SOURCE_LATE:
                late[row, day] = True


add_up = compiled(_add_up)


@compiled
def rounded(number: float) -> float:
    """As np.round does it. Sums such as 0.1 + 0.2 cannot miss a threshold that they reach
    exactly."""
    return float(np.rint(number * SCALE) / SCALE)


def _told(  # noqa: PLR0917 (numba takes flat arrays)
    stage: NDArray[np.int8],
    earned: NDArray[np.float64],
    measured: NDArray[np.float64],
    totals: NDArray[np.float64],
    failing: Flags,
    limits: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]:
    """Score, confidence and colour. totals: weight of each stage's conditions. limits: of the score
    to be healthy and watch, and of the confidence to have a colour.

    Thresholds belong to the better colour. A critical condition that is known to fail shows
    at_risk even where too little is measured for a score: what is known to be bad is not hidden
    by what is unknown.
    """
    healthy, watch, sure = limits
    score, confidence = np.full(stage.shape, np.nan), np.full(stage.shape, np.nan)
    colour = np.full(stage.shape, OFF_JOURNEY, np.int8)
    for row in range(stage.shape[0]):
        for day in range(stage.shape[1]):
            if stage[row, day] == OFF_JOURNEY:
                continue
            known, total = measured[row, day], totals[stage[row, day]]
            confidence[row, day] = rounded(known / total) if total > 0 else 0.0
            if known > 0:
                score[row, day] = rounded(100 * earned[row, day] / known)
            if failing[row, day]:
                colour[row, day] = AT_RISK
            elif np.isnan(score[row, day]) or confidence[row, day] < sure:
                colour[row, day] = UNMEASURED
            elif score[row, day] >= healthy:
                colour[row, day] = HEALTHY
            else:
                colour[row, day] = WATCH if score[row, day] >= watch else AT_RISK
    return score, confidence, colour


told = compiled(_told)


def _reason(where: Flags, reason: Reason) -> NDArray[np.uint8]:
    """That reason there, elsewhere measured. Products, as np.where takes ten times as long."""
    return where * np.uint8(reason)


def _mark(reasons: NDArray[np.uint8], where: Flags, reason: Reason) -> NDArray[np.uint8]:
    return reasons * ~where + _reason(where, reason)


def _number(values: NDArray[np.float64] | Days, reasons: NDArray[np.uint8]) -> Column:
    return Column(values=np.where(reasons == 0, values.astype(NUMBER), np.nan), reasons=reasons)


def _text(codes: NDArray[np.int8], reasons: NDArray[np.uint8], words: tuple[str, ...]) -> Column:
    values = np.where(reasons == 0, codes, np.int8(-1)).astype(np.int32)
    return Column(values=values, reasons=reasons, categories=words)
