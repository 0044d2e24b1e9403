"""What members do with alerts: each step is one row of `Handling`, and can be taken back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from tests.desk.alerts import account, member
from tests.desk.alerts import alert as made

from banso.desk.models import (
    Alert,
    AlertState,
    Episode,
    Handling,
    Member,
    NotUseful,
    Reach,
    Role,
    Team,
)
from banso.desk.queries.scope import EVERYTHING, scope_of
from banso.desk.services.alerts import (
    AlertOverError,
    NoReasonError,
    OvertakenError,
    PastDateError,
    UnknownAlertError,
    dismiss,
    finish,
    snooze,
    undo,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 10, 1)
MONDAY = date(2026, 10, 5)


@pytest.fixture
def tanaka() -> Member:
    return member("tanaka")


@pytest.fixture
def suzuki() -> Member:
    return member("suzuki", reach=Reach.ALL)


@pytest.fixture
def alert(tanaka: Member) -> Alert:
    return made(account("A1", owner=tanaka))


def state(alert: Alert) -> tuple[str, date | None]:
    alert.refresh_from_db()
    return alert.state, alert.until


def steps(alert: Alert) -> list[tuple[str | None, str, str]]:
    """Oldest first: who, from what, to what."""
    rows = alert.handlings.order_by("id").select_related("member")
    return [(str(x.member) if x.member else None, x.before, x.state) for x in rows]


def test_what_is_done_is_recorded_with_who_did_it(alert: Alert, tanaka: Member) -> None:
    handling = finish(scope=scope_of(tanaka), alert=alert.pk, today=TODAY)
    assert state(alert) == ("done", None)
    assert steps(alert) == [("tanaka", "open", "done")]
    assert (handling.member, handling.undoes) == (tanaka, None)


def test_done_twice_is_done_once(alert: Alert, tanaka: Member) -> None:
    first, second = (finish(scope=scope_of(tanaka), alert=alert.pk, today=TODAY) for _ in range(2))
    assert first == second
    assert Handling.objects.count() == 1


def test_a_snoozed_alert_is_to_do_again_on_its_day(alert: Alert, tanaka: Member) -> None:
    scope = scope_of(tanaka)
    done = snooze(scope=scope, alert=alert.pk, until=MONDAY, today=TODAY, note=" On holiday ")
    assert (state(alert), done.note) == (("snoozed", MONDAY), "On holiday")
    finish(scope=scope, alert=alert.pk, today=MONDAY)
    assert state(alert) == ("done", None)
    assert steps(alert) == [("tanaka", "open", "snoozed"), ("tanaka", "snoozed", "done")]


@pytest.mark.parametrize("until", [TODAY, date(2026, 9, 30)])
def test_nothing_is_snoozed_into_the_past(alert: Alert, tanaka: Member, until: date) -> None:
    with pytest.raises(PastDateError):
        snooze(scope=scope_of(tanaka), alert=alert.pk, until=until, today=TODAY)
    assert state(alert) == ("open", None)


def test_why_an_alert_was_not_useful_is_kept(alert: Alert, tanaka: Member) -> None:
    handling = dismiss(
        scope=scope_of(tanaka),
        alert=alert.pk,
        reason=NotUseful.OTHER,
        note=" 社名変更の手続き中 ",
        today=TODAY,
    )
    assert state(alert) == ("not_useful", None)
    assert (handling.reason, handling.note) == ("other", "社名変更の手続き中")


def test_another_reason_needs_a_note(alert: Alert, tanaka: Member) -> None:
    with pytest.raises(NoReasonError):
        dismiss(
            scope=scope_of(tanaka),
            alert=alert.pk,
            reason=NotUseful.OTHER,
            note=" ",
            today=TODAY,
        )


def test_the_second_of_two_is_told_what_the_first_did(
    alert: Alert, tanaka: Member, suzuki: Member
) -> None:
    first = snooze(scope=scope_of(tanaka), alert=alert.pk, until=MONDAY, today=TODAY)
    with pytest.raises(OvertakenError) as told:
        finish(scope=scope_of(suzuki), alert=alert.pk, today=TODAY)
    assert (told.value.latest, told.value.latest.member) == (first, tanaka)
    assert state(alert) == ("snoozed", MONDAY)


def test_one_who_means_something_else_is_told_too(alert: Alert, tanaka: Member) -> None:
    scope = scope_of(tanaka)
    finish(scope=scope, alert=alert.pk, today=TODAY)
    with pytest.raises(OvertakenError):
        dismiss(scope=scope, alert=alert.pk, reason=NotUseful.KNOWN, today=TODAY)
    assert state(alert) == ("done", None)


Act = Callable[[Member, Alert], Handling]


@pytest.mark.parametrize(
    "act",
    [
        lambda who, what: finish(scope=scope_of(who), alert=what.pk, today=TODAY),
        lambda who, what: snooze(scope=scope_of(who), alert=what.pk, until=MONDAY, today=TODAY),
        lambda who, what: dismiss(
            scope=scope_of(who), alert=what.pk, reason=NotUseful.WRONG_DATA, today=TODAY
        ),
    ],
    ids=["done", "snoozed", "not useful"],
)
def test_each_step_can_be_undone(alert: Alert, tanaka: Member, act: Act) -> None:
    handling = act(tanaka, alert)
    back = undo(scope=scope_of(tanaka), alert=alert.pk, handling=handling.pk)
    assert state(alert) == ("open", None)
    assert (back.undoes, back.before, back.state) == (handling, handling.state, "open")


def test_an_undo_brings_back_what_was_before(alert: Alert, tanaka: Member) -> None:
    scope = scope_of(tanaka)
    snooze(scope=scope, alert=alert.pk, until=MONDAY, today=TODAY)
    handling = finish(scope=scope, alert=alert.pk, today=MONDAY)
    undo(scope=scope, alert=alert.pk, handling=handling.pk)
    assert state(alert) == ("snoozed", MONDAY)


def test_what_was_undone_can_be_handled_again(alert: Alert, tanaka: Member) -> None:
    scope = scope_of(tanaka)
    first = finish(scope=scope, alert=alert.pk, today=TODAY)
    undo(scope=scope, alert=alert.pk, handling=first.pk)
    second = finish(scope=scope, alert=alert.pk, today=TODAY)
    assert (second.pk != first.pk, state(alert)) == (True, ("done", None))


def test_an_undo_twice_is_one_undo(alert: Alert, tanaka: Member) -> None:
    handling = finish(scope=scope_of(tanaka), alert=alert.pk, today=TODAY)
    backs = [undo(scope=scope_of(tanaka), alert=alert.pk, handling=handling.pk) for _ in range(2)]
    assert (backs[0] == backs[1], len(steps(alert))) == (True, 2)


def test_only_the_newest_step_can_be_undone(alert: Alert, tanaka: Member) -> None:
    scope = scope_of(tanaka)
    first = snooze(scope=scope, alert=alert.pk, until=MONDAY, today=TODAY)
    second = finish(scope=scope, alert=alert.pk, today=MONDAY)
    with pytest.raises(OvertakenError) as told:
        undo(scope=scope, alert=alert.pk, handling=first.pk)
    assert (told.value.latest, state(alert)) == (second, ("done", None))


def test_an_undo_is_not_undone(alert: Alert, tanaka: Member) -> None:
    handling = finish(scope=scope_of(tanaka), alert=alert.pk, today=TODAY)
    back = undo(scope=scope_of(tanaka), alert=alert.pk, handling=handling.pk)
    with pytest.raises(OvertakenError):
        undo(scope=scope_of(tanaka), alert=alert.pk, handling=back.pk)


def test_what_a_colleague_did_can_be_undone(alert: Alert, tanaka: Member, suzuki: Member) -> None:
    handling = finish(scope=scope_of(tanaka), alert=alert.pk, today=TODAY)
    undo(scope=scope_of(suzuki), alert=alert.pk, handling=handling.pk)
    assert steps(alert) == [("tanaka", "open", "done"), ("suzuki", "done", "open")]
    with pytest.raises(OvertakenError) as told:
        undo(scope=scope_of(tanaka), alert=alert.pk, handling=handling.pk)
    assert told.value.latest.member == suzuki


def test_where_nothing_was_done_nothing_can_be_undone(alert: Alert, tanaka: Member) -> None:
    with pytest.raises(UnknownAlertError):
        undo(scope=scope_of(tanaka), alert=alert.pk, handling=1)


def test_the_alert_of_a_closed_episode_is_over(alert: Alert, tanaka: Member) -> None:
    handling = finish(scope=scope_of(tanaka), alert=alert.pk, today=TODAY)
    Episode.objects.update(closed_on=TODAY)
    for act in (
        lambda: undo(scope=scope_of(tanaka), alert=alert.pk, handling=handling.pk),
        lambda: finish(scope=scope_of(tanaka), alert=alert.pk, today=TODAY),
    ):
        with pytest.raises(AlertOverError) as told:
            act()
        assert told.value.closed_on == TODAY


def test_handling_leaves_the_episode_as_it_is(alert: Alert, tanaka: Member) -> None:
    before = Episode.objects.values().get()
    finish(scope=scope_of(tanaka), alert=alert.pk, today=TODAY)
    assert Episode.objects.values().get() == before


def test_the_alerts_of_others_are_unknown_to_one_with_an_own_book(tanaka: Member) -> None:
    other = made(account("B1", owner=member("ito")))
    with pytest.raises(UnknownAlertError):
        finish(scope=scope_of(tanaka), alert=other.pk, today=TODAY)
    assert (state(other), Handling.objects.count()) == (("open", None), 0)


def test_a_team_acts_on_its_accounts_and_not_on_others(alert: Alert, tanaka: Member) -> None:
    east, west = (Team.objects.create(name=name) for name in ("East", "West"))
    Member.objects.filter(pk=tanaka.pk).update(team=east)
    ours = Member.objects.create(handle="ours", team=east, reach=Reach.TEAM)
    theirs = Member.objects.create(handle="theirs", team=west, reach=Reach.TEAM)
    with pytest.raises(UnknownAlertError):
        finish(scope=scope_of(theirs), alert=alert.pk, today=TODAY)
    finish(scope=scope_of(ours), alert=alert.pk, today=TODAY)
    assert steps(alert) == [("ours", "open", "done")]


def test_a_viewer_looks_and_does_not_act(alert: Alert) -> None:
    viewer = member("viewer", role=Role.VIEWER, reach=Reach.ALL)
    with pytest.raises(PermissionDenied):
        finish(scope=scope_of(viewer), alert=alert.pk, today=TODAY)
    assert state(alert) == (AlertState.OPEN, None)


def test_the_machine_itself_is_nobody(alert: Alert) -> None:
    finish(scope=EVERYTHING, alert=alert.pk, today=TODAY)
    assert steps(alert) == [(None, "open", "done")]


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_do_it_once(alert: Alert, tanaka: Member) -> None:
    def press(_: int) -> int:
        try:
            return finish(scope=scope_of(tanaka), alert=alert.pk, today=TODAY).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as people:
        handlings = set(people.map(press, range(8)))
    assert len(handlings) == 1
    assert steps(alert) == [("tanaka", "open", "done")]
