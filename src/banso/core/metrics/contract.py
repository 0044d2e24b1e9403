"""What a source promises of its own speaking, and whether a day keeps it."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions.model import Source
from banso.core.metrics.calendar import Calendar
from banso.core.metrics.facts import late_days
from banso.core.metrics.silence import too_long_silent

BEFORE = 28
"""Days before, whose speaking days a day's volume is compared with."""
LEAST = 5
"""Speaking days with facts that a comparison needs."""
SILENT = 7
"""Speaking days beyond those allowed, after which a late source is called silent."""
TENFOLD, TENTH, TWICE, HALF = 10.0, 0.1, 1.8, 0.5


class Fault(StrEnum):
    """late: silent for longer than it may be; silent: for a week longer. tenfold, tenth: the last
    day on which it should speak has ten times, or a tenth, of what such days usually have.
    doubled: on that day the same content came twice."""

    LATE = "late"
    SILENT = "silent"
    TENFOLD = "tenfold"
    TENTH = "tenth"
    DOUBLED = "doubled"


def watched(source: Source) -> bool:
    """Whether the source promises anything."""
    return source.late_after is not None or source.speaks is not None


def allowed_days(source: Source) -> int:
    """Speaking days for which it may be silent; where only `speaks` is said, one. Hours and minutes
    (see `silence`) are rounded up."""
    said = source.late_after or "1d"
    return -(-int(said[:-1]) // _A_DAY[said[-1]])


_A_DAY = {"d": 1, "h": 24, "m": 24 * 60}


def speaking_days(source: Source, calendar: Calendar) -> NDArray[np.bool_]:
    """By day: whether facts of it are expected."""
    if source.speaks != "business_days":
        return np.ones(calendar.days, np.bool_)
    weekday = (calendar.first.weekday() + np.arange(calendar.days)) % 7
    return weekday < 5


def late(
    source: Source, event_days: NDArray[np.int32], calendar: Calendar, *, longer: int = 0
) -> NDArray[np.bool_]:
    """By as_of day: whether it is silent for longer than it may be, and so many days more."""
    return late_days(
        event_days=event_days,
        late_after=allowed_days(source) + longer,
        calendar=calendar,
        speaking=speaking_days(source, calendar),
    )


def quiet_by_clock(
    source: Source, quarters: NDArray[np.int64], calendar: Calendar, *, at: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """At each instant: whether it breaks a contract of hours. See `silence.too_long_silent`."""
    speaking = speaking_days(source, calendar)
    return too_long_silent(source, quarters, calendar, speaking=speaking, at=at)


def fault_at(
    source: Source,
    counts: NDArray[np.int64],
    calendar: Calendar,
    *,
    index: int,
    quiet: bool | None = None,
) -> Fault | None:
    """What is wrong with a source as of a day (its index), but for doubled content; None: nothing,
    or nothing has ever come. counts: facts by day of the calendar. quiet: whether it is late by the
    clock; None: its days tell."""
    if not counts[:index].any():
        return None
    told = np.flatnonzero(counts).astype(np.int32)
    if late(source, told, calendar)[index] if quiet is None else quiet:
        return Fault.SILENT if late(source, told, calendar, longer=SILENT)[index] else Fault.LATE
    times = times_the_usual(source, counts, calendar, index=index)
    if times is None or source.speaks is None:
        return None
    if times >= TENFOLD:
        return Fault.TENFOLD
    return Fault.TENTH if 0 < times <= TENTH else None  # nothing at all: it may yet come


def still_filling(
    source: Source, counts: NDArray[np.int64], calendar: Calendar, *, index: int
) -> bool:
    """Whether the last speaking day has so little of the usual that, after an incident, what was
    held up is still on its way. An incident opens at a tenth and closes at half: in between it
    stays as it is."""
    times = times_the_usual(source, counts, calendar, index=index)
    return source.speaks is not None and times is not None and times < HALF


def filling_by_clock(
    source: Source,
    quarters: NDArray[np.int64],
    facts: NDArray[np.int64],
    calendar: Calendar,
    *,
    now: int,
) -> bool:
    """The same of the last day of the calendar, which is not over: whether it has less than half of
    what such days usually have by this time of day. facts: of each quarter. now: instant."""
    today = calendar.days - 1
    speaking = speaking_days(source, calendar)
    if source.speaks is None or not speaking[today]:
        return False
    day = calendar.day_index(quarters)
    by_now = quarters - calendar.midnights[day] < now - calendar.midnights[today]
    inside = (day >= 0) & (day <= today)
    sums = np.bincount(day[inside], facts[inside] * by_now[inside], minlength=today + 1)
    spoke = np.bincount(day[inside], minlength=today + 1) > 0
    before = np.arange(max(today - BEFORE, 0), today)
    told = sums[before][speaking[before] & spoke[before]]
    return len(told) >= LEAST and bool(sums[today] < HALF * np.median(told))


def times_the_usual(
    source: Source, counts: NDArray[np.int64], calendar: Calendar, *, index: int
) -> float | None:
    """How many times the usual (the median of the speaking days with facts, of the BEFORE days
    before it) the last speaking day before as_of has; None where too few days are known."""
    last = last_spoken(source, calendar, index=index)
    if last is None:
        return None
    days = np.arange(max(last - BEFORE, 0), last)
    told = counts[days][speaking_days(source, calendar)[days] & (counts[days] > 0)]
    return float(counts[last] / np.median(told)) if len(told) >= LEAST else None


def last_spoken(source: Source, calendar: Calendar, *, index: int) -> int | None:
    """The last speaking day before an as_of day."""
    before = np.flatnonzero(speaking_days(source, calendar)[:index])
    return int(before[-1]) if len(before) else None
