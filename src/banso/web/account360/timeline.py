"""Everything that happened to an account, by date, ready to be shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from heapq import nlargest
from itertools import chain, groupby
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from banso.desk.queries.decided import first_decided_day
from banso.desk.queries.people import people
from banso.desk.queries.timeline import recorded
from banso.desk.queries.timeline_entries import RANKS, Entry, HealthChange, Kind, Place, Window
from banso.pipeline.timeline import FirstTime, RecordTold, told_by_facts
from banso.web.account360.happenings import Happening, Teller
from banso.web.account360.visit import Visit
from banso.web.house import zone_of

PAGE = 50
KINDS: tuple[Kind, ...] = (
    *(
        "health",
        "alerts",
        "plays",
        "notes",
        "records",
        "contracts",
        "people",
        "attributes",
        "firsts",
        "sets",
    ),
)
IN_STORE = frozenset({"records", "firsts"})
Told = Entry | RecordTold | FirstTime


@dataclass(frozen=True)
class Choice:
    """value: of the parameter `kind`, '' for all."""

    value: str
    word: str
    chosen: bool


@dataclass(frozen=True)
class Day:
    day: date
    happenings: Sequence[Happening]


@dataclass(frozen=True)
class TimelineTab:
    """next: the cursor of what is older. from_newest: this is the first page."""

    choices: Sequence[Choice]
    days: Sequence[Day]
    next: str | None
    from_newest: bool


def kind_words() -> Mapping[Kind, str]:
    return {
        "health": gettext("Stage and health"),
        "alerts": gettext("Alerts"),
        "plays": gettext("Plays and tasks"),
        "notes": gettext("Notes"),
        "records": gettext("Records"),
        "contracts": gettext("Contracts"),
        "people": gettext("People"),
        "attributes": gettext("Attributes"),
        "firsts": gettext("First times"),
        "sets": gettext("Definitions"),
    }


def timeline_tab(request: HttpRequest, visit: Visit) -> TimelineTab:
    chosen = next((x for x in KINDS if x == request.GET.get("kind")), None)
    window = _window(visit, _before(request))
    kinds = (chosen,) if chosen else KINDS
    found = _newest(visit, window, kinds)
    page, more = found[:PAGE], len(found) > PAGE
    teller = _teller(visit, window.zone)
    happenings = [(place, teller.tell(place, what)) for place, what in page]
    days = groupby(happenings, key=lambda x: x[0].at.astimezone(window.zone).date())
    return TimelineTab(
        choices=[
            Choice("", gettext("Everything"), chosen is None),
            *(Choice(x, kind_words()[x], chosen == x) for x in KINDS),
        ],
        days=[Day(day, [x for _, x in of_day]) for day, of_day in days],
        next=page[-1][0].cursor if more else None,
        from_newest=window.before is None,
    )


def _before(request: HttpRequest) -> Place | None:
    cursor = request.GET.get("after")
    if not cursor:
        return None
    place = Place.of(cursor)
    if place is None:
        raise Http404
    return place


def _window(visit: Visit, before: Place | None) -> Window:
    """What was done on the day itself counts too; on the newest day everything up to now."""
    zone = zone_of(visit.definitions)
    last = visit.as_of if visit.travelled else max(visit.as_of, visit.look.today)
    after = datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=zone)
    return Window(
        zone=zone,
        until=visit.as_of,
        moment=after.astimezone(UTC),
        before=before,
        limit=PAGE + 1,
    )


def _newest(visit: Visit, window: Window, kinds: Sequence[Kind]) -> list[tuple[Place, Told]]:
    """One more than a page holds, so that it is seen whether there is another."""
    entries = recorded(visit.scope, visit.head.id, window=window, kinds=kinds)
    found: list[tuple[Place, Told]] = [(x.place, x) for x in entries]
    if "health" in kinds:
        found.extend((x.place, x) for x in _before_the_first_run(visit, window))
    if IN_STORE & set(kinds):
        found.extend(_in_store(visit, window, kinds))
    return nlargest(window.limit, found, key=lambda x: x[0])


def _before_the_first_run(visit: Visit, window: Window) -> Iterator[Entry]:
    """Changes of days that no run has recorded, as they are known now."""
    first = first_decided_day() or visit.newest
    for number, x in enumerate(chain.from_iterable(visit.one.changes().values())):
        day = visit.one.calendar.as_of(x.day)
        place = Place(window.midnight(day), RANKS[x.what], -1 - number)
        if day >= first or day > visit.as_of or not window.holds(place):
            continue
        what = HealthChange(
            journey=x.journey,
            what=x.what,
            before=x.before,
            after=x.after,
            score_before=x.score_before,
            score_after=x.score_after,
            parts=(),
            origin="reckoned",
        )
        yield Entry(place, "health", what)


def _in_store(visit: Visit, window: Window, kinds: Sequence[Kind]) -> Iterator[tuple[Place, Told]]:
    told = told_by_facts(visit.one, until=window.midnight(visit.as_of))
    by_kind: Mapping[str, tuple[int, Sequence[RecordTold | FirstTime]]] = {
        "records": (RANKS["record"], told.records),
        "firsts": (RANKS["first"], told.firsts),
    }
    for kind, (rank, rows) in by_kind.items():
        if kind in kinds:
            for x in rows:
                place = Place(x.at, rank, x.id)
                if window.holds(place):
                    yield place, x


def _teller(visit: Visit, zone: ZoneInfo) -> Teller:
    known = people(visit.scope, visit.head.id, as_of=visit.as_of)
    persons = {x.user: x for x in reversed(known) if x.user}
    return Teller(visit=visit, zone=zone, persons=persons)
