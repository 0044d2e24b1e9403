"""Fold the tail into buckets and months, and many small files of a place into one."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import pyarrow as pa

from banso.store import dictionary, layout, manifest, segments
from banso.store.dictionary import Connection
from banso.store.facts import SEGMENT
from banso.store.hashing import BUCKETS
from banso.store.place import Place
from banso.store.segments import Segment, SegmentError

MERGE_AT = 4  # files of one bucket and month before they become one
AT_ONCE = 1_000_000  # rows: bounds the memory of one step


def compact(connection: Connection, *, place: Place) -> int:
    """One pass under the writer lock; returns how many files it replaced.

    Each step is its own transaction: a crash loses one step's work and no fact.
    """
    replaced = 0
    for group in _groups([s for s in manifest.segments_of(connection) if s.bucket is None]):
        replaced += _rewrite(connection, group, place=place)
    placed = [s for s in manifest.segments_of(connection) if s.bucket is not None]
    for _, files in groupby(placed, key=lambda s: (s.bucket, s.month)):
        small = [s for s in files if s.rows < AT_ONCE]
        if len(small) >= MERGE_AT:
            for group in _groups(sorted(small, key=lambda s: s.rows)):
                replaced += _rewrite(connection, group, place=place)
    return replaced


def _groups(files: Sequence[Segment]) -> Iterator[list[Segment]]:
    """The files in order, in groups of about AT_ONCE rows."""
    group: list[Segment] = []
    for file in files:
        if group and sum(each.rows for each in group) + file.rows > AT_ONCE:
            yield group
            group = []
        group.append(file)
    if group:
        yield group


def _rewrite(connection: Connection, old: Sequence[Segment], *, place: Place) -> int:
    if len(old) == 1 and old[0].bucket is not None:
        return 0
    table = pa.concat_tables([segments.read(each, place=place) for each in old])
    if table.num_rows != sum(each.rows for each in old) or table.schema != SEGMENT:
        raise SegmentError(f"Not what was written: {[each.path for each in old]}")
    bucket = buckets_of(connection, table.column("account").to_numpy())
    new = layout.write_all(table, bucket, place=place, whole=True)
    if sum(each.rows for each in new) != table.num_rows:
        raise SegmentError(f"Compaction of {[each.path for each in old]} would change rows.")
    manifest.replace(connection, old=old, new=new)
    return len(old)


def buckets_of(
    connection: Connection, account: np.ndarray[tuple[int], np.dtype[np.int32]]
) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Bucket of each of these accounts, by id."""
    ids, inverse = np.unique(account, return_inverse=True)
    hashes = dictionary.account_hashes(connection, ids.tolist())
    return np.array([hashes[each] & (BUCKETS - 1) for each in ids.tolist()], np.int16)[inverse]
