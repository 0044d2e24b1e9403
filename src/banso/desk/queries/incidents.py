"""When which source did not keep what it promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from banso.core.metrics.contract import Fault
from banso.desk.models import DataIncident


@dataclass(frozen=True)
class Incident:
    """since, until: as_of days whose numbers it spoils, half-open; until None: it is open."""

    source: str
    fault: Fault
    since: date
    until: date | None
    opened_at: datetime
    closed_at: datetime | None


def incidents(*, limit: int | None = None, only_open: bool = False) -> Sequence[Incident]:
    """Newest first. One query."""
    rows = DataIncident.objects.all()
    if only_open:
        rows = rows.filter(closed_at=None)
    return [
        Incident(
            source=x.source,
            fault=Fault(x.fault),
            since=x.since,
            until=x.until,
            opened_at=x.opened_at,
            closed_at=x.closed_at,
        )
        for x in rows[:limit]
    ]
