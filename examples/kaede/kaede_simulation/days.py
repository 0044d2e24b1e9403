"""The simulated days: day 0 is the first, everything else is counted from it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

FIRST = date(2025, 4, 1)
"""First day with usage logs: Kaede switched its log collection on at the fiscal year's start."""
END = date(2026, 10, 1)
"""The day after the last simulated one: `as_of` of the final state."""
DAYS = (END - FIRST).days
UTC_OFFSET_HOURS = 9  # Asia/Tokyo has had no daylight saving time since 1951

_HOLIDAYS = """
2025-04-29 2025-05-03 2025-05-04 2025-05-05 2025-05-06 2025-07-21 2025-08-11
2025-09-15 2025-09-23 2025-10-13 2025-11-03 2025-11-23 2025-11-24 2026-01-01
2026-01-12 2026-02-11 2026-02-23 2026-03-20 2026-04-29 2026-05-03 2026-05-04
2026-05-05 2026-05-06 2026-07-20 2026-08-11 2026-09-21 2026-09-22 2026-09-23
"""
HOLIDAYS = frozenset(date.fromisoformat(text) for text in _HOLIDAYS.split())
"""National holidays of Japan, substitutes and 2026-09-22 included."""

_WEEKDAYS = (1.05, 1.05, 1.0, 1.0, 0.95, 0.07, 0.04)
_SEASON = (1.0, 1.3, 1.8, 1.6, 1.0, 0.75, 0.5, 0.38, 0.42, 0.65, 0.85, 0.95)


def on(day: int) -> date:
    """The date of a day number; negative numbers lie before the first."""
    return FIRST + timedelta(days=int(day))


def add_years(day: int, years: int) -> int:
    """The same calendar day some years on; 29 February becomes the 28th."""
    start = on(day)
    leap = (start.month, start.day) == (2, 29)
    moved = start.replace(year=start.year + years, day=28 if leap else start.day)
    return (moved - FIRST).days


def _share_of_office(day: date) -> float:
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return 0.04
    if day in HOLIDAYS:
        return 0.05
    share = _WEEKDAYS[day.weekday()]
    if day.month == 8 and 12 <= day.day <= 16:  # Obon is no holiday, but half the office is away
        return share * 0.5
    if (day.month, day.day) in {(4, 30), (5, 1), (5, 2)}:  # bridge days of Golden Week
        return share * 0.7
    return share


def office_rhythm() -> NDArray[np.float64]:
    """How much of an ordinary working day each day is, shape (DAYS,)."""
    return np.array([_share_of_office(on(day)) for day in range(DAYS)])


def month_end_rush() -> NDArray[np.float64]:
    """Invoices go out around the turn of the month: a factor, shape (DAYS,)."""
    dates = [on(day) for day in range(DAYS)]
    near = [d.day <= 3 or (d + timedelta(days=3)).month != d.month for d in dates]
    return np.where(near, 1.25, 1.0)


def fiscal_season() -> NDArray[np.float64]:
    """Peak in March and April, low in summer, for a fiscal year that ends in March: a factor that
    runs straight from the middle of a month to the next, shape (DAYS,)."""
    middles = [(date(2025 + m // 12, m % 12 + 1, 15) - FIRST).days for m in range(24)]
    return np.interp(np.arange(DAYS), middles, [_SEASON[m % 12] for m in range(24)])


def is_workday(day: int) -> bool:
    return _share_of_office(on(day)) > 0.2
