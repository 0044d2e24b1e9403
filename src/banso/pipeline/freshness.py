"""Which sources do not keep what they promise, so that people can be told before they ask."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.definitions.model import Source
from banso.core.metrics import Calendar
from banso.core.metrics.calendar import instant_of
from banso.core.metrics.contract import (
    BEFORE,
    TENFOLD,
    TWICE,
    Fault,
    allowed_days,
    fault_at,
    filling_by_clock,
    last_spoken,
    quiet_by_clock,
    still_filling,
    times_the_usual,
    watched,
)
from banso.core.metrics.silence import allowed_time
from banso.desk.queries.incidents import incidents
from banso.store import Snapshot, Store

AGAIN = 0.45
"""Share of a day's facts whose content another of them has, from which on it came twice."""


@dataclass(frozen=True)
class LateSource:
    """last: the quarter of an hour of its last fact, in the organisation's zone. late_after: how
    long it may be silent: `2d`, `4h`. fault: what is wrong with it."""

    source: str
    last: datetime | None
    late_after: str
    fault: Fault = Fault.LATE

    @property
    def last_day(self) -> date | None:
        return self.last.date() if self.last else None

    @property
    def by_clock(self) -> bool:
        """Whether its contract says hours or minutes."""
        return not self.late_after.endswith("d")

    @property
    def last_clock(self) -> str:
        return f"{self.last:%H:%M}" if self.last else ""

    @property
    def last_said(self) -> str:
        """The day of its last fact; with the hour where that matters."""
        if self.last is None:
            return ""
        return f"{self.last:%Y-%m-%d %H:%M}" if self.by_clock else f"{self.last:%Y-%m-%d}"

    @property
    def allowed(self) -> int:
        return int(self.late_after[:-1])

    @property
    def unit(self) -> str:
        """In words: days, hours or minutes."""
        return {"d": "days", "h": "hours", "m": "minutes"}[self.late_after[-1]]

    @property
    def message(self) -> str:
        nothing = "it has sent nothing of any day that is over"
        last = f"its last fact is of {self.last_said}" if self.last else nothing
        allowed = f"it may be silent for {self.allowed} {self.unit}"
        said = {
            Fault.LATE: f"is late: {last}, and {allowed}",
            Fault.SILENT: f"has fallen silent: {last}, and {allowed}",
            Fault.TENFOLD: "has sent ten times as much as usual, or more",
            Fault.TENTH: "has sent a tenth of the usual, or less",
            Fault.DOUBLED: "has sent the same content twice",
        }
        rest = "Its metrics are unmeasured and no rule fires from them"
        return f"Source '{self.source}' {said[self.fault]}. {rest}"


def late_sources(
    store: Store, definitions: Definitions, as_of: date, *, today: date | None = None
) -> list[LateSource]:
    """Declared sources that do not keep what they promise as of a day, and those whose incident is
    still open then (their backlog drains), in the order of their definitions.

    today: incidents of this day, which is not over, are told too: a source that fell silent at
    noon spoils the figures of the next midnight.
    """
    upto = as_of if today is None else today + timedelta(days=1)
    with store.snapshot() as snapshot:
        counts = _Counts(snapshot, definitions, as_of)
    open_now = {x.source: x.fault for x in incidents(only_open=True) if x.since <= upto}
    found = []
    for source in definitions.sources.values():
        if not watched(source):
            continue
        fault = counts.fault(source)
        last = counts.last(source, before=max(as_of, upto))
        if last is None and not open_now.get(source.name):
            fault = Fault.LATE
        fault = fault or open_now.get(source.name)
        if fault is not None:
            found.append(LateSource(source.name, last, source.late_after or "1d", fault))
    return found


def faults(
    snapshot: Snapshot, definitions: Definitions, as_of: date, *, now: datetime | None = None
) -> Iterator[tuple[str, Fault]]:
    """now: the instant as of which contracts of hours are judged; default: the midnight that
    `as_of` means."""
    counts = _Counts(snapshot, definitions, as_of, now=now)
    for source in definitions.sources.values():
        if not watched(source):
            continue
        fault = counts.fault(source)
        if fault is None and _doubled(snapshot, source, counts):
            fault = Fault.DOUBLED
        if fault is not None:
            yield source.name, fault


def faults_so_far(
    snapshot: Snapshot, definitions: Definitions, today: date
) -> Iterator[tuple[str, Fault]]:
    """What a day that is not over has done wrong already. Too much can be seen of it; too little
    can't."""
    counts = _Counts(snapshot, definitions, today + timedelta(days=1))
    for source in definitions.sources.values():
        if watched(source) and counts.tenfold(source):
            yield source.name, Fault.TENFOLD
        elif watched(source) and _doubled(snapshot, source, counts):
            yield source.name, Fault.DOUBLED


