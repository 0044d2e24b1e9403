"""Who tells an entry of the timeline in words, and what all entries need for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import singledispatch
from zoneinfo import ZoneInfo

from django.urls import reverse

from banso.core.definitions.metrics import Latest, Metric
from banso.core.metrics.plan import series_of
from banso.desk.queries.people import Person
from banso.desk.queries.timeline_entries import Entry, Place
from banso.pipeline.timeline import FirstTime, RecordTold
from banso.web.account360.visit import Visit
from banso.web.tags import text
from banso.web.why.made_of import address

MOST = 3
"""Reasons and parts that are shown of one entry."""


@dataclass(frozen=True)
class Detail:
    """address: of its why, '' where it has none."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Happening:
    """time: of the day, '' where only the day is known. colours: before and after, of a change of
    health. score: its change. address: where it is explained, '' where nowhere."""

    icon: str
    kind: str
    title: str
    address: str = ""
    time: str = ""
    details: Sequence[Detail] = ()
    properties: Sequence[tuple[str, str]] = ()
    colours: tuple[str, str] | None = None
    score: float | None = None


@dataclass(frozen=True)
class Teller:
    """persons: by the key of their use."""

    visit: Visit
    zone: ZoneInfo
    persons: Mapping[str, Person]
    readers: dict[str, str | None] = field(default_factory=dict)

    def tell(self, place: Place, what: Entry | RecordTold | FirstTime) -> Happening:
        at = place.at.astimezone(self.zone)
        return tell(what.what if isinstance(what, Entry) else what, self, at)

    def why(self, name: str, on: date) -> str:
        """The newest day's page of what came after it."""
        return address(self.visit, name, min(on, self.visit.newest))

    def called(self, family: str, name: str) -> str:
        """What people call what came with the data; '' where there is nothing."""
        return text(self.visit.definitions.called(f"{family}.{name}")) if name else ""

    def page(self, route: str) -> str:
        return reverse(route, args=[self.visit.head.id]) + self.visit.carried

    def play_page(self, name: str) -> str:
        """'' where it is gone."""
        known = name in self.visit.definitions.plays
        return reverse("definition_play", args=[name]) if known else ""

    def who(self, user: str) -> str:
        person = self.persons.get(user)
        return (person.name if person else "") or user

    def reader(self, kind: str) -> str | None:
        """The first metric that reads records of the kind, without a further condition if there
        is one."""
        if kind not in self.readers:
            found = [x for x in self.visit.definitions.metrics.values() if _reads(x, kind)]
            found.sort(key=lambda x: (getattr(x, "where", None) is not None, x.kind != "latest"))
            self.readers[kind] = found[0].name if found else None
        return self.readers[kind]


@singledispatch
def tell(what: object, _teller: Teller, _at: datetime) -> Happening:
    """What happened, in words. at: in the organisation's zone. Each kind of entry registers its own
    in the module of its subject."""
    raise TypeError(f"a {type(what).__name__} has no words")


def _reads(metric: Metric, kind: str) -> bool:
    if isinstance(metric, Latest):
        return metric.of == f"record.{kind}"
    series = series_of(metric)
    return series is not None and series.filter.facts == f"record.{kind}"
