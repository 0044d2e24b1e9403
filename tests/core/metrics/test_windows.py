"""The last days told alone are those of the whole, to the last bit, wherever they begin."""

from collections.abc import Callable

import numpy as np
import pytest

from banso.core.metrics import windows
from banso.core.metrics.windows import Sheet

ACCOUNTS, DAYS = 5, 70
CHANCE = np.random.default_rng(7)
ACTIVE = CHANCE.random((ACCOUNTS, DAYS)) < [[0.0], [0.02], [0.1], [0.5], [1.0]]
"""Of an account: never, seldom, often, every day."""


def words(active: np.ndarray) -> np.ndarray:
    """One bit a day."""
    packed = np.zeros((len(active), 2 * 64), np.bool_)
    packed[:, : active.shape[1]] = active
    return np.packbits(packed, axis=1, bitorder="little").view(np.uint64)


BITS = words(ACTIVE)
COUNTS = ACTIVE * CHANCE.integers(1, 9, ACTIVE.shape, dtype=np.int32)
SUMS = np.zeros((*ACTIVE.shape, 2))
SUMS[..., 0] = ACTIVE * CHANCE.choice([0.1, 1e15, -1e15, 2.5], ACTIVE.shape)
SINCE = np.zeros(ACCOUNTS, np.int32)
ORDER, START = np.arange(ACCOUNTS), np.array([0, 3, 3, 4, 4, 5])  # accounts of 3, 0, 1, 0, 1 users
DAY = np.tile(np.array([3, 3, 40], np.int32), 2)[:5]
FILL: dict[str, Callable[[Sheet], None]] = {
    "counts": lambda sheet: windows.fill_counts(COUNTS, sheet),
    "active days": lambda sheet: windows.fill_active_days(BITS, sheet),
    "recency": lambda sheet: windows.fill_recency(BITS, sheet),
    "time to first": lambda sheet: windows.fill_time_to_first(BITS, SINCE, sheet),
    "distinct": lambda sheet: windows.fill_distinct(BITS, ORDER, START, sheet),
    "sums": lambda sheet: windows.fill_sums(SUMS, sheet),
    "last": lambda sheet: windows.fill_last(DAY, DAY * 1.5, START, sheet),
}


def told(kind: str, *, window: int, begin: int) -> Sheet:
    shape = (ACCOUNTS, DAYS - begin)
    sheet = Sheet(np.empty(shape), np.zeros(shape, np.uint8), 0, begin, window, 3)
    FILL[kind](sheet)
    return sheet


@pytest.mark.parametrize("kind", FILL)
@pytest.mark.parametrize("window", [0, 1, 2, 7, 28, 66, 365])
def test_the_last_days_alone_are_those_of_the_whole(kind: str, window: int) -> None:
    whole = told(kind, window=window, begin=0)
    for begin in range(1, DAYS):
        last = told(kind, window=window, begin=begin)
        assert last.reasons.tolist() == whole.reasons[:, begin:].tolist()
        assert last.values.tobytes() == whole.values[:, begin:].tobytes()
