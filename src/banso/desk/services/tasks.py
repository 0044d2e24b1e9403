"""Tasks: made by a play, and what members do with them: done, later, somebody else's, not useful,
and back again. Every step is kept in `TaskHandling`."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from banso.core.definitions.plays import TaskStep
from banso.desk.models import Account, Member, NotUseful, PlayRun, Task, TaskHandling, TaskState
from banso.desk.queries.scope import ACTING, Scope, scope_of, within
from banso.desk.queries.to_do import tab_of
from banso.desk.services.alerts import MayNotActError, NoReasonError, PastDateError
from banso.desk.services.task_news import tell_task_handled, tell_task_opened, tell_task_ticked


class UnknownTaskError(Exception):
    """There is no such task among the accounts of this scope."""


class UnfitMemberError(Exception):
    """The member can't take the task: unknown, has left, or does not see the account."""


class TaskOvertakenError(Exception):
    """Somebody did something with the task in the meantime: `latest`."""

    def __init__(self, latest: TaskHandling) -> None:
        super().__init__(f"{latest.member or 'Banso'} made it '{latest.state}' at {latest.at}")
        self.latest = latest


def make_task(
    run: PlayRun,
    step: str,
    said: TaskStep,
    *,
    member: Member | None,
    made_on: date,
    due_on: date,
    tell_at: datetime | None = None,
) -> None:
    """Once for each step of a run. member: None: the account's owner. tell_at: when people may be
    sent it, None: at once."""
    task, made = Task.objects.get_or_create(
        run=run,
        step=step,
        defaults={
            "account_id": run.account_id,
            "member": member,
            "label": said.label.model_dump(),
            "instructions": said.instructions.model_dump() if said.instructions else None,
            "link": said.link or "",
            "checklist": [x.model_dump() for x in said.checklist],
            "made_on": made_on,
            "due_on": due_on,
        },
    )
    if made:
        tell_task_opened(task, due_at=tell_at)


def withdraw(run: PlayRun, *, member: int | None) -> None:
    """The run is over, so what is still to do for it is not. member: who ended it, if somebody."""
    open_ = Task.objects.filter(run=run, state__in=(TaskState.OPEN, TaskState.SNOOZED))
    for task in open_.select_for_update(of=("self",)):
        _record(_handling(task, member, TaskState.WITHDRAWN, given_to=task.member))


def finish(*, scope: Scope, task: int, today: date, note: str = "") -> TaskHandling:
    """Mark a task done. Doing so again changes nothing.

    today: here and below, the day in the organisation's zone.
    """
    return _handle(scope, task, today, TaskState.DONE, note=note)


def snooze(*, scope: Scope, task: int, until: date, today: date, note: str = "") -> TaskHandling:
    """Put a task away; it is back from `until` on. What is due stays due. note: why."""
    if until <= today:
        raise PastDateError(f"{until} is not after {today}")
    return _handle(scope, task, today, TaskState.SNOOZED, until=until, note=note.strip())


def dismiss(
    *, scope: Scope, task: int, reason: NotUseful, note: str = "", today: date
) -> TaskHandling:
    """Mark a task as not useful, so that its play can be judged by it."""
    note = note.strip()
    if reason is NotUseful.OTHER and not note:
        raise NoReasonError("say in the note why the task was not useful")
    return _handle(scope, task, today, TaskState.NOT_USEFUL, reason=reason, note=note)


@transaction.atomic
def pass_on(*, scope: Scope, task: int, to: str, today: date, note: str = "") -> TaskHandling:
    """Give a task to another member, by handle, who must see the account and may act."""
    found = _locked(scope, task)
    member = Member.objects.filter(handle=to, is_active=True).first()
    if member is None:
        raise UnfitMemberError(f"no active member '{to}'; `banso members` lists them")
    sees = within(scope_of(member), Account.objects.filter(pk=found.account_id)).exists()
    if not sees or member.role not in ACTING:
        raise UnfitMemberError(f"'{to}' does not see this account, or may not act on it")
    latest = _to_do(found, today)
    if latest is not None:
        raise TaskOvertakenError(latest)
    if found.member_id == member.pk and (last := found.handlings.first()) is not None:
        return last
    return _record(_handling(found, scope.member, TaskState.OPEN, given_to=member, note=note))


class UnknownPointError(LookupError):
    """The task's checklist has no such point."""


