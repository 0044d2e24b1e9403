"""Whether an alert was followed by the outcome in time: of every account and day at once."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from banso.core.metrics.compiled import compiled
from banso.core.rules.episodes import NONE
from banso.core.unmeasured import Column, Reason

Flags = NDArray[np.bool_]
Days = NDArray[np.int32]


class Verdict(IntEnum):
    """Of an alert that opens on a day: the outcome came in time (HIT), came before there was time
    to act (LATE), did not come (MISS), is not known yet or not measured (UNKNOWN), or could not
    come at all (NOT_APPLICABLE: no contract, already gone). Precision is HIT / (HIT, LATE, MISS)
    of alerts for which there was time to become a MISS; the other two are left out of it."""

    HIT = 0
    LATE = 1
    MISS = 2
    UNKNOWN = 3
    NOT_APPLICABLE = 4

    @property
    def code(self) -> str:
        return self.name.lower()


HIT, LATE, MISS, UNKNOWN, OUTSIDE = (int(x) for x in Verdict)
JUDGED = MISS
"""Verdicts up to this one count."""
_NOT_APPLICABLE = int(Reason.NOT_APPLICABLE)


@dataclass(frozen=True)
class Verdicts:
    """Shapes (accounts, as_of days). ahead: days until the outcome; NONE but for HIT and LATE."""

    verdict: NDArray[np.int8]
    ahead: Days


def verdicts(outcome: Column, *, lead_days: int, within_days: int) -> Verdicts:
    """What an alert that opens there would be worth: the outcome has to come lead_days to
    within_days later. It is a MISS only where all days up to within_days are known; the end of the
    axis is not."""
    verdict = np.full(outcome.values.shape, UNKNOWN, np.int8)
    ahead = np.full(outcome.values.shape, NONE, np.int32)
    judged(outcome.values, outcome.reasons, lead_days, within_days, verdict, ahead)
    return Verdicts(verdict, ahead)


def _judge(  # noqa: PLR0917 (numba takes flat arrays)
    happened: Flags,
    reasons: NDArray[np.uint8],
    lead: int,
    within: int,
    verdict: NDArray[np.int8],
    ahead: Days,
) -> None:
    accounts, days = happened.shape
    never = 2 * days + within + lead + 2
    next_one = np.full(days + 1, never, np.int64)
    next_gap = np.full(days + 1, days, np.int64)
    for row in range(accounts):
        for day in range(days - 1, -1, -1):
            why = reasons[row, day]
            next_one[day] = day if happened[row, day] else next_one[day + 1]
            gap = why != 0 and why != _NOT_APPLICABLE  # noqa: PLR1714 (numba knows no `in` here)
            next_gap[day] = day if gap else next_gap[day + 1]
        for day in range(days):
            wanted = next_one[min(day + lead, days)]
            if wanted <= day + within:
                verdict[row, day], ahead[row, day] = HIT, wanted - day
            elif next_one[day] < day + lead:
                verdict[row, day], ahead[row, day] = LATE, next_one[day] - day
            elif day + 1 < days and reasons[row, day + 1] == _NOT_APPLICABLE:
                verdict[row, day] = OUTSIDE
            elif next_gap[day] > day + within:
                verdict[row, day] = MISS


judged = compiled(_judge)
