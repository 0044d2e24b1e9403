"""What is to be done now, of all accounts that a reader sees: few columns of all open alerts, and
everything about those that one page shows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import attrgetter
from typing import Literal, NamedTuple, cast

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Exists, F, Func, OuterRef, Value

from banso.core.rules.rank import Stake, rank
from banso.desk.models import (
    Account,
    Alert,
    AlertState,
    Episode,
    Handling,
    Member,
    Run,
    Standing,
)
from banso.desk.queries.scope import Scope, within
from banso.desk.queries.today import Priority

Tab = Literal["todo", "snoozed", "handled"]
Facet = Literal["owner", "rule", "journey", "priority"]
FACETS: tuple[Facet, ...] = ("owner", "rule", "journey", "priority")
NOBODY = 0
"""Stands for the owner of accounts that have none."""


def tab_of(state: str, until: date | None, *, today: date) -> Tab:
    """Where an open alert stands: a snoozed one is to do again from `until` on."""
    if state == AlertState.OPEN:
        return "todo"
    if state == AlertState.SNOOZED:
        return "snoozed" if until is not None and until > today else "todo"
    return "handled"


class Brief(NamedTuple):
    """An alert whose episode is open, in few columns: there may be thousands.

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


def briefs(scope: Scope) -> tuple[Brief, ...]:
    """Of all alerts whose episode is open, oldest first. Four queries.

    One query with joins reads the whole tables of accounts and alerts once some thousand episodes
    are open; asking for the very rows by number takes a quarter of the time.
    """
    open_now = Episode.objects.filter(closed_on__isnull=True)
    episodes = {
        row[0]: row[1:]
        for row in within(scope, open_now, account="account").values_list(
            "id", "account_id", "rule", "journey", "opened_on"
        )
    }
    accounts = sorted({account for account, *_ in episodes.values()})
    owner_of, arr_of = _owner_of(scope, accounts), _arr_of(scope, accounts)
    rows = Alert.objects.filter(_among("episode_id", sorted(episodes))).order_by("id")
    found = []
    for id_, episode, priority, then, state, until in rows.values_list(
        "id", "episode_id", "priority", "arr", "state", "until"
    ):
        account, rule, journey, opened_on = episodes[episode]
        now = arr_of.get(account)
        arr = (then if now is None else now) if scope.revenue else None
        known = (id_, account, owner_of.get(account) or NOBODY, rule, journey)
        found.append(Brief(*known, cast("Priority", priority), opened_on, arr, state, until))
    return tuple(found)


