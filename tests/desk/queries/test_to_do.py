"""What a reader has to do, in which order, and what the filters say."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from tests.desk.alerts import SEPTEMBER, account, alert, member

from banso.core.rules.rank import Stake, rank
from banso.desk.models import Account, AlertState, Episode, Member, Reach, Run
from banso.desk.queries.briefs import NOBODY, Brief, Briefs, briefs, from_columns
from banso.desk.queries.kept import memory
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.queries.to_do import (
    Totals,
    Wanted,
    accounts_seen,
    alert_in_scope,
    at_stake,
    by_account,
    entries,
    faces,
    latest_handlings,
    owners,
    ranked,
    seen_before,
    sift,
    tab_of,
    totals,
)
from banso.desk.services.accounts import AccountRow, save_accounts
from banso.desk.services.alerts import finish, snooze, undo

TODAY = date(2026, 10, 1)
MONDAY = date(2026, 10, 5)
NOW = datetime(2026, 10, 1, tzinfo=UTC)
RUN = Run(pk=1, finished_at=NOW)


def brief(
    number: int,
    account: int,
    *,
    priority: str = "high",
    arr: int | None = 100,
    opened: date = SEPTEMBER,
    owner: int = 1,
    rule: str = "quiet",
    journey: str = "",
    state: str = "open",
    until: date | None = None,
) -> Brief:
    return Brief(
        id=number,
        account=account,
        owner=owner,
        rule=rule,
        journey=journey,
        priority=priority,  # type: ignore[arg-type]  a plain text of one of the three
        opened_on=opened,
        arr=None if arr is None else Decimal(arr),
        state=state,
        until=until,
    )


def ranks(*found: Brief) -> Briefs:
    columns = [
        (
            x.id,
            x.account,
            x.rule,
            x.journey,
            x.priority,
            x.opened_on,
            cents(x.arr),
            x.state,
            x.until,
            None,
        )
        for x in found
    ]
    made = from_columns(list(zip(*columns, strict=True)) or [()] * 10, revenue=True)
    owner = {x.id: x.owner for x in found}
    return replace(made, owner=np.array([owner[int(x)] for x in made.id], np.int64))


def cents(arr: Decimal | None) -> int | None:
    return None if arr is None else int(arr * 100)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    memory.clear()
    yield
    memory.clear()


@pytest.mark.parametrize(
    ("state", "until", "tab"),
    [
        (AlertState.OPEN, None, "todo"),
        (AlertState.SNOOZED, date(2026, 10, 2), "snoozed"),
        (AlertState.SNOOZED, TODAY, "todo"),
        (AlertState.SNOOZED, date(2026, 9, 30), "todo"),
        (AlertState.DONE, None, "handled"),
        (AlertState.NOT_USEFUL, None, "handled"),
    ],
)
def test_an_alert_stands_in_one_tab(state: str, until: date | None, tab: str) -> None:
    assert tab_of(state, until, today=TODAY) == tab


@pytest.mark.django_db
def test_an_alert_in_brief_says_whose_account_it_is_and_what_is_at_stake() -> None:
    """Now, or as it was when the alert opened, where that is unmeasured now."""
    tanaka = member("tanaka")
    a1, a2 = account("A1", owner=tanaka, arr=500), account("A2")
    first = alert(a1, rule="fading", journey="web", priority="low")
    second = alert(a2)
    alert(a2, rule="gone", closed=TODAY)
    assert list(briefs(EVERYTHING, RUN)) == [
        Brief(
            *(second.pk, a2.pk, NOBODY, "quiet", ""),
            *("high", SEPTEMBER, Decimal("1.00"), "open", None),
        ),
        Brief(
            *(first.pk, a1.pk, tanaka.pk, "fading", "web"),
            *("low", SEPTEMBER, Decimal("500.00"), "open", None),
        ),
    ]


@pytest.mark.django_db
def test_what_members_do_and_whose_accounts_they_are_shows_at_once() -> None:
    """Though the alerts themselves are read once a run."""
    tanaka, ito = member("tanaka"), member("ito")
    mine = account("A1", owner=tanaka)
    one = alert(mine)
    assert [(x.state, x.owner) for x in briefs(EVERYTHING, RUN)] == [("open", tanaka.pk)]
    snooze(scope=EVERYTHING, alert=one.pk, until=MONDAY, today=TODAY)
    save_accounts([AccountRow(row=1, key="A1", owner="ito")], effective=TODAY)
    after = [(x.state, x.until, x.owner) for x in briefs(EVERYTHING, RUN)]
    assert after == [("snoozed", MONDAY, ito.pk)]
    assert [len(briefs(scope_of(x), RUN)) for x in (tanaka, ito)] == [0, 1]


@pytest.mark.django_db
def test_a_later_run_closes_and_opens() -> None:
    over = alert(account("A1"))
    assert [x.id for x in briefs(EVERYTHING, RUN)] == [over.pk]
    Episode.objects.filter(pk=over.episode_id).update(closed_on=TODAY)
    opened = alert(account("A2"))
    later = Run(pk=2, finished_at=NOW)
    assert [x.id for x in briefs(EVERYTHING, later)] == [opened.pk]


@pytest.mark.django_db
def test_as_many_queries_for_many_as_for_few(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(30):
        alert(account(f"A{number}"))
    assert len(briefs(EVERYTHING, RUN)) == 30
    with django_assert_num_queries(3):
        assert len(briefs(EVERYTHING, RUN)) == 30


ANY_BRIEFS = st.lists(
    st.builds(
        brief,
        st.integers(1, 10**9),
        account=st.integers(1, 5),
        priority=st.sampled_from(["high", "medium", "low"]),
        arr=st.none() | st.sampled_from([0, 100, 250]),
        opened=st.sampled_from([date(2026, 8, 1), SEPTEMBER, TODAY]),
    ),
    unique_by=lambda x: x.id,
    max_size=12,
)


@given(ANY_BRIEFS)
def test_columns_stand_in_the_order_of_the_rules(found: list[Brief]) -> None:
    by_number = sorted(found, key=lambda x: x.id)
    ordered = rank(by_number, stake=lambda x: Stake(x.priority, x.arr, x.opened_on))
    assert list(ranks(*found)) == ordered


@given(ANY_BRIEFS)
def test_totals_are_those_of_an_account_by_account_count(found: list[Brief]) -> None:
    groups = {x.account: [y for y in found if y.account == x.account] for x in found}
    stakes = [at_stake(group) for group in groups.values()]
    known = [x for x in stakes if x is not None]
    assert totals(ranks(*found)) == Totals(
        accounts=len(groups),
        alerts=len(found),
        arr=sum(known) if known else None,
        unknown=len(stakes) - len(known),
    )


@given(ANY_BRIEFS, st.integers(1, 3))
def test_page_after_page_every_account_is_shown_once(found: list[Brief], most: int) -> None:
    every = ranks(*found)
    shown, after = [], None
    while True:
        page = ranked(every, most=most, after=after)
        shown += page.groups
        if page.cursor is None:
            break
        after = every.numbered(page.cursor)
    assert shown == list(dict.fromkeys(x.account for x in every))


@pytest.mark.django_db
def test_an_account_that_no_run_has_seen_yet_has_alerts_too() -> None:
    made = Account.objects.create(key="A1")
    alert(made)
    assert [(x.account, x.arr) for x in briefs(EVERYTHING, RUN)] == [(made.pk, Decimal("1.00"))]


@pytest.mark.django_db
def test_everybody_has_their_own_to_do() -> None:
    tanaka, ito = member("tanaka"), member("ito")
    mine = alert(account("A1", owner=tanaka))
    alert(account("A2", owner=ito))
    assert [x.id for x in briefs(scope_of(tanaka), RUN)] == [mine.pk]
    assert len(briefs(EVERYTHING, RUN)) == 2


@pytest.mark.django_db
def test_revenue_hidden_from_a_reader_does_not_show_in_the_order() -> None:
    reader = member("reader", reach=Reach.ALL, sees_revenue=False)
    small, large = account("A1", arr=5), account("A2", arr=900)
    alert(small)
    alert(large)
    assert [x.arr for x in briefs(scope_of(reader), RUN)] == [None, None]
    hidden = ranked(briefs(scope_of(reader), RUN), most=9)
    open_ = ranked(briefs(EVERYTHING, RUN), most=9)
    assert list(hidden.groups) == [small.pk, large.pk]
    assert list(open_.groups) == [large.pk, small.pk]


def test_tabs_count_with_the_filters_and_choices_without_their_own() -> None:
    found = ranks(
        brief(1, 1, owner=1, rule="quiet"),
        brief(2, 2, owner=2, rule="quiet"),
        brief(3, 2, owner=2, rule="fading"),
        brief(4, 2, owner=2, rule="fading", state="done"),
        brief(5, 3, owner=1, rule="fading", state="snoozed", until=MONDAY),
    )
    sifted = sift(found, Wanted(owner=2), today=TODAY)
    assert [x.id for x in sifted.alerts] == [2, 3]
    assert dict(sifted.tabs) == {"todo": 2, "snoozed": 0, "handled": 1}
    assert dict(sifted.facets["owner"]) == {1: 1, 2: 2}
    assert dict(sifted.facets["rule"]) == {"quiet": 1, "fading": 1}


def test_all_filters_hold_together() -> None:
    found = ranks(
        brief(1, 1, owner=1, rule="a", journey="web", priority="low"),
        brief(2, 1, owner=1, rule="a", journey="bi", priority="low"),
        brief(3, 1, owner=2, rule="a", journey="web", priority="low"),
        brief(4, 1, owner=1, rule="a", journey="web", priority="high"),
        brief(5, 1, owner=1, rule="b", journey="web", priority="low"),
    )
    wanted = Wanted(owner=1, rule="a", journey="web", priority="low")
    assert [x.id for x in sift(found, wanted, today=TODAY).alerts] == [1]
    assert (wanted.filtered, Wanted(tab="handled").filtered) == (True, False)


def test_those_without_an_owner_can_be_asked_for() -> None:
    found = ranks(brief(1, 1, owner=1), brief(2, 2, owner=NOBODY))
    assert [x.id for x in sift(found, Wanted(owner=NOBODY), today=TODAY).alerts] == [2]
    assert Wanted(owner=NOBODY).filtered is True


def test_snoozed_alerts_have_their_tab_until_their_day() -> None:
    waits = brief(1, 1, state="snoozed", until=MONDAY)
    found = ranks(waits)
    assert list(sift(found, Wanted(tab="snoozed"), today=TODAY).alerts) == [waits]
    assert list(sift(found, Wanted(), today=TODAY).alerts) == []
    assert list(sift(found, Wanted(), today=MONDAY).alerts) == [waits]


def test_an_account_with_two_alerts_is_at_stake_once() -> None:
    found = ranks(
        brief(1, 1, arr=100), brief(2, 1, arr=100), brief(3, 2, arr=50), brief(4, 3, arr=None)
    )
    assert totals(found) == Totals(accounts=3, alerts=4, arr=Decimal(150), unknown=1)


def test_the_newest_alert_that_knows_says_what_is_at_stake() -> None:
    older, newest = date(2026, 8, 1), date(2026, 9, 9)
    found = ranks(
        brief(1, 1, arr=100, opened=SEPTEMBER),
        brief(2, 1, arr=90, opened=older),
        brief(3, 1, arr=None, opened=newest),
    )
    assert (at_stake(list(found)), at_stake([found[2]])) == (Decimal(100), None)


def test_where_no_revenue_is_known_there_is_no_sum() -> None:
    assert totals(ranks(brief(1, 1, arr=None))) == Totals(accounts=1, alerts=1, arr=None, unknown=1)
    assert totals(ranks()) == Totals(accounts=0, alerts=0, arr=None, unknown=0)


FOUR = [
    brief(1, 1, priority="low", arr=900),
    brief(2, 2, priority="high", arr=100),
    brief(3, 1, priority="high", arr=900),
    brief(4, 3, priority="high", arr=None),
    brief(5, 4, priority="medium", arr=500),
]


def test_accounts_stand_where_their_most_urgent_alert_stands() -> None:
    found = ranked(ranks(*FOUR), most=9)
    assert [[x.id for x in group] for group in found.groups.values()] == [[3, 1], [2], [4], [5]]
    assert found.cursor is None
    order = rank(FOUR, stake=lambda x: Stake(x.priority, x.arr, x.opened_on))
    assert list(dict.fromkeys(x.account for x in order)) == list(found.groups)


def test_pages_hold_whole_accounts_and_follow_each_other() -> None:
    first = ranked(ranks(*FOUR), most=2)
    assert (list(first.groups), first.cursor) == ([1, 2], 2)
    second = ranked(ranks(*FOUR), most=2, after=FOUR[1])
    assert (list(second.groups), second.cursor) == ([3, 4], None)


def test_accounts_that_stand_elsewhere_are_left_out_of_every_page() -> None:
    first = ranked(ranks(*FOUR), most=2, without={2})
    assert (list(first.groups), first.cursor, first.left) == ([1, 3], 4, 1)
    second = ranked(ranks(*FOUR), most=2, after=FOUR[3], without={2})
    assert (list(second.groups), second.cursor) == ([4], None)


def test_alerts_of_chosen_accounts_come_in_their_order_or_are_none() -> None:
    found = by_account(ranks(*FOUR), [3, 9, 1])
    assert {x: [y.id for y in group] for x, group in found.items()} == {3: [4], 9: [], 1: [3, 1]}
    assert list(found) == [3, 9, 1]


def test_the_next_page_goes_on_where_the_last_account_was_handled_meanwhile() -> None:
    left = [x for x in FOUR if x.account != 2]
    assert list(ranked(ranks(*left), most=9, after=FOUR[1]).groups) == [3, 4]


def test_the_next_page_loses_none_that_are_alike() -> None:
    alike = {number: brief(number, number) for number in range(1, 6)}
    left = dict(alike)
    seen: list[int] = []
    cursor: int | None = 0
    while cursor is not None:
        page = ranked(ranks(*left.values()), most=2, after=alike.get(cursor))
        seen += page.groups
        cursor = page.cursor
        left.pop(2, None)  # handled while the first page was looked at
    assert seen == [1, 2, 3, 4, 5]


@pytest.mark.django_db
def test_a_page_has_its_accounts_with_journeys_alerts_and_what_was_done_last() -> None:
    tanaka = member("tanaka", reach=Reach.ALL)
    a1, a2 = account("A1", owner=tanaka, arr=5), account("A2", arr=9)
    urgent, other, lone = alert(a1), alert(a1, rule="b", priority="low"), alert(a2)
    snooze(scope=EVERYTHING, alert=other.pk, until=MONDAY, today=TODAY)
    done = finish(scope=scope_of(tanaka), alert=other.pk, today=MONDAY)
    page = ranked(briefs(EVERYTHING, RUN), most=9).groups
    found = entries(EVERYTHING, faces(EVERYTHING, page))
    assert [x.account for x in found] == [a2, a1]
    assert [x.alerts for x in found] == [[(lone, None)], [(urgent, None), (other, done)]]
    assert [[y.journey for y in x.standings] for x in found] == [["web", "bi"]] * 2


@pytest.mark.django_db
def test_an_account_without_alerts_has_at_stake_what_is_under_contract() -> None:
    blind = member("blind", reach=Reach.ALL, sees_revenue=False)
    calm = account("A1", arr=5)
    groups: dict[int, list[Brief]] = {calm.pk: []}
    (seen,) = entries(EVERYTHING, faces(EVERYTHING, groups))
    (hidden,) = entries(scope_of(blind), faces(scope_of(blind), groups))
    assert ((seen.arr, seen.alerts), hidden.arr) == ((Decimal("5.00"), []), None)


@pytest.mark.django_db
def test_what_is_not_seen_is_not_on_a_page_either() -> None:
    tanaka = member("tanaka")
    hidden = alert(account("A1"))
    everything = ranked(briefs(EVERYTHING, RUN), most=9).groups
    assert faces(scope_of(tanaka), everything) == ()
    assert alert_in_scope(scope_of(tanaka), hidden.pk) is None
    assert alert_in_scope(EVERYTHING, hidden.pk) == hidden


@pytest.mark.django_db
def test_an_undo_is_the_last_thing_done() -> None:
    one = alert(account("A1"))
    done = finish(scope=EVERYTHING, alert=one.pk, today=TODAY)
    back = undo(scope=EVERYTHING, alert=one.pk, handling=done.pk)
    assert latest_handlings([one.pk]) == {one.pk: back}


@pytest.mark.django_db
def test_owners_are_named_to_those_who_see_an_account_of_theirs() -> None:
    tanaka, ito = member("tanaka"), Member.objects.create(handle="ito@x", name="伊藤")
    nobody = member("nobody")
    account("A1", owner=tanaka)
    account("A2", owner=ito)
    everybody = [tanaka.pk, ito.pk, nobody.pk]
    assert owners(EVERYTHING, everybody) == {tanaka.pk: "tanaka", ito.pk: "伊藤"}
    assert owners(scope_of(tanaka), everybody) == {tanaka.pk: "tanaka"}


@pytest.mark.django_db
def test_people_saw_the_run_before_last_or_else_the_day_before() -> None:
    def run(as_of: date) -> Run:
        return Run.objects.create(
            as_of=as_of,
            fingerprint="f",
            generation=1,
            started_at=datetime(2026, 10, 1, tzinfo=UTC),
            finished_at=datetime(2026, 10, 1, tzinfo=UTC),
            accounts=0,
            opened=0,
            closed=0,
        )

    first, again, later = run(SEPTEMBER), run(SEPTEMBER), run(TODAY)
    assert [seen_before(x) for x in (first, again, later)] == [
        date(2026, 8, 31),
        date(2026, 8, 31),
        SEPTEMBER,
    ]


@pytest.mark.django_db
def test_accounts_seen_are_those_of_the_reader() -> None:
    tanaka = member("tanaka")
    account("A1", owner=tanaka)
    account("A2")
    assert (accounts_seen(scope_of(tanaka)), accounts_seen(EVERYTHING)) == (1, 2)
