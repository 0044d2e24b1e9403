"""Days of the organisation's time zone, as rows of integers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_of(moment: datetime) -> int:
    """UTC microseconds, exactly."""
    return (moment - EPOCH) // MICROSECOND


@dataclass(frozen=True)
class Calendar:
    """The as_of axis: dates `first` .. `first + days - 1`, each meaning its local midnight.

    Index i stands for the instant `first + i` 00:00 in `zone`. A fact whose local day has
    index e counts for every as_of index i > e.
    """

    zone: str
    first: date
    days: int

    @cached_property
    def midnights(self) -> NDArray[np.int64]:
        """Start of each day and the end of the last one, UTC microseconds, length days + 1.

        Where a zone skips midnight (a spring change at 00:00) the day starts at the first
        instant that exists.
        """
        zone = ZoneInfo(self.zone)
        instants = (
            datetime.combine(self.as_of(i), datetime.min.time(), tzinfo=zone).astimezone(UTC)
            for i in range(self.days + 1)
        )
        return np.fromiter((instant_of(x) for x in instants), dtype=np.int64)

    @property
    def last(self) -> date:
        return self.as_of(self.days - 1)

    def since(self, index: int) -> "Calendar":
        """The same axis from that day on."""
        return Calendar(self.zone, self.as_of(index), self.days - index) if index else self

    def as_of(self, index: int) -> date:
        return self.first + timedelta(days=index)

    def index(self, day: date) -> int:
        """Index of a date; below 0 or at least `days` where it lies outside the axis."""
        return (day - self.first).days

    def day_index(self, instants: NDArray[np.int64]) -> NDArray[np.int32]:
        """Local day of each instant (UTC microseconds): -1 before `first`, `days` after the end."""
        found = np.searchsorted(self.midnights, instants, side="right") - 1
        return found.astype(np.int32)
