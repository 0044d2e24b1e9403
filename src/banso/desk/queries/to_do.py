"""What is to be done now, of all accounts that a reader sees: few columns of all open alerts, and
everything about those that one page shows."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache, reduce
from typing import Literal, cast

import numpy as np
from django.db.models import Exists, OuterRef
from numpy.typing import NDArray

from banso.core.rules.rank import Stake, Urgency, urgency
from banso.desk.models import Account, Alert, AlertState, Handling, Member, Run, Standing
from banso.desk.queries.briefs import (
    PRIORITIES,
    STATES,
    Brief,
    Briefs,
    Codes,
    Numbers,
    money,
)
from banso.desk.queries.scope import Scope, within

Tab = Literal["todo", "snoozed", "handled"]
TABS: tuple[Tab, ...] = ("todo", "snoozed", "handled")
Facet = Literal["owner", "rule", "journey", "priority"]
FACETS: tuple[Facet, ...] = ("owner", "rule", "journey", "priority")
UNKNOWN = np.iinfo(np.int64).min
REMEMBERED = 8
"""So many readers' lists are remembered while nothing in them changes; each may take 16 MB."""


def tab_of(state: str, until: date | None, *, today: date) -> Tab:
    """Where an open alert stands: a snoozed one is to do again from `until` on."""
    if state == AlertState.OPEN:
        return "todo"
    if state == AlertState.SNOOZED:
        return "snoozed" if until is not None and until > today else "todo"
    return "handled"


@dataclass(frozen=True)
class Wanted:
    """Which alerts a reader wants to see; None and empty: all."""

    tab: Tab = "todo"
    owner: int | None = None
    rule: str = ""
    journey: str = ""
    priority: str = ""

    @property
    def filtered(self) -> bool:
        return any(_wish(self, facet) is not None for facet in FACETS)


def _wish(wanted: Wanted, facet: Facet) -> int | str | None:
    wish: int | str | None = getattr(wanted, facet)
    return None if wish == "" else wish


@dataclass(frozen=True)
class Sifted:
    """alerts: those wanted. tabs: how many alerts each tab has with the same filters. facets: for
    every filter how many each choice would show, with the other filters as they are."""

    alerts: Briefs
    tabs: Counter[Tab]
    facets: Mapping[Facet, Counter[int | str]]


@lru_cache(REMEMBERED)
def sift(found: Briefs, wanted: Wanted, *, today: date) -> Sifted:
    tabs = tabs_of(found, today)
    fits = {facet: _fits(found, wanted, facet) for facet in FACETS}
    every = np.ones(len(found), np.bool_)
    all_fit = reduce(np.logical_and, fits.values(), every)
    here = tabs == TABS.index(wanted.tab)
    counts = np.bincount(tabs[all_fit], minlength=len(TABS)).tolist()
    return Sifted(
        alerts=found.those(all_fit & here),
        tabs=Counter(dict(zip(TABS, counts, strict=True))),
        facets={
            facet: _choices(
                found, facet, reduce(np.logical_and, (fits[x] for x in FACETS if x != facet), here)
            )
            for facet in FACETS
        },
    )


def tabs_of(found: Briefs, today: date) -> Codes:
    """`tab_of` of each: its number among TABS."""
    of_state = np.array([TABS.index(tab_of(x, date.max, today=today)) for x in STATES], np.int32)
    tabs = of_state[found.state]
    back = (found.state == STATES.index(AlertState.SNOOZED)) & (found.until <= np.datetime64(today))
    tabs[back] = TABS.index("todo")
    return tabs


def _fits(found: Briefs, wanted: Wanted, facet: Facet) -> NDArray[np.bool_]:
    wish = _wish(wanted, facet)
    if wish is None:
        return np.ones(len(found), np.bool_)
    if facet == "owner":
        return np.equal(found.owner, wish)
    names = _names(found, facet)
    code = names.index(str(wish)) if wish in names else -1
    return cast("NDArray[np.bool_]", getattr(found, facet) == code)


def _names(found: Briefs, facet: Facet) -> tuple[str, ...]:
    tables = {"rule": found.tables.rules, "journey": found.tables.journeys, "priority": PRIORITIES}
    return tables[facet]