def filling(snapshot: Snapshot, definitions: Definitions, as_of: date) -> Iterator[str]:
    """Sources whose last day has not filled up yet; see core.metrics.contract.still_filling."""
    counts = _Counts(snapshot, definitions, as_of)
    for source in definitions.sources.values():
        if still_filling(source, counts.of(source), counts.calendar, index=counts.index):
            yield source.name


def filling_so_far(
    snapshot: Snapshot, definitions: Definitions, today: date, *, now: datetime
) -> Iterator[str]:
    """Of the sources that promise hours, those whose present day has not filled up yet."""
    counts = _Counts(snapshot, definitions, today)
    for source in definitions.sources.values():
        if allowed_time(source) is not None and counts.fills(source, now):
            yield source.name


def last_facts(
    snapshot: Snapshot, definitions: Definitions, *, now: datetime
) -> Mapping[str, date]:
    """The day of each source's last fact before an instant; those that have one."""
    counts = _Counts(snapshot, definitions, now.astimezone(_zone(definitions)).date(), now=now)
    found = {name: counts.last(x, before=now) for name, x in definitions.sources.items()}
    return {name: last.date() for name, last in found.items() if last is not None}


def _zone(definitions: Definitions) -> ZoneInfo:
    return ZoneInfo(definitions.organisation.time_zone)


def _doubled(snapshot: Snapshot, source: Source, counts: "_Counts") -> bool:
    """Whether much of what came on the last day came twice. Contents are only read where a day
    has about twice the usual."""
    times = counts.times(source)
    last = last_spoken(source, counts.calendar, index=counts.index)
    if source.speaks is None or times is None or times < TWICE or last is None:
        return False
    start, end = counts.calendar.midnights[last : last + 2].tolist()
    contents = snapshot.contents(source.name, start_us=start, end_us=end)
    return len(contents) - len(np.unique(contents)) >= AGAIN * len(contents)


class _Counts:
    """Facts by day of each source, of the days that a judgement as of a day looks at. now: see
    `faults`."""

    def __init__(
        self,
        snapshot: Snapshot,
        definitions: Definitions,
        as_of: date,
        *,
        now: datetime | None = None,
    ) -> None:
        longest = max((allowed_days(x) for x in definitions.sources.values()), default=1)
        span = 2 * longest + 2 * BEFORE + 1
        self.calendar = Calendar(
            zone=definitions.organisation.time_zone,
            first=as_of - timedelta(days=span),
            days=span + 1,
        )
        self.index = span
        self._now = int(self.calendar.midnights[span]) if now is None else instant_of(now)
        self._activity = snapshot.activity()

    def of(self, source: Source) -> NDArray[np.int64]:
        quarters, facts = self._told(source)
        day = self.calendar.day_index(quarters)
        counts = np.zeros(self.calendar.days, np.int64)
        inside = (day >= 0) & (day < self.calendar.days)
        np.add.at(counts, day[inside], facts[inside])
        if (day < 0).any() and not counts.any():
            counts[0] = 1  # it has spoken, long ago
        return counts

    def fault(self, source: Source) -> Fault | None:
        """But for doubled content."""
        quiet = None
        if allowed_time(source) is not None:
            quarters = np.unique(self._told(source)[0])
            at = np.array([self._now])
            quiet = bool(quiet_by_clock(source, quarters, self.calendar, at=at)[0])
        return fault_at(source, self.of(source), self.calendar, index=self.index, quiet=quiet)

    def times(self, source: Source) -> float | None:
        return times_the_usual(source, self.of(source), self.calendar, index=self.index)

    def tenfold(self, source: Source) -> bool:
        times = self.times(source)
        return source.speaks is not None and times is not None and times >= TENFOLD

    def fills(self, source: Source, now: datetime) -> bool:
        """Whether the day of as_of itself, which goes on, has too little of the usual by now."""
        quarters, facts = self._told(source)
        return filling_by_clock(source, quarters, facts, self.calendar, now=instant_of(now))

    def last(self, source: Source, *, before: date | datetime) -> datetime | None:
        """The quarter of an hour of its last fact before a day or an instant."""
        zone = ZoneInfo(self.calendar.zone)
        if not isinstance(before, datetime):
            before = datetime.combine(before, time(), zone)
        quarters = self._told(source)[0]
        told = quarters[quarters < instant_of(before)]
        return datetime.fromtimestamp(told.max() / 1e6, tz=zone) if len(told) else None

    def _told(self, source: Source) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Quarters of an hour (UTC microseconds), in no promised order, and the facts of each."""
        mine = self._activity.filter(pc.equal(self._activity["source"], source.name))
        return mine["quarter"].to_numpy(), mine["facts"].to_numpy()
