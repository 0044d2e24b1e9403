"""Arrow batches -> State: decoding, placing, growing. The loops themselves are in `kernel`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyarrow.lib import RecordBatch, int64, timestamp
from pyarrow.types import is_boolean, is_floating, is_timestamp

from banso.core.metrics import kernel
from banso.core.metrics.facts import EVER, NEVER, AccountFacts, Contacts
from banso.core.metrics.kernel import Interned, Placed, Seen, Spots
from banso.core.metrics.plan import MetricPlan, Route, Series, SeriesKind
from banso.core.unmeasured import Array

_FIRST_ROOM = 1024


class FactsError(ValueError):
    """Batches or account facts that do not fit the plan."""


@dataclass(frozen=True)
class Records:
    """Facts kept one by one, for a series that asks for the last; all arrays of one length."""

    row: NDArray[np.int32]
    day: NDArray[np.int32]
    time: NDArray[np.int64]
    value: NDArray[np.float64]


@dataclass(frozen=True)
class PairDays:
    """row: account row of each pair. bits: see `Pairs`."""

    row: NDArray[np.int32]
    bits: Mapping[Series, NDArray[np.uint64]]


class Pairs:
    """(account row, code) pairs, each with a set of days for some series.

    bits: per series uint64 (room, words).
    """

    def __init__(self, series: Iterable[Series], words: int) -> None:
        self.known = _interned(_FIRST_ROOM)
        self.bits = {one: np.zeros((_FIRST_ROOM, words), np.uint64) for one in series}
        self._order = np.zeros(0, np.int64)  # of the first so many pairs, by account
        self._sorted = np.zeros(0, np.int32)  # their rows

    def numbers(self, row: NDArray[np.int32], code: NDArray[np.int32]) -> NDArray[np.int32]:
        """The pair of each fact, -1 where code is 0."""
        out = np.empty(len(row), np.int32)
        done = kernel.intern(row, code, self.known, 0, 1, out)
        while done < len(row):
            self._grow()
            done = kernel.intern(row, code, self.known, done, 1, out)
        return out

    def set_days(
        self, placed: Placed, route: Route, key: NDArray[np.int32], series: Series
    ) -> None:
        """Set the days of the pairs (account, code of the action)."""
        if not len(key):
            return
        by_action = key is placed.action
        codes = route.accepted_codes if by_action else route.codes
        args = (placed, codes, route.accepts[:0] if by_action else route.accepts, key)
        done = kernel.set_code_days(*args, self.known, 0, self.bits[series])
        while done < len(key):
            self._grow()
            done = kernel.set_code_days(*args, self.known, done, self.bits[series])

    @property
    def row(self) -> NDArray[np.int32]:
        """Account row of each pair."""
        return self.known.row[: self.known.size[0]]

    def of(self, rows: NDArray[np.int64]) -> PairDays:
        """Those of these accounts (ascending), whose rows are counted anew from 0."""
        row = self.row
        if len(row) - len(self._order) > max(_FIRST_ROOM, len(self._order) // 8):
            self._order = np.argsort(row, kind="stable")
            self._sorted = row[self._order]
        others = row[len(self._order) :]
        first, stop = (np.searchsorted(self._sorted, rows, side) for side in ("left", "right"))
        late = np.flatnonzero(np.isin(others, rows)) + len(self._order)
        pairs = np.concatenate([self._order[_ranges(first, stop)], late])
        found = np.searchsorted(rows, row[pairs]).astype(np.int32)
        return PairDays(found, {one: bits[pairs] for one, bits in self.bits.items()})

    def _grow(self) -> None:
        old = self.known
        self.known = _interned(2 * len(old.row))
        used = np.flatnonzero(old.keys != kernel.EMPTY)
        keys = old.keys[used][np.argsort(old.slots[used])]  # by number: each gets its own again
        row, code = (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)
        kernel.intern(_fixed(row), _fixed(code), self.known, 0, 0, np.empty(len(keys), np.int32))
        self.bits = {one: _longer(bits, 2 * len(bits)) for one, bits in self.bits.items()}


def _ranges(first: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.int64]:
    """first[0] .. stop[0] - 1, first[1] .. stop[1] - 1 and so on."""
    lengths = stop - first
    before = np.cumsum(lengths) - lengths
    return np.repeat(first - before, lengths) + np.arange(lengths.sum())


def _interned(room: int) -> Interned:
    return Interned(
        keys=np.full(2 * room, kernel.EMPTY, np.int64),
        slots=np.zeros(2 * room, np.int32),
        size=np.zeros(1, np.int64),
        row=np.zeros(room, np.int32),
    )


def _longer(values: Array, length: int) -> Array:
    result = np.zeros((length, *values.shape[1:]), values.dtype)
    result[: len(values)] = values
    return result


def _fixed(values: Array, dtype: type[np.generic] | None = None) -> Array:
    """Contiguous and read-only, as Arrow's own memory is: numba compiles once, not per mixture."""
    result = np.ascontiguousarray(values, dtype=dtype).view()
    result.flags.writeable = False
    return result


