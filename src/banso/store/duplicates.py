"""Exactly once: which of these facts are already stored, or contradict what is stored."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from banso.store.hashing import Keys, Words, codes_of

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Verdict:
    """Row numbers of the facts looked at, each in exactly one of the three."""

    fresh: Rows
    duplicate: Rows
    conflict: Rows  # the key is taken by a fact of other content


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


def _all_differ(low: Words) -> bool:
    """Whether the low words alone tell the keys apart: the common case, and a fast one."""
    arranged = np.sort(low)
    return not bool((arranged[1:] == arranged[:-1]).any())
