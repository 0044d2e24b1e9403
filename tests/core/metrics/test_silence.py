"""A contract of hours, judged on instants that were counted by hand."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from banso.core.definitions.model import Source
from banso.core.metrics import Calendar
from banso.core.metrics.calendar import instant_of
from banso.core.metrics.contract import allowed_days, filling_by_clock, quiet_by_clock

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 6, 1)
WEEKS = Calendar(zone="Asia/Tokyo", first=MONDAY, days=14)
ALWAYS = Source(name="app", late_after="4h")
WORK = Source(name="app", late_after="4h", speaks="business_days", hours="08:00-20:00")


def at(day: int, clock: str) -> int:
    return instant_of(datetime.fromisoformat(f"2026-06-{day:02}T{clock}").replace(tzinfo=TOKYO))


def quiet(source: Source, last: int, now: int) -> bool:
    found = quiet_by_clock(source, np.array([at(1, "09:00"), last]), WEEKS, at=np.array([now]))
    return bool(found[0])


@pytest.mark.parametrize(
    ("source", "last", "now", "late"),
    [
        (ALWAYS, at(2, "09:00"), at(2, "13:14"), False),  # the last fact may be of 09:14:59
        (ALWAYS, at(2, "09:00"), at(2, "13:15"), True),
        (ALWAYS, at(2, "22:00"), at(3, "02:15"), True),
        (WORK, at(2, "22:00"), at(3, "02:15"), False),
        (WORK, at(2, "22:00"), at(3, "11:59"), False),
        (WORK, at(2, "22:00"), at(3, "12:00"), True),
        (WORK, at(5, "17:45"), at(8, "09:59"), False),  # Friday 18:00 to Monday: 2 h, and 2 h
        (WORK, at(5, "17:45"), at(8, "10:00"), True),
        (Source(name="app", late_after="30m"), at(2, "09:00"), at(2, "09:44"), False),
        (Source(name="app", late_after="30m"), at(2, "09:00"), at(2, "09:45"), True),
    ],
)
def test_only_time_in_which_it_promises_to_speak_counts(
    source: Source, last: int, now: int, *, late: bool
) -> None:
    assert quiet(source, last, now) is late


def test_silence_is_that_of_a_plain_loop_over_minutes() -> None:
    """Also over the hour that is left out in spring, in a zone that has one."""
    zone = ZoneInfo("America/New_York")
    calendar = Calendar(zone=str(zone), first=date(2026, 3, 2), days=14)
    random = np.random.default_rng(5)
    for text in ("3h", "50m", "26h"):
        source = Source(name="a", late_after=text, speaks="business_days", hours="01:00-05:30")
        allowed = int(text[:-1]) * (60 if text[-1] == "h" else 1)
        for _ in range(6):
            first, last = np.sort(random.integers(0, 13 * 96, 2)) * 900_000_000
            quarter, now = int(calendar.midnights[0] + first), int(calendar.midnights[0] + last)
            spoken = 0
            for instant in range(min(quarter + 900_000_000, now), now, 60_000_000):
                here = datetime.fromtimestamp(instant / 1e6, tz=zone)
                spoken += here.weekday() < 5 and "01:00" <= f"{here:%H:%M}" < "05:30"
            found = quiet_by_clock(source, np.array([quarter]), calendar, at=np.array([now]))
            assert bool(found[0]) is (spoken >= allowed or now <= quarter)


def test_before_its_first_fact_it_is_late() -> None:
    asked = np.array([at(1, "00:00"), at(3, "08:00"), at(3, "10:00")])
    found = quiet_by_clock(ALWAYS, np.array([at(3, "09:00")]), WEEKS, at=asked)
    assert found.tolist() == [True, True, False]


def test_hours_are_days_rounded_up() -> None:
    said = {"15m": 1, "24h": 1, "25h": 2, "2d": 2, "1440m": 1}
    assert {x: allowed_days(Source(name="a", late_after=x)) for x in said} == said


def test_a_day_that_goes_on_fills_up_when_it_has_half_of_what_is_usual_by_now() -> None:
    daily = Source(name="a", late_after="4h", speaks="daily")
    days = [int(WEEKS.midnights[x]) for x in range(14)]
    hour = timedelta(hours=1) // timedelta(microseconds=1)
    quarters = np.array([x + h * hour for x in days for h in (9, 15)])
    facts = np.array([10, 100] * 13 + [4, 0])

    def fills(now: str, today: int = 4) -> bool:
        facts[-2] = today
        return filling_by_clock(daily, quarters, facts, WEEKS, now=at(14, now))

    # 10 by noon on other days, 110 by 16:00
    told = [fills("08:00"), fills("12:00"), fills("12:00", 5), fills("16:00", 54)]
    assert told == [False, True, False, True]
    assert not fills("16:00", 55)