@dataclass(frozen=True)
class Part:
    """Some accounts of a State: all that their metrics are told from. Shapes: see there."""

    first: NDArray[np.int32]
    counts: Mapping[Series, NDArray[np.int32]]
    days: Mapping[Series, NDArray[np.uint64]]
    sums: Mapping[Series, NDArray[np.float64]]
    numbers: Mapping[Series, NDArray[np.int32]]
    users: PairDays
    features: Mapping[Series, PairDays]
    last: Mapping[Series, Records]

    def records(self, series: Series) -> Records:
        return self.last[series]


class RoleDays:
    """The role of each pair from a day on. pair, since, role: as in Contacts."""

    def __init__(self, pair: Array, since: Array, role: NDArray[np.int32], *, days: int) -> None:
        self._span = days + 2  # EVER, each day, and what begins after the last one
        keys = self._keys(pair, np.clip(since, EVER, days))
        order = np.argsort(keys, kind="stable")
        self._from, self._pair, self._role = keys[order], pair[order], role[order]

    def of(self, pair: NDArray[np.int32], day: NDArray[np.int32]) -> NDArray[np.int32]:
        """The role on the day of each fact; 0 where none is known."""
        if not len(self._from):
            return np.zeros(len(pair), np.int32)
        at = np.searchsorted(self._from, self._keys(pair, day), side="right") - 1
        return np.where((at >= 0) & (self._pair[at] == pair), self._role[at], np.int32(0))

    def _keys(self, pair: Array, day: Array) -> Array:
        return pair.astype(np.int64) * self._span + day - EVER


