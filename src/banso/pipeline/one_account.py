"""Everything about ONE account, as now known, as of any day, at the cost of one account.

The numbers are the run's own: the same plan, the same kernel, the same journeys, given only what
belongs to this account. What belongs to the whole organisation is remembered by the process.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from banso.core.definitions import Definitions
from banso.core.health import Assessment, Ledger, explain, ledger
from banso.core.metrics import Calendar, MetricPlan, Panel, plan, wanted_attributes
from banso.core.recent import Recent
from banso.core.rules.changes import Change, changes
from banso.core.unmeasured import Reason
from banso.desk.queries import decided
from banso.desk.queries.book import BookAccount, BookFacts, book_facts
from banso.pipeline.assess import Histories, histories
from banso.pipeline.evidence import MetricView, metric_views
from banso.pipeline.gather import Book, Inputs, Rows, as_book, inputs_of, read_rows
from banso.pipeline.measure import account_panel, facts_of
from banso.pipeline.organisation_facts import organisation_facts
from banso.store import Snapshot, Store
from banso.store.facts import SEGMENT


class NoSuchAccountError(LookupError):
    """The desk has no account of this id."""


@dataclass(frozen=True)
class Told:
    """What one column says on one day. value: None where unmeasured, and reason says why."""

    value: float | str | bool | None
    reason: Reason


@dataclass(frozen=True)
class Comparison:
    """How a journey's score came from an earlier day's to this one's."""

    before: Assessment
    after: Assessment
    ledger: Ledger


