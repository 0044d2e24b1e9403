"""Days on which alerts are told: without weekends and public holidays, where the organisation says
so. Holidays come from the package `holidays`, offline."""

from collections.abc import Sequence
from datetime import date, timedelta

from banso.core.definitions import Definitions


class UnknownCountryError(ValueError):
    """Nobody knows the holidays of that country."""


SATURDAY = 5


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
