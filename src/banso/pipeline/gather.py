"""Brings together what measuring needs: facts from the store, the book from the desk."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.expressions.tree import Type
from banso.core.metrics import (
    EVER,
    NEVER,
    AccountFacts,
    Attributes,
    Calendar,
    Contacts,
    Contracts,
    MetricPlan,
    OrgFacts,
    attribute_type,
    plan,
)
from banso.core.metrics.calendar import instant_of
from banso.desk.queries import book, decided
from banso.desk.queries.book import BookFacts
from banso.desk.queries.incidents import Incident, incidents
from banso.pipeline.organisation_facts import organisation_facts
from banso.store import Snapshot, Store
from banso.store.evidence import RoleSpan

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

    def user_roles(self, account: int) -> dict[str, Sequence[book.BookRole]]:
        """User key -> roles at an account by day; of two contacts of one user the first one's (by
        key)."""
        found: dict[str, list[book.BookRole]] = {}
        for x in self.roles.get(account, ()):
            mine = found.setdefault(x.user, [])
            if not mine or mine[0].contact == x.contact:
                mine.append(x)
        return dict(found)

    def role_spans(self, account: int, zone: str) -> list[RoleSpan]:
        """The same as instants."""
        return [
            RoleSpan(
                user=user,
                role=x.role,
                start_us=_midnight(x.since, zone) if at else ALWAYS,
                end_us=_midnight(mine[at + 1].since, zone) if at + 1 < len(mine) else -ALWAYS,
            )
            for user, mine in self.user_roles(account).items()
            for at, x in enumerate(mine)
        ]


ALWAYS = -(2**62)


def _midnight(day: date, zone: str) -> int:
    return instant_of(datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC))


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
    with book.one_state():
        rows = read_rows()
    desk, ids = as_book(store, rows)
    facts = BookFacts(
        roles=tuple(sorted({x.role for rows in desk.roles.values() for x in rows} - {""})),
        numeric={name: x is Type.NUMBER for name, x in _attribute_types(desk).items()},
        has_contracts=bool(desk.contracts),
        incidents=rows.incidents,
    )
    org = organisation_facts(snapshot, definitions, facts, as_of=as_of)
    return inputs_of(snapshot, plan(definitions, org=org), desk, ids)


def inputs_of(snapshot: Snapshot, made: MetricPlan, desk: Book, ids: Mapping[str, int]) -> Inputs:
    """ids: account key -> id in the store, of the accounts of this book."""
    users = {x.user for rows in desk.roles.values() for x in rows}
    return Inputs(
        snapshot=snapshot,
        definitions=made.definitions,
        plan=made,
        org=made.org,
        book=desk,
        user_ids=snapshot.user_ids(sorted(users)) if users else {},
        buckets=_buckets(snapshot, ids),
    )


@dataclass(frozen=True)
class Rows:
    """The desk's rows as of one instant, as they come."""

    accounts: Sequence[book.BookAccount]
    contracts: Sequence[book.BookContract]
    attributes: Sequence[book.BookAttribute]
    roles: Sequence[book.BookRole]
    revision: int
    incidents: tuple[Incident, ...] = ()


def read_rows(*, only: Sequence[int] | None = None) -> Rows:
    """Within `book.one_state`; without, they are of one state where the revision, which is read
    last, is what it was before. only: desk ids of the accounts to read: all of their rows, and
    nobody else's."""
    return Rows(
        accounts=book.accounts(only=only),
        contracts=book.contracts(only=only),
        attributes=book.attributes(only=only),
        roles=book.roles(only=only),
        incidents=tuple(incidents()) if only is None else (),
        revision=decided.revision(),
    )


def as_book(store: Store, rows: Rows) -> tuple[Book, Mapping[str, int]]:
    """The rows by account, and the accounts' ids in the store by key."""
    ids = store.encode_accounts([x.key for x in rows.accounts])
    desk = Book(
        accounts={ids[x.key]: x for x in rows.accounts},
        contracts=_by_account(rows.contracts, ids),
        attributes=_by_account(rows.attributes, ids),
        roles=_by_account(rows.roles, ids),
        revision=rows.revision,
    )
    return desk, ids


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


def contract_facts(inputs: Inputs, accounts: NDArray[np.int32]) -> Contracts:
    """The contracts of these accounts, in rows as the ids come."""
    row_of = {int(account): row for row, account in enumerate(accounts)}
    rows = list(_rows(row_of, inputs.book.contracts))
    return _contracts(rows, inputs.calendar, inputs.definitions.organisation.currency)


def account_facts(inputs: Inputs, accounts: NDArray[np.int32]) -> AccountFacts:
    """The book's rows of these accounts (ids ascending) as arrays."""
    row_of = {int(account): row for row, account in enumerate(accounts)}
    desk, calendar = inputs.book, inputs.calendar
    starts = [_index(calendar, desk.accounts[int(x)].started_on) for x in accounts]
    return AccountFacts(
        accounts=accounts,
        declared_start=np.array(starts, np.int32),
        contracts=contract_facts(inputs, accounts),
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
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for account in row_of:
        for user, told in inputs.book.user_roles(account).items():
            if user in inputs.user_ids:
                found[account, inputs.user_ids[user]] = [
                    (code[x.role], inputs.calendar.index(x.since) if at else EVER)
                    for at, x in enumerate(told)
                ]
    rows = [(*who, *what) for who, told in found.items() for what in told]
    columns = np.array(rows, np.int32).reshape(-1, 4)
    return Contacts(
        account=columns[:, 0], user=columns[:, 1], role=columns[:, 2], since=columns[:, 3]
    )