def _choices(found: Briefs, facet: Facet, shown: NDArray[np.bool_]) -> Counter[int | str]:
    """How many alerts each choice of one filter would show, with the other filters as they are."""
    if facet == "owner":
        owned = np.bincount(found.owner[shown])
        return Counter({int(owner): int(owned[owner]) for owner in np.flatnonzero(owned)})
    names = _names(found, facet)
    told = np.bincount(getattr(found, facet)[shown], minlength=len(names)).tolist()
    return Counter({name: n for name, n in zip(names, told, strict=True) if n})


@dataclass(frozen=True)
class Totals:
    """arr: at stake, each account counted once; None where it is hidden, or known of none.
    unknown: accounts whose ARR is not known."""

    accounts: int
    alerts: int
    arr: Decimal | None
    unknown: int


@lru_cache(REMEMBERED)
def totals(alerts: Briefs) -> Totals:
    found = at_stake_of_each(alerts)
    cents = cast("list[int]", found[found != UNKNOWN].tolist())
    accounts = len(alerts.heads)
    return Totals(
        accounts=accounts,
        alerts=len(alerts),
        arr=money(sum(cents)) if cents else None,
        unknown=accounts - len(cents),
    )


def at_stake_of_each(alerts: Briefs) -> Numbers:
    """`at_stake` of each account of `tables`, in hundredths, UNKNOWN where it is: what the newest
    alert that knows says. Only where an account's alerts say different things does their age
    matter."""
    known = np.flatnonzero(alerts.known)
    account, cents = alerts.account[known], alerts.cents[known]
    found = np.full(len(alerts.tables.accounts), UNKNOWN)
    found[account] = cents
    unlike = np.zeros(len(found), np.bool_)
    unlike[account[found[account] != cents]] = True
    rows = known[unlike[account]]
    rows = rows[np.lexsort((alerts.id[rows], alerts.opened_on[rows]))]
    found[alerts.account[rows]] = alerts.cents[rows]  # the newest is written last
    return found


def fresh(alerts: Briefs, *, seen: date) -> int:
    """How many opened after that day."""
    return int((alerts.opened_on > np.datetime64(seen)).sum())


def at_stake(alerts: Sequence[Brief]) -> Decimal | None:
    """Of one account: what the newest of its alerts that knows says."""
    return reduce(_knowing, alerts).arr


def _knowing(one: Brief, other: Brief) -> Brief:
    """Of two alerts of an account the newer one that knows what is at stake."""
    if one.arr is None or other.arr is None:
        return other if one.arr is None else one
    return max(one, other, key=lambda x: (x.opened_on, x.id))


@dataclass(frozen=True)
class Slice:
    """Some accounts of the ranked list with their alerts, most urgent first. cursor: the most
    urgent alert of the last one, None where no account is `left`."""

    groups: Mapping[int, Sequence[Brief]]
    cursor: int | None
    left: int


def ranked(
    alerts: Briefs, *, most: int, after: Brief | None = None, without: Collection[int] = ()
) -> Slice:
    """The accounts by their most urgent alert.

    after: the most urgent alert of the last account shown before. It need not be among `alerts`
    any more: whatever ranks behind it comes next. without: accounts that stand elsewhere.
    """
    heads = alerts.heads
    if without:
        elsewhere = np.isin(alerts.tables.accounts, list(without))
        heads = heads[~elsewhere[alerts.account[heads]]]
    if after is not None:
        heads = _behind(alerts, heads, after)
    shown = alerts.tables.accounts[alerts.account[heads[:most]]]
    groups = by_account(alerts, shown.tolist())
    left = len(heads) - len(shown)
    return Slice(groups, cursor=groups[int(shown[-1])][0].id if left else None, left=left)


def by_account(alerts: Briefs, accounts: Sequence[int]) -> dict[int, list[Brief]]:
    """Alerts of these accounts, in the order of the accounts; most urgent first, maybe none."""
    groups: dict[int, list[Brief]] = {x: [] for x in accounts}
    here = np.isin(alerts.tables.accounts, accounts)
    for place in np.flatnonzero(here[alerts.account]):
        brief = alerts[int(place)]
        groups[brief.account].append(brief)
    return groups


def _behind(alerts: Briefs, heads: Numbers, after: Brief) -> Numbers:
    """`alerts` are ranked, so those behind the one are a stretch at their end."""
    begins = bisect_right(range(len(alerts)), _key(after), key=lambda at: _key(alerts[at]))
    others = alerts.tables.accounts[alerts.account[heads]] != after.account
    return cast("Numbers", heads[others & (heads >= begins)])


