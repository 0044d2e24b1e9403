"""Parquet files of facts: written aside and made durable, read with what can be skipped."""

import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from banso.store import crash
from banso.store.facts import SEGMENT
from banso.store.recent import Recent

ROW_GROUP = 32_768  # the least that one account costs to read; smaller ones slow a whole scan
RANDOM = ("key_hi", "key_lo", "content")  # hashes: nothing to compress


@dataclass(frozen=True)
class Segment:
    """One file of the manifest. path: relative to the folder of segments. times: UTC us.

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


def write(table: pa.Table, *, folder: Path, bucket: int | None, month: str | None) -> Segment:
    """Write one file (schema SEGMENT, sorted by the caller) so that it outlives a power cut.

    It counts only once it is in the manifest; until then it is an orphan that a sweep removes.
    """
    place = "tail" if bucket is None else f"bucket={bucket:03d}/month={month}"
    path = f"{place}/{uuid.uuid4().hex}.parquet"
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".tmp")
    with aside.open("wb") as file:
        pq.write_table(
            table,
            file,
            row_group_size=ROW_GROUP,
            compression={n: "none" if n in RANDOM else "zstd" for n in SEGMENT.names},
            use_dictionary=[n for n in SEGMENT.names if n not in (*RANDOM, "message_id")],
            write_statistics=["account", "time"],
        )
        crash.point("segment_written")
        file.flush()
        os.fsync(file.fileno())
    crash.point("segment_synced")
    aside.rename(target)
    crash.point("segment_renamed")
    times = pc.min_max(table.column("time").cast(pa.int64())).as_py()
    return Segment(
        path=path,
        bucket=bucket,
        month=month,
        rows=table.num_rows,
        bytes=target.stat().st_size,
        min_time=times["min"],
        max_time=times["max"],
    )


def sync_folders(written: Sequence[Segment], *, folder: Path) -> None:
    """Make the names of new files durable, in their folders and in those above."""
    folders = {parent for each in written for parent in (folder / each.path).parents}
    for each in folders - set(folder.parents):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read(segment: Segment, *, folder: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """All rows of one file."""
    with _opened(segment, folder=folder) as file:
        return file.read(columns=None if columns is None else list(columns))


def batches(
    segment: Segment,
    *,
    folder: Path,
    columns: Sequence[str],
    accounts: NDArray[np.int32] | None = None,
    size: int = 65_536,
) -> Iterator[pa.RecordBatch]:
    """Rows of one file, without the row groups in which none of these accounts can stand."""
    if accounts is None:
        with _opened(segment, folder=folder) as file:
            # Whoever reads many files reads them in threads of its own: here one is enough.
            yield from file.iter_batches(size, columns=list(columns), use_threads=False)
        return
    footer = _footers.get(folder / segment.path, lambda: _footer(segment, folder=folder))
    groups = footer.holding(accounts)
    if not groups:
        return
    with _opened(segment, folder=folder, metadata=footer.metadata) as file:
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
_footers: Recent[Path, Footer] = Recent(1_000)


def _footer(segment: Segment, *, folder: Path) -> Footer:
    with _opened(segment, folder=folder) as file:
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


def _opened(
    segment: Segment, *, folder: Path, metadata: pq.FileMetaData | None = None
) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(pa.OSFile(str(folder / segment.path)), metadata=metadata)
    except (OSError, pa.ArrowException) as error:
        raise SegmentError(
            f"The segment {segment.path} can't be read ({error}). It was in the manifest: "
            "restore the folder of segments and the database from the same backup."
        ) from error
