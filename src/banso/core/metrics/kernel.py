"""One pass over the facts: rows of a batch are placed (account row, local day), then each series
takes its own. Tight loops over few arrays; nothing here knows a metric, a window or a reason.

Tuples of arrays are unpacked before a loop: numba counts references whenever it unpacks one.
Indices are unsigned where a loop does little else: numba looks at signed ones whether they count
from the end, which takes a fifth of such a loop.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from banso.core.metrics.compiled import compiled

DAY_US = 86_400_000_000
EMPTY = np.int64(-1)
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Fibonacci hashing


class Placed(NamedTuple):
    """Facts of accounts to be measured, inside the calendar.

    at: position in the batch. row: of the account. day: local day. action: id.
    user: id, 0 = none.
    """

    at: NDArray[np.int32]
    row: NDArray[np.int32]
    day: NDArray[np.int32]
    action: NDArray[np.int32]
    user: NDArray[np.int32]


class Spots(NamedTuple):
    """The part of Placed that `place` finds."""

    at: NDArray[np.int32]
    row: NDArray[np.int32]
    day: NDArray[np.int32]


class Seen(NamedTuple):
    """When each source was seen first at each account.

    source: of each action. first: int32 (accounts, sources), lowered to the first day with a fact.
    """

    source: NDArray[np.int32]
    first: NDArray[np.int32]


class Interned(NamedTuple):
    """(account row, code) -> a small number, in order of first appearance.

    keys, slots: open-addressing table, a power of two, at most half full. size: length 1, how
    many there are. row: int32 per number, as long as there is room.
    """

    keys: NDArray[np.int64]
    slots: NDArray[np.int32]
    size: NDArray[np.int64]
    row: NDArray[np.int32]


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
def find_row(accounts: NDArray[np.int32], account: int) -> int:
    """Row of an account id, -1 where it is not to be measured."""
    row = np.searchsorted(accounts, account)
    if row < len(accounts) and accounts[row] == account:
        return int(row)
    return -1


@compiled
def place(  # noqa: PLR0917 (numba takes flat arrays)
    account_of: NDArray[np.int32],
    action_of: NDArray[np.int32],
    time: NDArray[np.int64],
    accounts: NDArray[np.int32],
    midnights: NDArray[np.int64],
    seen: Seen,
    out: Spots,
) -> int:
    """Place a batch. Returns how many facts are kept; those of other accounts or outside the
    calendar are passed over."""
    source, first_of = seen.source, seen.first
    at, rows, days = out.at, out.row, out.day
    first, last = midnights[0], midnights[-1]
    account, row, kept = np.int32(-1), -1, 0
    day, day_start, day_end = -1, first, first
    for i in range(len(time)):
        if account_of[i] != account:
            account = account_of[i]
            row = find_row(accounts, account)
        instant = time[i]
        if row < 0 or instant < first or instant >= last:
            continue
        if instant < day_start or instant >= day_end:
            day = find_day(midnights, instant)
            day_start, day_end = midnights[day], midnights[day + 1]
        source_here = source[np.uint64(action_of[i])]
        if day < first_of[row, source_here]:  # noqa: PLR1730  mostly nothing is to be written
            first_of[row, source_here] = day
        at[kept], rows[kept], days[kept] = i, row, day
        kept += 1
    return kept


@compiled
def slot_of(keys: NDArray[np.int64], key: np.int64) -> np.uint64:
    """Where a key stands in the table of `Interned`, or would stand: then it is EMPTY there."""
    mask = np.uint64(len(keys) - 1)
    slot = ((np.uint64(key) * MULTIPLIER) >> np.uint64(32)) & mask
    while keys[slot] != key and keys[slot] != EMPTY:
        slot = (slot + np.uint64(1)) & mask
    return slot


@compiled
def intern(  # noqa: PLR0917 (numba takes flat arrays)
    row: NDArray[np.int32],
    code: NDArray[np.int32],
    known: Interned,
    start: int,
    least: int,
    out: NDArray[np.int32],
) -> int:
    """Numbers of (row, code) from `start` on; -1 where code < least. Returns how far it came: not
    to the end where there is no more room."""
    keys, slots, size, row_of = known.keys, known.slots, known.size, known.row
    used = size[0]
    last, found = EMPTY, np.int32(-1)  # facts of one pair often stand together
    for i in range(start, len(row)):
        if code[i] < least:
            out[i] = -1
            continue
        key = (np.int64(row[i]) << 32) | np.int64(code[i])
        if key == last:
            out[i] = found
            continue
        slot = slot_of(keys, key)
        if keys[slot] == EMPTY:
            if used == len(row_of):
                size[0] = used
                return i
            keys[slot], slots[slot], row_of[used] = key, used, row[i]
            used += 1
        last, found = key, slots[slot]
        out[i] = found
    size[0] = used
    return len(row)


@compiled
def keys_of(
    action: NDArray[np.int32],
    atoms: NDArray[np.uint8],
    role: NDArray[np.int32],
    roles: int,
    actions: int,
) -> NDArray[np.int32]:
    """Where each fact stands in the tables of its filter: (atoms, role, action), flattened.

    atoms, role: of length 0 where they do not matter.
    """
    keys = action.copy()
    if len(role):
        for i in range(len(keys)):
            keys[i] += role[i] * actions
    if len(atoms):
        for i in range(len(keys)):
            keys[i] += atoms[i] * roles * actions
    return keys


@compiled
def add_counts(
    placed: Placed, accepts: NDArray[np.bool_], key: NDArray[np.int32], counts: NDArray[np.int32]
) -> None:
    """counts: int32 (accounts, days)."""
    row, day = placed.row, placed.day
    for i in range(len(key)):
        if accepts[np.uint64(key[i])]:
            counts[np.uint64(row[i]), np.uint64(day[i])] += 1


@compiled
def set_days(
    member: NDArray[np.int32],
    day: NDArray[np.int32],
    accepts: NDArray[np.bool_],
    key: NDArray[np.int32],
    bits: NDArray[np.uint64],
) -> None:
    """Set the day's bit of each member (account, pair); -1 = none. bits: (members, words)."""
    for i in range(len(key)):
        if accepts[np.uint64(key[i])] and member[i] >= 0:
            at = np.uint64(day[i])
            bits[np.uint64(member[i]), at >> np.uint64(6)] |= np.uint64(1) << (at & np.uint64(63))


