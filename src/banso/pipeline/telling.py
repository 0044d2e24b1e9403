"""How alerts of some days are told: after a run, and while a day goes on."""

from datetime import UTC, date, datetime

from banso.core.definitions import Definitions
from banso.desk.services.telling import Telling
from banso.pipeline.business_days import days_off, quiet_until, telling_days


def telling_of(definitions: Definitions, *, first: date | None, last: date) -> Telling:
    """On the days first..last; first None: nothing is told, as by a run that decides no day."""
    told = telling_days(definitions, first=first, last=last) if first else ()
    rules = definitions.rules.values()
    return Telling(
        told,
        definitions.organisation.weekly_alerts,
        last,
        {x.name: definitions.plays[x.play] for x in rules if x.play},
        off=days_off(told, first=first, last=last) if first else (),
        any_time=frozenset(x.name for x in rules if x.any_time),
        quiet_until=quiet_until(definitions, datetime.now(tz=UTC)),
    )
