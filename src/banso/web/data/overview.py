"""The page of data: what comes from where, what the book holds, what is unmeasured for lack of
data."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label, Source
from banso.core.health.in_words import condition_in_words
from banso.core.metrics.contract import Fault, allowed_days, watched
from banso.core.metrics.silence import allowed_time
from banso.core.unmeasured import Reason
from banso.desk.queries.distribution import unmeasured
from banso.desk.queries.holdings import Holdings, holdings
from banso.desk.queries.incidents import incidents
from banso.desk.queries.scope import Scope
from banso.desk.services.accounts import BEGINNING
from banso.pipeline.gaps import Gap, gaps
from banso.pipeline.sources import Feed, State, feeds, metric_sources
from banso.store import Ledger
from banso.store.inspection import Counts, counts
from banso.web.account360.labels import metric_label
from banso.web.charts.bars import Bars, bars
from banso.web.definitions.places import Place, place
from banso.web.house import Look, zone_of
from banso.web.tags import text

SHOWN_INCIDENTS = 20

CHIPS: Mapping[State, tuple[str, str]] = {
    State.ON_TIME: ("state-healthy", "circle-check-filled"),
    State.LATE: ("state-at-risk", "alert-octagon-filled"),
    State.UNUSUAL: ("state-at-risk", "alert-octagon-filled"),
    State.SILENT: ("state-watch", "alert-triangle-filled"),
    State.NEVER: ("state-unmeasured", "circle-dashed"),
    State.ARRIVING: ("state-none", "database-import"),
    State.BOOK: ("state-none", "book"),
}
"""Look and icon of a state."""
QUIET = frozenset({State.LATE, State.SILENT})


@dataclass(frozen=True)
class Chip:
    kind: str
    icon: str
    word: str


@dataclass(frozen=True)
class SourceRow:
    """label: what people call it. quiet: full days without a fact, of one that should speak or has
    long been silent, else 0. allowed: how late it may be, in words; covers: which accounts
    it sees, None: all. last_received: in the organisation's zone."""

    feed: Feed
    label: Label
    kinds: str
    chip: Chip
    quiet: int
    allowed: str
    covers: Label | None
    bars: Bars
    last_received: datetime | None


@dataclass(frozen=True)
class BookRow:
    """latest: when some of it was imported last; None where never, or not by a file."""

    word: str
    count: int
    latest: date | None


@dataclass(frozen=True)
class AttributeRow:
    name: str
    accounts: int
    values: int
    latest: date | None


@dataclass(frozen=True)
class GapRow:
    """what: the source's label or, where nobody sends such data, what it is. lacking: reasons in
    words, each with the accounts that lack the metric which most of them lack. waiting: what
    rests on it, by kind: how many, in words, and each with its page."""

    what: Label
    sent: bool
    lacking: Sequence[tuple[str, int]]
    metrics: Sequence[tuple[str, Label]]
    waiting: Sequence[tuple[str, Sequence[Place]]]


@dataclass(frozen=True)
class IncidentRow:
    """label: of the source. what: in words. since, until: days whose figures it spoils."""

    label: Label
    what: str
    since: date
    until: date | None
    opened_at: datetime
    closed_at: datetime | None

    @property
    def opened_clock(self) -> str:
        return f"{self.opened_at:%H:%M}"

    @property
    def closed_clock(self) -> str:
        return f"{self.closed_at:%H:%M}" if self.closed_at else ""


@dataclass(frozen=True)
class DataPage:
    """as_of: the newest day that has been computed. judged: the day on which states are told.
    incidents: of sources, newest first."""

    as_of: date
    judged: date
    counts: Counts
    ledger: Ledger
    sources: Sequence[SourceRow]
    book: Sequence[BookRow]
    attributes: Sequence[AttributeRow]
    gaps: Sequence[GapRow]
    incidents: Sequence[IncidentRow]
    measured: bool


