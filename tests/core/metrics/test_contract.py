"""What a source promised, judged on days that were counted by hand."""

from datetime import date, timedelta

import numpy as np
import pytest

from banso.core.definitions.model import Source
from banso.core.metrics import Calendar
from banso.core.metrics.contract import Fault, fault_at, late

MONDAY = date(2026, 6, 1)
WEEKS = [10, 12, 8, 10, 11, 0, 0] * 3
OFFICE = Source(name="app", speaks="business_days")


def judged(counts: list[int], *, source: Source = OFFICE) -> Fault | None:
    """As of the day after these, which begin on a Monday."""
    calendar = Calendar(zone="UTC", first=MONDAY, days=len(counts) + 1)
    return fault_at(source, np.array([*counts, 0]), calendar, index=len(counts))


@pytest.mark.parametrize(
    ("after", "fault"),
    [
        ([], None),  # as of Monday: the last business day was a Friday with facts
        ([0], Fault.LATE),  # as of Tuesday: nothing on Monday
        ([0] * 5, Fault.LATE),
        ([0] * 12, Fault.SILENT),  # 8 business days without: one, and 7 more
        ([10, 0, 10], None),
        ([99], None),
        ([100], Fault.TENFOLD),  # the median of such days is 10
        ([100, 10], None),
        ([1], Fault.TENTH),
        ([2], None),
        ([10, 10, 10, 10, 200, 0, 0], Fault.TENFOLD),  # over the weekend it stays so
        ([10, 10, 10, 10, 10, 500, 0], None),  # nothing was promised for a Saturday
    ],
)
def test_business_days(after: list[int], fault: Fault | None) -> None:
    assert judged(WEEKS + after) is fault


def test_a_source_that_speaks_daily_is_late_on_a_sunday() -> None:
    daily = Source(name="app", speaks="daily")
    assert judged(WEEKS, source=daily) is Fault.LATE
    assert judged([10] * 20, source=daily) is None


def test_two_business_days_of_silence_may_lie_around_a_weekend() -> None:
    two = Source(name="app", speaks="business_days", late_after="2d")
    assert judged([*WEEKS, 0], source=two) is None
    assert judged([*WEEKS, 0, 0], source=two) is Fault.LATE


def test_with_four_days_known_nothing_is_unusual() -> None:
    assert judged([10, 10, 10, 10, 900]) is None
    assert judged([10, 10, 10, 10, 10, 0, 0, 900]) is Fault.TENFOLD


def test_volume_is_not_watched_where_nothing_is_said_of_speaking() -> None:
    assert judged([*WEEKS, 900], source=Source(name="app", late_after="3d")) is None


def test_who_never_spoke_has_broken_no_promise() -> None:
    assert judged([0] * 20) is None


def test_lateness_by_day_is_that_of_a_plain_loop() -> None:
    random = np.random.default_rng(0)
    for allowed in (1, 2, 3):
        source = Source(name="a", speaks="business_days", late_after=f"{allowed}d")
        counts = random.integers(0, 2, 60)
        calendar = Calendar(zone="UTC", first=MONDAY, days=60)
        found = late(source, np.flatnonzero(counts).astype(np.int32), calendar)
        for day in range(30, 60):
            back, spoken = day, 0
            while spoken < allowed:
                back -= 1
                spoken += (MONDAY + timedelta(days=back)).weekday() < 5
            assert found[day] == (counts[back:day].sum() == 0)
