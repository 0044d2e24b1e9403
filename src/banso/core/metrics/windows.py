"""From the state of each account to one number per as_of day.

As_of index i looks at the days i - window .. i - 1; a window of 0 means all days before i.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from banso.core.metrics.compiled import compiled

Values = NDArray[np.float64]
Reasons = NDArray[np.uint8]


class Sheet(NamedTuple):
    """What is to be filled in: `values` where `reasons` is 0; NaN is written elsewhere.

    values: float64, shape (accounts, days). reasons: uint8 of the same shape. first: row of the
    state that is row 0 here. begin: as_of index of column 0. window: in days. missing: the reason
    to write where the metric itself finds nothing to tell.
    """

    values: Values
    reasons: Reasons
    first: int
    begin: int
    window: int
    missing: int


_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_POSITION = np.zeros(64, np.int64)
for _i in range(64):
    _POSITION[(0x03F79D71B4CB0A89 << _i & 0xFFFFFFFFFFFFFFFF) >> 58] = _i


@compiled
def lowest(word: np.uint64) -> int:
    """Position of the lowest set bit (de Bruijn sequence: Leiserson, Prokop, Randall 1998)."""
    alone = word & (~word + np.uint64(1))
    return int(_POSITION[(alone * _DE_BRUIJN) >> np.uint64(58)])


@compiled
def fill_counts(counts: NDArray[np.int32], sheet: Sheet) -> None:
    """Sum of daily counts."""
    values, reasons, first, window = sheet.values, sheet.reasons, sheet.first, sheet.window
    begin = sheet.begin
    for a in range(values.shape[0]):
        total = 0
        for day in range(oldest(begin, window), begin - 1):
            total += counts[first + a, day]
        for at in range(values.shape[1]):
            i = begin + at
            if i > 0:
                total += counts[first + a, i - 1]
            if window > 0 and i > window:
                total -= counts[first + a, i - 1 - window]
            values[a, at] = total if reasons[a, at] == 0 else np.nan


@compiled
def oldest(begin: int, window: int) -> int:
    """The first day that the as_of day before `begin` looks at."""
    return max(begin - 1 - window, 0) if window > 0 else 0


@compiled
def fill_active_days(days: NDArray[np.uint64], sheet: Sheet) -> None:
    """How many days have their bit set. days: uint64 (accounts, words)."""
    values, reasons, first, window = sheet.values, sheet.reasons, sheet.first, sheet.window
    begin = sheet.begin
    for a in range(values.shape[0]):
        total = 0
        for day in range(oldest(begin, window), begin - 1):
            total += is_set(days[first + a], day)
        for at in range(values.shape[1]):
            i = begin + at
            if i > 0:
                total += is_set(days[first + a], i - 1)
            if window > 0 and i > window:
                total -= is_set(days[first + a], i - 1 - window)
            values[a, at] = total if reasons[a, at] == 0 else np.nan


@compiled
def is_set(words: NDArray[np.uint64], day: int) -> int:
    return int((words[day >> 6] >> np.uint64(day & 63)) & np.uint64(1))


@compiled
def first_day(words: NDArray[np.uint64]) -> int:
    """The first day set, -1 where none is."""
    for w in range(len(words)):
        if words[w]:
            return w * 64 + lowest(words[w])
    return -1


@compiled
def last_day(words: NDArray[np.uint64], before: int) -> int:
    """The last day set before that one, -1 where none is."""
    day = before - 1
    while day >= 0 and not is_set(words, day):
        day -= 1
    return day


@compiled
def fill_recency(days: NDArray[np.uint64], sheet: Sheet) -> None:
    """Days since the last day set; `missing` where there is none yet."""
    values, reasons, first, missing = sheet.values, sheet.reasons, sheet.first, sheet.missing
    begin = sheet.begin
    for a in range(values.shape[0]):
        last = last_day(days[first + a], begin - 1)
        for at in range(values.shape[1]):
            i = begin + at
            if i > 0 and is_set(days[first + a], i - 1):
                last = i - 1
            if reasons[a, at] == 0 and last < 0:
                reasons[a, at] = missing
            values[a, at] = i - last if reasons[a, at] == 0 else np.nan


@compiled
def fill_time_to_first(
    days: NDArray[np.uint64],
    since: NDArray[np.int32],
    sheet: Sheet,
) -> None:
    """Days from the beginning to the first day set; `missing` until the day after it."""
    values, reasons, first, missing = sheet.values, sheet.reasons, sheet.first, sheet.missing
    for a in range(values.shape[0]):
        day = first_day(days[first + a])
        for at in range(values.shape[1]):
            if reasons[a, at] == 0 and (day < 0 or sheet.begin + at <= day):
                reasons[a, at] = missing
            values[a, at] = day - since[first + a] if reasons[a, at] == 0 else np.nan


@compiled
def add_cover(
    words: NDArray[np.uint64], window: int, first: int, change: NDArray[np.int64]
) -> None:
    """Add, to a list of changes by as_of day, one for as long as any day set from `first` on lies
    in the window.

    Set day d is seen from d + 1 to d + window; touching stretches are joined.
    """
    last = len(change) - 1
    until = -1
    before = first >> 6 << 6
    some = words[first >> 6 :]
    wanted = ~np.uint64(0) << np.uint64(first & 63)
    for w in range(len(some)):
        word = some[w] & wanted
        wanted = ~np.uint64(0)
        while word:
            day = before + w * 64 + lowest(word)
            word &= word - np.uint64(1)
            if day > until:
                if until >= 0:
                    change[min(until + 1, last)] -= 1
                change[min(day + 1, last)] += 1
            until = day + window
    if until >= 0:
        change[min(until + 1, last)] -= 1


@compiled
def fill_distinct(
    bits: NDArray[np.uint64],
    order: NDArray[np.int64],
    start: NDArray[np.int64],
    sheet: Sheet,
) -> None:
    """How many pairs of the account have a set day in the window.

    bits: uint64 (pairs, words). order[start[row] .. start[row + 1] - 1]: its pairs.
    """
    values, reasons, first, begin = sheet.values, sheet.reasons, sheet.first, sheet.begin
    days = begin + values.shape[1]
    window = sheet.window if sheet.window > 0 else days
    seen_from = max(begin - window, 0)
    change = np.zeros(days + 2, np.int64)
    for a in range(values.shape[0]):
        change[:] = 0
        for p in range(start[first + a], start[first + a + 1]):
            add_cover(bits[order[p]], window, seen_from, change)
        total = change[seen_from:begin].sum()
        for at in range(values.shape[1]):
            total += change[begin + at]
            values[a, at] = total if reasons[a, at] == 0 else np.nan


@compiled
def add_exactly(total: float, error: float, value: float, more: float) -> tuple[float, float]:
    """(total + error) + (value + more), rounding error kept (Knuth's TwoSum)."""
    result = total + value
    part = result - total
    return result, error + more + (total - (result - part)) + (value - part)


@compiled
def running_sums(sums: Values, block: int, since: int, forward: Values, backward: Values) -> None:
    """Sums from each block's start to each day, and from each day to its block's end.

    sums, forward, backward: shape (days, 2), sum and rounding error. since: the first day that is
    asked for, the start of a block.
    """
    days = len(sums)
    for i in range(since, days):
        forward[i] = sums[i]
        if i % block:
            forward[i, 0], forward[i, 1] = add_exactly(
                forward[i - 1, 0], forward[i - 1, 1], sums[i, 0], sums[i, 1]
            )
    for i in range(days - 1, since - 1, -1):
        backward[i] = sums[i]
        if (i + 1) % block and i + 1 < days:
            backward[i, 0], backward[i, 1] = add_exactly(
                backward[i + 1, 0], backward[i + 1, 1], sums[i, 0], sums[i, 1]
            )


@compiled
def fill_sums(sums: Values, sheet: Sheet) -> None:
    """Sum of daily sums. sums: float64 (accounts, days, 2).

    Never a difference of running totals, which would lose digits: a window is the end of one
    block of `window` days and the beginning of the next (van Herk's algorithm).
    """
    values, reasons, first, window = sheet.values, sheet.reasons, sheet.first, sheet.window
    begin, days = sheet.begin, sums.shape[1]
    block = window if window > 0 else days
    since = max(begin - 1 - block, 0) // block * block
    forward = np.zeros((days, 2))
    backward = np.zeros((days, 2))
    for a in range(values.shape[0]):
        running_sums(sums[first + a], block, since, forward, backward)
        for at in range(values.shape[1]):
            i = begin + at
            total, error = 0.0, 0.0
            if i > 0:
                total, error = forward[i - 1, 0], forward[i - 1, 1]
            if i > block and i % block:
                total, error = add_exactly(
                    total, error, backward[i - block, 0], backward[i - block, 1]
                )
            values[a, at] = total + error if reasons[a, at] == 0 else np.nan


@compiled
def fill_last(
    day: NDArray[np.int32],
    value: Values,
    start: NDArray[np.int64],
    sheet: Sheet,
) -> None:
    """Value of the last record in the window; `missing` where there is none.

    day, value: of the records, by row and then time; start[row] .. start[row + 1] - 1 are a row's.
    """
    values, reasons, first, window, missing = (
        sheet.values,
        sheet.reasons,
        sheet.first,
        sheet.window,
        sheet.missing,
    )
    for a in range(values.shape[0]):
        at, end = start[first + a], start[first + a + 1]
        for column in range(values.shape[1]):
            i = sheet.begin + column
            while at < end and day[at] < i:
                at += 1
            found = at > start[first + a] and (window == 0 or day[at - 1] >= i - window)
            if reasons[a, column] == 0 and not found:
                reasons[a, column] = missing
            values[a, column] = value[at - 1] if reasons[a, column] == 0 else np.nan
