"""What stands around every page of one account: who it is, how it stands, where one can go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_noop

from banso.core.definitions.model import Label
from banso.core.health import Assessment
from banso.desk.queries.account import Head
from banso.web.account360.labels import journey_label, segment_label, stage_label
from banso.web.account360.travel import Travel, travel
from banso.web.account360.visit import Visit
from banso.web.tags import text

TABS = (
    ("overview", "account", gettext_noop("Overview"), "heart-rate-monitor"),
    ("metrics", "account_metrics", gettext_noop("Metrics"), "chart-line"),
    ("users", "account_users", gettext_noop("Users"), "users"),
    ("contracts", "account_contracts", gettext_noop("Contracts"), "license"),
    ("timeline", "account_timeline", gettext_noop("Timeline"), "timeline-event"),
    ("compare", "account_compare", gettext_noop("Compare"), "git-compare"),
)
"""Name, route, words, icon."""


@dataclass(frozen=True)
class Tab:
    name: str
    word: str
    icon: str
    address: str


@dataclass(frozen=True)
class JourneyState:
    """colour: its word, as the tag `state` takes it."""

    label: Label
    stage: Label
    colour: str
    score: float | None
    overdue: bool | None


@dataclass(frozen=True)
class Frame:
    """journeys: those that the account is on. customer: whether it was one on that day.
    arr: None where unmeasured (or hidden: see `visit.scope.revenue`). ends_on: last day of what
    has been signed; None where no contract is in force. attributes: name and value, as of then.
    travel: None where the newest day is looked at.
    """

    head: Head
    as_of: date
    customer: bool
    journeys: Sequence[JourneyState]
    segments: Sequence[Label]
    attributes: Sequence[tuple[str, str]]
    arr: float | None
    currency: str
    ends_on: date | None
    ends_in: int | None
    tabs: Sequence[Tab]
    travel: Travel | None


def frame(visit: Visit) -> Frame:
    one, as_of = visit.one, visit.as_of
    assessments = one.assessments(as_of)
    ends_in = one.told("contract.days_to_end", as_of).value
    days = int(ends_in) if isinstance(ends_in, float) else None
    arr = one.told("contract.arr", as_of).value
    return Frame(
        head=visit.head,
        as_of=as_of,
        customer=one.customer(as_of),
        journeys=[_state(visit, x) for x in assessments if x.stage is not None],
        segments=list(_segments(visit)),
        attributes=list(_attributes(visit)),
        arr=arr if visit.scope.revenue and isinstance(arr, float) else None,
        currency=visit.definitions.organisation.currency,
        ends_on=None if days is None else as_of + timedelta(days=days),
        ends_in=days,
        tabs=list(_tabs(visit)),
        travel=None if visit.unfinished or not visit.travelled else travel(visit, assessments),
    )


def _state(visit: Visit, found: Assessment) -> JourneyState:
    journey = visit.definitions.journeys[found.journey]
    return JourneyState(
        label=journey_label(journey),
        stage=stage_label(journey, found.stage or ""),
        colour=found.colour.code if found.colour is not None else "",
        score=found.score,
        overdue=found.overdue,
    )


def _segments(visit: Visit) -> Iterator[Label]:
    for segment in visit.definitions.segments.values():
        if visit.one.told(f"segment.{segment.name}", visit.as_of).value is True:
            yield segment_label(segment)


def _attributes(visit: Visit) -> Iterator[tuple[str, str]]:
    """The newest value of each up to the day, in order of name, called as people call it."""
    rows = visit.one.inputs.book.attributes.get(visit.one.number, ())
    known = {x.name: x.value for x in rows if x.valid_from <= visit.as_of}
    for name, value in sorted(known.items()):
        yield text(visit.definitions.called(f"attribute.{name}")), value


def _tabs(visit: Visit) -> Iterator[Tab]:
    for name, route, word, icon in TABS:
        try:
            address = reverse(route, args=(visit.head.id,))
        except NoReverseMatch:
            continue
        yield Tab(name, gettext(word), icon, address + visit.carried)
