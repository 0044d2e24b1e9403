"""Days on which alerts are told."""

from datetime import UTC, date, datetime

import pytest

from banso.core.definitions import DefinitionError, Definitions, loads
from banso.pipeline.business_days import (
    UnknownCountryError,
    days_off,
    quiet_until,
    telling_days,
)


def definitions(country: str) -> Definitions:
    return loads({"a.yaml": f"organisation: {{name: Test{country}}}"})


def test_weekends_and_japanese_holidays_are_days_off() -> None:
    """2026-05: 3 to 6 May are holidays (the 6th is a substitute), the 2nd is a Saturday."""
    japan = definitions(", holidays: JP")
    days = telling_days(japan, first=date(2026, 4, 28), last=date(2026, 5, 11))
    assert [x.day for x in days] == [28, 30, 1, 7, 8, 11]
    assert telling_days(japan, first=date(2026, 9, 21), last=date(2026, 9, 23)) == []


def test_without_a_country_every_day_is_one() -> None:
    days = telling_days(definitions(""), first=date(2026, 5, 2), last=date(2026, 5, 5))
    assert [x.day for x in days] == [2, 3, 4, 5]


def test_a_country_nobody_knows_is_told() -> None:
    with pytest.raises(UnknownCountryError, match="'XX'; write an ISO 3166 code such as JP"):
        telling_days(definitions(", holidays: XX"), first=date(2026, 5, 2), last=date(2026, 5, 5))


def test_days_off_are_those_between_business_days() -> None:
    first, last = date(2026, 4, 30), date(2026, 5, 8)
    told = telling_days(definitions(", holidays: JP"), first=first, last=last)
    assert [x.day for x in days_off(told, first=first, last=last)] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("19:00-08:00", (10, 9, 59), None),  # UTC; Tokyo is nine hours ahead
        ("19:00-08:00", (10, 10, 0), (10, 23, 0)),
        ("19:00-08:00", (10, 18, 0), (10, 23, 0)),
        ("19:00-08:00", (10, 23, 0), None),
        ("12:00-13:00", (10, 3, 30), (10, 4, 0)),
        ("12:00-13:00", (10, 2, 59), None),
        (None, (10, 18, 0), None),
    ],
)
def test_quiet_hours_end_by_the_clock_of_the_organisation(
    hours: str | None, now: tuple[int, int, int], until: tuple[int, int, int] | None
) -> None:
    said = f", time_zone: Asia/Tokyo, quiet_hours: '{hours}'" if hours else ""
    found = quiet_until(definitions(said), datetime(2026, 5, *now, tzinfo=UTC))
    assert found == (datetime(2026, 5, *until, tzinfo=UTC) if until else None)


def test_quiet_hours_that_are_none_are_a_mistake() -> None:
    with pytest.raises(DefinitionError, match="end when they begin"):
        definitions(", quiet_hours: '08:00-08:00'")
