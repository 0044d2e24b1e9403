"""How much each member has to do."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk.alerts import account, alert, member
from tests.desk.queries.test_to_do import brief, ranks

from banso.desk.models import Handling, NotUseful, Reach
from banso.desk.queries.briefs import NOBODY, Brief
from banso.desk.queries.loads import (
    AlertLoad,
    alert_loads,
    handled_since,
    members_named,
    owned,
    task_loads,
)
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.queries.to_do import at_stake, tab_of
from banso.desk.services.alerts import dismiss, finish, snooze, undo

TODAY = date(2026, 10, 1)
MONDAY = date(2026, 10, 5)
ANY = st.lists(
    st.builds(
        brief,
        st.integers(1, 10**9),
        account=st.integers(1, 4),
        owner=st.sampled_from([NOBODY, 7, 8]),
        priority=st.sampled_from(["high", "low"]),
        arr=st.none() | st.sampled_from([0, 100, 250]),
        opened=st.sampled_from([date(2026, 8, 1), TODAY]),
        state=st.sampled_from(["open", "snoozed", "done"]),
        until=st.sampled_from([TODAY, MONDAY]),
    ),
    unique_by=lambda x: x.id,
    max_size=12,
)


def test_what_each_owner_has_to_do_is_told_with_what_is_at_stake() -> None:
    found = ranks(
        brief(1, 1, owner=7, arr=100, opened=date(2026, 9, 3)),
        brief(2, 1, owner=7, arr=100, priority="low", opened=date(2026, 9, 1)),
        brief(3, 2, owner=7, arr=None),
        brief(4, 3, owner=8, state="snoozed", until=MONDAY),
        brief(5, 4, owner=8, state="done"),
    )
    assert alert_loads(found, today=TODAY) == {
        7: AlertLoad(
            alerts=3, high=2, since=date(2026, 9, 1), snoozed=0, accounts=2, arr=Decimal(100)
        ),
        8: AlertLoad(alerts=0, high=0, since=None, snoozed=1, accounts=0, arr=None),
    }


@given(ANY)
def test_the_loads_are_what_counting_one_by_one_gives(found: list[Brief]) -> None:
    todo = [x for x in found if tab_of(x.state, x.until, today=TODAY) == "todo"]
    snoozed = [x for x in found if tab_of(x.state, x.until, today=TODAY) == "snoozed"]
    told = alert_loads(ranks(*found), today=TODAY)
    assert set(told) == {x.owner for x in (*todo, *snoozed)}
    for owner, load in told.items():
        mine = [x for x in todo if x.owner == owner]
        known = [
            at_stake([x for x in todo if x.account == number])
            for number in {x.account for x in mine}
        ]
        sums = [x for x in known if x is not None]
        assert load == AlertLoad(
            alerts=len(mine),
            high=sum(x.priority == "high" for x in mine),
            since=min((x.opened_on for x in mine), default=None),
            snoozed=sum(x.owner == owner for x in snoozed),
            accounts=len(known),
            arr=sum(sums, Decimal(0)) if sums else None,
        )


@pytest.mark.django_db
def test_what_was_handled_lately_counts_for_whoever_did_it_unless_taken_back() -> None:
    ito = member("ito", reach=Reach.ALL)
    scope = scope_of(ito)
    one, two, three, four = (alert(account(f"A{x}")).pk for x in range(4))
    finish(scope=scope, alert=one, today=TODAY)
    dismiss(scope=scope, alert=two, reason=NotUseful.KNOWN, today=TODAY)
    snooze(scope=scope, alert=three, until=MONDAY, today=TODAY)
    undo(scope=scope, alert=four, handling=finish(scope=scope, alert=four, today=TODAY).pk)
    finish(scope=EVERYTHING, alert=four, today=TODAY)  # by nobody, from the command line
    now = datetime.now(tz=UTC)
    assert dict(handled_since(EVERYTHING, now - timedelta(days=7))) == {ito.pk: 2}
    Handling.objects.update(at=now - timedelta(days=8))
    assert dict(handled_since(EVERYTHING, now - timedelta(days=7))) == {}


@pytest.mark.django_db
def test_only_accounts_that_the_reader_sees_are_counted() -> None:
    ito, ueda = member("ito"), member("ueda")
    for key, owner in (("A1", ito), ("A2", ito), ("A3", ueda), ("A4", None)):
        account(key, owner=owner)
    assert dict(owned(scope_of(ito))) == {ito.pk: 2}
    assert dict(owned(EVERYTHING)) == {ito.pk: 2, ueda.pk: 1, NOBODY: 1}
    assert members_named([ito.pk, NOBODY]) == {ito.pk: "ito"}
    assert task_loads(scope_of(ito), today=TODAY) == {}
