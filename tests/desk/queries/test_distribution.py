"""How metrics are spread over the accounts that a reader sees."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from banso.core.unmeasured import Reason
from banso.desk.models import Account, Measured, Member, Reach, Run, Team
from banso.desk.queries.distribution import (
    Distribution,
    Extreme,
    Mark,
    distribution,
    unmeasured,
)
from banso.desk.queries.kept import memory
from banso.desk.queries.scope import EVERYTHING, NOTHING, Scope, scope_of

pytestmark = pytest.mark.django_db
NONE, LATE = int(Reason.NO_SOURCE), int(Reason.SOURCE_LATE)
NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    memory.clear()
    yield
    memory.clear()


@pytest.fixture
def run() -> Run:
    return Run.objects.create(
        as_of=date(2026, 10, 1),
        fingerprint="f",
        generation=1,
        started_at=NOW,
        finished_at=NOW,
        accounts=0,
        opened=0,
        closed=0,
        metrics=["users", "plan", "nps"],
    )


def account(key: str, owner: Member | None = None) -> Account:
    return Account.objects.create(key=key, name=f"{key} Ltd", owner=owner)


def measure(
    account: Account,
    numbers: Sequence[float | None],
    reasons: Sequence[int] = (0, 0, 0),
    **texts: str,
) -> None:
    Measured.objects.create(
        account=account, numbers=list(numbers), reasons=list(reasons), texts=texts
    )


def looked(scope: Scope, run: Run, metric: str, *marks: Mark) -> Distribution:
    found = distribution(scope, run, metric, marks=marks)
    assert found is not None
    return found


def test_numbers_are_those_of_sql(run: Run) -> None:
    for n in range(300):
        lacks = n % 7 == 0
        measure(
            account(f"A{n}"),
            [None if lacks else float(n * n % 113), None, None],
            [LATE if lacks else 0, NONE, NONE],
        )
    marks = (Mark(">=", 50), Mark("<", 50), Mark("good", 90))
    found = looked(EVERYTHING, run, "users", *marks)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(numbers[1]), count(*) FILTER (WHERE reasons[1] = 4), "
            "min(numbers[1]), percentile_cont(array[0.25, 0.5, 0.75]) "
            "WITHIN GROUP (ORDER BY numbers[1]), max(numbers[1]), "
            "count(*) FILTER (WHERE numbers[1] >= 50), count(*) FILTER (WHERE numbers[1] < 50) "
            "FROM measured"
        )
        all_, known, late, least, middle, most, above, below = cursor.fetchone()
        assert found.histogram is not None
        edges = list(found.histogram.edges)
        cursor.execute(
            "SELECT width_bucket(numbers[1], %s), count(*) FROM measured "
            "WHERE numbers[1] IS NOT NULL GROUP BY 1",
            [edges],
        )
        buckets = dict(cursor.fetchall())
    assert (found.accounts, found.measured) == (all_, known)
    assert found.reasons == {Reason.SOURCE_LATE: late}
    assert found.quartiles == (least, *middle, most)
    assert found.met == {marks[0]: above, marks[1]: below}
    told = (found.histogram.below, *found.histogram.counts, found.histogram.above)
    assert told == tuple(buckets.get(n, 0) for n in range(len(edges) + 1))


def test_a_reader_sees_the_numbers_of_their_own_accounts(run: Run) -> None:
    team = Team.objects.create(name="East")
    mine = Member.objects.create(handle="csm", team=team, reach=Reach.OWN)
    mate = Member.objects.create(handle="mate", team=team, reach=Reach.TEAM)
    for key, owner, users in (("A", mine, 3.0), ("B", mate, 5.0), ("C", None, 900.0)):
        measure(account(key, owner), [users, None, None], [0, NONE, LATE])
    assert looked(EVERYTHING, run, "users").quartiles == (3, 4, 5, 452.5, 900)
    own = looked(scope_of(mine), run, "users")
    assert (own.accounts, own.quartiles) == (1, (3, 3, 3, 3, 3))
    assert [x.name for x in own.highest] == ["A Ltd"]
    assert looked(scope_of(mate), run, "users").quartiles == (3, 3.5, 4, 4.5, 5)
    assert looked(NOTHING, run, "users") == Distribution(0, 0, {}, None, None, {}, (), (), 0, 0, {})
    assert unmeasured(scope_of(mate), run)["nps"] == {Reason.SOURCE_LATE: 2}
    assert unmeasured(EVERYTHING, run)["nps"] == {Reason.SOURCE_LATE: 3}


def test_the_extremes_are_named(run: Run) -> None:
    made = [account(f"A{n}") for n in range(8)]
    for n, each in enumerate(made):
        measure(each, [float(n), None, None])
    found = looked(EVERYTHING, run, "users")
    assert list(found.lowest) == [
        Extreme(made[n].pk, f"A{n} Ltd", float(n)) for n in (0, 1, 2, 3, 4)
    ]
    assert [x.value for x in found.highest] == [7, 6, 5, 4, 3]
    assert (found.at_lowest, found.at_highest) == (1, 1)


def test_how_many_share_an_extreme_is_told(run: Run) -> None:
    for n in range(8):
        measure(account(f"A{n}"), [0.0 if n < 6 else float(n), None, None])
    found = looked(EVERYTHING, run, "users")
    assert (found.at_lowest, found.at_highest) == (6, 1)


def test_texts_are_counted_not_binned(run: Run) -> None:
    for n in range(5):
        plan = "pro" if n else "free <b>"
        measure(account(f"A{n}"), [None, None, 1.0], plan=plan)
    found = looked(EVERYTHING, run, "plan")
    assert found.texts == {"pro": 4, "free <b>": 1}
    assert (found.measured, found.histogram, found.quartiles) == (5, None, None)
    assert looked(EVERYTHING, run, "nps").texts == {}


def test_why_metrics_are_unmeasured_is_counted_for_each(run: Run) -> None:
    rows = [(0, NONE, LATE), (0, NONE, 0), (0, NONE, 0), (LATE, NONE, 0)]
    for n, reasons in enumerate(rows):
        measure(account(f"A{n}"), [None, None, None], reasons)
    assert unmeasured(EVERYTHING, run) == {
        "users": {Reason.MEASURED: 3, Reason.SOURCE_LATE: 1},
        "plan": {Reason.NO_SOURCE: 4},
        "nps": {Reason.MEASURED: 3, Reason.SOURCE_LATE: 1},
    }


def test_a_metric_that_the_run_did_not_know_has_no_distribution(run: Run) -> None:
    assert distribution(EVERYTHING, run, "defined_later") is None


def test_nobody_measured_yet_is_an_answer(run: Run) -> None:
    assert unmeasured(EVERYTHING, run) == {"users": {}, "plan": {}, "nps": {}}
    assert looked(EVERYTHING, run, "users").accounts == 0


def test_of_everything_it_is_reckoned_once_a_run_and_of_less_each_time(
    run: Run, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mine = Member.objects.create(handle="csm", reach=Reach.OWN)
    for n in range(3):
        measure(account(f"A{n}", mine), [float(n), None, None])
    with django_assert_num_queries(3):
        first = looked(EVERYTHING, run, "users")
    with django_assert_num_queries(0):
        assert looked(EVERYTHING, run, "users") == first
    for _ in range(2):
        with django_assert_num_queries(3):
            looked(scope_of(mine), run, "users")
    Measured.objects.update(numbers=[9.0, None, None])
    run.pk = None
    run.save()
    assert looked(EVERYTHING, run, "users").quartiles == (9, 9, 9, 9, 9)