@transaction.atomic
def tick(*, scope: Scope, task: int, point: int, done: bool, now: datetime) -> Task:
    """One point of the checklist (from 0) is done, or is not after all. The task stays what it is.
    Doing so again changes nothing: who was first stays."""
    found = _locked(scope, task)
    others = {int(x) for x in found.ticked} - {point}
    return _tick(found, scope, {*others, point} if done else others, {point}, now)


@transaction.atomic
def tick_only(*, scope: Scope, task: int, points: Collection[int], now: datetime) -> Task:
    """These points are done, and no others."""
    return _tick(_locked(scope, task), scope, points, points, now)


def _tick(
    task: Task, scope: Scope, points: Collection[int], named: Collection[int], now: datetime
) -> Task:
    """points: those that are done then. named: those that somebody has spoken of."""
    for point in named:
        if not 0 <= point < len(task.checklist):
            raise UnknownPointError(f"task {task.pk} has no point {point} on its checklist")
    if {str(x) for x in points} == set(task.ticked):
        return task
    by = Member.objects.get(pk=scope.member).handle if scope.member else ""
    mine = {"by": by, "at": now.isoformat()}
    task.ticked = {str(x): task.ticked.get(str(x), mine) for x in sorted(points)}
    task.save(update_fields=("ticked",))
    tell_task_ticked(task, now=now)
    return task


@transaction.atomic
def undo(*, scope: Scope, task: int, handling: int) -> TaskHandling:
    """Take back the newest handling of a task; it is again what it was before.

    Doing so again changes nothing. TaskOvertakenError where something was done after `handling`.
    """
    found = _locked(scope, task)
    latest = found.handlings.select_related("member").first()
    if latest is None:
        raise UnknownTaskError(f"nothing was done with task {task}")
    if latest.undoes_id == handling and latest.member_id == scope.member:
        return latest
    if latest.pk != handling or latest.undoes_id is not None or latest.state == TaskState.WITHDRAWN:
        raise TaskOvertakenError(latest)
    return _record(
        _handling(
            found,
            scope.member,
            TaskState(latest.before),
            until=latest.before_until,
            given_to=latest.before_given_to,
            undoes=latest,
        )
    )


@transaction.atomic
def _handle(
    scope: Scope,
    task: int,
    today: date,
    state: TaskState,
    *,
    until: date | None = None,
    reason: NotUseful | None = None,
    note: str = "",
) -> TaskHandling:
    """Only what is to do can be handled; what has been handled is first undone."""
    found = _locked(scope, task)
    latest = _to_do(found, today)
    if latest is not None:
        same = (latest.state, latest.until, latest.reason) == (state, until, reason or "")
        if same and latest.member_id == scope.member:
            return latest
        raise TaskOvertakenError(latest)
    return _record(
        _handling(
            found,
            scope.member,
            state,
            until=until,
            given_to=found.member,
            reason=reason or "",
            note=note.strip(),
        )
    )


def _to_do(task: Task, today: date) -> TaskHandling | None:
    """None where it is to do; else what was done with it last."""
    if tab_of(task.state, task.until, today=today) == "todo":
        return None
    return task.handlings.select_related("member").first()


def _locked(scope: Scope, task: int) -> Task:
    """The task, held until the transaction ends."""
    if not scope.acts:
        raise MayNotActError("this member may look, not act")
    rows = within(scope, Task.objects.all(), account="account")
    found = rows.select_for_update(of=("self",)).filter(pk=task).first()
    if found is None:
        raise UnknownTaskError(f"no task {task} here")
    return found


def _handling(
    task: Task,
    member: int | None,
    state: TaskState,
    *,
    until: date | None = None,
    given_to: Member | None = None,
    reason: str = "",
    note: str = "",
    undoes: TaskHandling | None = None,
) -> TaskHandling:
    return TaskHandling(
        task=task,
        member_id=member,
        state=state,
        until=until,
        given_to=given_to,
        before=task.state,
        before_until=task.until,
        before_given_to_id=task.member_id,
        reason=reason,
        note=note,
        undoes=undoes,
    )


def _record(handling: TaskHandling) -> TaskHandling:
    handling.save(force_insert=True)
    task = handling.task
    task.state, task.until, task.member = handling.state, handling.until, handling.given_to
    task.save(update_fields=("state", "until", "member"))
    tell_task_handled(handling)
    return handling