def data_page(scope: Scope, look: Look) -> DataPage:
    store, definitions = look.session.store, look.definitions
    as_of = look.run.as_of if look.run else look.today
    zone = zone_of(definitions)
    found = feeds(store, definitions, as_of=as_of, today=look.today)
    held, judged = holdings(scope), max(as_of, look.today)
    return DataPage(
        as_of=as_of,
        judged=judged,
        counts=counts(store),
        ledger=sum((feed.ledger for feed in found), Ledger()),
        sources=[_source(feed, definitions, zone, judged) for feed in found],
        book=_book(held, found, zone),
        attributes=[
            AttributeRow(
                _attribute(definitions, x.name),
                x.accounts,
                x.values,
                None if x.latest == BEGINNING else x.latest,
            )
            for x in held.attributes
        ],
        gaps=_gaps(scope, look),
        incidents=_incidents(definitions, zone),
        measured=look.run is not None,
    )


def _attribute(definitions: Definitions | None, name: str) -> str:
    return text(definitions.called(f"attribute.{name}")) if definitions else name


def _incidents(definitions: Definitions | None, zone: ZoneInfo) -> list[IncidentRow]:
    declared = definitions.sources if definitions else {}
    return [
        IncidentRow(
            label=source_label(declared.get(x.source), x.source),
            what=fault_word(x.fault),
            since=x.since,
            until=x.until,
            opened_at=x.opened_at.astimezone(zone),
            closed_at=x.closed_at.astimezone(zone) if x.closed_at else None,
        )
        for x in incidents(limit=SHOWN_INCIDENTS)
    ]


def fault_word(fault: Fault) -> str:
    return {
        Fault.LATE: gettext("Late"),
        Fault.SILENT: gettext("Silent"),
        Fault.TENFOLD: gettext("Ten times the usual, or more"),
        Fault.TENTH: gettext("A tenth of the usual, or less"),
        Fault.DOUBLED: gettext("The same content twice"),
    }[fault]


def source_label(source: Source | None, name: str) -> Label:
    return (source.label if source else None) or Label(en=name, ja=name)


def _source(feed: Feed, definitions: Definitions | None, zone: ZoneInfo, judged: date) -> SourceRow:
    declared = feed.declared
    covers = declared.covers if declared else None
    kind, icon = CHIPS[feed.state]
    return SourceRow(
        feed=feed,
        label=source_label(declared, feed.name),
        kinds=gettext(", ").join(kind_word(x) for x in feed.kinds),
        chip=Chip(kind, icon, state_word(feed.state)),
        quiet=(judged - feed.last).days - 1 if feed.last and feed.state in QUIET else 0,
        allowed=_allowed(declared),
        covers=condition_in_words(definitions, covers) if definitions and covers else None,
        bars=bars(feed.days),
        last_received=feed.received_at.astimezone(zone) if feed.received_at else None,
    )


def state_word(state: State) -> str:
    return {
        State.ON_TIME: gettext("On time"),
        State.LATE: gettext("Late"),
        State.ARRIVING: gettext("Arriving"),
        State.UNUSUAL: gettext("Unusual"),
        State.SILENT: gettext("Quiet"),
        State.NEVER: gettext("Never spoke"),
        State.BOOK: gettext("Book only"),
    }[state]


def kind_word(dataset: str) -> str:
    """A dataset that is not known here is shown as it is."""
    words = {
        "events": gettext("Events"),
        "records": gettext("Records"),
        "identities": gettext("Introductions"),
        "accounts": gettext("Accounts"),
        "contacts": gettext("Contacts"),
        "contracts": gettext("Contracts"),
    }
    return words.get(dataset, dataset)


def _allowed(declared: Source | None) -> str:
    if declared is None:
        return gettext("Not in the definitions")
    if not watched(declared):
        return gettext("No limit set")
    if allowed_time(declared) is not None:
        return _allowed_by_clock(declared)
    days = allowed_days(declared)
    if declared.speaks == "business_days":
        words = ngettext(
            "May be silent for %(n)s business day", "May be silent for %(n)s business days", days
        )
        return words % {"n": days}
    words = ngettext("May be silent for %(n)s day", "May be silent for %(n)s days", days)
    return words % {"n": days}


