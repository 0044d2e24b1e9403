"""One pass over the facts: every row updates the dense state of its account.

A row's (atoms, role, action) looks up the series that it feeds (`Routes`); what a series keeps
is told at `State`. Nothing here knows a metric, a window or a reason.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from banso.core.metrics.compiled import compiled

COUNT, DAYS, USERS, BREADTH, SUM, LAST = range(6)

DAY_US = 86_400_000_000
EMPTY = np.int64(-1)
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Fibonacci hashing


class Batch(NamedTuple):
    """Facts, column by column. time: UTC microseconds. user: 0 = none.

    atoms: uint8 (atom sets, rows), the state of each set's conditions. numbers: float64
    (number columns, rows), NaN = none.
    """

    account: NDArray[np.int32]
    user: NDArray[np.int32]
    action: NDArray[np.int32]
    time: NDArray[np.int64]
    atoms: NDArray[np.uint8]
    numbers: NDArray[np.float64]


class Axes(NamedTuple):
    """accounts: ids, ascending. midnights: int64 of length days + 1."""

    accounts: NDArray[np.int32]
    midnights: NDArray[np.int64]


class Routes(NamedTuple):
    """Which series a fact feeds.

    source: int32 per action. needs_user: length 1, whether (account, user) pairs are kept.
    For atom set s, the facts' key is base[s] + (atoms * roles[s] + role) * actions + action;
    operations start[key] .. start[key + 1] - 1 apply: kind, number of the series of that kind,
    and `number`, the column of Batch.numbers (SUM and LAST only).
    breadth: int32 (breadth series, actions), the code of what is counted, -1 = nothing.
    """

    source: NDArray[np.int32]
    needs_user: NDArray[np.bool_]
    base: NDArray[np.int64]
    roles: NDArray[np.int64]
    start: NDArray[np.int32]
    kind: NDArray[np.uint8]
    series: NDArray[np.int32]
    number: NDArray[np.int32]
    breadth: NDArray[np.int32]


class Pairs(NamedTuple):
    """Interned (account row, user) or (account row, breadth code), with a set of days each.

    keys, slots: open-addressing table, a power of two, at most half full. size: length 1.
    row: int32 per pair. role: int32 per pair. bits: uint64 (pairs, series, words of 64 days).
    """

    keys: NDArray[np.int64]
    slots: NDArray[np.int32]
    size: NDArray[np.int64]
    row: NDArray[np.int32]
    role: NDArray[np.int32]
    bits: NDArray[np.uint64]


class Records(NamedTuple):
    """Facts kept one by one, for series that ask for the last.

    size, all_series: length 1; how many records there are, and how many one fact can leave.
    """

    size: NDArray[np.int64]
    all_series: NDArray[np.int64]
    series: NDArray[np.int32]
    row: NDArray[np.int32]
    day: NDArray[np.int32]
    time: NDArray[np.int64]
    value: NDArray[np.float64]


class State(NamedTuple):
    """All that is known of some accounts after the facts so far.

    first: int32 (accounts, sources), first day with a fact. counts: int32 (series, accounts,
    days). days: uint64 (accounts, series, words), days with a fact. sums: float64 (series,
    accounts, days, 2): the day's sum and its rounding error (their total is the sum to about 32
    digits, so the order of arrival does not show). numbers: int32 (series, accounts, days), how
    many numbers the sum has.
    """

    first: NDArray[np.int32]
    counts: NDArray[np.int32]
    days: NDArray[np.uint64]
    sums: NDArray[np.float64]
    numbers: NDArray[np.int32]
    users: Pairs
    features: Pairs
    records: Records


@compiled
def find_row(accounts: NDArray[np.int32], account: int) -> int:
    """Row of an account id, -1 where it is not to be measured."""
    row = np.searchsorted(accounts, account)
    if row < len(accounts) and accounts[row] == account:
        return int(row)
    return -1


@compiled
def find_day(midnights: NDArray[np.int64], time: int) -> int:
    """Local day of an instant inside the calendar: a guess by days of 24 hours, put right by the
    true midnights."""
    day = min((time - midnights[0]) // DAY_US, len(midnights) - 2)
    while midnights[day + 1] <= time:
        day += 1
    while midnights[day] > time:
        day -= 1
    return int(day)


@compiled
def intern(pairs: Pairs, row: int, code: int) -> int:
    """The pair's number, a new one where it is met for the first time. Room must be there."""
    key = (np.int64(row) << 32) | np.int64(code)
    mask = np.uint64(len(pairs.keys) - 1)
    slot = ((np.uint64(key) * MULTIPLIER) >> np.uint64(32)) & mask
    while pairs.keys[slot] != key:
        if pairs.keys[slot] == EMPTY:
            pairs.keys[slot] = key
            pairs.slots[slot] = pairs.size[0]
            pairs.row[pairs.size[0]] = row
            pairs.size[0] += 1
            break
        slot = (slot + np.uint64(1)) & mask
    return int(pairs.slots[slot])