@dataclass(frozen=True)
class OneAccount:
    """number: the account's id in the store. desk: its row in the book. inputs: as the run has
    them, with this account alone in the book; `inputs.snapshot` is open as long as the context
    of `one_account` is. panel: one row, all days from the organisation's first fact up to the
    as_of asked for, also the columns of journeys and segments. histories: by journey, one row.
    """

    number: int
    inputs: Inputs
    panel: Panel
    histories: Histories
    _facts: pa.Table = field(repr=False, compare=False)
    _assessed: dict[int, tuple[Assessment, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def desk(self) -> BookAccount:
        return self.inputs.book.accounts[self.number]

    @property
    def definitions(self) -> Definitions:
        return self.inputs.definitions

    @property
    def calendar(self) -> Calendar:
        """The as_of days of the panel's columns."""
        return self.panel.calendar

    @property
    def bucket(self) -> int:
        return next(iter(self.inputs.buckets))

    def index(self, day: date) -> int:
        """Where a day stands in the panel; days before the organisation's first fact: 0, on which
        nothing is measured yet. IndexError after the last day."""
        found = max(self.calendar.index(day), 0)
        if found >= self.calendar.days:
            raise IndexError(f"{day} lies after {self.calendar.last}")
        return found

    def customer(self, day: date) -> bool:
        """Whether it had begun by then and its contracts had not ended long before."""
        return bool(self.panel.customer[0, self.index(day)])

    def told(self, name: str, day: date) -> Told:
        """Any column of the panel: a metric, `contract.arr`, `segment.X`, `attribute.X`,
        `journey.X.stage`. KeyError for a name that no definition uses."""
        column, at = self.panel.column(name), (0, self.index(day))
        reason = Reason(int(column.reasons[at]))
        if reason is not Reason.MEASURED:
            return Told(None, reason)
        value = column.values[at]
        if column.categories is not None:
            return Told(column.categories[int(value)], reason)
        return Told(bool(value) if column.values.dtype == bool else float(value), reason)

    def assessments(self, day: date) -> tuple[Assessment, ...]:
        """Of every journey, in the definitions' order; `stage` is None off the journey."""
        index = self.index(day)
        if index not in self._assessed:
            self._assessed[index] = tuple(
                explain(
                    self.definitions,
                    self.panel,
                    journey=name,
                    row=0,
                    day=index,
                    history=self.histories[name],
                )
                for name in self.definitions.journeys
            )
        return self._assessed[index]

    def comparisons(self, before: date, after: date) -> list[Comparison]:
        """Of the journeys that the account is on, on one of the two days at least."""
        pairs = zip(self.assessments(before), self.assessments(after), strict=True)
        return [
            Comparison(old, new, ledger(old, new))
            for old, new in pairs
            if old.stage is not None or new.stage is not None
        ]

    def changes(self) -> dict[str, list[Change]]:
        """By journey: every change of stage and colour up to the last day, oldest first."""
        days = self.calendar.days
        return {name: changes(x, start=0, stop=days) for name, x in self.histories.items()}

    def metric_views(
        self, names: Sequence[str], *, as_of: date, limit: int
    ) -> Iterator[MetricView]:
        """The metrics with what they are made of and the facts that count, newest first, at most
        `limit` each. `as_of` lies in the calendar."""
        return metric_views(self.inputs, self.panel, names, as_of=as_of, limit=limit)

    def facts(self) -> pa.Table:
        """Every fact of the account, in no promised order: `user`, `action` (ids:
        `inputs.snapshot.user_keys`, `.actions`) and `time`. Read once, when it was measured."""
        return self._facts

    def records(self, *columns: str) -> pa.Table:
        """Its records, in no promised order: these columns of the store's SEGMENT."""
        is_record = np.array(
            [x.dataset == "records" for x in self.inputs.snapshot.actions], np.bool_
        )
        mine = is_record[self._facts["action"].to_numpy()]
        batches = self.inputs.snapshot.scan(
            bucket=self.bucket,
            columns=columns,
            accounts=self.panel.accounts,
            dataset="records",
            at=self._facts["time"].cast("int64").to_numpy()[mine],
        )
        schema = pa.schema([SEGMENT.field(name) for name in columns])
        return pa.Table.from_batches(batches, schema=schema)


@dataclass(frozen=True)
class _Known:
    """All of an account but the snapshot, which is another one every time."""

    number: int
    plan: MetricPlan
    book: Book
    user_ids: Mapping[str, int]
    buckets: Mapping[int, NDArray[np.int32]]
    facts: pa.Table
    panel: Panel
    histories: Histories

    def seen_in(self, snapshot: Snapshot) -> OneAccount:
        inputs = Inputs(
            snapshot=snapshot,
            definitions=self.plan.definitions,
            plan=self.plan,
            org=self.plan.org,
            book=self.book,
            user_ids=self.user_ids,
            buckets=self.buckets,
        )
        return OneAccount(self.number, inputs, self.panel, self.histories, self.facts)


@dataclass(frozen=True)
class Memory:
    """What a process remembers of one store. A generation and a revision never come back with
    other contents, so nothing here is ever out of date; what was asked for longest ago goes."""

    attributes: Recent[Hashable, tuple[str, ...]] = field(default_factory=lambda: Recent(4))
    books: Recent[Hashable, BookFacts] = field(default_factory=lambda: Recent(4))
    plans: Recent[Hashable, MetricPlan] = field(default_factory=lambda: Recent(8))
    accounts: Recent[Hashable, _Known] = field(default_factory=lambda: Recent(64))


_memories: WeakKeyDictionary[Store, Memory] = WeakKeyDictionary()


@contextmanager
def one_account(
    store: Store, definitions: Definitions, *, account: int, as_of: date
) -> Iterator[OneAccount]:
    """account: the desk's id; whether the reader may see it is for the caller to ask first.
    as_of: the last day of the axis; any earlier day can be asked of what comes.
    Raises NoSuchAccountError.
    """
    memory = memory_of(store)
    with store.snapshot() as snapshot:
        revision = decided.revision()
        version = (snapshot.generation, revision, as_of, *_fingerprints(definitions))
        known = memory.accounts.get(
            (account, *version),
            lambda: _measure(
                store,
                snapshot,
                definitions,
                account=account,
                as_of=as_of,
                read=read_some(memory, definitions, (account,), revision),
                memory=memory,
            ),
        )
        yield known.seen_in(snapshot)


def memory_of(store: Store) -> Memory:
    return _memories.setdefault(store, Memory())


def read_some(
    memory: Memory, definitions: Definitions, accounts: Sequence[int], revision: int
) -> tuple[Rows, BookFacts]:
    """The book's rows of some accounts and what they must know of the others, all of one state: the
    revision is the same before and after. It changes with every change of the book."""
    names = memory.attributes.get(
        _fingerprints(definitions), lambda: wanted_attributes(definitions)
    )
    while True:
        facts = memory.books.get((revision, names), lambda: book_facts(attributes=names))
        rows = read_rows(only=accounts)
        if rows.revision == revision:
            return rows, facts
        revision = rows.revision


def _fingerprints(definitions: Definitions) -> tuple[str, str]:
    """Labels too: what comes is shown to people."""
    return definitions.fingerprint, definitions.metadata_fingerprint


def _measure(
    store: Store,
    snapshot: Snapshot,
    definitions: Definitions,
    *,
    account: int,
    as_of: date,
    read: tuple[Rows, BookFacts],
    memory: Memory,
) -> _Known:
    rows, facts = read
    if not rows.accounts:
        raise NoSuchAccountError(account)
    made = memory.plans.get(
        (snapshot.generation, rows.revision, as_of, *_fingerprints(definitions)),
        lambda: plan(
            definitions, org=organisation_facts(snapshot, definitions, facts, as_of=as_of)
        ),
    )
    inputs = inputs_of(snapshot, made, *as_book(store, rows))
    (number,) = inputs.book.accounts
    mine = facts_of(inputs, number)
    panel = account_panel(inputs, number, mine)
    return _Known(
        number=number,
        plan=made,
        book=inputs.book,
        user_ids=inputs.user_ids,
        buckets=inputs.buckets,
        facts=mine.select(["user", "action", "time"]),
        panel=panel,
        histories=histories(inputs, panel),
    )
