from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.desk.alerts import SEPTEMBER, alert, member
from tests.desk.standings import account, stand, standing

from banso.desk.models import Account, AccountGrams, AlertState, Member, Reach, Standing, Team
from banso.desk.models.standing import URGENCY
from banso.desk.queries import listing
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.listing import (
    NO_JOURNEY,
    Counted,
    Filters,
    OtherJourney,
    Sort,
    SortKey,
    accounts_page,
    all_accounts,
    count_accounts,
    matching,
)
from banso.desk.queries.scope import EVERYTHING, NOTHING, Scope, scope_of
from banso.desk.services.accounts import AccountRow, save_accounts

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 1)
ALL = Filters(today=TODAY)
DEFAULT = Sort()


def keys(
    filters: Filters = ALL, sort: Sort = DEFAULT, *, scope: Scope = EVERYTHING, size: int = 50
) -> list[str]:
    """Of all pages, one after the other; the count and the file say the same."""
    found, cursor = [], None
    while True:
        page = accounts_page(scope, filters, sort, cursor, size=size)
        found += [x.key for x in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert count_accounts(matching(scope, filters)) == Counted(len(found), more=False)
    return found


def test_an_account_is_listed_with_its_most_urgent_journey_and_the_others_beside_it() -> None:
    one = account("A1", name="楓商事", owner=member("sato@example.com"))
    money = {"arr": 1_200_000, "seats": 20, "ends_on": date(2027, 3, 31)}
    stand(one, "bi", colour="healthy", lead=False, **money)
    stand(one, "crm", colour="watch", lead=False, **money)
    stand(
        one,
        "web",
        colour="at_risk",
        days_in_stage=12,
        overdue=True,
        score=30.5,
        confidence=0.8,
        scores=(40.0, None, 30.5),
        trend=-9.5,
        **money,
    )

    (found,) = accounts_page(EVERYTHING, ALL).items

    assert found == listing.ListedAccount(
        id=one.id,
        key="A1",
        name="楓商事",
        owner="sato@example.com",
        journey="web",
        stage="habit",
        position=0,
        days_in_stage=12,
        overdue=True,
        colour="at_risk",
        score=30.5,
        confidence=0.8,
        scores=(40.0, None, 30.5),
        trend=-9.5,
        arr=Decimal("1200000.00"),
        seats=20.0,
        ends_on=date(2027, 3, 31),
        others=(OtherJourney("crm", "watch"), OtherJourney("bi", "healthy")),
        alerts=0,
    )
    (on_crm,) = accounts_page(EVERYTHING, replace(ALL, journey="crm")).items
    assert (on_crm.journey, on_crm.colour) == ("crm", "watch")
    assert on_crm.others == (OtherJourney("web", "at_risk"), OtherJourney("bi", "healthy"))


def test_the_default_order_is_by_colour_then_most_revenue_with_unknown_last() -> None:
    for key, colour, arr in (
        ("healthy", "healthy", 9),
        ("none", "", 9),
        ("watch", "watch", 9),
        ("unmeasured", "unmeasured", 9),
        ("risk, unknown", "at_risk", None),
        ("risk 1", "at_risk", 1),
        ("risk 5", "at_risk", 5),
    ):
        stand(account(key), "web" if colour else "", colour=colour, arr=arr)

    order = ["risk 5", "risk 1", "risk, unknown", "watch", "unmeasured", "healthy", "none"]
    assert keys() == order
    assert keys(sort=Sort(descending=True)) == order[::-1]


def test_names_are_sorted_as_they_are_searched() -> None:
    for key, name in (("1", "beta"), ("2", "ＡＬＰＨＡ"), ("3", "Ｂeta"), ("4", "")):
        stand(account(key, name=name))

    assert keys(sort=Sort("name")) == ["4", "2", "1", "3"]
    assert keys(sort=Sort("name", descending=True)) == ["3", "1", "2", "4"]


COLOURS = st.sampled_from(["at_risk", "watch", "unmeasured", "healthy"])
SMALL = st.none() | st.integers(0, 3)
ROWS = st.lists(st.tuples(COLOURS, SMALL, st.text("aｂ東", max_size=2)), max_size=8)


def place(sort: SortKey, row: tuple[str, int | None, str, int]) -> tuple[object, ...] | None:
    """What the row is sorted by; None where it has no value."""
    colour, value, name, number = row
    if sort == "urgency":
        return (URGENCY[colour], value is None, -(value or 0), number)
    if sort == "name":
        return (f"{name.replace('ｂ', 'b')} k{number}".strip(), number)
    if value is None:
        return None
    return (date(2026, 1, 1 + value) if sort == "ends_on" else value, number)


def expected(rows: Iterable[tuple[str, int | None, str, int]], sort: Sort) -> list[str]:
    placed = [(place(sort.key, row), row[3]) for row in rows]
    known = sorted((x for x in placed if x[0] is not None), reverse=sort.descending)
    unknown = sorted((n for at, n in placed if at is None), reverse=sort.descending)
    return [f"k{n}" for n in (*(n for _, n in known), *unknown)]


@hypothesis_settings(max_examples=30)
@given(rows=ROWS, size=st.integers(1, 4))
def test_all_pages_of_every_order_are_the_whole_sorted_list(
    rows: list[tuple[str, int | None, str]], size: int
) -> None:
    numbered = [(*row, n) for n, row in enumerate(rows)]
    with transaction.atomic():
        stand_all(numbered)
        for key in get_args(SortKey):
            for descending in (False, True):
                sort = Sort(key, descending)
                assert keys(sort=sort, size=size) == expected(numbered, sort), sort
        transaction.set_rollback(True)


def stand_all(rows: Sequence[tuple[str, int | None, str, int]]) -> None:
    """All at once, as a run writes them."""
    named = [AccountRow(row=n, key=f"k{n}", name=name) for *_, name, n in rows]
    save_accounts(named, effective=SEPTEMBER)
    accounts = {x.key: x for x in Account.objects.all()}
    Standing.objects.bulk_create(
        standing(
            accounts[f"k{number}"],
            colour=colour,
            score=value,
            confidence=value,
            trend=value,
            days_in_stage=value,
            arr=value,
            ends_on=None if value is None else date(2026, 1, 1 + value),
        )
        for colour, value, _, number in rows
    )


@pytest.fixture
def book() -> None:
    """Six accounts that differ in what they can be filtered by."""
    owner = member("sato@example.com")
    one = account("one", owner=owner)
    stand(one, "web", colour="at_risk", stage="habit", overdue=True, segments=["large"])
    stand(one, "bi", colour="healthy", stage="begun", lead=False, segments=["large"])
    stand(account("two", owner=owner), "web", colour="watch", ends_on=date(2026, 10, 31))
    stand(account("three"), "web", colour="healthy", overdue=False, ends_on=date(2026, 11, 1))
    stand(account("four"), "bi", colour="unmeasured", stage="begun", segments=["small", "large"])
    stand(account("five"), "", colour="")
    stand(account("six"), "web", colour="healthy", stage="deep", ends_on=date(2026, 9, 30))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, {"one", "two", "three", "four", "five", "six"}),
        ({"journey": "web"}, {"one", "two", "three", "six"}),
        ({"journey": "bi"}, {"one", "four"}),
        ({"journey": "bi", "colour": "healthy"}, {"one"}),
        ({"stage": "begun"}, {"four"}),
        ({"journey": "bi", "stage": "begun"}, {"one", "four"}),
        ({"colour": "at_risk"}, {"one"}),
        ({"colour": "healthy"}, {"three", "six"}),
        ({"colour": NO_JOURNEY}, {"five"}),
        ({"colour": "no colour at all"}, set()),
        ({"overdue": True}, {"one"}),
        ({"renewal_days": 30}, {"two", "six"}),
        ({"renewal_days": 31}, {"two", "three", "six"}),
        ({"renewal_days": 10**9}, {"two", "three", "six"}),
        ({"segment": "large"}, {"one", "four"}),
        ({"segment": "other"}, set()),
        ({"owner": NOBODY}, {"three", "four", "five", "six"}),
    ],
)
def test_filters(book: None, wanted: dict[str, object], found: set[str]) -> None:
    assert set(keys(replace(ALL, **wanted))) == found  # type: ignore[arg-type]  # of many types