def _among(column: str, numbers: Sequence[int]) -> Func:
    """column = ANY(numbers): one parameter, where `IN` has one for each number."""
    return Func(
        F(column),
        Value(list(numbers), output_field=ArrayField(BigIntegerField())),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


def _owner_of(scope: Scope, accounts: Sequence[int]) -> Mapping[int, int | None]:
    rows = within(scope, Account.objects.filter(_among("id", accounts)))
    return dict(rows.values_list("id", "owner_id"))


def _arr_of(scope: Scope, accounts: Sequence[int]) -> Mapping[int, Decimal | None]:
    """What accounts are worth by the newest run; None where that is unmeasured."""
    rows = Standing.objects.filter(_among("account_id", accounts), lead=True)
    return dict(within(scope, rows, account="account").values_list("account_id", "arr"))


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

    alerts: Sequence[Brief]
    tabs: Counter[Tab]
    facets: Mapping[Facet, Counter[int | str]]


def sift(found: Iterable[Brief], wanted: Wanted, *, today: date) -> Sifted:
    tabs: dict[Tab, list[Brief]] = {"todo": [], "snoozed": [], "handled": []}
    for brief in found:
        tabs[tab_of(brief.state, brief.until, today=today)].append(brief)
    wishes = {facet: wish for facet in FACETS if (wish := _wish(wanted, facet)) is not None}
    return Sifted(
        alerts=_those(tabs[wanted.tab], wishes),
        tabs=Counter({tab: len(_those(alerts, wishes)) for tab, alerts in tabs.items()}),
        facets={facet: _choices(tabs[wanted.tab], facet, wishes) for facet in FACETS},
    )


def _those(alerts: Sequence[Brief], wishes: Mapping[Facet, int | str]) -> Sequence[Brief]:
    for facet, wish in wishes.items():
        value = attrgetter(facet)
        alerts = [x for x in alerts if value(x) == wish]
    return alerts


def _choices(
    alerts: Sequence[Brief], facet: Facet, wishes: Mapping[Facet, int | str]
) -> Counter[int | str]:
    """How many alerts each choice of one filter would show, with the other filters as they are."""
    others = {other: wish for other, wish in wishes.items() if other != facet}
    return Counter(map(attrgetter(facet), _those(alerts, others)))


@dataclass(frozen=True)
class Totals:
    """arr: at stake, each account counted once; None where it is hidden, or known of none.
    unknown: accounts whose ARR is not known."""

    accounts: int
    alerts: int
    arr: Decimal | None
    unknown: int


def totals(alerts: Sequence[Brief]) -> Totals:
    newest: dict[int, Brief] = {}
    for brief in alerts:
        known = newest.setdefault(brief.account, brief)
        if known is not brief:
            newest[brief.account] = _knowing(known, brief)
    arr = [x.arr for x in newest.values() if x.arr is not None]
    return Totals(
        accounts=len(newest),
        alerts=len(alerts),
        arr=sum(arr, Decimal(0)) if arr else None,
        unknown=len(newest) - len(arr),
    )


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

    groups: Sequence[Sequence[Brief]]
    cursor: int | None
    left: int


def ranked(alerts: Sequence[Brief], *, most: int, after: Brief | None = None) -> Slice:
    """The accounts by their most urgent alert.

    after: the most urgent alert of the last account shown before. It need not be among `alerts`
    any more: whatever ranks behind it comes next.
    """
    groups: dict[int, list[Brief]] = {}
    for brief in rank(alerts, stake=_stake):
        groups.setdefault(brief.account, []).append(brief)
    heads = [group[0] for group in groups.values()]
    if after is not None:
        heads = _behind(heads, after)
    shown = [groups[head.account] for head in heads[:most]]
    left = len(heads) - len(shown)
    return Slice(shown, cursor=shown[-1][0].id if left else None, left=left)


def _behind(heads: Sequence[Brief], after: Brief) -> list[Brief]:
    others = sorted([after, *(x for x in heads if x.account != after.account)], key=_number)
    order = rank(others, stake=_stake)
    return order[order.index(after) + 1 :]


def _stake(brief: Brief) -> Stake:
    return Stake(brief.priority, brief.arr, brief.opened_on)


def _number(brief: Brief) -> int:
    return brief.id


@dataclass(frozen=True)
class Entry:
    """One account of the list with everything that is shown of it.

    arr: at stake; None where unmeasured or hidden from the reader. standings: of every journey,
    the most urgent first. alerts: with their episodes, in the order asked for. latest: by alert,
    what was done with it last, by whom.
    """

    account: Account
    arr: Decimal | None
    standings: Sequence[Standing]
    alerts: Sequence[Alert]
    latest: Mapping[int, Handling]


def entries(scope: Scope, groups: Sequence[Sequence[Brief]]) -> tuple[Entry, ...]:
    """Everything about the alerts of one page, in its order. Four queries."""
    numbers = [brief.id for group in groups for brief in group]
    accounts = within(scope, Account.objects.all()).select_related("owner")
    found = accounts.in_bulk({group[0].account for group in groups})
    standings = _standings(scope, found)
    rows = within(scope, Alert.objects.all(), account="episode__account")
    alerts = rows.select_related("episode").in_bulk(numbers)
    latest = latest_handlings(numbers)
    return tuple(
        Entry(
            account=found[group[0].account],
            arr=at_stake(group),
            standings=standings.get(group[0].account, ()),
            alerts=[alerts[brief.id] for brief in group if brief.id in alerts],
            latest=latest,
        )
        for group in groups
        if group[0].account in found
    )


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
    return rows.select_related("episode__account__owner").filter(pk=alert).first()


def owners(scope: Scope, numbers: Iterable[int]) -> Mapping[int, str]:
    """Names of members, of those only who own an account that the reader sees."""
    theirs = within(scope, Account.objects.filter(owner=OuterRef("pk")))
    rows = Member.objects.filter(Exists(theirs), pk__in=numbers)
    return {member.pk: str(member) for member in rows.only("name", "handle")}


def seen_before(run: Run) -> date:
    """The day people saw last before this run: what opened after it is new to them."""
    before = Run.objects.filter(as_of__lt=run.as_of).values_list("as_of", flat=True).first()
    return before or run.as_of - timedelta(days=1)


def accounts_seen(scope: Scope) -> int:
    """How many accounts this reader sees."""
    return within(scope, Account.objects.all()).count()
