"""Brings together what measuring needs: facts from the store, the book from the desk."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.expressions.tree import Type
from banso.core.metrics import (
    NEVER,
    AccountFacts,
    Action,
    Attributes,
    Calendar,
    Contacts,
    Contracts,
    MetricPlan,
    OrgFacts,
    attribute_type,
    late_days,
    plan,
)
from banso.desk.queries import book, decided
from banso.store import Snapshot, Store

X = TypeVar("X", book.BookContract, book.BookAttribute, book.BookRole)


@dataclass(frozen=True)
class Book:
    """The desk's rows as of one instant, grouped by the account's id in the store.

    revision: how often they had changed by then.
    """

    accounts: Mapping[int, book.BookAccount]
    contracts: Mapping[int, Sequence[book.BookContract]]
    attributes: Mapping[int, Sequence[book.BookAttribute]]
    roles: Mapping[int, Sequence[book.BookRole]]
    revision: int

    def user_roles(self, account: int) -> dict[str, str]:
        """User key -> role at an account; of two contacts of one user the first one's (by key)."""
        found: dict[str, str] = {}
        for x in self.roles.get(account, ()):
            found.setdefault(x.user, x.role)
        return found


@dataclass(frozen=True)
class Inputs:
    """One consistent state of all that is known, ready to be measured as of any day up to
    `calendar.last`."""

    snapshot: Snapshot
    definitions: Definitions
    plan: MetricPlan
    org: OrgFacts
    book: Book
    user_ids: Mapping[str, int]
    buckets: Mapping[int, NDArray[np.int32]]

    @property
    def calendar(self) -> Calendar:
        return self.org.calendar

    @property
    def generation(self) -> int:
        """Version of all that the numbers are made of: it grows with the facts and the book."""
        return self.snapshot.generation + self.book.revision

    def key(self, account: int | np.int32) -> str:
        """The account's key in the vendor's own data."""
        return self.book.accounts[int(account)].key


def check_measurable(definitions: Definitions) -> None:
    """Refuse a set that is right as text but can't be measured. Raises PlanError."""
    zone = definitions.organisation.time_zone
    calendar = Calendar(zone=zone, first=date(2026, 1, 1), days=1)
    nothing = OrgFacts(calendar=calendar, actions=(), action_first=np.zeros(0, np.int32))
    plan(definitions, org=nothing)


def gather(store: Store, snapshot: Snapshot, definitions: Definitions, *, as_of: date) -> Inputs:
    """Read the book and the dictionaries; `as_of` is the last day of the axis."""
    calendar = _calendar(snapshot, definitions.organisation.time_zone, as_of)
    desk, ids = _book(store)
    roles = sorted({x.role for rows in desk.roles.values() for x in rows})
    org = OrgFacts(
        calendar=calendar,
        actions=_actions(snapshot),
        action_first=_action_first(snapshot, calendar),
        source_late=_source_late(snapshot, definitions, calendar),
        roles=("", *roles),
        attribute_types=_attribute_types(desk),
        has_contracts=bool(desk.contracts),
    )
    users = {x.user for rows in desk.roles.values() for x in rows}
    return Inputs(
        snapshot=snapshot,
        definitions=definitions,
        plan=plan(definitions, org=org),
        org=org,
        book=desk,
        user_ids=snapshot.user_ids(sorted(users)),
        buckets=_buckets(snapshot, ids),
    )


def _calendar(snapshot: Snapshot, zone: str, as_of: date) -> Calendar:
    """From the day of the first fact; from `as_of` where there is none before it."""
    first = as_of
    if snapshot.first_time is not None:
        instant = datetime.fromtimestamp(snapshot.first_time / 1e6, tz=UTC)
        first = min(instant.astimezone(ZoneInfo(zone)).date(), as_of)
    return Calendar(zone=zone, first=first, days=(as_of - first).days + 1)


def _actions(snapshot: Snapshot) -> tuple[Action, ...]:
    """Position = id, as in the store."""
    return tuple(
        Action(
            dataset=x.dataset, source=x.source, event=x.event, feature=x.feature, product=x.product
        )
        for x in snapshot.actions
    )


def _action_first(snapshot: Snapshot, calendar: Calendar) -> NDArray[np.int32]:
    times = np.array([x.first_time or 0 for x in snapshot.actions], np.int64)
    known = np.array([x.first_time is not None for x in snapshot.actions], np.bool_)
    return np.where(known, calendar.day_index(times), NEVER).astype(np.int32)


def _source_late(
    snapshot: Snapshot, definitions: Definitions, calendar: Calendar
) -> dict[str, NDArray[np.bool_]]:
    activity = snapshot.activity()
    late = {}
    for source in definitions.sources.values():
        if source.late_after is None:
            continue
        mine = activity.filter(pc.equal(activity["source"], source.name))
        instants = mine["quarter"].to_numpy()
        late[source.name] = late_days(
            event_days=calendar.day_index(instants),
            late_after=int(source.late_after.removesuffix("d")),
            calendar=calendar,
        )
    return late


