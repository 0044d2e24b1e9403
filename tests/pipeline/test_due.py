"""Daily jobs are due by the clocks of the organisation."""

from datetime import UTC, datetime

import pytest

from banso.pipeline.due import last_due


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "at", "zone", "due"),
    [
        ("2026-05-10T18:00", "03:00", "Asia/Tokyo", "2026-05-10T18:00"),  # the very instant
        ("2026-05-10T17:59", "03:00", "Asia/Tokyo", "2026-05-09T18:00"),
        ("2026-05-10T00:00", "00:00", "UTC", "2026-05-10T00:00"),
        # clocks are put forward over it: from 02:00 to 03:00
        ("2026-03-29T12:00", "02:30", "Europe/Berlin", "2026-03-29T01:30"),
        # they show it twice: the first one
        ("2026-10-25T12:00", "02:30", "Europe/Berlin", "2026-10-25T00:30"),
        ("2026-10-25T01:00", "02:30", "Europe/Berlin", "2026-10-25T00:30"),
        # a day that the place skipped altogether
        ("2011-12-30T20:00", "03:00", "Pacific/Apia", "2011-12-30T13:00"),
    ],
)
def test_the_last_time_it_was_due(now: str, at: str, zone: str, due: str) -> None:
    assert last_due(utc(now), at=at, zone=zone) == utc(due)


def test_a_whole_year_has_each_day_once() -> None:
    hours = [
        datetime.fromtimestamp(x, UTC) for x in range(1_767_225_600, 1_798_761_600, 1_800)
    ]  # 2026 in UTC
    for zone in ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"):
        due = {last_due(now, at="02:15", zone=zone) for now in hours}
        assert len(due) == 366  # the first belongs to the day before
