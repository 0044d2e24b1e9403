"""Where facts come from: what each source has sent, whether it still speaks, what rests on it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import numpy as np

from banso.core.definitions import Definitions
from banso.core.definitions.model import Source
from banso.core.metrics import NEVER, Action, Calendar, OrgFacts, plan
from banso.core.metrics.contract import Fault, watched
from banso.core.recent import Recent
from banso.pipeline.freshness import late_sources
from banso.store import Ledger, Store
from banso.store.inspection import (
    Arrived,
    DayCount,
    Span,
    actions,
    arrived,
    days,
    generation,
    spans,
)

SHOWN_DAYS = 56
SILENT_AFTER = 28
"""Days without a fact after which a source without `late_after` is called silent."""
FACTS = frozenset({"events", "records"})

X = TypeVar("X", Arrived, Span, DayCount)


class State(StrEnum):
    """on_time, late: measured against `late_after`. arriving, silent: nothing was declared.
    never: no fact yet. book: it has sent accounts, contacts or contracts only. unusual: its volume
    or its content is not what it promised."""

    ON_TIME = "on_time"
    LATE = "late"
    ARRIVING = "arriving"
    SILENT = "silent"
    NEVER = "never"
    BOOK = "book"
    UNUSUAL = "unusual"


@dataclass(frozen=True)
class Feed:
    """One source. declared: its definition, None where nobody has written one.

    receipts: dataset -> the last hour in which some of it came. facts: stored ones. first, last:
    calendar days of the first and last fact. days: facts of each of the SHOWN_DAYS days before
    as_of, oldest first. ledger: of all that came; waiting: accepted, not counted yet. metrics:
    those that rest on its facts, also through other metrics.
    """

    name: str
    declared: Source | None
    receipts: Mapping[str, datetime]
    facts: int
    first: date | None
    last: date | None
    days: tuple[int, ...]
    state: State
    ledger: Ledger
    waiting: int
    metrics: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Datasets that it has sent."""
        return tuple(self.receipts)

    @property
    def received_at(self) -> datetime | None:
        return max(self.receipts.values(), default=None)


def feeds(
    store: Store, definitions: Definitions | None, *, as_of: date, today: date | None = None
) -> tuple[Feed, ...]:
    """Declared sources in the order of their definitions, then the others by name.

    as_of: the last day that is shown, and on which states are told: those that a run of that day
    goes by. today: where it is later, states are told on that day: a house that computes nothing
    any more hears nothing either, and must not look as if all were well.
    """
    judged = max(as_of, today or as_of)
    zone = definitions.organisation.time_zone if definitions else "UTC"
    midnight = _midnight(as_of, zone)
    start = _midnight(as_of - timedelta(days=SHOWN_DAYS), zone)
    sent = _by_source(arrived(store))
    spoken = _by_source(spans(store, before_us=_midnight(judged, zone)))
    daily = _by_source(days(store, zone=zone, start_us=start, end_us=midnight))
    resting = metric_sources(store, definitions) if definitions else {}
    late = late_sources(store, definitions, judged, today=today) if definitions else ()
    faults = {x.source: x.fault for x in late if x.last is not None}
    declared = definitions.sources if definitions else {}
    return tuple(
        _feed(
            name,
            declared.get(name),
            sent=sent.get(name, ()),
            spoken=spoken.get(name, ()),
            daily=daily.get(name, ()),
            metrics=tuple(x for x, sources in resting.items() if name in sources),
            when=_When(as_of, judged, zone, faults.get(name)),
        )
        for name in (*declared, *sorted(sent.keys() - declared.keys()))
    )


@dataclass(frozen=True)
class _When:
    """As `feeds` is asked. judged: the day on which states are told. fault: of the source then."""

    as_of: date
    judged: date
    zone: str
    fault: Fault | None