@compiled
def set_code_days(  # noqa: PLR0917 (numba takes flat arrays)
    placed: Placed,
    codes: NDArray[np.int32],
    accepts: NDArray[np.bool_],
    key: NDArray[np.int32],
    known: Interned,
    start: int,
    bits: NDArray[np.uint64],
) -> int:
    """`intern` and `set_days` in one pass, for codes that follow from the action (-1 = none).
    accepts: of length 0 where the codes know already what is accepted. Returns how far it came:
    not to the end where there is no more room.

    Facts of an account stand together, so each code's last pair mostly is the one that is looked
    for: a table of those spares the hashing.
    """
    row, day, action = placed.row, placed.day, placed.action
    keys, slots, size, row_of = known.keys, known.slots, known.size, known.row
    used = size[0]
    filtered = len(accepts) > 0
    last_row = np.full(codes.max() + 1, -1, np.int32)
    last_pair = np.empty(len(last_row), np.int32)
    for i in range(start, len(key)):
        code = codes[action[i]]
        if code < 0 or (filtered and not accepts[key[i]]):
            continue
        if last_row[code] != row[i]:
            pair = (np.int64(row[i]) << 32) | np.int64(code)
            slot = slot_of(keys, pair)
            if keys[slot] == EMPTY:
                if used == len(row_of):
                    size[0] = used
                    return i
                keys[slot], slots[slot], row_of[used] = pair, used, row[i]
                used += 1
            last_row[code], last_pair[code] = row[i], slots[slot]
        at = np.uint64(day[i])
        bits[np.uint64(last_pair[code]), at >> np.uint64(6)] |= np.uint64(1) << (at & np.uint64(63))
    size[0] = used
    return len(key)


@compiled
def add_sums(
    placed: Placed,
    accepted: NDArray[np.int64],
    value: NDArray[np.float64],
    sums: NDArray[np.float64],
    numbers: NDArray[np.int32],
) -> None:
    """Add the accepted facts' values; the rounding error is kept beside each sum (Knuth's TwoSum).

    sums: float64 (accounts, days, 2). numbers: int32 (accounts, days), how many were added.
    """
    row, day = placed.row, placed.day
    for i in accepted:
        before = sums[row[i], day[i], 0]
        total = before + value[i]
        part = total - before
        sums[row[i], day[i], 0] = total
        sums[row[i], day[i], 1] += (before - (total - part)) + (value[i] - part)
        numbers[row[i], day[i]] += 1
