"""When a daily job is due, in the organisation's time zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def last_due(now: datetime, *, at: str, zone: str) -> datetime:
    """The latest instant up to now at which the clocks of the zone showed that time.

    at: HH:MM. Where clocks are put forward over it, the instant at which they are; where they show
    it twice, the first one. now: aware.
    """
    place = ZoneInfo(zone)
    local = now.astimezone(place)
    for days in (0, 1):
        day = local.date() - timedelta(days=days)
        due = datetime.combine(day, time.fromisoformat(at), place)
        # in UTC: times of one zone compare by what the clocks show
        if (instant := due.astimezone(UTC)) <= now:
            return instant
    raise AssertionError("A day has begun by now.")  # yesterday's is always past
