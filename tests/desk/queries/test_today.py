from datetime import date
from decimal import Decimal

import pytest
from tests.desk.alerts import account, alert, member

from banso.desk.models import Reach
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.queries.today import alerts_open_on, open_alerts
from banso.desk.services.alerts import finish, snooze

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 1)
MONDAY = date(2026, 10, 5)


def test_what_is_to_do_leaves_out_what_was_handled_or_snoozed() -> None:
    for key in ("A1", "A2", "A3"):
        made = alert(account(key))
        if key == "A2":
            finish(scope=EVERYTHING, alert=made.pk, today=TODAY)
        if key == "A3":
            snooze(scope=EVERYTHING, alert=made.pk, until=MONDAY, today=TODAY)
    keys = {
        day: [x.account for x in open_alerts(EVERYTHING, to_do_on=day)] for day in (TODAY, MONDAY)
    }
    assert keys == {TODAY: ["A1"], MONDAY: ["A1", "A3"]}
    assert [x.account for x in open_alerts(EVERYTHING)] == ["A1", "A2", "A3"]


def test_what_is_at_stake_is_what_the_account_is_worth_now() -> None:
    grown, lapsed = account("A1", arr=700), account("A2")
    for x in (grown, lapsed):
        alert(x)  # worth 1 when it opened
    found = open_alerts(EVERYTHING)
    assert {x.account: x.arr for x in found} == {"A1": Decimal(700), "A2": Decimal(1)}
    blind = scope_of(member("blind", reach=Reach.ALL, sees_revenue=False))
    assert {x.arr for x in open_alerts(blind)} == {None}
    past = alerts_open_on(EVERYTHING, "A1", TODAY)
    assert [x.arr for x in past] == [Decimal(1)]
