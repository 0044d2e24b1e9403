"""Reading facts: of a bucket, of some accounts, with columns computed on the way."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.store import engine, segments
from banso.store.ahead import ahead
from banso.store.facts import INSTANT, SEGMENT
from banso.store.place import Place
from banso.store.segments import Segment
from banso.store.users import EVERYBODY, Users

BATCH_ROWS = 65_536
COMPUTABLE = frozenset({"account", "user", "action", "value", "properties"})
Buckets = Callable[[NDArray[np.int32]], NDArray[np.int16]]


class ScanError(ValueError):
    """A column asked for that no segment has."""


@dataclass
class Tail:
    """Facts that lie in no bucket yet: small files and the inbox, arranged once by bucket.

    Columns are read when first asked for, and kept: the tail is small between compactions.
    """

    files: Sequence[Segment]
    place: Place
    inbox: pa.Table  # schema SEGMENT
    _columns: dict[str, pa.ChunkedArray] = field(default_factory=dict)
    _order: NDArray[np.int64] | None = None
    _starts: NDArray[np.int64] | None = None

    def rows(self, bucket: int, columns: Sequence[str], *, buckets: Buckets) -> pa.Table:
        """The tail's rows of one bucket. buckets: of account ids; asked once."""
        bounds = self._bounds(buckets)
        start, end = bounds[bucket : bucket + 2].tolist() if bucket + 1 < len(bounds) else (0, 0)
        arrays = [self._column(name).slice(start, end - start) for name in columns]
        return pa.table(arrays, names=list(columns))

    def _bounds(self, buckets: Buckets) -> NDArray[np.int64]:
        if self._starts is None:
            bucket = buckets(self._raw("account").to_numpy())
            self._order = np.argsort(bucket, kind="stable")
            self._starts = np.concatenate([[0], np.cumsum(np.bincount(bucket))])
        return self._starts

    def _column(self, name: str) -> pa.ChunkedArray:
        if name not in self._columns:
            self._columns[name] = self._raw(name).take(pa.array(self._order))
        return self._columns[name]

    def _raw(self, name: str) -> pa.ChunkedArray:
        tables = [segments.read(each, place=self.place, columns=[name]) for each in self.files]
        return pa.concat_tables([*tables, self.inbox.select([name])]).column(name)


@dataclass(frozen=True)
class Wanted:
    """What a scan hands out. actions, accounts: ids to keep (accounts ascending), None: all.
    users: whom the persons of the files stand for."""

    columns: tuple[str, ...]
    computed: Mapping[str, str] = field(default_factory=dict)
    actions: NDArray[np.bool_] | None = None  # by action id
    accounts: NDArray[np.int32] | None = None
    users: Users = EVERYBODY

    def __post_init__(self) -> None:
        if unknown := set(self.columns) - set(SEGMENT.names):
            raise ScanError(f"No such column: {sorted(unknown)}; there are {SEGMENT.names}.")

    @cached_property
    def read(self) -> tuple[str, ...]:
        """Columns to take from the files: handed out, filtered by, or computed from."""
        needed = set(self.columns)
        if self.actions is not None:
            needed.add("action")
        if self.accounts is not None:
            needed.add("account")
        for text in self.computed.values():
            needed |= COMPUTABLE & set(re.findall(r"\w+", text))
        if "user" in needed and self.users.timed:
            needed.add("time")
        return tuple(name for name in SEGMENT.names if name in needed)


def scan(
    files: Sequence[Segment], rest: pa.Table, *, place: Place, wanted: Wanted
) -> Iterator[pa.RecordBatch]:
    """Batches of these files and of `rest` (columns `wanted.read`), without empty ones."""
    names = list(wanted.columns)
    if not wanted.read:
        raise ScanError("A scan needs at least one column.")
    source = _source(files, rest, place=place, wanted=wanted)
    kept = (each for each in (_keep(batch, wanted) for batch in source) if each.num_rows)
    if not wanted.computed:
        yield from (batch.select(names) for batch in kept)
        return
    with engine.connect() as calculator:
        for table in _gathered(kept):
            yield from _compute(table, wanted, calculator)


def _source(
    files: Sequence[Segment], rest: pa.Table, *, place: Place, wanted: Wanted
) -> Iterator[pa.RecordBatch]:
    def read(file: Segment) -> Iterator[pa.RecordBatch]:
        return segments.batches(
            file, place=place, columns=wanted.read, accounts=wanted.accounts, size=BATCH_ROWS
        )

    # Of a few accounts there is little in each of many files, and somebody waits for it.
    parts = map(read, files) if wanted.accounts is None else ahead(read, files)
    for batch in chain(chain.from_iterable(parts), rest.to_batches(BATCH_ROWS)):
        yield _as_known(batch, wanted.users)


def _as_known(batch: pa.RecordBatch, users: Users) -> pa.RecordBatch:
    """With the users whom its persons are."""
    place = batch.schema.get_field_index("user")
    if place < 0 or users.trivial:
        return batch
    time = batch.column("time").cast(pa.int64()).to_numpy() if users.timed else None
    user = users.of(batch.column("user").to_numpy(), time)
    return batch.set_column(place, "user", pa.array(user))


def _keep(batch: pa.RecordBatch, wanted: Wanted) -> pa.RecordBatch:
    mask: NDArray[np.bool_] | None = None
    if wanted.actions is not None:
        mask = wanted.actions[batch.column("action").to_numpy()]
    if wanted.accounts is not None:
        account = batch.column("account").to_numpy()
        place = np.searchsorted(wanted.accounts, account)
        place[place == len(wanted.accounts)] = 0
        ours = (
            wanted.accounts[place] == account
            if len(wanted.accounts)
            else np.zeros(len(account), np.bool_)
        )
        mask = ours if mask is None else mask & ours
    if mask is None or mask.all():
        return batch
    return batch.filter(pa.array(mask))


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Tables of about BATCH_ROWS: a question to DuckDB costs as much as 10,000 rows."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= BATCH_ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _compute(
    table: pa.Table, wanted: Wanted, calculator: duckdb.DuckDBPyConnection
) -> Iterator[pa.RecordBatch]:
    """The rows with their computed columns; time travels as a plain integer."""
    if "time" in table.column_names:
        table = _cast(table, "time", pa.int64())
    calculator.register("facts", table)
    parts = [engine.quoted(name) for name in wanted.columns]
    parts += [f"({text}) AS {engine.quoted(name)}" for name, text in wanted.computed.items()]
    answer = calculator.sql(f"SELECT {', '.join(parts)} FROM facts").to_arrow_table()  # noqa: S608  text comes from typed expressions
    calculator.unregister("facts")
    for name in ("time", "received"):
        if name in wanted.columns:
            answer = _cast(answer, name, INSTANT)
    yield from answer.to_batches()


def _cast(table: pa.Table, name: str, kind: pa.DataType) -> pa.Table:
    place = table.column_names.index(name)
    return table.set_column(place, name, table.column(name).cast(kind))
