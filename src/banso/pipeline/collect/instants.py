"""Columns of text that say when, as instants: vectors for the common ways, `dates` for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.pipeline.collect import dates
from banso.pipeline.collect.errors import MissingOptionError
from banso.pipeline.collect.zones import Instants, Zone

NO_OFFSET = np.iinfo(np.int64).min
PARTS = ("y", "m", "d", "h", "n", "s")


@dataclass(frozen=True)
class ReadTimes:
    """instants: UTC microseconds, 0 where there is none. reasons: row -> why it is not a time.

    Rows that were null are in neither: `instants` is 0 there.
    """

    instants: Instants
    reasons: Mapping[int, str]


@dataclass
class _Moments:
    """local and offset as in `dates.Moment`; NO_OFFSET for no zone; done: read already."""

    local: Instants
    offset: Instants
    done: NDArray[np.bool_]


def read_times(texts: pa.StringArray, *, zone: Zone | None, date_format: str | None) -> ReadTimes:
    """Times of a trimmed column. zone: of wall-clock times.

    Raises MissingOptionError where a cell names no zone and `zone` is None.
    """
    found = _Moments(
        np.zeros(len(texts), np.int64),
        np.full(len(texts), NO_OFFSET),
        ~texts.is_valid().to_numpy(zero_copy_only=False),
    )
    null = found.done.copy()
    if date_format is None and not _iso(texts, found):
        plain = pc.utf8_normalize(texts, form="NFKC")
        _digits(plain, found)
        for pattern in (dates.CALENDAR, dates.COMPACT):
            _matching(plain, pattern, found)
    reasons = _one_by_one(texts, found, date_format)
    return ReadTimes(_instants(found, null, reasons, zone), reasons)


def _instants(
    found: _Moments, null: NDArray[np.bool_], reasons: Mapping[int, str], zone: Zone | None
) -> Instants:
    instants = found.local - np.where(found.offset == NO_OFFSET, 0, found.offset)
    naive = (found.offset == NO_OFFSET) & ~null
    naive[list(reasons)] = False
    if naive.any():
        if zone is None:
            raise MissingOptionError(
                "The times in this file name no zone, and the organisation's zone is not known "
                "yet. Say which with --time-zone, for example --time-zone Asia/Tokyo."
            )
        instants[naive] = zone.instants(found.local[naive])
    return instants


def _iso(texts: pa.StringArray, found: _Moments) -> bool:
    """All of the column at once, where every cell is ISO 8601 in Arrow's narrow sense."""
    for kind, offset in ((pa.timestamp("us"), NO_OFFSET), (pa.timestamp("us", "UTC"), 0)):
        try:
            values = pc.cast(texts, kind)
        except pa.ArrowInvalid:
            continue
        found.local[:] = pc.fill_null(values.cast(pa.int64()), 0).to_numpy()
        found.offset[:] = offset
        found.done[:] = True
        return True
    return False


def _digits(texts: pa.StringArray, found: _Moments) -> None:
    """Unix seconds, milliseconds and microseconds."""
    for digits, unit in dates.EPOCHS.items():
        rows = _open_rows(pc.match_substring_regex(texts, rf"^[0-9]{{{digits}}}$"), found)
        if len(rows):
            values = texts.take(pa.array(rows)).cast(pa.int64())
            found.local[rows] = values.to_numpy() * unit
            found.offset[rows] = 0
            found.done[rows] = True


def _open_rows(mask: pa.BooleanArray, found: _Moments) -> NDArray[np.int64]:
    hit: NDArray[np.bool_] = pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
    return np.flatnonzero(hit & ~found.done)


def _matching(texts: pa.StringArray, pattern: str, found: _Moments) -> None:
    """Cells that match a pattern of `dates` and are real days and times."""
    if found.done.all():
        return
    parts = pc.extract_regex(texts, pattern)
    rows = _open_rows(parts.is_valid(), found)
    if not len(rows):
        return
    parts = parts.take(pa.array(rows))
    year, month, day, hour, minute, second = (_whole(parts.field(name)) for name in PARTS)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    real = (
        (year >= 1)
        & (month >= 1)
        & (month <= 12)
        & (day >= 1)
        & (days.astype("datetime64[M]") == months)
    )
    real &= (minute < 60) & (second < 60) & ((hour < 24) | ((hour == 24) & (minute + second == 0)))
    fraction = _whole(pc.utf8_slice_codeunits(pc.utf8_rpad(parts.field("f"), 6, "0"), 0, 6))
    clock = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    local = days.astype(np.int64) * dates.DAY + clock
    zones = parts.field("z").dictionary_encode()
    offsets = [dates.zone_offset(text) for text in zones.dictionary.to_pylist()]
    table = np.array([NO_OFFSET if x is None else x for x in offsets], np.int64)
    good = rows[real]
    found.local[good] = local[real]
    found.offset[good] = table[zones.indices.to_numpy()][real]
    found.done[good] = True


def _whole(texts: pa.StringArray) -> Instants:
    """Whole numbers of digits; 0 where there are none."""
    filled = pc.if_else(pc.equal(texts, ""), "0", texts)
    values: Instants = filled.cast(pa.int64()).to_numpy()
    return values


def _one_by_one(texts: pa.StringArray, found: _Moments, date_format: str | None) -> dict[int, str]:
    """The cells that are left, each different text read once."""
    reasons: dict[int, str] = {}
    for row in np.flatnonzero(~found.done).tolist():
        text = texts[row].as_py()
        try:
            moment = dates.read_moment(text, date_format)
        except dates.NotADateError as error:
            reasons[row] = f"'{text[:60]}': {error}"
            continue
        found.local[row] = moment.local
        found.offset[row] = NO_OFFSET if moment.offset is None else moment.offset
    return reasons
