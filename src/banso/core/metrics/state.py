"""Arrow batches -> State: decoding, allocation, growth. The work itself is in `kernel`."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pyarrow.lib import RecordBatch, int64, timestamp
from pyarrow.types import is_boolean, is_floating, is_timestamp

from banso.core.metrics.calendar import Calendar
from banso.core.metrics.facts import NEVER, AccountFacts, Contacts
from banso.core.metrics.kernel import (
    BREADTH,
    COUNT,
    DAYS,
    EMPTY,
    LAST,
    SUM,
    USERS,
    Axes,
    Batch,
    Pairs,
    Records,
    State,
    fold,
    intern,
)
from banso.core.metrics.plan import MetricPlan
from banso.core.unmeasured import Array

_FIRST_ROOM = 1024


class FactsError(ValueError):
    """Batches or account facts that do not fit the plan."""


def gather(*, plan: MetricPlan, accounts: AccountFacts, batches: Iterable[RecordBatch]) -> State:
    """Fold all facts of some accounts. Batches may come in any order and overlap in time, but a
    fact that comes twice counts twice. FactsError where a column or an id does not fit the plan.
    """
    ids = accounts.accounts
    if len(ids) > 1 and not bool(np.all(ids[1:] > ids[:-1])):
        raise FactsError("AccountFacts.accounts must ascend without repeats")
    state = _with_contacts(_empty(plan, len(ids)), accounts, len(plan.org.roles))
    axes = Axes(_fixed(ids, np.int32), _fixed(plan.org.calendar.midnights, np.int64))
    for arrow in batches:
        batch = _decode(arrow, plan)
        done = fold(batch, axes, plan.routes, state, 0)
        while done < len(batch.time):
            state = _grown(state)
            done = fold(batch, axes, plan.routes, state, done)
    return state


def _fixed(values: Array, dtype: type[np.generic]) -> Array:
    """Contiguous and read-only, as Arrow's own memory is: numba compiles once, not per mixture."""
    result = np.ascontiguousarray(values, dtype=dtype).view()
    result.flags.writeable = False
    return result


def _values(arrow: RecordBatch, name: str, dtype: type[np.generic]) -> Array:
    """One column as numpy; null becomes NaN in floats and 0 (no user, not true) elsewhere."""
    try:
        column = arrow.column(name)
    except KeyError as error:
        raise FactsError(
            f"batch without the column {name!r}; it has {arrow.schema.names}"
        ) from error
    if is_timestamp(column.type):
        column = column.cast(timestamp("us", tz=column.type.tz)).cast(int64())
    if column.null_count and not is_floating(column.type):
        column = column.fill_null(False if is_boolean(column.type) else 0)
    return _fixed(column.to_numpy(zero_copy_only=False), dtype)


def _decode(arrow: RecordBatch, plan: MetricPlan) -> Batch:
    rows = arrow.num_rows
    action = _values(arrow, "action", np.int32)
    known = len(plan.org.actions)
    if rows and (int(action.min()) < 0 or int(action.max()) >= known):
        raise FactsError(f"a fact has an action id outside 0 .. {known - 1}: make the plan anew")
    atoms = np.zeros((len(plan.atom_sets), rows), np.uint8)
    for s, columns in enumerate(plan.atom_sets):
        for bit, name in enumerate(columns):
            atoms[s] |= _values(arrow, name, np.uint8) << np.uint8(bit)
    numbers = np.zeros((len(plan.numbers), rows), np.float64)
    for n, name in enumerate(plan.numbers):
        numbers[n] = _values(arrow, name, np.float64)
    user = "user" if plan.routes.needs_user[0] else "account"
    return Batch(
        account=_values(arrow, "account", np.int32),
        user=_values(arrow, user, np.int32),
        action=action,
        time=_values(arrow, "time", np.int64),
        atoms=_fixed(atoms, np.uint8),
        numbers=_fixed(numbers, np.float64),
    )


