"""What rules have told, and what members made of it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from tests.desk.alerts import account as account_of
from tests.desk.alerts import alert, member

from banso.core.rules.precision import share
from banso.desk.models import Alert, AlertState, NotUseful, Reach, Run
from banso.desk.queries.kept import memory
from banso.desk.queries.rules import (
    Flagged,
    RuleFigures,
    found_useful,
    rule_figures,
    rule_history,
)
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.services.alerts import dismiss, finish, snooze, undo

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 10, 1)
RUN = Run(pk=1, as_of=AS_OF, finished_at=datetime(2026, 10, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    memory.clear()
    yield
    memory.clear()


def days_before(number: int) -> date:
    return AS_OF - timedelta(days=number)


def test_figures_of_rules_are_those_of_sql() -> None:
    accounts = [account_of(f"A{n}") for n in range(9)]
    states = [AlertState.OPEN, AlertState.DONE, AlertState.NOT_USEFUL, AlertState.SNOOZED]
    for n, on in enumerate(accounts):
        made = alert(
            on,
            rule="quiet" if n % 3 else "fading",
            opened=days_before(n * 5),
            closed=days_before(0) if n in (2, 5, 8) else None,
        )
        Alert.objects.filter(pk=made.pk).update(state=states[n % 4])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rule, count(*) FILTER (WHERE closed_on IS NULL), "
            "count(*) FILTER (WHERE opened_on > %(d)s), "
            "count(*) FILTER (WHERE opened_on > %(d)s AND state <> 'open'), "
            "count(*) FILTER (WHERE opened_on > %(d)s AND state = 'not_useful') "
            "FROM episode JOIN alert ON episode_id = episode.id GROUP BY rule",
            {"d": days_before(28)},
        )
        expected = {rule: RuleFigures(*rest) for rule, *rest in cursor.fetchall()}
    assert rule_figures(EVERYTHING, RUN) == expected
    assert expected["quiet"].not_useful == 1


def test_the_share_that_members_found_useful_is_of_those_they_said_something_about() -> None:
    """Two accounts: what one account says often counts for less than as many accounts."""
    a, b = account_of("A"), account_of("B")
    states = [AlertState.DONE, AlertState.DONE, AlertState.NOT_USEFUL, AlertState.OPEN]
    for n, state in enumerate([*states, AlertState.SNOOZED]):
        made = alert(a, opened=days_before(10 * n), closed=days_before(10 * n - 1))
        Alert.objects.filter(pk=made.pk).update(state=state)
    made = alert(b, opened=days_before(9))
    Alert.objects.filter(pk=made.pk).update(state=AlertState.NOT_USEFUL)
    old = alert(b, opened=days_before(26 * 7), closed=days_before(100))
    Alert.objects.filter(pk=old.pk).update(state=AlertState.DONE)
    alert(a, rule="silent", opened=days_before(1))
    verdict = np.array([0, 0, 2, 2])  # hit, hit, miss, miss
    assert found_useful(EVERYTHING, RUN) == {"quiet": share(verdict, np.array([1, 1, 1, 2]))}


def test_an_old_alert_that_is_over_counts_nowhere() -> None:
    alert(account_of("A"), opened=days_before(28), closed=days_before(20))
    assert rule_figures(EVERYTHING, RUN) == {}
    memory.clear()  # a later run opens it
    alert(account_of("B"), opened=days_before(27), closed=days_before(20))
    assert rule_figures(EVERYTHING, RUN) == {"quiet": RuleFigures(0, 1, 0, 0)}


def test_the_history_of_a_rule_by_hand() -> None:
    a, b = account_of("A"), account_of("B")
    for opened, closed in ((3, None), (20, 10), (100, 60), (181, 180), (182, 170)):
        alert(a, opened=days_before(opened), closed=None if closed is None else days_before(closed))
    alert(b, opened=days_before(7), closed=days_before(4))
    alert(b, rule="other", opened=days_before(7))
    found = rule_history(EVERYTHING, "quiet", RUN)
    assert found.open == 1
    assert found.opened == 5
    assert [(day, alerts) for day, alerts in found.weeks if alerts] == [
        (days_before(25 * 7), 1),
        (days_before(14 * 7), 1),
        (days_before(2 * 7), 1),
        (days_before(7), 1),
        (days_before(0), 1),
    ]
    assert len(found.weeks) == 26
    assert (found.closed, found.median_days) == (4, 6.5)  # 10, 40, 1, 3 days
    assert found.flagged == [Flagged(a.pk, "A", 4)]  # B: one alert is not often
    assert found.states == {AlertState.OPEN: 5}


def test_what_members_did_is_what_holds_after_undoing() -> None:
    scope = scope_of(member("csm", reach=Reach.ALL))
    alerts = [alert(account_of(f"A{n}"), opened=days_before(2)) for n in range(5)]
    finish(scope=scope, alert=alerts[0].pk, today=AS_OF)
    snooze(scope=scope, alert=alerts[1].pk, until=date(2026, 10, 9), today=AS_OF)
    for at in (2, 3):
        dismiss(scope=scope, alert=alerts[at].pk, reason=NotUseful.KNOWN, today=AS_OF)
    mistaken = dismiss(scope=scope, alert=alerts[4].pk, reason=NotUseful.WRONG_DATA, today=AS_OF)
    undo(scope=scope, alert=alerts[4].pk, handling=mistaken.pk)
    latest = alerts[3].handlings.get()
    undo(scope=scope, alert=alerts[3].pk, handling=latest.pk)
    dismiss(scope=scope, alert=alerts[3].pk, reason=NotUseful.NO_ACTION, today=AS_OF)
    found = rule_history(scope, "quiet", RUN)
    assert found.states == {
        AlertState.DONE: 1,
        AlertState.SNOOZED: 1,
        AlertState.NOT_USEFUL: 2,
        AlertState.OPEN: 1,
    }
    assert found.reasons == {NotUseful.KNOWN: 1, NotUseful.NO_ACTION: 1}


def test_rules_are_judged_by_the_readers_own_accounts() -> None:
    mine = member("csm")
    for account in (account_of("A", owner=mine), account_of("B")):
        alert(account, opened=days_before(9), closed=days_before(5))
        alert(account, opened=days_before(1))
    scope = scope_of(mine)
    assert rule_figures(scope, RUN)["quiet"].open == 1
    found = rule_history(scope, "quiet", RUN)
    assert (found.open, found.opened, [x.name for x in found.flagged]) == (1, 2, ["A"])


def test_what_members_do_shows_at_once() -> None:
    """Though what runs decide is read once a run."""
    one = alert(account_of("A"), opened=days_before(2))
    assert rule_figures(EVERYTHING, RUN)["quiet"] == RuleFigures(1, 1, 0, 0)
    assert rule_history(EVERYTHING, "quiet", RUN).states == {AlertState.OPEN: 1}
    finish(scope=EVERYTHING, alert=one.pk, today=AS_OF)
    assert rule_figures(EVERYTHING, RUN)["quiet"] == RuleFigures(1, 1, 1, 0)
    assert rule_history(EVERYTHING, "quiet", RUN).states == {AlertState.DONE: 1}


def test_queries_do_not_grow_with_rows(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for count in (1, 12):
        for n in range(count):
            account = account_of(f"{count}-{n}")
            alert(account, opened=days_before(n + 30), closed=days_before(n + 20))
            alert(account, opened=days_before(n))
        memory.clear()
        with django_assert_num_queries(7):
            rule_history(EVERYTHING, "quiet", RUN)
        with django_assert_num_queries(2):
            rule_figures(EVERYTHING, RUN)
        with django_assert_num_queries(4):
            rule_history(EVERYTHING, "quiet", RUN)
            rule_figures(EVERYTHING, RUN)