def test_accounts_of_one_owner(book: None) -> None:
    owner = Member.objects.get(handle="sato@example.com")

    assert keys(replace(ALL, owner=owner.pk)) == ["one", "two"]
    assert keys(replace(ALL, owner=owner.pk, colour="watch")) == ["two"]
    assert keys(replace(ALL, owner=owner.pk + 99)) == []


def test_accounts_with_alerts_that_wait_for_somebody() -> None:
    made = {key: account(key) for key in ("open", "back", "asleep", "done", "over", "quiet")}
    for one in made.values():
        stand(one)
    alert(made["open"])
    alert(made["open"], rule="another")
    back, asleep, done = (alert(made[key]) for key in ("back", "asleep", "done"))
    alert(made["over"], closed=date(2026, 9, 20))
    for one, state, until in (
        (back, AlertState.SNOOZED, TODAY),
        (asleep, AlertState.SNOOZED, date(2026, 10, 2)),
        (done, AlertState.DONE, None),
    ):
        one.state, one.until = state, until
        one.save()

    told = {x.key: x.alerts for x in accounts_page(EVERYTHING, ALL).items}

    assert told == {"open": 2, "back": 1, "asleep": 0, "done": 0, "over": 0, "quiet": 0}
    assert set(keys(replace(ALL, alerts=True))) == {"open", "back"}


