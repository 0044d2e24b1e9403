"""The bar above the list: what it can be filtered by, and what it is filtered by now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from banso.core.definitions import Definitions
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.listing import NO_JOURNEY, Filters
from banso.web.account360.labels import journey_label, segment_label, stage_label
from banso.web.components import state_word
from banso.web.forms.accounts import RENEWAL_DAYS, Asked, parameters_of, query_of
from banso.web.forms.alerts import NO_OWNER
from banso.web.tags import number, text

URGENT_FIRST = ("at_risk", "watch", "unmeasured", "healthy", NO_JOURNEY)


@dataclass(frozen=True)
class Choice:
    value: str
    word: str
    chosen: bool


@dataclass(frozen=True)
class Select:
    """label: it stands for no wish, too."""

    name: str
    label: str
    choices: Sequence[Choice]

    @property
    def chosen(self) -> bool:
        return any(choice.chosen for choice in self.choices)


@dataclass(frozen=True)
class Tick:
    name: str
    word: str
    chosen: bool


@dataclass(frozen=True)
class Chip:
    """A filter that is on. address: of the list without it."""

    words: str
    address: str


@dataclass(frozen=True)
class Bar:
    """search: what stands in the box. sort: as the address says it. unknown: values of the address
    that mean nothing. clear: the list without any filter."""

    search: str
    sort: str
    selects: Sequence[Select]
    ticks: Sequence[Tick]
    chips: Sequence[Chip]
    unknown: Sequence[str]
    clear: str


def bar(asked: Asked, definitions: Definitions, owners: Mapping[int, str]) -> Bar:
    """owners: members whose accounts the reader sees, by id."""
    parameters = parameters_of(asked.filters, asked.sort)
    sort = parameters.get("sort", "")
    return Bar(
        search=asked.filters.search,
        sort=sort,
        selects=[
            Select(name, label, [Choice(v, w, parameters.get(name) == v) for v, w in pairs])
            for name, label, pairs in _selects(asked.filters, definitions, owners)
            if pairs
        ],
        ticks=[
            Tick("alerts", gettext("Open alerts"), asked.filters.alerts),
            Tick("overdue", gettext("Overdue"), asked.filters.overdue),
        ],
        chips=[
            Chip(words, reverse("accounts") + query_of(parameters, **dict.fromkeys(names, "")))
            for names, words in _chips(asked.filters, definitions, owners)
        ],
        unknown=[f"{name}={value}" for name, value in asked.unknown.items()],
        clear=reverse("accounts") + query_of({"sort": sort}),
    )


Pairs = Sequence[tuple[str, str]]


def _selects(
    filters: Filters, definitions: Definitions, owners: Mapping[int, str]
) -> Iterator[tuple[str, str, Pairs]]:
    """Name, label, and the choices as value and word."""
    journeys = [(x.name, text(journey_label(x))) for x in definitions.journeys.values()]
    yield "journey", gettext("Journey"), journeys
    yield "stage", gettext("Stage"), _stages(filters, definitions)
    colours = [(x, colour_word(x)) for x in URGENT_FIRST]
    yield "colour", gettext("Health"), colours
    members = [(str(number_), name) for number_, name in owners.items()]
    nobody = (NO_OWNER, gettext("No owner"))
    yield "owner", gettext("Owner"), [*members, nobody]
    days = [(str(x), renewal_words(x)) for x in RENEWAL_DAYS]
    yield "renewal", gettext("Contract end"), days
    segments = [(x.name, text(segment_label(x))) for x in definitions.segments.values()]
    yield "segment", gettext("Segment"), segments


def _stages(filters: Filters, definitions: Definitions) -> Pairs:
    """Of the journey asked for, or of the only one there is: stages of several would be mixed."""
    several = len(definitions.journeys) > 1
    journeys = [
        x for x in definitions.journeys.values() if x.name == filters.journey or not several
    ]
    return [(stage.name, text(stage_label(x, stage.name))) for x in journeys for stage in x.stages]


def colour_word(colour: str) -> str:
    return state_word("" if colour == NO_JOURNEY else colour)


def renewal_words(days: int) -> str:
    return ngettext("Ends within %(n)s day", "Ends within %(n)s days", days) % {"n": number(days)}


def _chips(
    filters: Filters, definitions: Definitions, owners: Mapping[int, str]
) -> Iterator[tuple[Sequence[str], str]]:
    """Parameters that a chip takes out, and its words."""
    if filters.search:
        yield ("q",), gettext("Search: %(words)s") % {"words": filters.search}
    if filters.journey:
        yield ("journey", "stage"), text(journey_label(definitions.journeys[filters.journey]))
    if filters.stage:
        yield ("stage",), _stage_words(filters, definitions)
    if filters.colour:
        yield ("colour",), colour_word(filters.colour)
    if filters.owner is not None:
        yield ("owner",), _owner_words(filters.owner, owners)
    if filters.renewal_days is not None:
        yield ("renewal",), renewal_words(filters.renewal_days)
    if filters.segment:
        yield ("segment",), text(segment_label(definitions.segments[filters.segment]))
    if filters.alerts:
        yield ("alerts",), gettext("Open alerts")
    if filters.overdue:
        yield ("overdue",), gettext("Overdue")


def _stage_words(filters: Filters, definitions: Definitions) -> str:
    for journey in definitions.journeys.values():
        named = any(stage.name == filters.stage for stage in journey.stages)
        if named and filters.journey in ("", journey.name):
            return text(stage_label(journey, filters.stage))
    return filters.stage


def _owner_words(owner: int, owners: Mapping[int, str]) -> str:
    if owner == NOBODY:
        return gettext("No owner")
    name = owners.get(owner) or gettext("somebody whose accounts you don't see")
    return gettext("Owner: %(name)s") % {"name": name}
