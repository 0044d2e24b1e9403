"""What the pages of value count, read from the tables as columns. It takes seconds where alerts are
many, so a run keeps what it reads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from numpy.typing import NDArray

from banso.core.value.columns import CAME, Alerts, Columns, Customers, Entries, Expected
from banso.desk.models import (
    Account,
    Episode,
    Expectation,
    Handling,
    PlayRun,
    Standing,
    Task,
    TaskHandling,
    TaskState,
    Withheld,
)
from banso.desk.queries.held_back import TellingRow
from banso.desk.queries.scope import Scope, within

SECONDS = 86_400
CHUNK = 20_000
Steps = Mapping[int, tuple[datetime, datetime | None]]
"""By episode: when anything was first done about it, and when it was done; None: not yet."""


def read_columns(
    scope: Scope, *, first: date, zone: str, told: Callable[[TellingRow], int]
) -> Columns:
    """Of alerts and entries from `first` on. zone: of days. told: see Alerts. Eight queries."""
    customers, segments = _customers(scope)
    alerts, names = _alerts(scope, customers, first, ZoneInfo(zone), told)
    expected, rules = _expected(scope, customers, names["rule"])
    entries, plays = _entries(scope, customers, first, names["play"])
    return Columns(first, rules, plays, segments, customers, alerts, entries, expected)


class Names:
    """Words by number, in the order in which they came."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._places = {name: at for at, name in enumerate(known)}

    def place(self, name: str | None) -> int:
        return -1 if name is None else self._places.setdefault(name, len(self._places))

    def told(self) -> tuple[str, ...]:
        return tuple(self._places)


def _customers(scope: Scope) -> tuple[Customers, tuple[str, ...]]:
    """Those merged into others too: alerts of theirs still count."""
    rows = within(scope, Account.every.order_by("pk"))
    found = rows.values_list("pk", "owner_id", "merged_into_id")
    number, owner, merged = _across(found.iterator(chunk_size=CHUNK), 3)
    places = np.array(number, np.int64)
    known, names = np.zeros(len(number), np.bool_), Names()
    members: list[tuple[int, int]] = []
    lead = within(scope, Standing.objects.filter(lead=True).order_by(), account="account")
    for account, colour, segments in lead.values_list("account_id", "colour", "segments"):
        at = int(np.searchsorted(places, account))
        known[at] = colour not in ("", "unmeasured")
        members += [(names.place(x), at) for x in segments]
    inside = np.zeros((len(names.told()), len(number)), np.bool_)
    for segment, at in members:
        inside[segment, at] = True
    customers = Customers(
        number=places,
        owner=np.array([x or 0 for x in owner], np.int32),
        here=np.array([x is None for x in merged], np.bool_),
        known=known,
        segments=inside,
    )
    return customers, names.told()


def _alerts(
    scope: Scope,
    customers: Customers,
    first: date,
    zone: ZoneInfo,
    told: Callable[[TellingRow], int],
) -> tuple[Alerts, Mapping[str, Names]]:
    rows = within(scope, Episode.objects.order_by("account_id", "pk"), account="account")
    rows = rows.filter(opened_on__gte=first)
    found = rows.values_list(
        *("pk", "account_id", "rule", "alert__play_run__play", "opened_on"),
        *("expectation__reached_on", "withheld__because", "alert"),
        *("closed_on", "closed_because", "alert__told_on", "followed__came"),
    )
    steps = _steps(scope, first)
    rules, plays = Names(), Names()
    made = (
        (
            *(account, rules.place(rule), plays.place(play), opened_on.toordinal()),
            *_days(opened_on, steps.get(episode), reached_on, zone),
            *(withheld == "lot", alert is not None and telling[2] is None),
            told(TellingRow(rule, opened_on, *telling)) if alert is not None else 0,
        )
        for episode, account, rule, play, opened_on, reached_on, withheld, alert, *telling in (
            found.iterator(CHUNK)
        )
    )
    account, *columns = _across(made, 10)
    types = (np.int16, np.int16, np.int32, *[np.float32] * 3, np.bool_, np.bool_, np.int8)
    alerts = Alerts(_places(customers, account), *_typed(columns, types))
    return alerts, {"rule": rules, "play": plays}


NAN = float("nan")


