"""Facts that are stored together, whatever way they came in, and which of them can't be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.core.events.identity import ANONYMOUS
from banso.store.facts import FACTS
from banso.store.ledger import Part

EARLIEST = -2_208_988_800_000_000  # 1900-01-01, UTC microseconds
LATEST = 7_258_118_400_000_000  # 2200-01-01
LONGEST_KEY = 1_000  # bytes; an index entry of PostgreSQL holds 2,700
LONGEST_NAME = 600
LONGEST_SOURCE = 200
REASONS = (
    "",
    "no account",
    "no event",
    "no time",
    "the time lies outside the years 1900 to 2199",
    f"account: longer than {LONGEST_KEY} bytes, or holds a NUL character",
    f"user: longer than {LONGEST_KEY} bytes, or holds a NUL character",
    f"event: longer than {LONGEST_NAME} bytes, or holds a NUL character",
    f"feature: longer than {LONGEST_NAME} bytes, or holds a NUL character",
    f"product: longer than {LONGEST_NAME} bytes, or holds a NUL character",
    "user: begins with a control character (U+001F)",
)
LIMITS = {
    "account": (5, LONGEST_KEY),
    "user": (6, LONGEST_KEY),
    "event": (7, LONGEST_NAME),
    "feature": (8, LONGEST_NAME),
    "product": (9, LONGEST_NAME),
}


@dataclass(frozen=True)
class Batch:
    """Facts (schema FACTS) of several parts; part: each fact's index into parts.

    told: the content of each fact as its source said it, where the fact holds more than that (an
    account that was found out); None: the content is that of the fact. found: whether the account
    of each fact was found out; None: of none. said: what the source said, by row, for people; None:
    what the fact says. It is lost where rows are taken.
    """

    facts: pa.Table
    part: NDArray[np.int32]
    parts: tuple[Part, ...]
    told: NDArray[np.uint64] | None = None
    found: NDArray[np.bool_] | None = None
    said: Callable[[int], str] | None = None

    def take(self, rows: NDArray[np.int64]) -> "Batch":
        if len(rows) == self.facts.num_rows:
            return self
        told = None if self.told is None else self.told[rows]
        found = None if self.found is None else self.found[rows]
        return replace(
            self, facts=self.facts.take(rows), part=self.part[rows], told=told, found=found
        )


def batch_of(tables: Sequence[pa.Table], parts: Sequence[Part]) -> Batch:
    """One batch of tables (schema FACTS, one a part), with gaps filled as FACTS says."""
    empty = FACTS.empty_table()
    facts = pa.concat_tables([t.cast(_loose(t.schema)) for t in (empty, *tables)])
    facts = facts.combine_chunks()
    user, event = facts.column("user"), facts.column("event")
    filled = {
        "user": pc.if_else(pc.equal(user, ""), None, user),
        "feature": pc.coalesce(facts.column("feature"), event),
        "product": pc.fill_null(facts.column("product"), ""),
    }
    for name, column in filled.items():
        facts = facts.set_column(facts.column_names.index(name), name, column)
    for name in LIMITS:  # few distinct values, looked at several times
        column = facts.column(name).dictionary_encode().unify_dictionaries()
        facts = facts.set_column(facts.column_names.index(name), name, column)
    numbers = np.arange(len(parts), dtype=np.int32)
    return Batch(facts=facts, part=np.repeat(numbers, [p.rows for p in parts]), parts=tuple(parts))


def reasons(batch: Batch) -> NDArray[np.int8]:
    """Why each fact can't be stored: index into REASONS, 0 where it can."""
    facts = batch.facts
    found = np.zeros(facts.num_rows, np.int8)
    for name, (code, limit) in reversed(LIMITS.items()):  # the first wrong field is told
        found[_unfit(facts.column(name), limit)] = code
    if batch.told is None:  # live calls name anonymous persons so
        found[_anonymous(facts.column("user"))] = 10
    time = facts.column("time")
    instants = np.array(pc.fill_null(time, 0).to_numpy())
    found[(instants < EARLIEST) | (instants >= LATEST)] = 4
    found[time.is_null().to_numpy()] = 3
    found[_missing(facts.column("event"))] = 2
    found[_missing(facts.column("account"))] = 1
    return found


def distinct(column: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.int32]]:
    """Distinct values that occur, and for each row the index of its value, -1 for null.

    column: dictionary-encoded; values of its dictionary that no row has are left out.
    """
    chunks = column.unify_dictionaries().chunks
    if not chunks:
        return pa.array([], column.type.value_type), np.empty(0, np.int32)
    codes = np.concatenate([each.indices.fill_null(-1).to_numpy() for each in chunks])
    values = chunks[0].dictionary
    used = np.zeros(len(values) + 1, np.bool_)  # the place at the end takes -1
    used[codes] = True
    places = np.flatnonzero(used[:-1])
    renumber = np.full(len(values) + 1, -1, np.int32)
    renumber[places] = np.arange(len(places))
    return values.take(pa.array(places)), renumber[codes]


def _unfit(column: pa.ChunkedArray, limit: int) -> NDArray[np.bool_]:
    values, codes = distinct(column)
    bad = pc.or_(pc.greater(pc.binary_length(values), limit), pc.match_substring(values, "\0"))
    unfit: NDArray[np.bool_] = np.append(bad.to_numpy(zero_copy_only=False), False)[codes]
    return unfit


def _anonymous(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    values, codes = distinct(column)
    begins = pc.starts_with(values, ANONYMOUS).to_numpy(zero_copy_only=False)
    return np.append(begins, False)[codes]


def _missing(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    missing: NDArray[np.bool_] = pc.fill_null(
        pc.equal(column.cast(pa.string()), ""), True
    ).to_numpy()
    return missing


def _loose(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_nullable(True) for field in schema])