@compiled
def is_full(state: State) -> bool:
    """Whether one more fact might not find room."""
    users, features, records = state.users, state.features, state.records
    return bool(
        users.size[0] >= len(users.row)
        or features.size[0] + features.bits.shape[1] > len(features.row)
        or records.size[0] + records.all_series[0] > len(records.row)
    )


@compiled
def add_number(state: State, series: int, row: int, day: int, value: float) -> None:
    """Knuth's TwoSum: the rounding error of every addition is kept beside the sum."""
    before = state.sums[series, row, day, 0]
    total = before + value
    part = total - before
    state.sums[series, row, day, 0] = total
    state.sums[series, row, day, 1] += (before - (total - part)) + (value - part)
    state.numbers[series, row, day] += 1


@compiled
def add_record(  # noqa: PLR0917 (one cell of each array)
    records: Records, series: int, row: int, day: int, time: int, value: float
) -> None:
    at = records.size[0]
    records.series[at] = series
    records.row[at] = row
    records.day[at] = day
    records.time[at] = time
    records.value[at] = value
    records.size[0] += 1


@compiled
def apply(  # noqa: PLR0917 (a tuple for every fact would be made and dropped)
    batch: Batch,
    routes: Routes,
    state: State,
    i: int,
    operation: int,
    row: int,
    day: int,
    user: int,
) -> None:
    """Let fact i change one series. user: pair number, -1 = no user."""
    kind = routes.kind[operation]
    series = routes.series[operation]
    bit = np.uint64(1) << np.uint64(day & 63)
    if kind == COUNT:
        state.counts[series, row, day] += 1
    elif kind == DAYS:
        state.days[row, series, day >> 6] |= bit
    elif kind == USERS:
        if user >= 0:
            state.users.bits[user, series, day >> 6] |= bit
    elif kind == BREADTH:
        code = routes.breadth[series, batch.action[i]]
        if code >= 0:
            pair = intern(state.features, row, code)
            state.features.bits[pair, series, day >> 6] |= bit
    else:
        value = batch.numbers[routes.number[operation], i]
        if np.isfinite(value):
            if kind == SUM:
                add_number(state, series, row, day, value)
            else:
                add_record(state.records, series, row, day, batch.time[i], value)


@compiled
def apply_all(  # noqa: PLR0917 (a tuple for every fact would be made and dropped)
    batch: Batch, routes: Routes, state: State, i: int, row: int, day: int
) -> None:
    """Let fact i change every series that it feeds."""
    action = batch.action[i]
    source = routes.source[action]
    state.first[row, source] = min(state.first[row, source], day)
    user, role = -1, 0
    if routes.needs_user[0] and batch.user[i] > 0:
        user = intern(state.users, row, batch.user[i])
        role = state.users.role[user]
    for s in range(len(routes.base)):
        code = batch.atoms[s, i] * routes.roles[s]
        if routes.roles[s] > 1:
            code += role
        key = routes.base[s] + code * len(routes.source) + action
        for operation in range(routes.start[key], routes.start[key + 1]):
            apply(batch, routes, state, i, operation, row, day, user)


@compiled
def fold(batch: Batch, axes: Axes, routes: Routes, state: State, start: int) -> int:
    """Fold facts start.. of a batch, in any order; those of other accounts or outside the
    calendar are passed over. Returns how far it came: less than all when the state is full."""
    days = len(axes.midnights) - 1
    account, row = np.int32(-1), -1
    day, day_start, day_end = -1, np.int64(1), np.int64(0)
    for i in range(start, len(batch.time)):
        if is_full(state):
            return i
        if batch.account[i] != account:
            account = batch.account[i]
            row = find_row(axes.accounts, account)
        time = batch.time[i]
        if row < 0 or time < axes.midnights[0] or time >= axes.midnights[days]:
            continue
        if time < day_start or time >= day_end:
            day = find_day(axes.midnights, time)
            day_start, day_end = axes.midnights[day], axes.midnights[day + 1]
        apply_all(batch, routes, state, i, row, day)
    return len(batch.time)
