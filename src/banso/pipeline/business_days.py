"""Days on which alerts are told: without weekends and public holidays, where the organisation says
so. Holidays come from the package `holidays`, offline."""

from collections.abc import Sequence
from datetime import date, timedelta

from banso.core.definitions import Definitions


class UnknownCountryError(ValueError):
    """Nobody knows the holidays of that country."""


SATURDAY = 5


def business_day_after(definitions: Definitions, day: date, days: int) -> date:
    """The day so many business days after another; 0: that day, or the next business day.
    UnknownCountryError as below."""
    first = day if days == 0 else day + timedelta(days=1)
    ahead = telling_days(definitions, first=first, last=first + timedelta(days=3 * days + 30))
    return ahead[max(days - 1, 0)]


def telling_days(definitions: Definitions, *, first: date, last: date) -> Sequence[date]:
    """Of the days first..last, both included. UnknownCountryError where `holidays` names none."""
    days = [first + timedelta(days=x) for x in range((last - first).days + 1)]
    country = definitions.organisation.holidays
    if country is None:
        return days
    import holidays  # noqa: PLC0415  only for those who ask for it

    try:
        off = holidays.country_holidays(country, years={day.year for day in days})
    except NotImplementedError as error:
        raise UnknownCountryError(
            f"organisation.holidays: nobody knows the holidays of '{country}'; write an ISO 3166 "
            "code such as JP"
        ) from error
    return [day for day in days if day.weekday() < SATURDAY and day not in off]
