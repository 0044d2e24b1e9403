"""Whether what was expected of an action came about in time."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from banso.core.unmeasured import Column

ENOUGH = 0.9
"""Share of the days on which it must have been measured before one says that it was not reached."""


class Came(StrEnum):
    """OPEN: there is still time. UNMEASURED: nobody can say."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    UNMEASURED = "unmeasured"
    OPEN = "open"


class Why(StrEnum):
    """Why it is unmeasured. HELD_ALREADY: it held on the very day on which the action was due, so
    it tells nothing of the action. NOT_MEASURED: on too few days of its time. GONE: the rule no
    longer says what it expects."""

    NOTHING = ""
    HELD_ALREADY = "held_already"
    NOT_MEASURED = "not_measured"
    GONE = "gone"


@dataclass(frozen=True)
class Judged:
    """reached: index of the day on which it first held; None where it has not."""

    came: Came
    why: Why = Why.NOTHING
    reached: int | None = None


def judge(condition: Column, row: int, *, opened: int, within: int) -> Judged:
    """One action of the account in `row`, due on the day `opened` of the axis.

    It may hold on any of the `within` days after that one. Days after the axis are to come.
    """
    days = condition.values.shape[1]
    measured, holds = condition.measured[row], condition.values[row].astype(bool)
    if opened < 0:
        return Judged(Came.UNMEASURED, Why.NOT_MEASURED)  # before the axis
    if opened < days and measured[opened] and holds[opened]:
        return Judged(Came.UNMEASURED, Why.HELD_ALREADY)
    last = opened + within
    span = slice(opened + 1, min(last + 1, days))
    found = np.flatnonzero(holds[span] & measured[span])
    if len(found):
        return Judged(Came.REACHED, reached=opened + 1 + int(found[0]))
    if last >= days:
        return Judged(Came.OPEN)
    if measured[span].mean() < ENOUGH:
        return Judged(Came.UNMEASURED, Why.NOT_MEASURED)
    return Judged(Came.NOT_REACHED)
