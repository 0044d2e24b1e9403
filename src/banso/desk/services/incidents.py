"""Incidents of sources: opened and closed by each run and by each look in between, and told."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime

from banso.core.metrics.contract import Fault
from banso.desk.models import DataIncident
from banso.desk.services.incident_news import (
    Spoilt,
    tell_incident_closed,
    tell_incident_opened,
)
from banso.desk.services.revision import changing
from banso.desk.services.saved import Saved


def keep_incidents(
    found: Mapping[str, Fault],
    *,
    draining: Collection[str],
    as_of: date,
    now: datetime,
    spoilt: Callable[[str], Spoilt],
    due_at: datetime | None = None,
    since: Mapping[str, date] | None = None,
    only: Collection[str] | None = None,
) -> Saved:
    """Open one for each source with a fault that has none; close those of sources without, once
    what was held up is there.

    found: source -> what is wrong with it as of that day. draining: sources of which more is on its
    way. spoilt: what rests on a source. due_at: when people may be sent
    messages, None: at once. since: the first day whose figures are spoilt, where that is not as_of.
    only: the sources that were judged, as of `now`; None: all, as of the beginning of as_of, and
    then a day before that of an open incident is not judged.
    """
    with changing() as saved:
        known = {x.source: x for x in DataIncident.objects.filter(closed_at=None)}
        changed = 0
        for source, fault in found.items():
            incident = known.get(source)
            if incident is None:
                first = (since or {}).get(source, as_of)
                made = DataIncident.objects.create(
                    source=source, fault=fault, since=first, opened_at=now
                )
                tell_incident_opened(made, spoilt(source), due_at=due_at)
                changed += 1
            elif incident.fault != fault and (only is not None or as_of >= incident.since):
                incident.fault = fault
                incident.save(update_fields=["fault"])
                changed += 1
        for source, incident in known.items():
            judged = as_of >= incident.since if only is None else source in only
            if judged and source not in found and source not in draining:
                _close(incident, as_of=as_of, now=now)
                tell_incident_closed(incident, spoilt(source), due_at=due_at)
                changed += 1
        saved.append(Saved(changed, 0))
    return saved[0]


def _close(incident: DataIncident, *, as_of: date, now: datetime) -> None:
    incident.until, incident.closed_at = max(as_of, incident.since), now
    incident.save(update_fields=["until", "closed_at"])
