"""Metrics, segments and owners that stand beside the list."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banso.core.unmeasured import Reason
from banso.desk.models import Account, Measured, Member, Reach, Run, Standing
from banso.desk.queries.beside_list import (
    MetricValue,
    account_segments,
    metric_values,
    owners_in,
)
from banso.desk.queries.scope import EVERYTHING, NOTHING, scope_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 1, 3, tzinfo=UTC)


@pytest.fixture
def run() -> Run:
    return Run.objects.create(
        as_of=date(2026, 10, 1),
        fingerprint="f",
        generation=1,
        started_at=NOON,
        finished_at=NOON,
        accounts=0,
        opened=0,
        closed=0,
        metrics=["users", "plan", "nps"],
    )


def account(key: str, *, owner: Member | None = None) -> int:
    row = Account.objects.create(key=key, owner=owner)
    Measured.objects.create(
        account=row, numbers=[3.0, None, None], reasons=[0, 0, 3], texts={"plan": "gold"}
    )
    for journey, lead in (("a", True), ("b", False)):
        Standing.objects.create(
            account=row,
            journey=journey,
            lead=lead,
            position=0,
            urgency=0,
            scores=[],
            segments=["large"],
        )
    return row.pk


def test_a_metric_is_a_number_a_text_or_unmeasured_for_a_reason(run: Run) -> None:
    one = account("A")

    found = metric_values(EVERYTHING, run, accounts=[one], metrics=["nps", "users", "plan"])

    assert found == {
        one: {
            "nps": MetricValue(None, Reason.NO_SOURCE),
            "users": MetricValue(3.0, Reason.MEASURED),
            "plan": MetricValue("gold", Reason.MEASURED),
        }
    }


def test_a_metric_that_the_run_did_not_know_is_in_none(run: Run) -> None:
    one = account("A")

    assert metric_values(EVERYTHING, run, accounts=[one], metrics=["new", "users"]) == {
        one: {"users": MetricValue(3.0, Reason.MEASURED)}
    }
    with CaptureQueriesContext(connection) as asked:
        assert metric_values(EVERYTHING, run, accounts=[one], metrics=["new"]) == {}
        assert metric_values(EVERYTHING, run, accounts=[one], metrics=[]) == {}
    assert len(asked) == 0


def test_nothing_is_told_of_accounts_that_are_out_of_reach(run: Run) -> None:
    sato = Member.objects.create(handle="sato", reach=Reach.OWN)
    own, other = account("A", owner=sato), account("B")

    def told(member: Member) -> tuple[set[int], set[int]]:
        scope = scope_of(member)
        metrics = metric_values(scope, run, accounts=[own, other], metrics=["users"])
        return set(metrics), set(account_segments(scope, [own, other]))

    assert told(sato) == ({own}, {own})
    assert account_segments(EVERYTHING, [own, other]) == {own: ["large"], other: ["large"]}
    assert account_segments(NOTHING, [own]) == {}


def test_owners_are_those_of_accounts_in_reach_by_name() -> None:
    b = Member.objects.create(handle="1", name="B", reach=Reach.OWN)
    a = Member.objects.create(handle="2", name="A", reach=Reach.ALL)
    Member.objects.create(handle="3", name="C")
    account("A1", owner=b)
    account("A2", owner=a)
    account("A3")

    assert list(owners_in(EVERYTHING).items()) == [(a.pk, "A"), (b.pk, "B")]
    assert owners_in(scope_of(b)) == {b.pk: "B"}
    assert owners_in(NOTHING) == {}
