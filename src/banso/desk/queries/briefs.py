"""All alerts whose episode is open, in few columns and as arrays: there may be hundreds of
thousands, and every visit of Today counts them all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from django.db.models import BigIntegerField, F, FilteredRelation, Q, Subquery
from django.db.models.functions import Cast, Coalesce
from numpy.typing import NDArray

from banso.desk.models import Account, Alert, AlertState, Handling, LiveTurn, Reach, Run
from banso.desk.queries.kept import kept, kept_of_book
from banso.desk.queries.scope import EVERYTHING, Scope, within
from banso.desk.queries.today import Priority

NOBODY = 0
"""Stands for the owner of accounts that have none."""
PRIORITIES: tuple[Priority, ...] = ("high", "medium", "low")
STATES = tuple(AlertState.values)
IN_FLIGHT = 1_000
"""Handlings get their numbers before they are committed; so many at most are under way at once."""

Numbers = NDArray[np.int64]
Codes = NDArray[np.int32]
Days = NDArray[np.datetime64]


class Brief(NamedTuple):
    """An alert whose episode is open.

    owner: of the account now, NOBODY for none. arr: at stake, as in `open_alerts`; None where
    unmeasured or hidden from the reader, so that it does not show through in the order.
    """

    id: int
    account: int
    owner: int
    rule: str
    journey: str
    priority: Priority
    opened_on: date
    arr: Decimal | None
    state: str
    until: date | None


@dataclass(frozen=True)
class Tables:
    """What the codes of columns stand for."""

    accounts: Numbers
    rules: tuple[str, ...]
    journeys: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Briefs:
    """Alerts as columns of one length, the most urgent first (`core.rules.rank`).

    account, rule, journey, priority, state: codes, of `tables`, PRIORITIES and STATES. owner:
    numbers of members whose they are. cents: ARR at stake in hundredths, meaningless where not
    `known`.
    """

    tables: Tables
    id: Numbers
    account: Codes
    owner: Numbers
    rule: Codes
    journey: Codes
    priority: Codes
    opened_on: Days
    cents: Numbers
    known: NDArray[np.bool_]
    state: Codes
    until: Days

    def __len__(self) -> int:
        return len(self.id)

    def __iter__(self) -> Iterator[Brief]:
        return (self[at] for at in range(len(self)))

    def __getitem__(self, at: int) -> Brief:
        tables, until = self.tables, self.until[at].item()
        return Brief(
            id=int(self.id[at]),
            account=int(tables.accounts[self.account[at]]),
            owner=int(self.owner[at]),
            rule=tables.rules[self.rule[at]],
            journey=tables.journeys[self.journey[at]],
            priority=PRIORITIES[self.priority[at]],
            opened_on=self.opened_on[at].item(),
            arr=money(int(self.cents[at])) if self.known[at] else None,
            state=STATES[self.state[at]],
            until=until,
        )

    @cached_property
    def heads(self) -> Numbers:
        """Where the most urgent alert of each account stands, the most urgent account first."""
        first = np.full(len(self.tables.accounts), -1)
        first[self.account[::-1]] = np.arange(len(self) - 1, -1, -1)
        return np.sort(first[first >= 0])

    def numbered(self, alert: int) -> Brief | None:
        """None where no such alert is seen, or its episode is over."""
        at = np.flatnonzero(self.id == alert)
        return self[int(at[0])] if len(at) else None

    def those(self, wanted: NDArray[np.bool_]) -> "Briefs":
        """A part of them, in the same order."""
        if wanted.all():
            return self
        columns = {name: getattr(self, name)[wanted] for name in COLUMNS}
        return replace(self, **columns)


COLUMNS = tuple(x.name for x in fields(Briefs) if x.name != "tables")


def money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def briefs(scope: Scope, run: Run) -> Briefs:
    """What a reader sees of the alerts whose episode is open after `run`, the newest one.

    Alerts open and close by runs and live turns, so their columns are read once for each; what
    members do with them and whose accounts they are is asked every time. Four queries, however many
    there are.
    """
    turns = LiveTurn.objects.order_by("-pk").values("pk")[:1]
    newest = (
        Alert.objects.order_by("-pk")
        .annotate(turn=Subquery(turns))
        .values_list("pk", "turn")
        .first()
    )
    every = replace(EVERYTHING, revenue=scope.revenue)
    read, handled = kept(every, run, f"briefs:{newest}", lambda: _read(every))
    owned = f"briefs:{run.pk}:{run.finished_at}:{newest}"
    found = kept_of_book(every, owned, lambda: _owned(every, read))
    found = _as_handled(found, since=handled - IN_FLIGHT)
    if scope.reach is Reach.ALL:
        return found
    theirs = within(scope, Account.objects.all()).values_list("pk", flat=True)
    return found.those(np.isin(found.tables.accounts, list(theirs))[found.account])


def _read(scope: Scope) -> tuple[Briefs, int]:
    """With the number of the newest handling that they are sure to know. One query for all."""
    handled = Handling.objects.values_list("pk", flat=True).first() or 0
    standing = "episode__account__standings"
    lead = FilteredRelation(standing, condition=Q(**{f"{standing}__lead": True}))
    cents = Cast(Coalesce("lead__arr", "arr") * 100, BigIntegerField())
    rows = (
        within(scope, Alert.objects.all(), account="episode__account")
        .filter(episode__closed_on__isnull=True)
        .annotate(lead=lead, cents=cents, account=F("episode__account_id"))
        .values_list(
            *("id", "account", "episode__rule", "episode__journey", "priority"),
            *("episode__opened_on", "cents", "state", "until", "assignee_id"),
        )
    )
    columns = list(zip(*rows.iterator(chunk_size=20_000), strict=True)) or [()] * 10
    return from_columns(columns, revenue=scope.revenue), handled


def from_columns(columns: Sequence[Any], *, revenue: bool) -> Briefs:
    """Ranked. owner: to whom the rule gave them, else still nobody. columns: as `_read` asks for
    them."""
    ids, accounts, rules, journeys, priorities, opened, cents, states, until, given = columns
    table, account = np.unique(np.array(accounts, np.int64), return_inverse=True)
    rule_names, rule = _coded(rules)
    journey_names, journey = _coded(journeys)
    found = Briefs(
        tables=Tables(table, rule_names, journey_names),
        id=np.array(ids, np.int64),
        account=account.astype(np.int32),
        owner=np.array([x or NOBODY for x in given], np.int64),
        rule=rule,
        journey=journey,
        priority=_codes(priorities, PRIORITIES),
        opened_on=np.array(opened, "datetime64[D]"),
        cents=np.array([(x or 0) if revenue else 0 for x in cents], np.int64),
        known=np.array([x is not None and revenue for x in cents], np.bool_),
        state=_codes(states, STATES),
        until=np.array(until, "datetime64[D]"),
    )
    return _ranked(found)


def _coded(words: tuple[str, ...]) -> tuple[tuple[str, ...], Codes]:
    names = tuple(sorted(set(words)))
    return names, _codes(words, names)


def _codes(words: tuple[str, ...], names: tuple[str, ...]) -> Codes:
    code = {name: number for number, name in enumerate(names)}
    return np.array([code[word] for word in words], np.int32)


def _ranked(found: Briefs) -> Briefs:
    """`core.rules.rank.rank` for arrays."""
    keys = (found.id, found.opened_on, -found.cents, ~found.known, found.priority)
    order = np.lexsort(keys)
    return replace(found, **{name: getattr(found, name)[order] for name in COLUMNS})


def _as_handled(found: Briefs, *, since: int) -> Briefs:
    """With what members did since the columns were read. One query."""
    changed = Alert.objects.filter(handlings__gt=since).distinct().order_by("id")
    return _changed(found, tuple(changed.values_list("id", "state", "until")))


@lru_cache(4)  # as many as are read at once: with and without amounts, and those of before
def _changed(found: Briefs, handled: Sequence[tuple[int, str, date | None]]) -> Briefs:
    """The very same where nothing is told that it does not know."""
    now = {alert: then for alert, *then in handled}
    state, until = found.state.copy(), found.until.copy()
    for place in np.flatnonzero(np.isin(found.id, list(now))):
        word, day = now[int(found.id[place])]
        state[place], until[place] = STATES.index(word), np.datetime64(day, "D")
    if np.array_equal(state, found.state) and np.array_equal(until, found.until, equal_nan=True):
        return found
    return replace(found, state=state, until=until)


def _owned(scope: Scope, found: Briefs) -> Briefs:
    """With the owners of their accounts as they are now, where no rule gave them to somebody."""
    seen = within(scope, Account.objects.order_by("pk"))
    rows = seen.values_list("pk", Coalesce("owner_id", NOBODY))
    pairs = np.array(list(rows), np.int64).reshape(-1, 2)
    at = np.searchsorted(pairs[:, 0], found.tables.accounts)
    owners = pairs[at, 1][found.account]
    return replace(found, owner=np.where(found.owner == NOBODY, owners, found.owner))