def _allowed_by_clock(declared: Source) -> str:
    said = declared.late_after or ""
    n = int(said[:-1])
    words = (
        ngettext("May be silent for %(n)s hour", "May be silent for %(n)s hours", n)
        if said.endswith("h")
        else ngettext("May be silent for %(n)s minute", "May be silent for %(n)s minutes", n)
    ) % {"n": n}
    within = [gettext("Monday to Friday")] if declared.speaks == "business_days" else []
    within += [declared.hours] if declared.hours else []
    return (
        gettext("%(silence)s (%(within)s)")
        % {
            "silence": words,
            "within": gettext(", ").join(within),
        }
        if within
        else words
    )


def _book(held: Holdings, found: Sequence[Feed], zone: ZoneInfo) -> list[BookRow]:
    def latest(dataset: str) -> date | None:
        moments = [feed.receipts[dataset] for feed in found if dataset in feed.receipts]
        return max(moments).astimezone(zone).date() if moments else None

    return [
        BookRow(gettext("Accounts"), held.accounts, latest("accounts")),
        BookRow(gettext("Contacts"), held.contacts, latest("contacts")),
        BookRow(gettext("Contracts"), held.contracts, latest("contracts")),
    ]


def _gaps(scope: Scope, look: Look) -> list[GapRow]:
    if look.run is None or look.definitions is None:
        return []
    known = metric_sources(look.session.store, look.definitions)
    found = gaps(look.definitions, unmeasured(scope, look.run), sources=known)
    return [_gap(gap, look.definitions) for gap in found]


def _gap(gap: Gap, definitions: Definitions) -> GapRow:
    return GapRow(
        what=_what(gap, definitions),
        sent=bool(gap.sources),
        lacking=[
            (_lack_word(reason), max(metric.reasons.get(reason, 0) for metric in gap.metrics))
            for reason in gap.reasons
        ],
        metrics=[(x.name, metric_label(definitions.metrics[x.name])) for x in gap.metrics],
        waiting=_waiting(gap, definitions),
    )


def _lack_word(reason: Reason) -> str:
    """Seen from the data: what a metric calls not applicable, its source does not cover."""
    return {
        Reason.NOT_APPLICABLE: gettext("Not covered by the source"),
        Reason.BEFORE_FIRST_DATA: gettext("The data does not go back far enough"),
        Reason.NO_SOURCE: gettext("Nothing has come"),
        Reason.SOURCE_LATE: gettext("The source is late"),
    }[reason]


def _what(gap: Gap, definitions: Definitions) -> Label:
    if not gap.sources:
        return gap.what
    labels = [source_label(definitions.sources.get(name), name) for name in gap.sources]
    return Label(en=", ".join(x.en for x in labels), ja="、".join(x.ja for x in labels))


def _waiting(gap: Gap, definitions: Definitions) -> list[tuple[str, Sequence[Place]]]:
    """What would come to light."""
    found: dict[str, dict[Place, None]] = defaultdict(dict)
    for use in gap.waiting:
        found[use.kind][place(definitions, use)] = None
    n = Counter({kind: len(places) for kind, places in found.items()})
    words = (
        (ngettext("%(n)s condition", "%(n)s conditions", n["condition"]), "condition"),
        (ngettext("%(n)s stage", "%(n)s stages", n["stage"]), "stage"),
        (ngettext("%(n)s rule", "%(n)s rules", n["rule"]), "rule"),
        (ngettext("%(n)s segment", "%(n)s segments", n["segment"]), "segment"),
        (ngettext("%(n)s metric", "%(n)s metrics", n["metric"]), "metric"),
    )
    return [(said % {"n": n[kind]}, list(found[kind])) for said, kind in words if n[kind]]