def _book(store: Store) -> tuple[Book, Mapping[str, int]]:
    with book.one_state():
        accounts = book.accounts()
        contracts, attributes, roles = book.contracts(), book.attributes(), book.roles()
        revision = decided.revision()
    ids = store.encode_accounts([x.key for x in accounts])
    rows = Book(
        accounts={ids[x.key]: x for x in accounts},
        contracts=_by_account(contracts, ids),
        attributes=_by_account(attributes, ids),
        roles=_by_account(roles, ids),
        revision=revision,
    )
    return rows, ids


def _by_account(rows: Sequence[X], ids: Mapping[str, int]) -> dict[int, list[X]]:
    grouped: dict[int, list[X]] = defaultdict(list)
    for row in rows:
        grouped[ids[row.account]].append(row)
    return dict(grouped)


def _attribute_types(desk: Book) -> dict[str, Type]:
    values: dict[str, set[str]] = defaultdict(set)
    for rows in desk.attributes.values():
        for row in rows:
            values[row.name].add(row.value)
    return {name: attribute_type(texts) for name, texts in values.items()}


def _buckets(snapshot: Snapshot, ids: Mapping[str, int]) -> dict[int, NDArray[np.int32]]:
    """Store ids of the desk's accounts, ascending, by bucket."""
    grouped: dict[int, list[int]] = defaultdict(list)
    for key, account in ids.items():
        grouped[snapshot.bucket_of(key)].append(account)
    return {bucket: np.array(sorted(grouped[bucket]), np.int32) for bucket in sorted(grouped)}


def account_facts(inputs: Inputs, accounts: NDArray[np.int32]) -> AccountFacts:
    """The book's rows of these accounts (ids ascending) as arrays."""
    row_of = {int(account): row for row, account in enumerate(accounts)}
    desk, calendar = inputs.book, inputs.calendar
    starts = [_index(calendar, desk.accounts[int(x)].started_on) for x in accounts]
    return AccountFacts(
        accounts=accounts,
        declared_start=np.array(starts, np.int32),
        contracts=_contracts(
            list(_rows(row_of, desk.contracts)),
            calendar,
            inputs.definitions.organisation.currency,
        ),
        attributes=_attributes(list(_rows(row_of, desk.attributes)), calendar),
        contacts=_contacts(inputs, row_of),
    )


def _index(calendar: Calendar, day: date | None) -> int:
    return NEVER if day is None else calendar.index(day)


def _rows(row_of: Mapping[int, int], grouped: Mapping[int, Sequence[X]]) -> Iterator[tuple[int, X]]:
    return ((row, x) for account, row in row_of.items() for x in grouped.get(account, ()))


def _contracts(
    rows: Sequence[tuple[int, book.BookContract]], calendar: Calendar, currency: str
) -> Contracts:
    return Contracts(
        row=np.array([row for row, _ in rows], np.int32),
        start=np.array([calendar.index(x.start_on) for _, x in rows], np.int32),
        end=np.array([calendar.index(x.end_on) for _, x in rows], np.int32),
        signed=np.array([_index(calendar, x.signed_on) for _, x in rows], np.int32),
        seats=np.array([np.nan if x.seats is None else x.seats for _, x in rows], np.float64),
        arr=np.array([_arr(x, currency) for _, x in rows], np.float64),
        product=tuple(x.product for _, x in rows),
    )


def _arr(contract: book.BookContract, currency: str) -> float:
    """Amount in the organisation's currency; in another one it is unmeasured, never added up."""
    if contract.arr is None or contract.currency not in ("", currency):
        return float("nan")
    return float(contract.arr)


def _attributes(rows: Sequence[tuple[int, book.BookAttribute]], calendar: Calendar) -> Attributes:
    return Attributes(
        row=np.array([row for row, _ in rows], np.int32),
        name=tuple(x.name for _, x in rows),
        value=tuple(x.value for _, x in rows),
        valid_from=np.array([calendar.index(x.valid_from) for _, x in rows], np.int32),
    )


def _contacts(inputs: Inputs, row_of: Mapping[int, int]) -> Contacts:
    code = {role: i for i, role in enumerate(inputs.org.roles)}
    found: dict[tuple[int, int], int] = {}
    for account in row_of:
        for user, role in inputs.book.user_roles(account).items():
            if user in inputs.user_ids:
                found[account, inputs.user_ids[user]] = code[role]
    return Contacts(
        account=np.array([account for account, _ in found], np.int32),
        user=np.array([user for _, user in found], np.int32),
        role=np.array(list(found.values()), np.int32),
    )
