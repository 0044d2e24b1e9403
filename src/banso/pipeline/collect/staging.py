"""Facts of one file on disk by UTC month, before any of them is stored.

Rows that are equal have the same time, so they come back in the same part: the store counts
equal rows of one part, and a file stored twice stores nothing new.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from banso.pipeline.collect.chunk import BadRow
from banso.store.facts import FACTS
from banso.store.hashing import account_hash
from banso.store.ledger import Rejected

BUFFERED_ROWS = 300_000
BUFFERED_BYTES = 96 << 20
PART_ROWS = 1_000_000
REJECTED_BATCH = 5_000
HOUR = 3_600_000_000
REJECTED = pa.schema([("row", pa.int64()), ("reason", pa.string()), ("payload", pa.string())])


@dataclass(frozen=True)
class Part:
    """What is stored in one go: hours first..last since 1970, one slice of the accounts."""

    first: int
    last: int
    rows: int
    piece: int = 0
    pieces: int = 1


class Staging:
    """A folder of Parquet files, one a month, and one of rejected rows. A context manager: the
    writers are closed at its end, then it can be read."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._buffer: dict[int, list[pa.Table]] = {}
        self._buffered = [0, 0]
        self._hours: Counter[int] = Counter()
        self.rows = 0
        self.rejected_rows = 0
        self.first_rejected: tuple[BadRow, ...] = ()

    def __enter__(self) -> "Staging":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush()
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def add(self, facts: pa.Table) -> None:
        """Take facts (schema FACTS) of any time, in the order of the file."""
        times = facts.column("time").to_numpy()
        months = times.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
        hours, counts = np.unique(times // HOUR, return_counts=True)
        self._hours.update(dict(zip(hours.tolist(), counts.tolist(), strict=True)))
        for month, table in _by_month(facts, months):
            self._buffer.setdefault(month, []).append(table)
        self.rows += facts.num_rows
        self._buffered[0] += facts.num_rows
        self._buffered[1] += facts.nbytes
        if self._buffered[0] >= BUFFERED_ROWS or self._buffered[1] >= BUFFERED_BYTES:
            self._flush()

    def reject(self, bad: Sequence[BadRow]) -> None:
        if not bad:
            return
        self.rejected_rows += len(bad)
        if len(self.first_rejected) < 10:
            ordered = sorted((*self.first_rejected, *bad), key=lambda row: row.row)
            self.first_rejected = tuple(ordered[:10])
        rows = [{"row": x.row, "reason": x.reason, "payload": x.payload} for x in bad]
        self._write("rejected", pa.Table.from_pylist(rows, schema=REJECTED))

    def _flush(self) -> None:
        for month, tables in self._buffer.items():
            self._write(str(month), pa.concat_tables(tables))
        self._buffer.clear()
        self._buffered = [0, 0]

    def _write(self, name: str, table: pa.Table) -> None:
        if name not in self._writers:
            self._writers[name] = pq.ParquetWriter(self._path(name), table.schema)
        self._writers[name].write_table(table)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.parquet"

    def parts(self, *, rows: int = PART_ROWS) -> Iterator[Part]:
        """The parts in the order of time, each about `rows` rows or fewer.

        More only where one account has more within one hour.
        """
        group: list[int] = []
        count = 0
        for hour in sorted(self._hours):
            if group and count + self._hours[hour] > rows:
                yield from _pieces(group, count, rows)
                group, count = [], 0
            group.append(hour)
            count += self._hours[hour]
        if group:
            yield from _pieces(group, count, rows)

    def read(self, part: Part) -> pa.Table:
        """The facts of a part (schema FACTS), in the order of the file."""
        tables = [FACTS.empty_table()]
        for month in range(_month_of(part.first), _month_of(part.last) + 1):
            path = self._path(str(month))
            if path.exists():
                with pq.ParquetFile(path) as file:
                    batches = (pa.Table.from_batches([batch]) for batch in file.iter_batches())
                    tables += [table.filter(_inside(table, part)) for table in batches]
        facts = pa.concat_tables(tables)
        return facts.take(pa.array(np.argsort(facts.column("row").to_numpy(), kind="stable")))

    def rejected(self) -> Iterator[tuple[Rejected, ...]]:
        """The rejected rows in the order of the file, some thousand at a time."""
        if self.rejected_rows:
            with pq.ParquetFile(self._path("rejected")) as file:
                for batch in file.iter_batches(REJECTED_BATCH):
                    yield tuple(Rejected(**row) for row in batch.to_pylist())


def _month_of(hour: int) -> int:
    return int(np.datetime64(hour, "h").astype("datetime64[M]").astype(np.int64))


def _by_month(facts: pa.Table, months: NDArray[np.int64]) -> Iterator[tuple[int, pa.Table]]:
    if not len(months):
        return
    if months.min() == months.max():
        yield int(months[0]), facts
        return
    order = np.argsort(months, kind="stable")
    arranged, sorted_months = facts.take(pa.array(order)), months[order]
    starts = np.flatnonzero(np.diff(sorted_months, prepend=sorted_months[0] - 1))
    for start, end in zip(starts, np.append(starts[1:], len(months)), strict=True):
        yield int(sorted_months[start]), arranged.slice(start, end - start)


def _pieces(hours: Sequence[int], count: int, rows: int) -> Iterator[Part]:
    pieces = -(-count // rows)
    for piece in range(pieces):
        yield Part(hours[0], hours[-1], count // pieces, piece, pieces)


def _inside(facts: pa.Table, part: Part) -> pa.BooleanArray:
    times = facts.column("time")
    inside = pc.and_(
        pc.greater_equal(times, part.first * HOUR), pc.less(times, (part.last + 1) * HOUR)
    )
    if part.pieces == 1:
        return inside
    accounts = facts.column("account").combine_chunks().dictionary_encode()
    keys = accounts.dictionary.to_pylist()
    # above the bits that choose the bucket: each piece then holds accounts of all buckets
    piece = np.array([(account_hash(key) >> 32) % part.pieces for key in keys], np.int64)
    return pc.and_(inside, pa.array(piece[accounts.indices.to_numpy()] == part.piece))
