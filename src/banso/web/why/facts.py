"""The facts that count, as rows to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from banso.core.definitions.metrics import TimeToFirst
from banso.core.metrics import FactsWindow, facts_windows
from banso.core.metrics.plan import series_of
from banso.desk.queries.people import Person, people
from banso.pipeline.counted_facts import CountedFact, FactPlace, counted_facts
from banso.web.account360.visit import Visit
from banso.web.house import zone_of
from banso.web.tags import day, number

FIRST = FactPlace(-(2**62), 0)
"""Before every fact."""


@dataclass(frozen=True)
class FactRow:
    """at: in the organisation's zone. who: the contact's name, else the user's key; '' where the
    fact names nobody. user: the key. properties: name and value."""

    at: datetime
    time: str
    who: str
    user: str
    role: str
    event: str
    feature: str
    product: str
    source: str
    value: str
    properties: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Facts:
    """total: of all that count; rows: some of them, newest first. first, last: days of the window,
    first None: from the first fact on. values: whether any row has one. previous, next:
    cursors. address: of all of them. oldest: the rows are the first ones, not the last."""

    total: int
    rows: Sequence[FactRow]
    first: date | None
    last: date
    values: bool
    previous: str | None
    next: str | None
    address: str
    oldest: bool
    records: bool


def facts_window(visit: Visit, metric: str) -> FactsWindow | None:
    """None for a metric that is made of other metrics, contracts or attributes."""
    if series_of(visit.definitions.metrics[metric]) is None:
        return None
    (window,) = facts_windows(
        definitions=visit.definitions,
        calendar=visit.one.calendar,
        metric=metric,
        as_of=visit.as_of,
    )
    return window


def facts(
    visit: Visit,
    metric: str,
    window: FactsWindow,
    *,
    limit: int,
    after: FactPlace | None = None,
    before: FactPlace | None = None,
) -> Facts:
    """Of a metric that is counted by its first fact the first ones, unless a place is given."""
    oldest = isinstance(visit.definitions.metrics[metric], TimeToFirst) and not (after or before)
    found = counted_facts(
        visit.one, window, limit=limit, after=after, before=FIRST if oldest else before
    )
    zone = zone_of(visit.definitions)
    known = people(visit.scope, visit.head.id, as_of=visit.as_of)
    persons = {x.user: x for x in reversed(known) if x.user}
    address = reverse("why_facts", args=[visit.head.id, metric])
    return Facts(
        total=found.total,
        rows=[_row(x, zone=zone, persons=persons) for x in found.facts],
        first=_first_day(visit, window, zone),
        last=visit.as_of - timedelta(days=1),
        values=any(x.value is not None for x in found.facts),
        previous=found.previous,
        next=found.next,
        address=address + visit.carried,
        oldest=oldest,
        records=window.dataset == "records",
    )


def _first_day(visit: Visit, window: FactsWindow, zone: ZoneInfo) -> date | None:
    if window.start is None:
        return None
    calendar = visit.one.calendar
    return calendar.as_of(int(calendar.midnights.searchsorted(window.start)))


def _row(fact: CountedFact, *, zone: ZoneInfo, persons: Mapping[str, Person]) -> FactRow:
    at = fact.at.astimezone(zone)
    person = persons.get(fact.user)
    return FactRow(
        at=at,
        time=f"{day(at.date())} {at:%H:%M:%S}",
        who=(person.name if person else "") or fact.user,
        user=fact.user,
        role=fact.role,
        event=fact.event,
        feature=fact.feature,
        product=fact.product,
        source=fact.source,
        value="" if fact.value is None else number(fact.value, 4),
        properties=fact.properties,
    )
