"""Which stage of a journey an account is in, from the truth of the stages' entry conditions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.core.health.colour import OFF_JOURNEY
from banso.core.unmeasured import Array, Column, Reason

Flags = NDArray[np.bool_]
Days = NDArray[np.int32]


@dataclass(frozen=True)
class Stages:
    """Shapes (accounts, as_of days).

    stage: index of the stage, -1 off the journey. entered: index of the as_of day on which it
    was first seen in that stage, -1 off the journey.
    """

    stage: NDArray[np.int8]
    entered: Days

    @property
    def days_in_stage(self) -> Days:
        """Whole days since `entered`: 0 on that day; -1 off the journey.

        An account that began before the organisation's first fact counts from the first as_of
        of the axis: nothing is known of the time before.
        """
        today = np.arange(self.stage.shape[1], dtype=np.int32)
        return np.where(self.stage >= 0, today - self.entered, OFF_JOURNEY).astype(np.int32)


def last_known(column: Column) -> Flags:
    """The condition's last measured truth up to each day; false before there is one."""
    found, seen = _carried(column.values, known=column.measured)
    return found & seen


def follow(*, applies: Flags, enters: Sequence[Column], sticky: bool) -> Stages:
    """applies: on the journey. enters: the entry conditions of stages 1, 2, ... in order.

    Sticky: the highest stage whose condition has ever held while on the journey; a stage may be
    reached past the one before it. Otherwise the highest whose condition holds now. An unmeasured
    condition counts as it was last known: it neither advances nor takes back. Leaving the
    journey and coming back continues in the stage that was left, with the days going on.
    """
    reached = np.where(applies, 0, OFF_JOURNEY).astype(np.int8)
    for index, enter in enumerate(enters, start=1):
        held = (enter.measured & enter.values) if sticky else last_known(enter)
        reached[applies & held] = index
    if sticky:
        carried = np.maximum.accumulate(reached, axis=1)
    else:
        carried, begun = _carried(reached, known=applies)
        carried = np.where(begun, carried, OFF_JOURNEY)
    return Stages(
        stage=np.where(applies, carried, OFF_JOURNEY).astype(np.int8),
        entered=np.where(applies, _since_change(carried), OFF_JOURNEY).astype(np.int32),
    )


def may_have_left(*, stages: Stages, enters: Sequence[Column], sticky: bool) -> Flags:
    """Where a late source hides whether the account has moved on: the condition to enter a higher
    stage is unmeasured for that reason (or, not sticky, the condition to be in this one)."""
    hidden = np.zeros(stages.stage.shape, dtype=np.bool_)
    for index, enter in enumerate(enters, start=1):
        late = enter.reasons == Reason.SOURCE_LATE
        hidden |= late & (stages.stage >= 0) & (stages.stage < index)
        if not sticky:
            hidden |= late & (stages.stage == index)
    return hidden


def _carried(values: Array, *, known: Flags) -> tuple[Array, Flags]:
    """The last known value up to each day, and whether there has been one."""
    today = np.arange(values.shape[1], dtype=np.int32)
    last = np.maximum.accumulate(np.where(known, today, -1), axis=1)
    return np.take_along_axis(values, np.maximum(last, 0), axis=1), last >= 0


def _since_change(carried: Array) -> Days:
    """Index of the last day on which the carried stage differed from the day before."""
    before = np.full_like(carried, OFF_JOURNEY)
    before[:, 1:] = carried[:, :-1]
    today = np.arange(carried.shape[1], dtype=np.int32)
    return np.maximum.accumulate(np.where(carried != before, today, -1), axis=1).astype(np.int32)
