"""Which rows go into which file."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.store import segments
from banso.store.encode import months_of, partition
from banso.store.hashing import BUCKETS
from banso.store.place import Place
from banso.store.segments import Segment

TAIL_BELOW = 20_000  # rows: a smaller batch is one tail file, not up to 32 tiny ones a month
SLIVER = 200  # rows: a smaller piece of a big batch goes to the tail with its like


def write_all(
    table: pa.Table, bucket: NDArray[np.int16], *, place: Place, whole: bool = False
) -> list[Segment]:
    """Write rows (schema SEGMENT) as durable files that are not in the manifest yet.

    whole: bucket everything, however small (compaction), so that nothing stays in the tail.
    """
    if not table.num_rows:
        return []
    written = [
        segments.write(rows, place=place, bucket=number, month=month)
        for rows, number, month in _pieces(table, bucket, whole=whole)
    ]
    place.settle(each.path for each in written)
    return written


def _pieces(
    table: pa.Table, bucket: NDArray[np.int16], *, whole: bool
) -> Iterator[tuple[pa.Table, int | None, str | None]]:
    months, month = months_of(table)
    number = partition(bucket, month)
    if not whole:
        sizes = np.bincount(number)
        small = sizes < SLIVER if table.num_rows >= TAIL_BELOW else np.ones(len(sizes), np.bool_)
        number = np.where(small[number], -1, number)
    account, time = table.column("account").to_numpy(), table.column("time").to_numpy()
    order = np.lexsort((time, account, number))
    arranged = table.take(order).combine_chunks()
    starts = np.flatnonzero(np.diff(number[order], prepend=-2))
    ends = np.append(starts[1:], len(order))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        place = int(number[order[start]])
        rows = arranged.slice(start, end - start)
        if place < 0:
            yield rows, None, None
        else:
            yield rows, place % BUCKETS, str(months[place // BUCKETS])
