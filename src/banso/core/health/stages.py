"""Which stage of a journey an account is in, from the truth of the stages' entry conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from banso.core.health.colour import OFF_JOURNEY
from banso.core.health.memory import Memory, Truth
from banso.core.metrics.compiled import compiled
from banso.core.unmeasured import Array, Column, Reason

Flags = NDArray[np.bool_]
Days = NDArray[np.int32]


@dataclass(frozen=True)
class Stages:
    """Shapes (accounts, as_of days).

    stage: index of the stage, -1 off the journey. entered: index of the as_of day on which it
    was first seen in that stage, -1 off the journey. (On the journey it is below 0 where that was
    before the first day told.)
    """

    stage: NDArray[np.int8]
    entered: Days

    @cached_property
    def days_in_stage(self) -> Days:
        """Whole days since `entered`: 0 on that day; -1 off the journey.

        An account that began before the organisation's first fact counts from the first as_of
        of the axis: nothing is known of the time before.
        """
        today = np.arange(self.stage.shape[1], dtype=np.int32)
        return np.where(self.stage >= 0, today - self.entered, np.int32(OFF_JOURNEY))


def last_known(column: Column, before: Truth) -> Flags:
    """The condition's last measured truth up to each day. before: what it was before the first."""
    found, seen = _carried(column.values, known=column.measured)
    return np.where(seen, found, before[:, None])


def last_before(upto: int, known: Flags) -> Days:
    """The last day before that one on which it is known, -1 where it was on none."""
    back = known[:, :upto][:, ::-1]
    if not back.size:
        return np.full(len(known), -1, np.int32)
    return np.where(back.any(axis=1), upto - 1 - back.argmax(axis=1), -1).astype(np.int32)


def follow(
    *, applies: Flags, enters: Sequence[Column], sticky: bool, before: Memory | None = None
) -> Stages:
    """applies: on the journey. enters: the entry conditions of stages 1, 2, ... in order.

    Sticky: the highest stage whose condition has ever held while on the journey; a stage may be
    reached past the one before it. Otherwise the highest whose condition holds now. An unmeasured
    condition counts as it was last known: it neither advances nor takes back. Leaving the
    journey and coming back continues in the stage that was left, with the days going on.
    """
    before = before or Memory.none(len(applies), enters=len(enters))
    reached = np.zeros(applies.shape, np.int8)
    for index, enter in enumerate(enters):
        now = enter.measured & enter.values
        held = now if sticky else last_known(enter, before.enters[index])
        np.maximum(reached, held * np.int8(index + 1), out=reached)
    return Stages(*kept(applies, reached, sticky, before.stage, before.entered))


def _kept(
    applies: Flags,
    reached: NDArray[np.int8],
    sticky: bool,
    stage_before: NDArray[np.int8],
    entered_before: Days,
) -> tuple[NDArray[np.int8], Days]:
    """reached: the highest stage of each day. Returns `stage` and `entered` of Stages."""
    stage = np.full(reached.shape, OFF_JOURNEY, np.int8)
    entered = np.full(reached.shape, OFF_JOURNEY, np.int32)
    for row in range(reached.shape[0]):
        current, since = stage_before[row], entered_before[row]
        for day in range(reached.shape[1]):
            if not applies[row, day]:
                continue
            here = max(current, reached[row, day]) if sticky else reached[row, day]
            if here != current:
                current, since = here, day
            stage[row, day], entered[row, day] = current, since
    return stage, entered


kept = compiled(_kept)


def may_have_left(*, stages: Stages, enters: Sequence[Column], sticky: bool) -> Flags:
    """Where a late source hides whether the account has moved on: the condition to enter a higher
    stage is unmeasured for that reason (or, not sticky, the condition to be in this one)."""
    hidden = np.zeros(stages.stage.shape, dtype=np.bool_)
    for index, enter in enumerate(enters, start=1):
        late = enter.because(Reason.SOURCE_LATE)
        hidden |= late & (stages.stage >= 0) & (stages.stage < index)
        if not sticky:
            hidden |= late & (stages.stage == index)
    return hidden


def _carried(values: Array, *, known: Flags) -> tuple[Array, Flags]:
    """The last known value up to each day, and whether there has been one."""
    today = np.arange(values.shape[1], dtype=np.int32)
    last = np.maximum.accumulate(np.where(known, today, -1), axis=1)
    return np.take_along_axis(values, np.maximum(last, 0), axis=1), last >= 0
