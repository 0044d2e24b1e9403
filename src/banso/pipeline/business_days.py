"""When alerts are told and sent: not on weekends and public holidays, nor in quiet hours, where the
organisation says so. Holidays come from the package `holidays`, offline."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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


def days_off(told: Sequence[date], *, first: date, last: date) -> Sequence[date]:
    """Of the days first..last those that are not among `told`."""
    known = {*told}
    every = (first + timedelta(days=x) for x in range((last - first).days + 1))
    return [day for day in every if day not in known]


def quiet_until(definitions: Definitions, now: datetime) -> datetime | None:
    """The end of the quiet hours that hold now, UTC; None where none do. They are half-open, by the
    clock of the organisation's zone, and may go past midnight."""
    hours = definitions.organisation.quiet_hours
    if hours is None:
        return None
    zone = ZoneInfo(definitions.organisation.time_zone)
    here = now.astimezone(zone)
    start, end = (time.fromisoformat(x) for x in hours.split("-"))
    clock = here.time()
    late, early = clock >= start, clock < end
    if not ((late or early) if start > end else (late and early)):
        return None
    day = here.date() + timedelta(days=1 if start > end and late else 0)
    return datetime.combine(day, end, tzinfo=zone).astimezone(UTC)


OPENS = time(9)
"""From when on customers are written to on the first business day after days off."""


def office_time(definitions: Definitions, at: datetime) -> datetime:
    """The first moment from `at` on at which a customer is written to: on a business day, out of
    quiet hours. UTC."""
    zone = ZoneInfo(definitions.organisation.time_zone)
    while True:
        today = at.astimezone(zone).date()
        day = business_day_after(definitions, today, 0)
        if day > today:
            at = datetime.combine(day, OPENS, tzinfo=zone).astimezone(UTC)
        later = quiet_until(definitions, at)
        if later is None:
            return at
        at = later
