"""The list of accounts: where each stands as of the newest run, filtered, sorted, page by page."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeVar, cast, get_args

from django.db.models import (
    BooleanField,
    Exists,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.lookups import Exact, IsNull, LessThan

from banso.desk.models import Account, AccountGrams, Alert, AlertState, Reach, Standing
from banso.desk.models.standing import AMOUNT, STAKE, UNSCORED, URGENCY, WORST
from banso.desk.queries import keyset
from banso.desk.queries.book import one_state
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.keyset import Key, Order, Page
from banso.desk.queries.scope import Scope, within
from banso.desk.search import fold, query_grams

M = TypeVar("M", bound=Model)
SortKey = Literal[
    "urgency", "name", "score", "confidence", "trend", "days_in_stage", "arr", "ends_on"
]
NO_JOURNEY = "none"
"""Stands for the colour of accounts that are on no journey."""
MOST_COUNTED = 2_000
MOST_JOURNEYS = 1_000
FEW = 3_000
CHUNK = 1_000
LONGEST_SEARCH = 100
MOST_RENEWAL_DAYS = 36_500


@dataclass(frozen=True)
class Sort:
    """urgency: at risk first, among these the most ARR first (for readers who see no amounts the
    lowest score first). Rows without a value come last either way."""

    key: SortKey = "urgency"
    descending: bool = False

    @classmethod
    def of(cls, text: str) -> "Sort":
        """`score`; `-score` descending. Anything else is the default."""
        key = text.removeprefix("-")
        if key not in get_args(SortKey):
            return cls()
        return cls(cast("SortKey", key), descending=text.startswith("-"))


@dataclass(frozen=True)
class Filters:
    """Which accounts are wanted; empty: all.

    today: on which snoozed alerts come back. as_of: from which the time to renewal is reckoned, as
    all that is shown is of that day; None: today.
    journey: its rows; without it each account's most urgent one. colour: also NO_JOURNEY. owner:
    NOBODY for accounts that have none. renewal_days: what is signed ends within so many days
    (or has ended since the run). alerts: has an alert that is to be handled.
    """

    today: date
    as_of: date | None = None
    search: str = ""
    journey: str = ""
    stage: str = ""
    colour: str = ""
    owner: int | None = None
    overdue: bool = False
    renewal_days: int | None = None
    segment: str = ""
    alerts: bool = False


@dataclass(frozen=True)
class OtherJourney:
    journey: str
    colour: str


@dataclass(frozen=True)
class ListedAccount:
    """An account with one of its journeys (see models.Standing; journey empty where it is on
    none). name: the key where it has none. owner: as people call them. arr: None where
    unmeasured or not for the reader to see. others: its other journeys, most urgent first.
    alerts: how many are to be handled."""

    id: int
    key: str
    name: str
    owner: str | None
    journey: str
    stage: str
    position: int
    days_in_stage: int | None
    overdue: bool | None
    colour: str
    score: float | None
    confidence: float | None
    scores: tuple[float | None, ...]
    trend: float | None
    arr: Decimal | None
    seats: float | None
    ends_on: date | None
    others: tuple[OtherJourney, ...]
    alerts: int


FIELDS = (
    "account_id",
    "account__key",
    "account__name",
    "account__owner__handle",
    "account__owner__name",
    "journey",
    "stage",
    "position",
    "days_in_stage",
    "overdue",
    "colour",
    "score",
    "confidence",
    "scores",
    "trend",
    "arr",
    "seats",
    "ends_on",
)


def accounts_page(
    scope: Scope,
    filters: Filters,
    sort: Sort = Sort(),
    cursor: str | None = None,
    *,
    size: int = 50,
    rows: "Matching | None" = None,
) -> Page[ListedAccount]:
    """At most five queries. rows: `matching`, where the caller has it already."""
    rows = matching(scope, filters) if rows is None else rows
    found = keyset.page(rows.rows, _order(scope, sort), fields=FIELDS, cursor=cursor, size=size)
    return _listed(scope, filters, found)


def account_rows(scope: Scope, account: int, *, today: date) -> Sequence[ListedAccount]:
    """One account on each of its journeys, the most urgent first; none before the first run of it.
    Three queries."""
    rows = within(scope, Standing.objects.filter(account=account), account="account")
    found = keyset.page(rows, _order(scope, Sort()), fields=FIELDS, cursor=None, size=MOST_JOURNEYS)
    return _listed(scope, Filters(today=today), found).items


def all_accounts(scope: Scope, filters: Filters, sort: Sort = Sort()) -> Iterator[ListedAccount]:
    """All rows of the list as they were at one instant, for a file."""
    with one_state():
        rows, order = matching(scope, filters).rows, _order(scope, sort)
        for found in keyset.pages(rows, order, fields=FIELDS, size=CHUNK):
            yield from _listed(scope, filters, found).items


@dataclass(frozen=True)
class Counted:
    """more: there are more than `number`, nobody counted how many."""

    number: int
    more: bool


@dataclass(frozen=True)
class Matching:
    """rows: of the list, in no order. some: of many, those of which it is known where they stand;
    None where nothing is gained by it."""

    rows: QuerySet[Standing]
    some: QuerySet[Standing] | None = None


def count_accounts(matching: Matching, *, most: int = MOST_COUNTED) -> Counted:
    """How many accounts the list has. One query; two where `some` are too few to know that there
    are more than `most`."""
    for rows in (matching.some, matching.rows):
        found = 0 if rows is None else rows.values("pk")[: most + 1].count()
        if found > most:
            return Counted(most, more=True)
    return Counted(found, more=False)


def matching(scope: Scope, filters: Filters) -> Matching:
    """One query, where it is searched or an owner is asked for, and those to come."""
    rows = within(scope, Standing.objects.all(), account="account")
    rows = rows.filter(journey=filters.journey) if filters.journey else rows.filter(lead=True)
    wanted = _plain_filters(filters)
    if filters.alerts:
        mine = to_handle(scope, filters.today).filter(episode__account=OuterRef("account"))
        wanted &= Q(Exists(mine))
    return _of_accounts(scope, filters, rows.filter(wanted))


def _of_accounts(scope: Scope, filters: Filters, rows: QuerySet[Standing]) -> Matching:
    """Rows of the accounts that owner and search let through.

    Where these are few (within the reader's scope), they are looked up by their ids, and sorted;
    otherwise the order is walked until a page is full. PostgreSQL cannot tell which is better:
    it believes that those few are spread evenly over the order.
    """
    words = fold(_told(filters)).split()
    if scope.reach is Reach.ALL and filters.owner is None and not words:
        return Matching(rows)
    few = list(_accounts(scope, filters, words)[: FEW + 1])
    those = rows.filter(_AnyOf(F("account_id"), Value(few)))
    if len(few) <= FEW:
        return Matching(those)
    every = _having(_owned(rows, filters, "account__owner"), words, "account__folded")
    return Matching(every, some=those)


class _AnyOf(Func):
    """Whether a number is in an array: one parameter, however many they are."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def _accounts(scope: Scope, filters: Filters, words: Sequence[str]) -> QuerySet[Any, int]:
    """Ids of the accounts that owner and search let through, in no order."""
    if not words:
        accounts = _owned(within(scope, Account.objects.all()), filters, "owner")
        return accounts.values_list("id", flat=True)
    named = within(scope, AccountGrams.objects.all(), account="account")
    named = named.filter(grams__contains=query_grams(_told(filters)))
    return _having(_owned(named, filters, "account__owner"), words, "folded").values_list(
        "account_id", flat=True
    )


def _told(filters: Filters) -> str:
    return filters.search.replace("\0", "")[:LONGEST_SEARCH]


def _having(rows: QuerySet[M], words: Sequence[str], path: str) -> QuerySet[M]:
    for word in words:
        rows = rows.filter(**{f"{path}__contains": word})
    return rows


def _owned(rows: QuerySet[M], filters: Filters, path: str) -> QuerySet[M]:
    if filters.owner is None:
        return rows
    return rows.filter(**{path: None if filters.owner == NOBODY else filters.owner})


def _plain_filters(filters: Filters) -> Q:
    wanted = Q()
    if filters.stage:
        wanted &= Q(stage=filters.stage)
    if filters.colour:
        colour = "" if filters.colour == NO_JOURNEY else filters.colour
        wanted &= Q(urgency=URGENCY.get(colour, -1))
    if filters.overdue:
        wanted &= Q(overdue=True)
    if filters.renewal_days is not None:
        within_days = timedelta(days=min(filters.renewal_days, MOST_RENEWAL_DAYS))
        wanted &= Q(ends_on__lte=(filters.as_of or filters.today) + within_days)
    if filters.segment:
        wanted &= Q(segments__contains=[filters.segment])
    return wanted


def to_handle(scope: Scope, today: date) -> QuerySet[Alert]:
    """Alerts that wait for somebody: their episode is open, nobody is done with them, and they
    are not snoozed to a later day."""
    waiting = Q(state=AlertState.OPEN) | (
        Q(state=AlertState.SNOOZED) & (Q(until=None) | Q(until__lte=today))
    )
    rows = within(scope, Alert.objects.all(), account="episode__account")
    return rows.filter(waiting, episode__closed_on=None)


def _order(scope: Scope, sort: Sort) -> Order:
    if sort.key == "arr" and not scope.revenue:
        sort = Sort()
    if sort.key == "urgency":
        least = ("arr", Key(STAKE, "number")) if scope.revenue else ("score", Key(WORST, "number"))
        name, keys = f"urgency,{least[0]}", (Key(F("urgency"), "integer"), least[1])
        return Order(name, keys, "account_id", descending=sort.descending)
    if sort.key == "name":
        by_name = (Key(F("account__folded"), "text"),)
        return Order("name", by_name, "account_id", descending=sort.descending)
    return _order_by_column(sort)


COLUMNS: Mapping[SortKey, Key] = {
    "confidence": Key(F("confidence"), "number"),
    "trend": Key(F("trend"), "number"),
    "days_in_stage": Key(F("days_in_stage"), "integer"),
    "arr": Key(AMOUNT, "number"),
    "ends_on": Key(F("ends_on"), "day"),
}


def _order_by_column(sort: Sort) -> Order:
    """Of a column that may be null; what is asked of it is what its index is of."""
    if sort.key == "score":
        key, unscored = Key(WORST, "number"), Value(UNSCORED)
        present, absent = Q(LessThan(WORST, unscored)), Q(Exact(WORST, unscored))
    else:
        key = COLUMNS[sort.key]
        present, absent = (Q(IsNull(key.expression, null)) for null in (False, True))
    return Order(
        sort.key,
        (key,),
        "account_id",
        present=present,
        absent=absent,
        descending=sort.descending,
    )


def _listed(scope: Scope, filters: Filters, found: Page[keyset.Row]) -> Page[ListedAccount]:
    accounts = [row["account_id"] for row in found.items]
    others = _others(scope, accounts)
    alerts = Counter(
        to_handle(scope, filters.today)
        .filter(episode__account__in=accounts)
        .values_list("episode__account_id", flat=True)
    )
    return found.map(
        lambda row: _account(
            scope,
            row,
            others=tuple(x for x in others[row["account_id"]] if x.journey != row["journey"]),
            alerts=alerts[row["account_id"]],
        )
    )


def _others(scope: Scope, accounts: Collection[int]) -> Mapping[int, Sequence[OtherJourney]]:
    """All journeys of the accounts, most urgent first."""
    rows = within(scope, Standing.objects.all(), account="account")
    rows = rows.filter(account__in=accounts).exclude(journey="").order_by("urgency", "id")
    found: defaultdict[int, list[OtherJourney]] = defaultdict(list)
    for account, journey, colour in rows.values_list("account_id", "journey", "colour"):
        found[account].append(OtherJourney(journey, colour))
    return found


def _account(
    scope: Scope, row: keyset.Row, *, others: tuple[OtherJourney, ...], alerts: int
) -> ListedAccount:
    own = {name: row[name] for name in FIELDS if "__" not in name and name != "account_id"}
    own["scores"] = tuple(row["scores"])
    own["arr"] = row["arr"] if scope.revenue else None
    return ListedAccount(
        id=row["account_id"],
        key=row["account__key"],
        name=row["account__name"] or row["account__key"],
        owner=row["account__owner__name"] or row["account__owner__handle"],
        others=others,
        alerts=alerts,
        **own,
    )
