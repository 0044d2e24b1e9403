from datetime import date

import pytest
from tests.desk.alerts import account, alert

from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.today import open_alerts
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
