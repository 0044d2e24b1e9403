from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.desk.alerts import member
from tests.desk.standings import account, stand

from banso.desk.models import Account, Cause, Change, Reach, Team
from banso.desk.queries.board import (
    Board,
    ChangedAccount,
    Direction,
    Part,
    Tally,
    Wish,
    board,
    changes,
)
from banso.desk.queries.scope import EVERYTHING, NOTHING, scope_of

pytestmark = pytest.mark.django_db

UNTIL = date(2026, 10, 1)
SINCE = date(2026, 9, 25)
STAGES = ("begun", "habit", "broad")
NONE = Tally()


def test_a_board_counts_accounts_by_stage_and_colour_with_what_is_known_of_their_revenue() -> None:
    for key, stage, colour, arr, overdue in (
        ("A1", "begun", "at_risk", 100, True),
        ("A2", "begun", "at_risk", None, None),
        ("A3", "begun", "healthy", 20, False),
        ("A4", "habit", "unmeasured", None, None),
        ("A5", "habit", "healthy", 3, False),
    ):
        stand(account(key), stage=stage, colour=colour, arr=arr, overdue=overdue)
    stand(account("A6"), "other", stage="begun", colour="at_risk", arr=5_000)

    assert board(EVERYTHING, "web") == Board(
        cells={
            ("begun", "at_risk"): Tally(2, 1, Decimal(100), 1),
            ("begun", "healthy"): Tally(1, 0, Decimal(20), 0),
            ("habit", "healthy"): Tally(1, 0, Decimal(3), 0),
            ("habit", "unmeasured"): Tally(1, 0, None, 1),
        },
        stages={
            "begun": Tally(3, 1, Decimal(120), 1),
            "habit": Tally(2, 0, Decimal(3), 1),
        },
        colours={
            "at_risk": Tally(2, 1, Decimal(100), 1),
            "healthy": Tally(2, 0, Decimal(23), 0),
            "unmeasured": Tally(1, 0, None, 1),
        },
        total=Tally(5, 1, Decimal(123), 2),
    )
    assert board(EVERYTHING, "no journey") == Board({}, {}, {}, NONE)


def test_a_board_of_one_owner_or_segment() -> None:
    owner = member("sato@example.com")
    stand(account("A1", owner=owner), segments=["large"], arr=1)
    stand(account("A2"), segments=["large", "new"], arr=2)
    stand(account("A3"), segments=[], arr=4)

    assert board(EVERYTHING, "web", owner=owner.pk).total == Tally(1, 0, Decimal(1), 0)
    assert board(EVERYTHING, "web", segment="large").total == Tally(2, 0, Decimal(3), 0)


def test_a_board_shows_its_reader_no_more_than_they_may_see() -> None:
    ours = Team.objects.create(name="ours")
    own, mate, stranger = (member(x) for x in ("own", "mate", "stranger"))
    for one in (own, mate):
        one.team = ours
        one.save()
    for owner, arr in ((own, 1), (mate, 10), (stranger, 100), (None, 1_000)):
        one = account(f"of {owner}", owner=owner)
        stand(one, arr=arr)
        change(one)

    def seen(reach: Reach) -> tuple[Tally, int]:
        own.reach = reach
        scope = scope_of(own)
        told = changes(scope, Wish("web", since=SINCE, until=UNTIL, stages=STAGES, limit=9))
        assert len(told.items) == sum(told.counts.values())
        return board(scope, "web").total, len(told.items)

    assert seen(Reach.OWN) == (Tally(1, 0, Decimal(1), 0), 1)
    assert seen(Reach.TEAM) == (Tally(2, 0, Decimal(11), 0), 2)
    assert seen(Reach.ALL) == (Tally(4, 0, Decimal(1_111), 0), 4)
    own.sees_revenue = False
    assert seen(Reach.ALL) == (Tally(4, 0, None, 0), 4)
    assert board(NOTHING, "web").total == NONE


def change(
    on: Account,
    before: str = "healthy",
    after: str = "watch",
    *,
    what: str = "colour",
    day: date = UNTIL,
    scores: tuple[float | None, float | None] = (80, 60),
    **more: object,
) -> Change:
    return Change.objects.create(
        account=on,
        journey="web",
        as_of=day,
        what=what,
        before=before,
        after=after,
        score_before=scores[0],
        score_after=scores[1],
        fingerprint="f",
        generation=1,
        **more,
    )


PART = {
    "kind": "data",
    "condition": "used",
    "label": {"en": "Used", "ja": "利用"},
    "metric": "quiet_days",
    "amount": -20.0,
    "before": 1.0,
    "after": 8.0,
}


