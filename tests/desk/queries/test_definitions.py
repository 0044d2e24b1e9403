"""Definitions at work, as a reader sees them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from tests.desk.alerts import account as account_of
from tests.desk.alerts import alert, member

from banso.desk.models import (
    Account,
    Alert,
    AlertState,
    DefinitionSet,
    Member,
    NotUseful,
    Reach,
    Run,
    Standing,
)
from banso.desk.queries.definitions import (
    Flagged,
    RuleFigures,
    StageStanding,
    applied_sets,
    files_in_force,
    journey_standing,
    rule_figures,
    rule_history,
    segment_counts,
    stage_counts,
)
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.services.alerts import dismiss, finish, snooze, undo

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 10, 1)
NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def run() -> Run:
    return Run.objects.create(
        as_of=AS_OF,
        fingerprint="f",
        generation=1,
        started_at=NOW,
        finished_at=NOW,
        accounts=0,
        opened=0,
        closed=0,
    )


def apply(fingerprint: str, why: str = "") -> DefinitionSet:
    return DefinitionSet.objects.create(
        fingerprint=fingerprint,
        metadata_fingerprint="m",
        files={"a.yaml": why},
        applied_by="sato",
        why=why,
    )


def stand(
    key: str,
    stage: str,
    colour: str = "healthy",
    *,
    journey: str = "web",
    days: int = 10,
    overdue: bool | None = False,
    owner: Member | None = None,
    segments: tuple[str, ...] = (),
    lead: bool = True,
) -> Account:
    account, _ = Account.objects.get_or_create(key=key, defaults={"owner": owner})
    Standing.objects.create(
        account=account,
        journey=journey,
        lead=lead,
        stage=stage,
        position=0,
        days_in_stage=days if stage else None,
        overdue=overdue,
        colour=colour,
        urgency=0,
        scores=[],
        segments=list(segments),
    )
    return account


def days_before(days: int) -> date:
    return AS_OF - timedelta(days=days)


# sets


def test_sets_come_newest_first_and_say_whether_numbers_can_differ() -> None:
    first, second, third = apply("one", "start"), apply("two", "seats count"), apply("two", "label")
    found = applied_sets(most=10)
    assert [(x.number, x.fingerprint, x.why, x.labels_only) for x in found] == [
        (third.pk, "two", "label", True),
        (second.pk, "two", "seats count", False),
        (first.pk, "one", "start", None),
    ]
    assert [x.labels_only for x in applied_sets(most=1)] == [True]
    assert files_in_force() == {"a.yaml": "label"}


def test_before_the_first_set_there_is_none() -> None:
    assert applied_sets(most=10) == []
    assert files_in_force() == {}


# journeys and segments


def test_a_journey_is_its_stages_with_colours_and_days(run: Run) -> None:
    stand("A", "start", "at_risk", days=5, overdue=True)
    stand("B", "start", "healthy", days=9)
    stand("C", "start", "healthy", days=40, overdue=True)
    stand("D", "habit", "unmeasured", days=7, overdue=None)
    stand("D", "start", journey="bi", lead=False)
    stand("E", "", "", journey="")
    assert journey_standing(EVERYTHING, run, "web") == {
        "start": StageStanding(3, {"at_risk": 1, "healthy": 2}, 9.0, 2),
        "habit": StageStanding(1, {"unmeasured": 1}, 7.0, 0),
    }
    assert stage_counts(EVERYTHING, run) == {
        ("web", "start"): 3,
        ("web", "habit"): 1,
        ("bi", "start"): 1,
    }


def test_an_account_counts_once_in_a_segment_whatever_its_journeys(run: Run) -> None:
    stand("A", "start", segments=("large", "quiet"))
    stand("A", "start", journey="bi", lead=False, segments=("large", "quiet"))
    stand("B", "start", segments=("large",))
    stand("C", "start")
    assert segment_counts(EVERYTHING, run) == {"large": 2, "quiet": 1}


def test_counts_are_of_the_readers_own_accounts(run: Run) -> None:
    mine = member("csm")
    stand("A", "start", owner=mine, segments=("large",))
    stand("B", "start", segments=("large",))
    scope = scope_of(mine)
    assert stage_counts(scope, run) == {("web", "start"): 1}
    assert journey_standing(scope, run, "web")["start"].accounts == 1
    assert segment_counts(scope, run) == {"large": 1}
    assert segment_counts(EVERYTHING, run) == {"large": 2}


# rules


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
    assert rule_figures(EVERYTHING, as_of=AS_OF) == expected
    assert expected["quiet"].not_useful == 1


def test_an_old_alert_that_is_over_counts_nowhere() -> None:
    alert(account_of("A"), opened=days_before(28), closed=days_before(20))
    assert rule_figures(EVERYTHING, as_of=AS_OF) == {}
    alert(account_of("B"), opened=days_before(27), closed=days_before(20))
    assert rule_figures(EVERYTHING, as_of=AS_OF) == {"quiet": RuleFigures(0, 1, 0, 0)}


def test_the_history_of_a_rule_by_hand() -> None:
    a, b = account_of("A"), account_of("B")
    for opened, closed in ((3, None), (20, 10), (100, 60), (181, 180), (182, 170)):
        alert(a, opened=days_before(opened), closed=None if closed is None else days_before(closed))
    alert(b, opened=days_before(7), closed=days_before(4))
    alert(b, rule="other", opened=days_before(7))
    found = rule_history(EVERYTHING, "quiet", as_of=AS_OF)
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
    assert found.flagged == [Flagged(a.pk, "A", 4), Flagged(b.pk, "B", 1)]
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
    found = rule_history(scope, "quiet", as_of=AS_OF)
    assert found.states == {
        AlertState.DONE: 1,
        AlertState.SNOOZED: 1,
        AlertState.NOT_USEFUL: 2,
        AlertState.OPEN: 1,
    }
    assert found.reasons == {NotUseful.KNOWN: 1, NotUseful.NO_ACTION: 1}


def test_rules_are_judged_by_the_readers_own_accounts() -> None:
    mine = member("csm")
    alert(account_of("A", owner=mine), opened=days_before(1))
    alert(account_of("B"), opened=days_before(1))
    scope = scope_of(mine)
    assert rule_figures(scope, as_of=AS_OF)["quiet"].open == 1
    found = rule_history(scope, "quiet", as_of=AS_OF)
    assert (found.open, found.opened, [x.name for x in found.flagged]) == (1, 1, ["A"])


def test_queries_do_not_grow_with_rows(
    run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 12):
        for n in range(count):
            alert(account_of(f"{count}-{n}"), opened=days_before(n))
        cache.clear()
        with django_assert_num_queries(7):
            rule_history(EVERYTHING, "quiet", as_of=AS_OF)
        with django_assert_num_queries(5):
            rule_figures(EVERYTHING, as_of=AS_OF)
            stage_counts(EVERYTHING, run)
            segment_counts(EVERYTHING, run)
            journey_standing(EVERYTHING, run, "web")