class State:
    """All that is known of some accounts after the facts so far.

    first: int32 (accounts, sources), first day with a fact, NEVER where there is none.
    counts: int32 (accounts, days). days: uint64 (accounts, words), one bit a day.
    sums: float64 (accounts, days, 2), sum and rounding error: together about 32 digits, so that
    the order of arrival does not show. numbers: int32 (accounts, days), how many were summed.
    """

    def __init__(self, plan: MetricPlan, accounts: AccountFacts) -> None:
        ids = accounts.accounts
        if len(ids) > 1 and not bool(np.all(ids[1:] > ids[:-1])):
            raise FactsError("AccountFacts.accounts must ascend without repeats")
        days = plan.org.calendar.days
        words = (days + 63) // 64
        shape = (len(ids), days)
        self._plan = plan
        self._accounts = _fixed(ids, np.int32)
        self._midnights = _fixed(plan.org.calendar.midnights, np.int64)
        self._source = _fixed(plan.source_of_action)
        self.first = np.full((len(ids), max(1, len(plan.sources))), NEVER, np.int32)
        kinds = SeriesKind
        self.counts = {x: np.zeros(shape, np.int32) for x in plan.of_kind(kinds.COUNT)}
        self.days = {x: np.zeros((len(ids), words), np.uint64) for x in plan.of_kind(kinds.DAYS)}
        self.sums = {x: np.zeros((*shape, 2)) for x in plan.of_kind(kinds.SUM)}
        self.numbers = {x: np.zeros(shape, np.int32) for x in plan.of_kind(kinds.SUM)}
        self.users = Pairs(plan.of_kind(kinds.USERS), words)
        self.features = {x: Pairs([x], words) for x in plan.of_kind(kinds.BREADTH)}
        self._records: dict[Series, list[Records]] = {x: [] for x in plan.of_kind(kinds.LAST)}
        self._roles = self._enter(accounts.contacts)

    def _enter(self, contacts: Contacts) -> RoleDays:
        """Contacts become the first pairs; the role of each on each day."""
        roles = len(self._plan.org.roles)
        if len(contacts.role) and not 0 <= contacts.role.min() <= contacts.role.max() < roles:
            raise FactsError(f"a contact has a role code outside 0 .. {roles - 1}")
        rows = np.searchsorted(self._accounts, contacts.account)
        ours = rows < len(self._accounts)
        ours[ours] = self._accounts[rows[ours]] == contacts.account[ours]
        pairs = self.users.numbers(_fixed(rows[ours], np.int32), _fixed(contacts.user[ours]))
        since = contacts.since[ours] if len(contacts.since) else np.full(len(pairs), EVER)
        return RoleDays(pairs, since, contacts.role[ours], days=self._plan.org.calendar.days)

    def records(self, series: Series) -> Records:
        """All records of a series, in the order of arrival."""
        chunks = self._records[series]
        return Records(
            row=_joined([x.row for x in chunks], np.int32),
            day=_joined([x.day for x in chunks], np.int32),
            time=_joined([x.time for x in chunks], np.int64),
            value=_joined([x.value for x in chunks], np.float64),
        )

    def rows_of(self, accounts: NDArray[np.int32]) -> NDArray[np.int64]:
        """Rows of those of these accounts (ids, any order, repeats allowed) that are here;
        ascending."""
        asked = np.unique(accounts)
        rows = np.searchsorted(self._accounts, asked)
        inside = rows < len(self._accounts)
        rows, asked = rows[inside], asked[inside]
        return np.asarray(rows[self._accounts[rows] == asked], np.int64)

    def of(self, rows: NDArray[np.int64]) -> Part:
        """These accounts alone (ascending), as they are now."""
        return Part(
            first=self.first[rows],
            counts={x: found[rows] for x, found in self.counts.items()},
            days={x: found[rows] for x, found in self.days.items()},
            sums={x: found[rows] for x, found in self.sums.items()},
            numbers={x: found[rows] for x, found in self.numbers.items()},
            users=self.users.of(rows),
            features={x: found.of(rows) for x, found in self.features.items()},
            last={x: self._records_of(x, rows) for x in self._records},
        )

    def _records_of(self, series: Series, rows: NDArray[np.int64]) -> Records:
        every = self.records(series)
        self._records[series] = [every]  # joined once, not at every question
        at = np.flatnonzero(np.isin(every.row, rows))
        row = np.searchsorted(rows, every.row[at]).astype(np.int32)
        return Records(row=row, day=every.day[at], time=every.time[at], value=every.value[at])

    def forget(self, rows: NDArray[np.int64]) -> None:
        """Take back all facts of these accounts (ascending)."""
        self.first[rows] = NEVER
        for kept in (self.counts, self.days, self.sums, self.numbers):
            for found in kept.values():
                found[rows] = 0
        for pairs in (self.users, *self.features.values()):
            gone = np.isin(pairs.row, rows)
            for bits in pairs.bits.values():
                bits[: len(gone)][gone] = 0
        for series in self._records:
            every = self.records(series)
            at = np.flatnonzero(~np.isin(every.row, rows))
            self._records[series] = [
                Records(every.row[at], every.day[at], every.time[at], every.value[at])
            ]

    def fold(self, arrow: RecordBatch) -> Placed:
        """Take in one batch. Returns where its facts went."""
        time = _values(arrow, "time", np.int64)
        placed = self._place(arrow, time)
        pair = self._pairs(placed)
        keys: dict[tuple[tuple[str, ...], int], NDArray[np.int32]] = {}
        for series, route in self._plan.routes.items():
            lookup = (route.atoms, route.roles)
            if lookup not in keys:
                keys[lookup] = self._keys(route, arrow, placed, pair)
            if series.kind in (SeriesKind.SUM, SeriesKind.LAST):
                value = _fixed(_values(arrow, route.number, np.float64)[placed.at])
                accepted = np.flatnonzero(route.accepts[keys[lookup]] & np.isfinite(value))
                self._take_numbers(series, placed, accepted, value, time)
            else:
                self._take_days(series, placed, keys[lookup], pair)
        return placed

    def _place(self, arrow: RecordBatch, time: NDArray[np.int64]) -> Placed:
        action = _values(arrow, "action", np.int32)
        known = len(self._plan.org.actions)
        if len(action) and (int(action.min()) < 0 or int(action.max()) >= known):
            raise FactsError(f"a fact has an action id outside 0 .. {known - 1}: make a new plan")
        account = _values(arrow, "account", np.int32)
        user = _values(arrow, "user", np.int32) if self._plan.needs_user else account
        spots = Spots(*(np.empty(len(time), np.int32) for _ in Spots._fields))
        seen = Seen(self._source, self.first)
        kept = kernel.place(account, action, time, self._accounts, self._midnights, seen, spots)
        at, row, day = (_fixed(column[:kept]) for column in spots)
        if kept < len(time):
            action, user = _fixed(action[at]), _fixed(user[at])
        return Placed(at=at, row=row, day=day, action=action, user=user)

    def _pairs(self, placed: Placed) -> NDArray[np.int32]:
        """(account, user) pair of each fact; of length 0 where no metric asks."""
        if not self._plan.needs_user:
            return placed.user[:0]
        return _fixed(self.users.numbers(placed.row, placed.user))

    def _keys(
        self, route: Route, arrow: RecordBatch, placed: Placed, pair: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        if not route.atoms and route.roles == 1:
            return placed.action
        atoms = np.zeros(len(placed.at) if route.atoms else 0, np.uint8)
        for bit, name in enumerate(route.atoms):
            atoms |= _values(arrow, name, np.uint8)[placed.at] << np.uint8(bit)
        role = np.zeros(0, np.int32)
        if route.roles > 1:
            role = self._roles.of(pair, placed.day)
        actions = len(self._plan.org.actions)
        return _fixed(
            kernel.keys_of(placed.action, _fixed(atoms), _fixed(role), route.roles, actions)
        )

    def _take_days(
        self, series: Series, placed: Placed, key: NDArray[np.int32], pair: NDArray[np.int32]
    ) -> None:
        accepts = self._plan.routes[series].accepts
        if series.kind is SeriesKind.COUNT:
            kernel.add_counts(placed, accepts, key, self.counts[series])
            return
        if series.kind is SeriesKind.BREADTH:
            route = self._plan.routes[series]
            self.features[series].set_days(placed, route, key, series)
        elif series.kind is SeriesKind.DAYS:
            kernel.set_days(placed.row, placed.day, accepts, key, self.days[series])
        else:
            kernel.set_days(pair, placed.day, accepts, key, self.users.bits[series])

    def _take_numbers(
        self,
        series: Series,
        placed: Placed,
        accepted: NDArray[np.int64],
        value: NDArray[np.float64],
        time: NDArray[np.int64],
    ) -> None:
        if series.kind is SeriesKind.SUM:
            kernel.add_sums(placed, accepted, value, self.sums[series], self.numbers[series])
        elif len(accepted):
            self._records[series].append(
                Records(
                    row=placed.row[accepted],
                    day=placed.day[accepted],
                    time=time[placed.at[accepted]],
                    value=value[accepted],
                )
            )


def _joined(chunks: list[Array], dtype: type[np.generic]) -> Array:
    return np.concatenate([np.zeros(0, dtype), *chunks])


def gather(*, plan: MetricPlan, accounts: AccountFacts, batches: Iterable[RecordBatch]) -> State:
    """Fold all facts of some accounts. Batches may come in any order and overlap in time, but a
    fact that comes twice counts twice. FactsError where a column or an id does not fit the plan.
    """
    state = State(plan, accounts)
    for batch in batches:
        state.fold(batch)
    return state


def _values(arrow: RecordBatch, name: str, dtype: type[np.generic]) -> Array:
    """One column as numpy; null becomes NaN in floats and 0 (no user, not true) elsewhere."""
    try:
        column = arrow.column(name)
    except KeyError as error:
        raise FactsError(f"batch without column {name!r}; it has {arrow.schema.names}") from error
    if is_timestamp(column.type):
        column = column.cast(timestamp("us", tz=column.type.tz)).cast(int64())
    if column.null_count and not is_floating(column.type):
        column = column.fill_null(False if is_boolean(column.type) else 0)
    return _fixed(column.to_numpy(zero_copy_only=False), dtype)
