"""What the kernel must be told about the organisation and about the accounts of one bucket."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from banso.core.expressions import Type, number_of
from banso.core.metrics.calendar import Calendar

NEVER = 2**30
"""Day index of what has no date: later than any day of any calendar."""


@dataclass(frozen=True)
class Action:
    """The dictionary entry that an action id stands for.

    dataset: `events` or `records`; any other text (an unused id) matches no metric.
    feature: the event's own name where none was given. product: '' where none was given.
    """

    dataset: str
    source: str
    event: str
    feature: str
    product: str


@dataclass(frozen=True)
class OrgFacts:
    """The organisation as a whole; the same for every bucket.

    calendar: the as_of axis of everything measured.
    actions: position = action id. action_first: int32, one per action, day index of its first
        fact anywhere in the organisation, NEVER where it has none.
    source_late: for each source that declares `late_after`, bool of length calendar.days.
    roles: names behind the role codes; code 0 is '' (no contact, or a contact without a role).
    attribute_types: NUMBER or TEXT for every attribute that any account has.
    has_contracts: whether any account has a contract row.
    """

    calendar: Calendar
    actions: tuple[Action, ...]
    action_first: NDArray[np.int32]
    source_late: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    roles: tuple[str, ...] = ("",)
    attribute_types: Mapping[str, Type] = field(default_factory=dict)
    has_contracts: bool = False


def _empty_int() -> NDArray[np.int32]:
    return np.zeros(0, np.int32)


def _empty_float() -> NDArray[np.float64]:
    return np.zeros(0, np.float64)


@dataclass(frozen=True)
class Contracts:
    """One entry per contract, in any order.

    row: position of the account in AccountFacts.accounts. start, end: day indices (may lie
    outside the calendar), both inclusive; end NEVER = open-ended. signed: day index, NEVER where
    unknown (then the contract extends no chain before it starts). seats, arr: NaN where unknown.
    """

    row: NDArray[np.int32] = field(default_factory=_empty_int)
    start: NDArray[np.int32] = field(default_factory=_empty_int)
    end: NDArray[np.int32] = field(default_factory=_empty_int)
    signed: NDArray[np.int32] = field(default_factory=_empty_int)
    seats: NDArray[np.float64] = field(default_factory=_empty_float)
    arr: NDArray[np.float64] = field(default_factory=_empty_float)
    product: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attributes:
    """One entry per dated value, in any order; of two of the same day the later entry counts.

    row: position of the account. valid_from: day index, may lie before the calendar.
    """

    row: NDArray[np.int32] = field(default_factory=_empty_int)
    name: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    valid_from: NDArray[np.int32] = field(default_factory=_empty_int)


EVER = -1
"""Before every day of a calendar."""


@dataclass(frozen=True)
class Contacts:
    """Roles of users at accounts: one entry for each (account, user) and day from which on the role
    is another one.

    account, user: ids as in the batches. role: code into OrgFacts.roles. since: day index, EVER for
    the first one; of length 0 where each has one role for ever.
    """

    account: NDArray[np.int32] = field(default_factory=_empty_int)
    user: NDArray[np.int32] = field(default_factory=_empty_int)
    role: NDArray[np.int32] = field(default_factory=_empty_int)
    since: NDArray[np.int32] = field(default_factory=_empty_int)


@dataclass(frozen=True)
class AccountFacts:
    """What is not an event, of the accounts to measure.

    accounts: ids, ascending; the rows of the panel. declared_start: int32, day index or NEVER.
    """

    accounts: NDArray[np.int32]
    declared_start: NDArray[np.int32]
    contracts: Contracts = field(default_factory=Contracts)
    attributes: Attributes = field(default_factory=Attributes)
    contacts: Contacts = field(default_factory=Contacts)

    def of(self, rows: NDArray[np.int64]) -> "AccountFacts":
        """These accounts alone (ascending), their rows counted anew from 0; of the contacts all,
        which are by account."""
        return AccountFacts(
            accounts=self.accounts[rows],
            declared_start=self.declared_start[rows],
            contracts=_contracts_of(self.contracts, rows),
            attributes=_attributes_of(self.attributes, rows),
            contacts=self.contacts,
        )


def _contracts_of(every: Contracts, rows: NDArray[np.int64]) -> Contracts:
    at = np.flatnonzero(np.isin(every.row, rows))
    return Contracts(
        row=np.searchsorted(rows, every.row[at]).astype(np.int32),
        start=every.start[at],
        end=every.end[at],
        signed=every.signed[at],
        seats=every.seats[at],
        arr=every.arr[at],
        product=tuple(every.product[i] for i in at),
    )


def _attributes_of(every: Attributes, rows: NDArray[np.int64]) -> Attributes:
    at = np.flatnonzero(np.isin(every.row, rows))
    return Attributes(
        row=np.searchsorted(rows, every.row[at]).astype(np.int32),
        name=tuple(every.name[i] for i in at),
        value=tuple(every.value[i] for i in at),
        valid_from=every.valid_from[at],
    )


def late_days(
    *,
    event_days: NDArray[np.int32],
    late_after: int,
    calendar: Calendar,
    speaking: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """On which as_of days a source is late: no fact of its in [as_of - late_after days, as_of).

    event_days: day indices on which the source sent anything, any order, repeats allowed.
    speaking: by day, whether it is expected to speak; only such days count as days of silence.
    None: all.
    Before the first fact it is late too; the kernel asks only after that.
    """
    sent = np.zeros(calendar.days + 1, np.int64)
    inside = event_days[(event_days >= 0) & (event_days < calendar.days)]
    sent[inside + 1] = 1
    total = np.cumsum(sent)  # total[i]: days with facts before as_of index i
    now = np.arange(calendar.days)
    late: NDArray[np.bool_] = total[now] == total[_starts(now, late_after, speaking)]
    return late


def _starts(
    now: NDArray[np.int64], late_after: int, speaking: NDArray[np.bool_] | None
) -> NDArray[np.int64]:
    """For each as_of day the first of the last `late_after` speaking days; 0 where there are not as
    many."""
    if speaking is None or speaking.all():
        return np.maximum(now - late_after, 0)
    places = np.flatnonzero(speaking)
    before = np.searchsorted(places, now)  # how many speaking days lie before it
    starts = np.zeros(len(now), np.int64)
    enough = before >= late_after
    starts[enough] = places[before[enough] - late_after]
    return starts


def attribute_type(values: Iterable[str]) -> Type:
    """NUMBER where every value in the organisation states one, else TEXT."""
    return Type.NUMBER if all(number_of(x) is not None for x in values) else Type.TEXT
