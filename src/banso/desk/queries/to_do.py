"""What is to be done now, of all accounts that a reader sees: few columns of all open alerts, and
everything about those that one page shows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, cast

from django.db.models import Exists, OuterRef

from banso.core.rules.rank import Stake, rank
from banso.desk.models import Account, Alert, AlertState, Handling, Member, Run, Standing
from banso.desk.queries.scope import Scope, within
from banso.desk.queries.today import Priority, with_arr_now

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

    owner: of the account now, NOBODY for none. arr: at stake (`with_arr_now`); None where
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
    """Of all alerts whose episode is open, oldest first. One query."""
    rows = within(scope, Alert.objects.all(), account="episode__account")
    rows = with_arr_now(rows.filter(episode__closed_on__isnull=True))
    found = rows.order_by("id").values_list(
        *("id", "episode__account_id", "episode__account__owner_id", "episode__rule"),
        *("episode__journey", "priority", "episode__opened_on", "arr_now", "state", "until"),
    )
    return tuple(
        Brief(
            id=id_,
            account=account,
            owner=owner or NOBODY,
            rule=rule,
            journey=journey,
            priority=cast("Priority", priority),  # the run wrote it from the rule
            opened_on=opened_on,
            arr=arr if scope.revenue else None,
            state=state,
            until=until,
        )
        for id_, account, owner, rule, journey, priority, opened_on, arr, state, until in found
    )


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
    tabs: Counter[Tab] = field(default_factory=Counter)
    facets: Mapping[Facet, Counter[int | str]] = field(
        default_factory=lambda: {facet: Counter() for facet in FACETS}
    )


def sift(found: Iterable[Brief], wanted: Wanted, *, today: date) -> Sifted:
    alerts: list[Brief] = []
    sifted = Sifted(alerts)
    wishes = [(facet, wish) for facet in FACETS if (wish := _wish(wanted, facet)) is not None]
    for brief in found:
        tab = tab_of(brief.state, brief.until, today=today)
        missed = [facet for facet, wish in wishes if getattr(brief, facet) != wish]
        if not missed:
            sifted.tabs[tab] += 1
        if tab != wanted.tab:
            continue
        if not missed:
            alerts.append(brief)
        for facet in FACETS:
            if not missed or missed == [facet]:
                sifted.facets[facet][getattr(brief, facet)] += 1
    return sifted


@dataclass(frozen=True)
class Totals:
    """arr: at stake, each account counted once; None where it is hidden, or known of none.
    unknown: accounts whose ARR is not known."""

    accounts: int
    alerts: int
    arr: Decimal | None
    unknown: int


def totals(alerts: Sequence[Brief]) -> Totals:
    groups: dict[int, list[Brief]] = {}
    for brief in alerts:
        groups.setdefault(brief.account, []).append(brief)
    known = [arr for group in groups.values() if (arr := at_stake(group)) is not None]
    return Totals(
        accounts=len(groups),
        alerts=len(alerts),
        arr=sum(known, Decimal(0)) if known else None,
        unknown=len(groups) - len(known),
    )


def at_stake(alerts: Iterable[Brief]) -> Decimal | None:
    """Of one account's alerts: what the newest that knows says."""
    known = [(x.opened_on, x.id, x.arr) for x in alerts if x.arr is not None]
    return max(known)[2] if known else None


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
