"""Exactly once: which of these facts are already stored, or contradict what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from banso.store.hashing import Keys, Words, codes_of
from banso.store.place import Place
from banso.store.segments import Segment, opened

SLOTS_A_KEY = 16
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Verdict:
    """Row numbers of the facts looked at, each in exactly one of the three."""

    fresh: Rows
    duplicate: Rows
    conflict: Rows  # the key is taken by a fact of other content


class KeyFilter:
    """A quick 'surely not' for the millions of stored keys: a table of the keys' low bits."""

    def __init__(self, low: Words) -> None:
        size = 1 << max(10, int(len(low) * SLOTS_A_KEY - 1).bit_length())
        self._mask = np.uint64(size - 1)
        self._seen = np.zeros(size, np.bool_)
        self._seen[low & self._mask] = True
        self._keys = np.sort(low)

    def rows_of(self, low: Words) -> Rows:
        """Rows whose low key word is among ours."""
        likely = np.flatnonzero(self._seen[low & self._mask])
        found = np.searchsorted(self._keys, low[likely])
        found[found == len(self._keys)] = 0
        rows: Rows = likely[self._keys[found] == low[likely]]
        return rows


def judge(keys: Keys, *, stored: Keys) -> Verdict:
    """First come, first stored: a stored fact wins, then the earlier row."""
    if not len(stored.lo) and _all_differ(keys.lo):
        none = np.empty(0, np.int64)
        return Verdict(fresh=np.arange(len(keys.lo)), duplicate=none, conflict=none)
    codes = codes_of(np.concatenate([stored.hi, keys.hi]), np.concatenate([stored.lo, keys.lo]))
    content = np.concatenate([stored.content, keys.content])
    first = np.empty(codes.max(initial=-1) + 1, np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    before = len(stored.hi)
    owner = first[codes[before:]]
    fresh = owner == np.arange(before, len(codes))
    same = content[owner] == keys.content
    return Verdict(
        fresh=np.flatnonzero(fresh),
        duplicate=np.flatnonzero(~fresh & same),
        conflict=np.flatnonzero(~fresh & ~same),
    )


def find_stored(keys: Keys, *, segments: Sequence[Segment], place: Place) -> Keys:
    """Keys and contents of stored facts whose low key word is among these.

    Only the key columns are read, a row group at a time: memory is bounded by one row group
    and by what is found, which is at most as much as was asked for.
    """
    wanted = KeyFilter(keys.lo)
    found = [_none()]
    for segment in segments:
        with opened(segment, place=place) as file:
            for group in range(file.num_row_groups):
                low = _column(file, group, "key_lo")
                rows = wanted.rows_of(low)
                if len(rows):
                    hits = Keys(
                        hi=_column(file, group, "key_hi")[rows],
                        lo=low[rows],
                        content=_column(file, group, "content")[rows],
                    )
                    found.append(hits)
    return Keys(
        hi=np.concatenate([each.hi for each in found]),
        lo=np.concatenate([each.lo for each in found]),
        content=np.concatenate([each.content for each in found]),
    )


def _all_differ(low: Words) -> bool:
    """Whether the low words alone tell the keys apart: the common case, and a fast one."""
    arranged = np.sort(low)
    return not bool((arranged[1:] == arranged[:-1]).any())


def _column(file: pq.ParquetFile, group: int, name: str) -> Words:
    column: Words = file.read_row_group(group, columns=[name]).column(0).to_numpy()
    return column


def _none() -> Keys:
    empty = np.empty(0, np.uint64)
    return Keys(hi=empty, lo=empty, content=empty)