def _empty(plan: MetricPlan, accounts: int) -> State:
    days = plan.org.calendar.days
    sums = plan.count(SUM)
    return State(
        first=np.full((accounts, max(1, len(plan.sources))), NEVER, np.int32),
        counts=np.zeros((plan.count(COUNT), accounts, days), np.int32),
        days=np.zeros((accounts, plan.count(DAYS), words(plan.org.calendar)), np.uint64),
        sums=np.zeros((sums, accounts, days, 2), np.float64),
        numbers=np.zeros((sums, accounts, days), np.int32),
        users=_pairs(plan.count(USERS), words(plan.org.calendar)),
        features=_pairs(plan.count(BREADTH), words(plan.org.calendar)),
        records=_records(plan.count(LAST)),
    )


def words(calendar: Calendar) -> int:
    """64-bit words that hold one bit a day."""
    return (calendar.days + 63) // 64


def _pairs(series: int, length: int) -> Pairs:
    room = max(_FIRST_ROOM, series)
    return Pairs(
        keys=np.full(2 * _FIRST_ROOM if room == _FIRST_ROOM else _power(2 * room), EMPTY, np.int64),
        slots=np.zeros(2 * _FIRST_ROOM if room == _FIRST_ROOM else _power(2 * room), np.int32),
        size=np.zeros(1, np.int64),
        row=np.zeros(room, np.int32),
        role=np.zeros(room, np.int32),
        bits=np.zeros((room, series, length), np.uint64),
    )


def _power(least: int) -> int:
    """The power of two that is at least this."""
    return 1 << (least - 1).bit_length()


def _records(series: int) -> Records:
    room = max(_FIRST_ROOM, series) if series else 0
    return Records(
        size=np.zeros(1, np.int64),
        all_series=np.array([series], np.int64),
        series=np.zeros(room, np.int32),
        row=np.zeros(room, np.int32),
        day=np.zeros(room, np.int32),
        time=np.zeros(room, np.int64),
        value=np.zeros(room, np.float64),
    )


def _longer(values: Array, length: int) -> Array:
    result = np.zeros((length, *values.shape[1:]), values.dtype)
    result[: len(values)] = values
    return result


def _grown(state: State) -> State:
    """The same state with room for more of whatever is nearly full."""
    users, features, records = state.users, state.features, state.records
    if users.size[0] >= len(users.row):
        users = _more_pairs(users)
    if features.size[0] + features.bits.shape[1] > len(features.row):
        features = _more_pairs(features)
    if records.size[0] + records.all_series[0] > len(records.row):
        fields = ("series", "row", "day", "time", "value")
        room = 2 * len(records.row)
        records = records._replace(**{x: _longer(getattr(records, x), room) for x in fields})
    return state._replace(users=users, features=features, records=records)


def _more_pairs(pairs: Pairs) -> Pairs:
    room = 2 * len(pairs.row)
    used = pairs.keys != EMPTY
    grown = Pairs(
        keys=np.full(2 * len(pairs.keys), EMPTY, np.int64),
        slots=np.zeros(2 * len(pairs.keys), np.int32),
        size=np.zeros(1, np.int64),
        row=_longer(pairs.row, room),
        role=_longer(pairs.role, room),
        bits=_longer(pairs.bits, room),
    )
    keys = pairs.keys[used][np.argsort(pairs.slots[used])]  # in order of number: the same again
    for key in keys.tolist():
        intern(grown, key >> 32, key & 0xFFFFFFFF)
    return grown


def _with_contacts(state: State, accounts: AccountFacts, roles: int) -> State:
    """Contacts enter first, so that a user's role is known at the first fact."""
    contacts: Contacts = accounts.contacts
    if len(contacts.role) and not 0 <= int(contacts.role.min()) <= int(contacts.role.max()) < roles:
        raise FactsError(f"a contact has a role code outside 0 .. {roles - 1}")
    rows: NDArray[np.int64] = np.searchsorted(accounts.accounts, contacts.account)
    for row, account, user, role in zip(
        rows.tolist(),
        contacts.account.tolist(),
        contacts.user.tolist(),
        contacts.role.tolist(),
        strict=True,
    ):
        if row < len(accounts.accounts) and accounts.accounts[row] == account:
            if state.users.size[0] >= len(state.users.row):
                state = _grown(state)
            state.users.role[intern(state.users, row, user)] = role
    return state