def test_a_change_is_told_with_its_account_and_what_made_it() -> None:
    one = account("A1", name="楓商事", owner=member("sato@example.com"))
    change(one, parts=[PART])

    found = changes(EVERYTHING, Wish("web", since=UNTIL, until=UNTIL, stages=STAGES, limit=9))

    assert found.items == (
        ChangedAccount(
            account=one.id,
            name="楓商事",
            owner="sato@example.com",
            as_of=UNTIL,
            what="colour",
            before="healthy",
            after="watch",
            score_before=80,
            score_after=60,
            direction=Direction.WORSE,
            parts=(
                Part(
                    kind="data",
                    condition="used",
                    label={"en": "Used", "ja": "利用"},
                    metric="quiet_days",
                    amount=-20,
                    before=1,
                    after=8,
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("what", "before", "after", "direction"),
    [
        ("colour", "healthy", "watch", Direction.WORSE),
        ("colour", "healthy", "at_risk", Direction.WORSE),
        ("colour", "watch", "at_risk", Direction.WORSE),
        ("colour", "unmeasured", "watch", Direction.WORSE),
        ("colour", "unmeasured", "at_risk", Direction.WORSE),
        ("colour", "at_risk", "watch", Direction.BETTER),
        ("colour", "at_risk", "healthy", Direction.BETTER),
        ("colour", "watch", "healthy", Direction.BETTER),
        ("colour", "unmeasured", "healthy", Direction.BETTER),
        ("colour", "healthy", "unmeasured", Direction.UNMEASURED),
        ("colour", "at_risk", "unmeasured", Direction.UNMEASURED),
        ("stage", "begun", "habit", Direction.STAGE_UP),
        ("stage", "begun", "broad", Direction.STAGE_UP),
        ("stage", "broad", "begun", Direction.STAGE_BACK),
        ("stage", "gone from the definitions", "begun", Direction.STAGE_UP),
        ("stage", "begun", "gone from the definitions", Direction.STAGE_BACK),
        ("stage", "", "begun", Direction.JOINED),
        ("stage", "habit", "", Direction.LEFT),
    ],
)
@pytest.mark.parametrize("cause", [Cause.DATA, Cause.RESTATED])
def test_what_a_change_means(
    what: str, before: str, after: str, direction: Direction, cause: Cause
) -> None:
    change(account("A1"), before, after, what=what, cause=cause)
    meant = Direction.RESTATED if cause is Cause.RESTATED else direction

    found = changes(EVERYTHING, Wish("web", since=SINCE, until=UNTIL, stages=STAGES, limit=9))

    assert [x.direction for x in found.items] == [meant]
    assert found.counts == {x: int(x is meant) for x in Direction}


def test_changes_come_newest_first_and_of_one_day_the_worst_first() -> None:
    yesterday = UNTIL - timedelta(days=1)
    change(account("better"), "watch", "healthy", scores=(60, 90))
    change(account("up"), "begun", "habit", what="stage")
    change(account("worse, unknown"), scores=(None, 50))
    change(account("worse by 30"), scores=(80, 50))
    change(account("worse by 60"), "healthy", "at_risk", scores=(80, 20))
    change(account("yesterday"), "healthy", "at_risk", scores=(99, 1), day=yesterday)
    change(account("too old"), day=SINCE - timedelta(days=1))
    change(account("first day"), day=SINCE)

    def told(**more: object) -> list[str]:
        wanted = {"since": SINCE, "until": UNTIL, "stages": STAGES, "limit": 9, **more}
        return [x.name for x in changes(EVERYTHING, Wish("web", **wanted)).items]  # type: ignore[arg-type]

    order = ["worse by 60", "worse by 30", "worse, unknown", "up", "better", "yesterday"]
    assert told() == [*order, "first day"]
    assert told(limit=2) == order[:2]
    assert told(direction=Direction.BETTER) == ["better"]
    assert told(until=yesterday) == ["yesterday", "first day"]


def test_counts_are_of_all_changes_whatever_is_shown() -> None:
    for n in range(3):
        change(account(f"A{n}"))
    change(account("B"), "watch", "healthy")

    wanted = {"since": SINCE, "until": UNTIL, "stages": STAGES}
    found = changes(EVERYTHING, Wish("web", limit=1, direction=Direction.BETTER, **wanted))  # type: ignore[arg-type]

    assert (found.counts[Direction.WORSE], found.counts[Direction.BETTER]) == (3, 1)
    assert len(found.items) == 1


def test_the_number_of_queries_does_not_grow_with_rows() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            board(EVERYTHING, "web")
            changes(EVERYTHING, Wish("web", since=SINCE, until=UNTIL, stages=STAGES, limit=50))
        return len(seen)

    for n in range(20):
        one = account(f"A{n}", owner=member(f"m{n}"))
        stand(one)
        change(one)

    assert queries() == 3
