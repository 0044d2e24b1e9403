"""What members do with tasks."""

from collections import Counter
from datetime import date, timedelta

import pytest

from banso.core.definitions.plays import Play
from banso.desk.models import Account, Member, NotUseful, PlayRun, Reach, Role, Task
from banso.desk.queries.scope import EVERYTHING, Scope, scope_of
from banso.desk.queries.tasks import takers, task_counts, tasks
from banso.desk.services.alerts import MayNotActError, NoReasonError, PastDateError
from banso.desk.services.play_world import World
from banso.desk.services.plays import start_by_hand, step_run
from banso.desk.services.tasks import (
    TaskOvertakenError,
    UnfitMemberError,
    UnknownTaskError,
    dismiss,
    finish,
    pass_on,
    snooze,
    undo,
    withdraw,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 4, 1)
LATER = TODAY + timedelta(days=3)


@pytest.fixture
def sato() -> Member:
    return Member.objects.create(handle="sato", reach=Reach.OWN)


@pytest.fixture
def ueda() -> Member:
    return Member.objects.create(handle="ueda", reach=Reach.ALL)


@pytest.fixture
def task(sato: Member) -> Task:
    account = Account.objects.create(key="A1", owner=sato)
    step = {"kind": "task", "label": {"en": "T", "ja": "T"}}
    play = Play.model_validate({"name": "p", "steps": [step]})
    (run,) = start_by_hand(scope=EVERYTHING, play=play, accounts=[account.pk])
    step_run(run, World(TODAY, {}, lambda after, days: after + timedelta(days=days)))
    return Task.objects.get()


def stands(scope: Scope, *, today: date = TODAY, owner: int | None = None) -> Counter[str]:
    return Counter(+task_counts(scope, today=today, owner=owner))


def test_done_and_back(task: Task, sato: Member) -> None:
    me = scope_of(sato)
    made = finish(scope=me, task=task.pk, today=TODAY, note=" 12 came ")
    assert (made.state, made.note, made.member) == ("done", "12 came", sato)
    assert finish(scope=me, task=task.pk, today=TODAY) == made
    assert stands(me) == {"handled": 1}
    back = undo(scope=me, task=task.pk, handling=made.pk)
    assert (back.state, back.undoes, stands(me)) == ("open", made, {"todo": 1})
    assert undo(scope=me, task=task.pk, handling=made.pk) == back


def test_a_snoozed_task_is_back_on_its_day_and_is_due_as_before(task: Task, sato: Member) -> None:
    me, due = scope_of(sato), task.due_on
    snooze(scope=me, task=task.pk, until=LATER, today=TODAY)
    assert (stands(me), stands(me, today=LATER)) == ({"snoozed": 1}, {"todo": 1})
    assert Task.objects.get().due_on == due
    assert finish(scope=me, task=task.pk, today=LATER).before == "snoozed"
    with pytest.raises(PastDateError):
        snooze(scope=me, task=task.pk, until=TODAY, today=TODAY)


def test_passed_on_it_is_somebody_elses_and_comes_back(
    task: Task, sato: Member, ueda: Member
) -> None:
    me = scope_of(sato)
    assert takers(task) == [ueda]
    made = pass_on(scope=me, task=task.pk, to="ueda", today=TODAY)
    assert (stands(EVERYTHING, owner=ueda.pk), stands(EVERYTHING, owner=sato.pk)) == (
        {"todo": 1},
        {},
    )
    assert undo(scope=me, task=task.pk, handling=made.pk).given_to is None
    assert stands(EVERYTHING, owner=sato.pk) == {"todo": 1}


def test_a_task_without_a_member_of_its_own_goes_with_the_account(
    task: Task, sato: Member, ueda: Member
) -> None:
    Account.objects.update(owner=ueda)
    assert (stands(EVERYTHING, owner=ueda.pk), stands(scope_of(sato))) == ({"todo": 1}, {})


@pytest.mark.parametrize(
    ("handle", "fields"),
    [
        ("mori", {"reach": Reach.OWN}),
        ("mori", {"reach": Reach.ALL, "is_active": False}),
        ("mori", {"reach": Reach.ALL, "role": Role.VIEWER}),
        ("nobody", {}),
    ],
)
def test_nobody_gets_a_task_who_could_not_do_it(
    task: Task, handle: str, fields: dict[str, object]
) -> None:
    Member.objects.create(handle="mori", **fields)
    with pytest.raises(UnfitMemberError):
        pass_on(scope=EVERYTHING, task=task.pk, to=handle, today=TODAY)
    assert "mori" not in [x.handle for x in takers(task)]


def test_not_useful_has_a_reason(task: Task, sato: Member) -> None:
    me = scope_of(sato)
    with pytest.raises(NoReasonError):
        dismiss(scope=me, task=task.pk, reason=NotUseful.OTHER, note=" ", today=TODAY)
    made = dismiss(scope=me, task=task.pk, reason=NotUseful.KNOWN, today=TODAY)
    assert (made.state, made.reason, stands(me)) == ("not_useful", "known", {"handled": 1})


def test_of_two_members_the_second_is_told_of_the_first(
    task: Task, sato: Member, ueda: Member
) -> None:
    first = finish(scope=scope_of(ueda), task=task.pk, today=TODAY)
    with pytest.raises(TaskOvertakenError) as told:
        snooze(scope=scope_of(sato), task=task.pk, until=LATER, today=TODAY)
    assert told.value.latest == first
    again = undo(scope=scope_of(sato), task=task.pk, handling=first.pk)
    with pytest.raises(TaskOvertakenError):
        undo(scope=scope_of(ueda), task=task.pk, handling=first.pk)
    assert (again.state, again.member) == ("open", sato)


def test_what_was_withdrawn_is_over(task: Task, sato: Member) -> None:
    withdraw(PlayRun.objects.get(), member=None)
    me = scope_of(sato)
    made = task.handlings.get()
    assert (made.state, stands(me)) == ("withdrawn", {})
    with pytest.raises(TaskOvertakenError):
        finish(scope=me, task=task.pk, today=TODAY)
    with pytest.raises(TaskOvertakenError):
        undo(scope=me, task=task.pk, handling=made.pk)


def test_members_see_and_handle_tasks_of_their_accounts_only(task: Task) -> None:
    other = scope_of(Member.objects.create(handle="mori", reach=Reach.OWN))
    looker = scope_of(Member.objects.create(handle="v", reach=Reach.ALL, role=Role.VIEWER))
    assert tasks(other, today=TODAY, most=9) == []
    assert [x.task for x in tasks(looker, today=TODAY, most=9)] == [task]
    with pytest.raises(UnknownTaskError):
        finish(scope=other, task=task.pk, today=TODAY)
    with pytest.raises(MayNotActError):
        finish(scope=looker, task=task.pk, today=TODAY)
