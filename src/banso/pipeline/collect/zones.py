"""Wall-clock times of a zone as instants, for whole columns, by Python's own zone data."""

from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from banso.pipeline.collect.errors import ImportFileError

Instants = NDArray[np.int64]
FIRST = datetime(1989, 1, 1, tzinfo=UTC)  # facts before 1990 are refused
LAST = datetime(2101, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Zone:
    """An IANA zone from 1989 to 2100.

    A wall-clock time that occurs twice means the first one; one that the clock skips means the
    instant of the change (2:30 becomes 3:00).
    """

    def __init__(self, name: str) -> None:
        self.name = name
        try:
            self._zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ImportFileError(
                f"'{name}' is no time zone. Use an IANA name such as Asia/Tokyo."
            ) from None

    def _offset(self, instant: datetime) -> int:
        offset = instant.astimezone(self._zone).utcoffset() or timedelta()
        return offset // MICROSECOND

    @cached_property
    def _changes(self) -> tuple[Instants, Instants]:
        """Instants at which the offset changes, and the offsets before, between and after."""
        instants, offsets = [], [self._offset(FIRST)]
        day = FIRST
        while day < LAST:
            following = day + timedelta(days=1)
            if (offset := self._offset(following)) != offsets[-1]:
                instants.append((self._change(day, following) - EPOCH) // MICROSECOND)
                offsets.append(offset)
            day = following
        return np.array(instants, np.int64), np.array(offsets, np.int64)

    def _change(self, before: datetime, after: datetime) -> datetime:
        old = self._offset(before)
        while after - before > timedelta(seconds=1):
            middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
            if self._offset(middle) == old:
                before = middle
            else:
                after = middle
        return after

    def instants(self, local: Instants) -> Instants:
        """UTC microseconds of wall-clock microseconds."""
        changes, offsets = self._changes
        if not len(changes):
            utc: Instants = local - offsets[0]
            return utc
        index = np.searchsorted(changes + offsets[:-1], local, side="right")
        earliest = np.concatenate([[np.iinfo(np.int64).min], changes])[index]
        mapped: Instants = np.maximum(local - offsets[index], earliest)
        return mapped


@lru_cache(maxsize=8)
def zone(name: str) -> Zone:
    """The zone of a name, its changes looked up once. Raises ImportFileError for no zone."""
    return Zone(name)