def _days(
    opened_on: date,
    steps: tuple[datetime, datetime | None] | None,
    reached_on: date | None,
    zone: ZoneInfo,
) -> tuple[float, float, float]:
    """See Pace; an alert opens at the beginning of its day. As of the day on which it was done,
    nothing of the action is in the figures yet."""
    if steps is None:
        return NAN, NAN, NAN
    first, done_at = steps
    decided = _between(datetime.combine(opened_on, time.min, tzinfo=zone), first)
    if done_at is None:
        return decided, NAN, NAN
    done_on = done_at.astimezone(zone).date()
    later = reached_on is not None and reached_on > done_on
    reached = (reached_on - done_on).days if reached_on and later else NAN
    return decided, _between(first, done_at), reached


def _between(since: datetime, until: datetime) -> float:
    return max((until - since).total_seconds() / SECONDS, 0.0)


def _steps(scope: Scope, first: date) -> Steps:
    """What members did about alerts and about tasks of the plays that these started."""
    tasks = _standing(scope, TaskHandling, "task__account")
    tasks = tasks.exclude(state=TaskState.WITHDRAWN)  # by the machine, when a run ends
    asked = (
        (_standing(scope, Handling, "alert__episode__account"), "alert__episode"),
        (tasks, "task__run__alert__episode"),
    )
    found: dict[int, tuple[datetime, datetime | None]] = {}
    for rows, episode in asked:
        those = rows.filter(**{f"{episode}__opened_on__gte": first})
        done = Min("at", filter=Q(state="done"))
        for number, at, done_at in those.values_list(episode).annotate(Min("at"), done=done):
            before, before_done = found.get(number, (at, None))
            dones = [x for x in (before_done, done_at) if x is not None]
            found[number] = min(before, at), min(dones, default=None)
    return found


def _standing(scope: Scope, table: type[Handling] | type[TaskHandling], account: str) -> Any:
    """What was done and not taken back."""
    rows: QuerySet[Any] = table.objects.filter(undoes__isnull=True).order_by()
    rows = within(scope, rows, account=account)
    return rows.filter(~Exists(table.objects.filter(undoes=OuterRef("pk"))))


def _entries(
    scope: Scope, customers: Customers, first: date, plays: Names
) -> tuple[Entries, tuple[str, ...]]:
    tasks = Task.objects.filter(run=OuterRef("pk"))
    rows = within(scope, PlayRun.objects.order_by("account_id", "pk"), account="account")
    found = rows.filter(entered_on__gte=first).values_list(
        *("account_id", "play", "entered_on", "alert", "parent"),
        *(Exists(tasks), Exists(tasks.filter(state=TaskState.DONE))),
    )
    made = (
        (account, plays.place(play), on.toordinal(), alert is None and parent is None, *asked)
        for account, play, on, alert, parent, *asked in found.iterator(CHUNK)
    )
    account, play, on, *flags = _across(made, 6)
    columns = (np.array(x, np.bool_) for x in flags)
    entries = Entries(
        _places(customers, account), np.array(play, np.int16), np.array(on, np.int32), *columns
    )
    return entries, plays.told()


def _expected(scope: Scope, customers: Customers, rules: Names) -> tuple[Expected, tuple[str, ...]]:
    rows = within(scope, Expectation.objects.order_by(), account="episode__account")
    held = Exists(Withheld.objects.filter(episode=OuterRef("pk")))
    found = rows.values_list("episode__account", "episode__rule", "came", held)
    made = (
        (account, rules.place(rule), CAME.index(came), held, n)
        for account, rule, came, held, n in found.annotate(n=Count("pk")).iterator(CHUNK)
    )
    account, *columns = _across(made, 5)
    rest = _typed(columns, (np.int16, np.int8, np.bool_, np.int32))
    return Expected(_places(customers, account), *rest), rules.told()


def _typed(columns: Sequence[Sequence[Any]], kinds: Sequence[Any]) -> list[NDArray[Any]]:
    return [np.array(x, kind) for x, kind in zip(columns, kinds, strict=True)]


def _across(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    """Columns of rows that are that wide."""
    flat = list(chain.from_iterable(rows))
    return [flat[at::width] for at in range(width)]


def _places(customers: Customers, account: Sequence[int]) -> NDArray[np.int32]:
    """Of accounts, by their numbers."""
    return np.searchsorted(customers.number, np.array(account, np.int64)).astype(np.int32)