def _key(brief: Brief) -> tuple[Urgency, int]:
    return urgency(Stake(brief.priority, brief.arr, brief.opened_on)), brief.id


@dataclass(frozen=True)
class Face:
    """One account of the list, with its owner, and of its alerts what may change at any time.

    alerts: most urgent first; none where only tasks wait there. latest: what was done last with
    each, by whom; None where nothing.
    """

    account: Account
    alerts: Sequence[Brief]
    latest: Sequence[Handling | None]


def faces(scope: Scope, groups: Mapping[int, Sequence[Brief]]) -> tuple[Face, ...]:
    """The accounts of one page, in its order. groups: alerts by account. Two queries."""
    accounts = within(scope, Account.objects.all()).select_related("owner")
    found = accounts.in_bulk(groups)
    latest = latest_handlings(brief.id for group in groups.values() for brief in group)
    return tuple(
        Face(found[account], group, [latest.get(brief.id) for brief in group])
        for account, group in groups.items()
        if account in found
    )


@dataclass(frozen=True)
class Entry:
    """One account of the list with everything that is shown of it.

    arr: at stake, without alerts what is under contract; None where unmeasured or hidden from the
    reader. standings: of every journey,
    the most urgent first. alerts: with their episodes and with what was done last, by whom; in
    the order asked for.
    """

    account: Account
    arr: Decimal | None
    standings: Sequence[Standing]
    alerts: Sequence[tuple[Alert, Handling | None]]


def entries(scope: Scope, wanted: Sequence[Face]) -> tuple[Entry, ...]:
    """What runs have told of those accounts. Two queries."""
    standings = _standings(scope, {face.account.pk for face in wanted})
    rows = within(scope, Alert.objects.all(), account="episode__account")
    numbers = [brief.id for face in wanted for brief in face.alerts]
    alerts = rows.select_related("episode__expectation", "assignee").in_bulk(numbers)
    return tuple(
        Entry(
            account=face.account,
            arr=_arr(scope, face, standings.get(face.account.pk, ())),
            standings=standings.get(face.account.pk, ()),
            alerts=[
                (alerts[brief.id], latest)
                for brief, latest in zip(face.alerts, face.latest, strict=True)
                if brief.id in alerts
            ],
        )
        for face in wanted
    )


def _arr(scope: Scope, face: Face, standings: Sequence[Standing]) -> Decimal | None:
    if face.alerts:
        return at_stake(face.alerts)
    return standings[0].arr if standings and scope.revenue else None


def _standings(scope: Scope, accounts: Iterable[int]) -> Mapping[int, Sequence[Standing]]:
    rows = within(scope, Standing.objects.all(), account="account")
    found: dict[int, list[Standing]] = {}
    for row in rows.filter(account__in=accounts).order_by("-lead", "journey"):
        found.setdefault(row.account_id, []).append(row)
    return found


def latest_handlings(alerts: Iterable[int]) -> Mapping[int, Handling]:
    """By alert, what was done with it last, by whom."""
    rows = Handling.objects.filter(alert__in=alerts).select_related("member")
    newest = rows.order_by("alert", "-id").distinct("alert")
    return {handling.alert_id: handling for handling in newest}


def alert_in_scope(scope: Scope, alert: int) -> Alert | None:
    """With its episode and account, whether it is over or not."""
    rows = within(scope, Alert.objects.all(), account="episode__account")
    beside = ("episode__account__owner", "episode__expectation", "assignee")
    return rows.select_related(*beside).filter(pk=alert).first()


def owners(scope: Scope, numbers: Iterable[int]) -> Mapping[int, str]:
    """Names of members, of those only who own an account that the reader sees, or were given one of
    its alerts."""
    theirs = within(scope, Account.objects.filter(owner=OuterRef("pk")))
    given = within(scope, Alert.objects.filter(assignee=OuterRef("pk")), account="episode__account")
    rows = Member.objects.filter(Exists(theirs) | Exists(given), pk__in=numbers)
    return {member.pk: str(member) for member in rows.only("name", "handle")}


def seen_before(run: Run) -> date:
    """The day people saw last before this run: what opened after it is new to them."""
    before = Run.objects.filter(as_of__lt=run.as_of).values_list("as_of", flat=True).first()
    return before or run.as_of - timedelta(days=1)


def accounts_seen(scope: Scope) -> int:
    """How many accounts this reader sees."""
    return within(scope, Account.objects.all()).count()
