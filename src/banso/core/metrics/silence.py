"""How long a source has been silent by the clock, where its contract says hours or minutes. Only
time in which it promises to speak counts."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions.model import Source
from banso.core.metrics.calendar import Calendar, instant_of

QUARTER = 15 * 60 * 1_000_000
"""Facts are counted by quarters of an hour (microseconds): the last one of a quarter may have
happened at its end."""
_UNITS = {"h": 4 * QUARTER, "m": QUARTER // 15}


def allowed_time(source: Source) -> int | None:
    """Microseconds for which it may be silent; None where its contract says days."""
    said = source.late_after or ""
    return int(said[:-1]) * _UNITS[said[-1]] if said[-1:] in _UNITS else None


def too_long_silent(
    source: Source,
    quarters: NDArray[np.int64],
    calendar: Calendar,
    *,
    speaking: NDArray[np.bool_],
    at: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Whether, at each instant (UTC microseconds, within the calendar), no fact has come for as
    long as its contract allows, or none ever. quarters: those with facts, ascending. speaking: by
    day of the calendar."""
    last = np.searchsorted(quarters, at, side="left") - 1
    spoken = np.minimum(np.append(quarters + QUARTER, 0)[last], at)
    clock = _SpeakingTime(source, calendar, speaking)
    quiet = clock.until(at) - clock.until(spoken)
    found: NDArray[np.bool_] = (last < 0) | (quiet >= (allowed_time(source) or 0))
    return found


class _SpeakingTime:
    """Microseconds of promised speaking from the calendar's beginning."""

    def __init__(self, source: Source, calendar: Calendar, speaking: NDArray[np.bool_]) -> None:
        self._calendar = calendar
        self._opens, closes = _hours(source, calendar)
        self._length = np.where(speaking, closes - self._opens, 0)
        self._before = np.concatenate(([0], np.cumsum(self._length)))

    def until(self, instants: NDArray[np.int64]) -> NDArray[np.int64]:
        day = np.clip(self._calendar.day_index(instants), 0, self._calendar.days - 1)
        today = np.clip(instants - self._opens[day], 0, self._length[day])
        total: NDArray[np.int64] = self._before[day] + today
        return total


def _hours(source: Source, calendar: Calendar) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When it begins and ends to speak on each day."""
    if source.hours is None:
        return calendar.midnights[:-1], calendar.midnights[1:]
    zone = ZoneInfo(calendar.zone)
    clocks = [time.fromisoformat(x) for x in source.hours.split("-")]
    instants = [
        instant_of(datetime.combine(calendar.as_of(day), clock, zone).astimezone(UTC))
        for day in range(calendar.days)
        for clock in clocks
    ]
    both = np.array(instants, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
