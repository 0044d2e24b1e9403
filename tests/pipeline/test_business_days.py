"""Days on which alerts are told."""

from datetime import date

import pytest

from banso.core.definitions import Definitions, loads
from banso.pipeline.business_days import UnknownCountryError, telling_days


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