def _feed(
    name: str,
    declared: Source | None,
    *,
    sent: Sequence[Arrived],
    spoken: Sequence[Span],
    daily: Sequence[DayCount],
    metrics: tuple[str, ...],
    when: _When,
) -> Feed:
    counts = [0] * SHOWN_DAYS
    for each in daily:
        counts[(each.day - when.as_of).days] += each.facts
    ledgers = (Ledger(x.received, x.stored, x.duplicate, x.quarantined) for x in sent)
    before = max((x.before for x in spoken if x.before is not None), default=None)
    return Feed(
        name=name,
        declared=declared,
        receipts={x.dataset: x.at for x in sent},
        facts=sum(x.stored for x in sent if x.dataset in FACTS),
        first=_day(min((x.first for x in spoken), default=None), when.zone),
        last=_day(max((x.last for x in spoken), default=None), when.zone),
        days=tuple(counts),
        state=_state(declared, [x.dataset for x in sent], last=_day(before, when.zone), when=when),
        ledger=sum(ledgers, Ledger()),
        waiting=sum(x.waiting for x in sent),
        metrics=metrics,
    )


def _state(
    declared: Source | None, kinds: Iterable[str], *, last: date | None, when: _When
) -> State:
    """last: the day of the last fact before that day. Late is what pipeline.freshness calls so."""
    if last is None:
        only_book = any(kinds) and not FACTS.intersection(kinds)
        return State.BOOK if only_book else State.NEVER
    if when.fault is not None:
        return State.LATE if when.fault in (Fault.LATE, Fault.SILENT) else State.UNUSUAL
    if declared is not None and watched(declared):
        return State.ON_TIME
    silent = last < when.judged - timedelta(days=SILENT_AFTER)
    return State.SILENT if silent else State.ARRIVING


_resting: WeakKeyDictionary[Store, Recent[tuple[int, str], Mapping[str, frozenset[str]]]] = (
    WeakKeyDictionary()
)


def metric_sources(store: Store, definitions: Definitions) -> Mapping[str, frozenset[str]]:
    """Metric -> the sources that have sent facts that could count in it, directly or through the
    metrics it is made from."""
    known = _resting.setdefault(store, Recent(8))
    key = generation(store), definitions.fingerprint
    return known.get(key, lambda: _metric_sources(store, definitions))


def _metric_sources(store: Store, definitions: Definitions) -> Mapping[str, frozenset[str]]:
    """Which facts a metric could match is what the run itself goes by: its plan."""
    known = actions(store)
    org = OrgFacts(
        calendar=Calendar(zone="UTC", first=date(2026, 1, 1), days=1),
        actions=tuple(
            Action(
                dataset=x.dataset,
                source=x.source,
                event=x.event,
                feature=x.feature,
                product=x.product,
            )
            for x in known
        ),
        action_first=np.array([NEVER if x.first_time is None else 0 for x in known], np.int32),
    )
    planned = plan(definitions, org=org)
    found: dict[str, frozenset[str]] = {}
    for name in definitions.metric_order:
        sources = {x for needed in definitions.metric_needs(name) for x in found[needed]}
        if name in planned.series:
            origin = planned.origins[planned.series[name].filter]
            sources |= {source for source, _ in origin.sources}
        found[name] = frozenset(sources)
    return {name: found[name] for name in definitions.metrics}


def _by_source(rows: Iterable[X]) -> dict[str, list[X]]:
    grouped: dict[str, list[X]] = defaultdict(list)
    for row in rows:
        grouped[row.source].append(row)
    return dict(grouped)


def _midnight(day: date, zone: str) -> int:
    """The first instant of a day, UTC microseconds."""
    moment = datetime.combine(day, time(), ZoneInfo(zone))
    return int(moment.timestamp()) * 1_000_000


def _day(instant: int | None, zone: str) -> date | None:
    if instant is None:
        return None
    return datetime.fromtimestamp(instant / 1e6, tz=UTC).astimezone(ZoneInfo(zone)).date()