NAMES = {
    "A1": "東京商事株式会社",
    "A2": "髙橋ガラス(株)",
    "A3": "ABC 東京 100%",
    "A4": "京東_電機",
    "B5": "",
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("東京", {"A1", "A3"}),
        ("京", {"A1", "A3", "A4"}),
        ("高橋", {"A2"}),
        ("ｶﾞﾗｽ", {"A2"}),
        ("がらす", {"A2"}),
        ("㈱", {"A2"}),
        ("ａｂｃ", {"A3"}),
        ("abc 東京", {"A3"}),
        ("東京 abc", {"A3"}),
        ("東京abc", set()),
        ("100%", {"A3"}),
        ("0%", {"A3"}),
        ("_", {"A4"}),
        ("東_", {"A4"}),
        ("京_", set()),
        ("京東_", {"A4"}),
        ("b5", {"B5"}),
        ("a1", {"A1"}),
        ("株式", {"A1"}),
        ("式株", set()),
        ("\0", set(NAMES)),
        ("東\0京", {"A1", "A3"}),
        ("  ", set(NAMES)),
        ("'; DROP TABLE account; --", set()),
        ("\\", set()),
        ("東京商事株式会社" * 50, set()),
    ],
)
@pytest.mark.parametrize("few", [listing.FEW, 0])
def test_search(query: str, found: set[str], few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alike whether the accounts found are few and looked up, or many and come upon."""
    monkeypatch.setattr(listing, "FEW", few)
    for key, name in NAMES.items():
        stand(account(key, name=name))

    assert set(keys(replace(ALL, search=query))) == found


def test_a_new_name_is_found_and_the_old_one_is_not() -> None:
    stand(account("A1", name="東京商事"))
    account("A1", name="大阪商事")

    assert keys(replace(ALL, search="大阪")) == ["A1"]
    assert keys(replace(ALL, search="東京")) == []


TEAMS = ("own", "mate", "stranger", "nobody")


@pytest.fixture
def people() -> dict[str, Member]:
    """An account each: of the reader, of a team mate, of somebody else, of nobody; all alike."""
    ours = Team.objects.create(name="ours")
    made = {x: member(x) for x in ("own", "mate", "stranger")}
    for handle in ("own", "mate"):
        made[handle].team = ours
        made[handle].save()
    for key in TEAMS:
        one = account(f"key of {key}", name=f"東京 {key}", owner=made.get(key))
        stand(one, arr=5, colour="at_risk", overdue=True, segments=["large"])
        stand(one, "bi", arr=5, lead=False)
        alert(one)
    return made


@pytest.mark.parametrize("few", [listing.FEW, 0])
@pytest.mark.parametrize(
    ("reach", "seen"),
    [
        (Reach.OWN, {"own"}),
        (Reach.TEAM, {"own", "mate"}),
        (Reach.ALL, set(TEAMS)),
    ],
)
def test_nobody_sees_more_than_their_reach(
    people: dict[str, Member],
    reach: Reach,
    seen: set[str],
    few: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "FEW", few)
    reader = people["own"]
    reader.reach = reach
    scope = scope_of(reader)
    mine = {f"key of {x}" for x in seen}

    for wanted in (ALL, replace(ALL, search="東京")):
        for sort in get_args(SortKey):
            assert set(keys(wanted, Sort(sort), scope=scope, size=1)) == mine
        assert set(keys(replace(wanted, alerts=True), scope=scope)) == mine
        for handle, owner in people.items():
            theirs = {f"key of {handle}"} & mine
            assert set(keys(replace(wanted, owner=owner.pk), scope=scope)) == theirs
        without = {"key of nobody"} & mine
        assert set(keys(replace(wanted, owner=NOBODY), scope=scope)) == without
        assert accounts_page(NOTHING, wanted).items == ()
        assert count_accounts(matching(NOTHING, wanted)) == Counted(0, more=False)


def test_who_sees_no_amounts_neither_gets_nor_sorts_by_them() -> None:
    for key, arr, score in (("rich", 9, 20), ("poor", 1, 10), ("middle", 5, None)):
        stand(account(key), colour="at_risk", arr=arr, score=score)
    reader = member("reader", reach=Reach.ALL, sees_revenue=False)
    scope = scope_of(reader)

    assert {x.arr for x in accounts_page(scope, ALL).items} == {None}
    for sort in (Sort(), Sort("arr"), Sort("arr", descending=True)):
        assert keys(sort=sort, scope=scope) == ["poor", "rich", "middle"]
    beyond = accounts_page(EVERYTHING, ALL, Sort("arr"), size=1).next
    assert next(x.key for x in accounts_page(scope, ALL, Sort("arr"), beyond).items) == "poor"


def test_a_sort_is_read_from_an_address() -> None:
    assert Sort.of("score") == Sort("score")
    assert Sort.of("-ends_on") == Sort("ends_on", descending=True)
    for nonsense in ("", "-", "--score", "id", "account__owner__password"):
        assert Sort.of(nonsense) == Sort()


def test_the_number_of_queries_does_not_grow_with_rows() -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            accounts_page(EVERYTHING, ALL)
            count_accounts(matching(EVERYTHING, ALL))
        return len(seen)

    one = account("A0")
    stand(one)
    alert(one)
    before = queries()
    for n in range(1, 20):
        one = account(f"A{n}", owner=member(f"m{n}"))
        stand(one)
        stand(one, "bi", lead=False)
        alert(one)

    assert queries() == before == 4


def test_more_accounts_than_are_worth_counting() -> None:
    for n in range(3):
        stand(account(f"A{n}"))

    assert count_accounts(matching(EVERYTHING, ALL), most=2) == Counted(2, more=True)
    assert count_accounts(matching(EVERYTHING, ALL), most=3) == Counted(3, more=False)


def test_of_many_that_are_searched_for_some_suffice_to_know_that_they_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "FEW", 2)
    for n in range(4):
        stand(account(f"A{n}"))
    for n in range(4):
        account(f"A-unseen{n}")  # by any run
    found = matching(EVERYTHING, replace(ALL, search="a"))

    with CaptureQueriesContext(connection) as seen:
        assert count_accounts(found, most=1) == Counted(1, more=True)
    assert len(seen) == 1
    assert count_accounts(found, most=3) == Counted(3, more=True)
    assert count_accounts(found, most=4) == Counted(4, more=False)


@pytest.mark.django_db(transaction=True)
def test_a_file_has_all_rows_in_the_order_of_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "CHUNK", 2)
    for n in range(5):
        stand(account(f"A{n}"), score=n % 2, colour="watch" if n else "healthy")

    wanted = replace(ALL, colour="watch")
    found = [x.key for x in all_accounts(EVERYTHING, wanted, Sort("score"))]

    assert found == ["A2", "A4", "A1", "A3"]
    assert found == keys(wanted, Sort("score"))


def test_every_account_can_be_found_from_the_day_it_is_made() -> None:
    account("A1")
    assert list(AccountGrams.objects.values_list("account__key", "folded")) == [("A1", "a1")]
    assert Standing.objects.count() == 0
