"""Which sources are late now, so that people can be told before they ask."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow.compute as pc

from banso.core.definitions import Definitions
from banso.store import Store


@dataclass(frozen=True)
class LateSource:
    source: str
    last_day: date | None
    late_after: int

    @property
    def message(self) -> str:
        last = f"its last fact is of {self.last_day}" if self.last_day else "it has sent nothing"
        return (
            f"Source '{self.source}' is late: {last}, and it may be silent for "
            f"{self.late_after} days. Its metrics are unmeasured and no rule fires from them"
        )


def late_sources(store: Store, definitions: Definitions, as_of: date) -> list[LateSource]:
    """Declared sources that sent nothing in the last `late_after` days before `as_of`."""
    zone = ZoneInfo(definitions.organisation.time_zone)
    with store.snapshot() as snapshot:
        activity = snapshot.activity()
    found = []
    for source in definitions.sources.values():
        if source.late_after is None:
            continue
        late_after = int(source.late_after.removesuffix("d"))
        mine = activity.filter(pc.equal(activity["source"], source.name))
        days = [
            datetime.fromtimestamp(x / 1e6, tz=UTC).astimezone(zone).date()
            for x in mine["quarter"].to_pylist()
        ]
        before = [day for day in days if day < as_of]
        last = max(before, default=None)
        if last is None or last < as_of - timedelta(days=late_after):
            found.append(LateSource(source.name, last, late_after))
    return found
