"""Which accounts people ask for, as the address says it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from banso.core.definitions import Definitions
from banso.core.health import COLOURS
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.listing import LONGEST_SEARCH, MOST_RENEWAL_DAYS, NO_JOURNEY, Filters, Sort
from banso.web.forms.alerts import NO_OWNER
from banso.web.forms.reader import Reader

RENEWAL_DAYS = (30, 60, 90, 180, 365)
YES = "1"


@dataclass(frozen=True)
class Asked:
    """unknown: parameters whose value means nothing (a stage that was renamed since somebody
    shared the address), with that value; they are left out of `filters`, and the page says so."""

    filters: Filters
    sort: Sort
    unknown: Mapping[str, str] = field(default_factory=dict)


def asked_of(
    parameters: Mapping[str, str],
    *,
    definitions: Definitions,
    today: date,
    as_of: date,
    revenue: bool,
) -> Asked:
    """parameters: q, journey, stage, colour, owner, overdue, renewal, segment, alerts, sort."""
    reader = Reader(parameters)
    journey = reader.one_of("journey", definitions.journeys)
    filters = Filters(
        today=today,
        as_of=as_of,
        search=parameters.get("q", "").strip()[:LONGEST_SEARCH],
        journey=journey,
        stage=reader.one_of("stage", _stages(definitions, journey)),
        colour=reader.one_of("colour", (*COLOURS, NO_JOURNEY)),
        owner=reader.owner(),
        overdue=reader.one_of("overdue", (YES,)) == YES,
        renewal_days=reader.number("renewal", most=MOST_RENEWAL_DAYS),
        segment=reader.one_of("segment", definitions.segments),
        alerts=reader.one_of("alerts", (YES,)) == YES,
    )
    sort = Sort.of(parameters.get("sort", ""))
    return Asked(filters, sort if revenue or sort.key != "arr" else Sort(), reader.unknown)


def _stages(definitions: Definitions, journey: str) -> Sequence[str]:
    """Names that a stage can have: of the journey, or of any."""
    chosen = [definitions.journeys[journey]] if journey else definitions.journeys.values()
    return [stage.name for each in chosen for stage in each.stages]


WORDS: Mapping[str, Callable[[Filters], str]] = {
    "q": lambda x: x.search,
    "journey": lambda x: x.journey,
    "stage": lambda x: x.stage,
    "colour": lambda x: x.colour,
    "owner": lambda x: NO_OWNER if x.owner == NOBODY else str(x.owner or ""),
    "renewal": lambda x: "" if x.renewal_days is None else str(x.renewal_days),
    "segment": lambda x: x.segment,
    "alerts": lambda x: YES if x.alerts else "",
    "overdue": lambda x: YES if x.overdue else "",
}
"""Parameter -> its value in the address; empty: not filtered by."""


def parameters_of(filters: Filters, sort: Sort | None = None) -> dict[str, str]:
    """The other way round."""
    said = {name: word(filters) for name, word in WORDS.items()}
    said["sort"] = sort_word(sort) if sort else ""
    return {name: value for name, value in said.items() if value}


def sort_word(sort: Sort) -> str:
    """As `Sort.of` reads it; empty for the default."""
    return "" if sort == Sort() else f"{'-' if sort.descending else ''}{sort.key}"


def query_of(parameters: Mapping[str, str], **changes: str) -> str:
    """A query string with some parameters changed; an empty value takes one out. Empty for none."""
    said = {name: value for name, value in {**parameters, **changes}.items() if value}
    return f"?{urlencode(said)}" if said else ""
