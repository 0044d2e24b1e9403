"""What members write down about accounts."""

from datetime import UTC, date, datetime

import pytest
from tests.desk.alerts import account, member

from banso.desk.models import Note, NoteKind, Reach, Role
from banso.desk.queries.notes import notes_of_account
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.services.alerts import MayNotActError
from banso.desk.services.merges import merge, unmerge
from banso.desk.services.mutes import UnknownAccountError
from banso.desk.services.notes import (
    UnfitNoteError,
    UnknownNoteError,
    mark_said,
    take_back_note,
    write_note,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 7)
NOW = datetime(2026, 9, 7, 9, tzinfo=UTC)


def written(of: int, text: str = "They agreed", on: date = TODAY, **scope: object) -> Note:
    mine = scope.get("scope", EVERYTHING)
    return write_note(
        scope=mine,  # type: ignore[arg-type]  # a test's own
        account=of,
        kind=NoteKind.CALL,
        text=text,
        on=on,
        today=TODAY,
    )


def texts(of: int) -> list[str]:
    return [x.text for x in notes_of_account(EVERYTHING, of, most=9)]


def test_notes_are_told_by_the_day_that_they_are_about() -> None:
    of = account("A1").pk
    written(of, "today")
    written(of, " last week ", on=date(2026, 8, 31))
    assert texts(of) == ["today", "last week"]
    assert [x.text for x in notes_of_account(EVERYTHING, of, until=date(2026, 9, 6), most=9)] == [
        "last week"
    ]


@pytest.mark.parametrize(
    ("text", "on", "said"),
    [
        (" ", TODAY, "a note needs a text"),
        ("x" * 10_001, TODAY, "a note has at most 10,000 characters"),
        (
            "x",
            date(2026, 9, 8),
            "2026-09-08 has not come yet: a note is of today, or of a day before",
        ),
    ],
)
def test_a_note_says_something_of_a_day_that_has_come(text: str, on: date, said: str) -> None:
    with pytest.raises(UnfitNoteError) as error:
        written(account("A1").pk, text, on)
    assert str(error.value) == said


def test_only_who_acts_and_sees_the_account_writes() -> None:
    of = account("A1").pk
    with pytest.raises(UnknownAccountError):
        written(of, scope=scope_of(member("csm")))
    with pytest.raises(MayNotActError):
        written(of, scope=scope_of(member("guest", role=Role.VIEWER, reach=Reach.ALL)))
    assert texts(of) == []


def test_ones_own_note_is_taken_back_until_a_run_has_counted_it() -> None:
    ito, ueda = (scope_of(member(x, reach=Reach.ALL)) for x in ("ito", "ueda"))
    of = account("A1").pk
    first, second = (written(of, x, scope=ito) for x in ("first", "second"))
    mark_said([second.pk])
    for scope, note in ((ueda, first), (ito, second), (EVERYTHING, first)):
        with pytest.raises(UnknownNoteError):
            take_back_note(scope=scope, note=note.pk)
    take_back_note(scope=ito, note=first.pk)
    assert texts(of) == ["second"]


def test_notes_go_over_with_a_merge_and_back_with_a_split() -> None:
    one, into = account("A1"), account("A2")
    written(one.pk, "of one")
    merge(scope=EVERYTHING, account="A1", into="A2", day=TODAY, now=NOW)
    assert (texts(one.pk), texts(into.pk)) == ([], ["of one"])
    unmerge(scope=EVERYTHING, account="A1", now=NOW)
    assert (texts(one.pk), texts(into.pk)) == (["of one"], [])
