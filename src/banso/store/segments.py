"""Parquet files of facts: written aside and made durable, read with what can be skipped."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from banso.core.recent import Recent
from banso.store.facts import SEGMENT
from banso.store.place import Place

ROW_GROUP = 32_768  # the least that one account costs to read; smaller ones slow a whole scan
NAME = b"banso.segment"
"""In each file's metadata: its own path, so that another file in its place is found out."""
RANDOM = ("key_hi", "key_lo", "content")  # hashes: nothing to compress
INSTANTS = ("time", "received")  # near those before them: kept as differences


@dataclass(frozen=True)
class Segment:
    """One file of the manifest. path: in the place of segments. times: UTC us.

    bucket and month (YYYY-MM, UTC) are None in the tail, which holds facts of any account.
    """

    path: str
    bucket: int | None
    month: str | None
    rows: int
    bytes: int
    min_time: int
    max_time: int


class SegmentError(RuntimeError):
    """A file of the manifest that is missing or not as it was written."""


def write(table: pa.Table, *, place: Place, bucket: int | None, month: str | None) -> Segment:
    """Write one file (schema SEGMENT, sorted by the caller) so that it outlives a power cut, once
    `place.settle` has seen it.

    It counts only once it is in the manifest; until then it is an orphan that a sweep removes.
    """
    folder = "tail" if bucket is None else f"bucket={bucket:03d}/month={month}"
    path = f"{folder}/{uuid.uuid4().hex}.parquet"
    named = table.replace_schema_metadata({NAME: path})
    size = place.put(path, lambda file: encode(named, file))
    times = pc.min_max(table.column("time").cast(pa.int64())).as_py()
    return Segment(
        path=path,
        bucket=bucket,
        month=month,
        rows=table.num_rows,
        bytes=size,
        min_time=times["min"],
        max_time=times["max"],
    )


def encode(table: pa.Table, file: pa.NativeFile) -> None:
    """The bytes of a file. table: columns of SEGMENT, or the first ones of them."""
    names = table.column_names
    plain = (*RANDOM, *INSTANTS, "message_id", "found")
    pq.write_table(
        table,
        file,
        row_group_size=ROW_GROUP,
        compression={n: "none" if n in RANDOM else "zstd" for n in names},
        use_dictionary=[n for n in names if n not in plain],
        column_encoding={n: "DELTA_BINARY_PACKED" for n in names if n in INSTANTS},
        write_statistics=["account", "time"],
    )


def read(segment: Segment, *, place: Place, columns: Sequence[str] | None = None) -> pa.Table:
    """All rows of one file."""
    names = SEGMENT.names if columns is None else list(columns)
    with opened(segment, place=place) as file:
        table = file.read(columns=names)
    for name in names:
        if name not in table.column_names:  # a file of the time before this column
            kind = SEGMENT.field(name).type
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
    return table.select(names)


def batches(
    segment: Segment,
    *,
    place: Place,
    columns: Sequence[str],
    accounts: NDArray[np.int32] | None = None,
    size: int = 65_536,
) -> Iterator[pa.RecordBatch]:
    """Rows of one file, without the row groups in which none of these accounts can stand."""
    if accounts is None:
        with opened(segment, place=place) as file:
            # Whoever reads many files reads them in threads of its own: here one is enough.
            yield from file.iter_batches(size, columns=list(columns), use_threads=False)
        return
    footer = _footers.get((place.address, segment.path), lambda: _footer(segment, place=place))
    groups = footer.holding(accounts)
    if not groups:
        return
    with opened(segment, place=place, metadata=footer.metadata) as file:
        for group in groups:
            read = file.read_row_group(group, columns=list(columns), use_threads=False)
            yield from read.to_batches(size)


@dataclass(frozen=True)
class Footer:
    """What a file says of itself. lowest, highest: account of each row group."""

    metadata: pq.FileMetaData
    lowest: NDArray[np.int64]
    highest: NDArray[np.int64]

    def holding(self, accounts: NDArray[np.int32]) -> list[int]:
        """Row groups in which one of these accounts (ascending) may stand."""
        if not len(accounts):
            return []
        next_up = np.searchsorted(accounts, self.lowest)
        inside = next_up < len(accounts)
        inside[inside] = accounts[next_up[inside]] <= self.highest[inside]
        return np.flatnonzero(inside).tolist()


# Half of the cost of reading one account: a file never changes, so its footer is read once.
_footers: Recent[tuple[str, str], Footer] = Recent(1_000)


def _footer(segment: Segment, *, place: Place) -> Footer:
    with opened(segment, place=place) as file:
        metadata = file.metadata
        place = file.schema_arrow.get_field_index("account")
    groups = [
        metadata.row_group(n).column(place).statistics for n in range(metadata.num_row_groups)
    ]
    bounds = [
        (x.min, x.max) if x is not None and x.has_min_max else (0, np.iinfo(np.int32).max)
        for x in groups
    ]
    lowest, highest = np.array(bounds, np.int64).reshape(-1, 2).T
    return Footer(metadata, lowest, highest)


@contextmanager
def opened(
    segment: Segment, *, place: Place, metadata: pq.FileMetaData | None = None
) -> Iterator[pq.ParquetFile]:
    """The file, once it is seen to be the one that was written. Raises SegmentError, also for what
    goes wrong while it is read. metadata: the footer, where it has been read before."""
    try:
        with place.opened(segment.path) as source:
            if source.size() != segment.bytes:
                raise _wrong(segment, place, f"it has {source.size()} bytes, not {segment.bytes}")
            # Over a network the pieces of a file are asked for together.
            file = pq.ParquetFile(source, metadata=metadata, pre_buffer=place.remote)
            if metadata is None:
                _check(segment, place, file.metadata)
            yield file
    except (FileNotFoundError, pa.ArrowException) as error:
        raise _wrong(segment, place, str(error)) from error
    except OSError as error:
        if not place.remote:
            raise _wrong(segment, place, str(error)) from error
        raise SegmentError(
            f"The segment {segment.path} can't be read from {place.address} ({error}). {place.mend}"
        ) from error


def _check(segment: Segment, place: Place, metadata: pq.FileMetaData) -> None:
    if metadata.num_rows != segment.rows:
        raise _wrong(segment, place, f"it has {metadata.num_rows} rows, not {segment.rows}")
    name = (metadata.metadata or {}).get(NAME)  # files of the first weeks do not say it
    if name is not None and name.decode() != segment.path:
        raise _wrong(segment, place, f"it was written as {name.decode()}")


def _wrong(segment: Segment, place: Place, why: str) -> SegmentError:
    return SegmentError(
        f"The segment {segment.path} in {place.address} can't be read ({why}). It is in the "
        "manifest, so its facts count: restore the segments and the database from the same "
        "backup. Nothing is computed without it."
    )
