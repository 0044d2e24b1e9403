"""Definitions at work, as a reader sees them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries
from tests.desk.alerts import account as account_of
from tests.desk.alerts import alert, member

from banso.desk.models import (
    Account,
    DefinitionSet,
    Member,
    Run,
    Standing,
)
from banso.desk.queries.definitions import (
    StageStanding,
    applied_sets,
    files_in_force,
    journey_standing,
    segment_counts,
    stage_counts,
)
from banso.desk.queries.kept import memory
from banso.desk.queries.scope import EVERYTHING, scope_of

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 10, 1)
NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    memory.clear()
    yield
    memory.clear()


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


def test_queries_do_not_grow_with_rows(
    run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 12):
        for n in range(count):
            alert(account_of(f"{count}-{n}"), opened=days_before(n))
        memory.clear()
        with django_assert_num_queries(4):
            stage_counts(EVERYTHING, run)
            segment_counts(EVERYTHING, run)
            journey_standing(EVERYTHING, run, "web")
