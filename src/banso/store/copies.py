"""Copies of segments from which the facts of a few accounts are read without decoding the others.

A segment is compressed in groups of 32,768 rows, so one account costs a group of each month; a few
hundred accounts cost as much as all. A copy has the same rows by account, as they lie in memory,
and is mapped: only the pages of the accounts asked for are read. Segments never change, so a copy
is never out of date; all of them may be deleted at any time.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.core.recent import Recent
from banso.store import segments
from banso.store.facts import SEGMENT
from banso.store.place import Place
from banso.store.segments import Segment

TAILS = 256
"""So many files of the tail are kept in memory instead: they are small, and soon folded."""

OPEN = 8_192
"""Copies that stay mapped. They take no memory but what the system can take back, and no file
handle."""

ENDING = ".arrow"
Key = tuple[str, tuple[str, ...]]
"""Path and columns."""


@dataclass(frozen=True)
class Copies:
    """folder: on this machine, wherever the segments lie."""

    folder: Path
    place: Place
    _tails: Recent[Key, pa.Table] = field(default_factory=lambda: Recent(TAILS))
    _mapped: Recent[Key, pa.Table] = field(default_factory=lambda: Recent(OPEN))

    def rows(
        self, files: Sequence[Segment], *, columns: Sequence[str], accounts: NDArray[np.int32]
    ) -> list[pa.Table]:
        """The facts of these accounts (ids ascending) in some files, in pieces. columns: of
        SEGMENT, `account` among them. Raises SegmentError."""
        known = {(each.path, tuple(columns)): each for each in files}
        tail = [key for key, each in known.items() if each.bucket is None]
        rest = [key for key, each in known.items() if each.bucket is not None]
        tables = self._tails.get_all(
            tail, lambda keys: [_sorted(known[x], x[1], self.place) for x in keys]
        )
        tables += self._mapped.get_all(
            rest, lambda keys: [self._copy(known[x], x[1]) for x in keys]
        )
        ends = np.stack([accounts, accounts + 1], axis=1).ravel()
        return [piece for table in tables for piece in _pieces(table, ends)]

    def tidy(self, known: Collection[str]) -> int:
        """Delete copies of segments other than these (paths); how many."""
        names = {_name(path) for path in known}
        gone = [x for x in self.folder.glob(f"*/*{ENDING}*") if x.name.split(".")[0] not in names]
        for file in gone:
            file.unlink(missing_ok=True)
        return len(gone)

    def _copy(self, segment: Segment, columns: tuple[str, ...]) -> pa.Table:
        digest = sha256("\0".join(columns).encode()).hexdigest()[:16]
        file = self.folder / digest / (_name(segment.path) + ENDING)
        table = _mapped(file, segment, columns)
        if table is not None:
            return table
        table = _sorted(segment, columns, self.place)
        _write(file, table)
        return _mapped(file, segment, columns) or table


def _pieces(table: pa.Table, ends: NDArray[np.int32]) -> Iterator[pa.Table]:
    """ends: each account asked for, and the id after it."""
    places = np.searchsorted(table.column("account").to_numpy(), ends).tolist()
    for start, stop in zip(places[::2], places[1::2], strict=True):
        if stop > start:
            yield table.slice(start, stop - start)


def _sorted(segment: Segment, columns: tuple[str, ...], place: Place) -> pa.Table:
    """By account; the order of one account's rows says nothing."""
    table = segments.read(segment, place=place, columns=columns).combine_chunks()
    ids = table.column("account").to_numpy()
    if (ids[1:] < ids[:-1]).any():
        table = table.take(pc.sort_indices(table, [("account", "ascending")]))
    return table.replace_schema_metadata(None).combine_chunks()


def _name(path: str) -> str:
    """A segment's own part of its path, which no other has."""
    return Path(path).stem


def _mapped(file: Path, segment: Segment, columns: tuple[str, ...]) -> pa.Table | None:
    """None where there is no copy, or where it is not whole."""
    try:
        table = pa.ipc.open_file(pa.memory_map(str(file))).read_all()
    except (OSError, pa.ArrowException):
        return None
    wanted = [SEGMENT.field(name) for name in columns]
    whole = table.num_rows == segment.rows and list(table.schema) == wanted
    return table if whole else None


def _write(file: Path, table: pa.Table) -> None:
    """Whole or not at all, also after a power cut. A full disk costs time, not the facts."""
    aside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as out:
            with pa.ipc.new_file(out, table.schema) as writer:
                writer.write_table(table, max_chunksize=max(table.num_rows, 1))
            out.flush()
            os.fsync(out.fileno())
        aside.replace(file)
    except OSError:
        with suppress(OSError):
            aside.unlink()
