"""The board of a past day, against what was recorded for it."""

from datetime import UTC, date, datetime

import pytest

from banso.desk.models import Account, Assessment, Member, Reach, Run, Standing
from banso.desk.queries.as_shown import (
    Shown,
    shown_accounts,
    shown_board,
    shown_on,
)
from banso.desk.queries.board import Tally
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.scope import EVERYTHING, NOTHING, Scope, scope_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 1, 3, tzinfo=UTC)
D1, D2, D3, D4 = (date(2026, 9, day) for day in (1, 2, 3, 4))


def made(as_of: date, *, generation: int = 1, fingerprint: str = "f") -> Run:
    return Run.objects.create(
        as_of=as_of,
        fingerprint=fingerprint,
        generation=generation,
        started_at=NOON,
        finished_at=NOON,
        accounts=0,
        opened=0,
        closed=0,
    )


def account(key: str, *, owner: Member | None = None, segments: tuple[str, ...] = ()) -> Account:
    row = Account.objects.create(key=key, name=f"{key} 商事", owner=owner)
    Standing.objects.create(
        account=row,
        lead=True,
        position=0,
        urgency=4,
        scores=[],
        segments=list(segments),
    )
    return row


def assessed(run: Run, row: Account, stage: str, colour: str, **others: object) -> None:
    values: dict[str, object] = {"days_in_stage": 3, "overdue": False, "score": 50.0, **others}
    Assessment.objects.create(
        account=row,
        journey="adoption",
        as_of=run.as_of,
        fingerprint=run.fingerprint,
        generation=run.generation,
        stage=stage,
        colour=colour,
        confidence=1.0,
        **values,
    )


def test_the_last_run_made_on_a_day_is_what_was_shown_then() -> None:
    made(D1)
    first, second = made(D2), made(D2, generation=2)
    made(D3)

    assert shown_on(D2) == Shown(run=second, in_retrospect=False, before=D1, after=D3)
    assert first != second


def test_a_recomputation_after_a_later_day_does_not_replace_what_was_shown() -> None:
    shown = made(D2)
    made(D3)
    made(D2, generation=2)

    assert shown_on(D2).run == shown


def test_a_day_computed_only_in_retrospect_says_so() -> None:
    made(D3)
    late = made(D2)
    made(D2, generation=2)

    assert shown_on(D2) == Shown(run=late, in_retrospect=True, before=None, after=D3)


def test_a_day_without_a_run_offers_the_nearest_ones() -> None:
    made(D1)
    made(D4)

    assert shown_on(D3) == Shown(run=None, in_retrospect=False, before=D1, after=D4)
    assert shown_on(date(2026, 8, 1)) == Shown(None, in_retrospect=False, before=None, after=D1)


def test_the_board_counts_what_was_recorded_for_that_run_only() -> None:
    run, other = made(D1), made(D1, generation=2)
    a, b, c = account("A"), account("B"), account("C")
    assessed(run, a, "habit", "at_risk", overdue=True)
    assessed(run, b, "habit", "at_risk", overdue=None)
    assessed(run, c, "onboarding", "healthy")
    assessed(other, c, "habit", "watch")

    found = shown_board(EVERYTHING, run, journey="adoption")
    assert found.cells == {
        ("habit", "at_risk"): Tally(accounts=2, overdue=1),
        ("onboarding", "healthy"): Tally(accounts=1),
    }
    assert (found.stages["habit"], found.colours["healthy"]) == (Tally(2, 1), Tally(1))
    assert found.total == Tally(accounts=3, overdue=1)
    assert shown_board(EVERYTHING, run, journey="another").total == Tally()


def test_the_board_keeps_to_the_readers_scope_and_the_segment() -> None:
    sato = Member.objects.create(handle="sato", reach=Reach.OWN)
    run = made(D1)
    for key, owner, segments in (("A", sato, ()), ("B", None, ("large",)), ("C", sato, ("large",))):
        assessed(run, account(key, owner=owner, segments=segments), "habit", "watch")

    def counted(scope: Scope, **only: object) -> int:
        found = shown_board(scope, run, journey="adoption", **only)  # type: ignore[arg-type]
        return found.total.accounts

    assert counted(EVERYTHING) == 3
    assert counted(EVERYTHING, segment="large") == 2
    assert counted(EVERYTHING, owner=sato.pk) == 2
    assert counted(EVERYTHING, owner=NOBODY) == 1
    assert counted(scope_of(sato)) == 2
    assert counted(scope_of(sato), segment="large") == 1
    assert counted(NOTHING) == 0


def test_the_accounts_of_a_cell_come_lowest_score_first() -> None:
    run = made(D1)
    for key, score, stage in (("A", 70.0, "habit"), ("B", None, "habit"), ("C", 20.0, "habit")):
        assessed(run, account(key), stage, "watch", score=score)
    assessed(run, account("D"), "onboarding", "watch")
    assessed(run, account("E"), "habit", "healthy")

    found = shown_accounts(EVERYTHING, run, journey="adoption", stage="habit", colour="watch")
    assert [(x.name, x.score) for x in found] == [
        ("C 商事", 20.0),
        ("A 商事", 70.0),
        ("B 商事", None),
    ]
    assert shown_accounts(NOTHING, run, journey="adoption") == []
