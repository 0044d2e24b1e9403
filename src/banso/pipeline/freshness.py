"""Which sources do not keep what they promise, so that people can be told before they ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.definitions.model import Source
from banso.core.metrics import Calendar
from banso.core.metrics.contract import (
    BEFORE,
    TWICE,
    Fault,
    allowed_days,
    fault_at,
    last_spoken,
    still_filling,
    times_the_usual,
    watched,
)
from banso.desk.queries.incidents import incidents
from banso.store import Snapshot, Store

AGAIN = 0.45
"""Share of a day's facts whose content another of them has, from which on it came twice."""


@dataclass(frozen=True)
class LateSource:
    """last_day: of its last fact before the day. late_after: for how many (speaking) days it may be
    silent. fault: what is wrong with it."""

    source: str
    last_day: date | None
    late_after: int
    fault: Fault = Fault.LATE

    @property
    def message(self) -> str:
        nothing = "it has sent nothing of any day that is over"
        last = f"its last fact is of {self.last_day}" if self.last_day else nothing
        said = {
            Fault.LATE: f"is late: {last}, and it may be silent for {self.late_after} days",
            Fault.SILENT: f"has fallen silent: {last}, and it may be silent for "
            f"{self.late_after} days",
            Fault.TENFOLD: "has sent ten times as much as usual, or more",
            Fault.TENTH: "has sent a tenth of the usual, or less",
            Fault.DOUBLED: "has sent the same content twice",
        }
        rest = "Its metrics are unmeasured and no rule fires from them"
        return f"Source '{self.source}' {said[self.fault]}. {rest}"


def late_sources(store: Store, definitions: Definitions, as_of: date) -> list[LateSource]:
    """Declared sources that do not keep what they promise as of a day, and those whose incident is
    still open then (their backlog drains), in the order of their definitions."""
    with store.snapshot() as snapshot:
        counts = _Counts(snapshot, definitions, as_of)
    open_now = {x.source: x.fault for x in incidents(only_open=True) if x.since <= as_of}
    found = []
    for source in definitions.sources.values():
        if not watched(source):
            continue
        days = counts.of(source)
        fault = fault_at(source, days, counts.calendar, index=counts.index)
        last = counts.last(source)
        if last is None and not open_now.get(source.name):
            fault = Fault.LATE
        fault = fault or open_now.get(source.name)
        if fault is not None:
            found.append(LateSource(source.name, last, allowed_days(source), fault))
    return found


def faults(
    snapshot: Snapshot, definitions: Definitions, as_of: date
) -> Iterator[tuple[str, Fault]]:
    counts = _Counts(snapshot, definitions, as_of)
    for source in definitions.sources.values():
        if not watched(source):
            continue
        days = counts.of(source)
        fault = fault_at(source, days, counts.calendar, index=counts.index)
        if fault is None and _doubled(snapshot, source, days, counts):
            fault = Fault.DOUBLED
        if fault is not None:
            yield source.name, fault


def filling(snapshot: Snapshot, definitions: Definitions, as_of: date) -> Iterator[str]:
    """Sources whose last day has not filled up yet; see core.metrics.contract.still_filling."""
    counts = _Counts(snapshot, definitions, as_of)
    for source in definitions.sources.values():
        if still_filling(source, counts.of(source), counts.calendar, index=counts.index):
            yield source.name


def _doubled(
    snapshot: Snapshot, source: Source, days: NDArray[np.int64], counts: "_Counts"
) -> bool:
    """Whether much of what came on the last day came twice. Contents are only read where a day
    has about twice the usual."""
    times = times_the_usual(source, days, counts.calendar, index=counts.index)
    last = last_spoken(source, counts.calendar, index=counts.index)
    if source.speaks is None or times is None or times < TWICE or last is None:
        return False
    start, end = counts.calendar.midnights[last : last + 2].tolist()
    contents = snapshot.contents(source.name, start_us=start, end_us=end)
    return len(contents) - len(np.unique(contents)) >= AGAIN * len(contents)


class _Counts:
    """Facts by day of each source, of the days that a judgement as of a day looks at."""

    def __init__(self, snapshot: Snapshot, definitions: Definitions, as_of: date) -> None:
        longest = max((allowed_days(x) for x in definitions.sources.values()), default=1)
        span = 2 * longest + 2 * BEFORE + 1
        self.calendar = Calendar(
            zone=definitions.organisation.time_zone,
            first=as_of - timedelta(days=span),
            days=span + 1,
        )
        self.index = span
        self._activity = snapshot.activity()

    def of(self, source: Source) -> NDArray[np.int64]:
        day, facts = self._days(source)
        counts = np.zeros(self.calendar.days, np.int64)
        inside = (day >= 0) & (day < self.calendar.days)
        np.add.at(counts, day[inside], facts[inside])
        if (day < 0).any() and not counts.any():
            counts[0] = 1  # it has spoken, long ago
        return counts

    def last(self, source: Source) -> date | None:
        """The day of its last fact before as_of."""
        mine = self._activity.filter(pc.equal(self._activity["source"], source.name))
        quarters = mine["quarter"].to_numpy()
        before = quarters[quarters < self.calendar.midnights[self.index]]
        if not len(before):
            return None
        moment = datetime.fromtimestamp(before.max() / 1e6, tz=ZoneInfo(self.calendar.zone))
        return moment.date()

    def _days(self, source: Source) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        mine = self._activity.filter(pc.equal(self._activity["source"], source.name))
        return self.calendar.day_index(mine["quarter"].to_numpy()), mine["facts"].to_numpy()
