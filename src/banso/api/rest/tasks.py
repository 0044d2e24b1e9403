"""Tasks that plays ask for, and what members do with them."""

from datetime import UTC, datetime

from django.http import HttpRequest
from ninja import Query, Router
from ninja.errors import HttpError

from banso.api.rest.alerts import expected_item, expected_of_alert
from banso.api.rest.door import ACT, READ, caller
from banso.api.rest.play_shapes import Note, PassOn, TaskItem, TasksAsked, Tick, Ticked
from banso.api.rest.shapes import Dismissal, Handled, Snooze, Undo
from banso.desk.models import TaskHandling
from banso.desk.queries.members import member_number
from banso.desk.queries.tasks import TaskRow, tasks
from banso.desk.services.tasks import dismiss, finish, pass_on, snooze, tick, undo

router = Router(tags=["tasks"])


@router.get("tasks", auth=READ, response=list[TaskItem], operation_id="list_tasks")
def list_tasks(request: HttpRequest, asked: Query[TasksAsked]) -> list[TaskItem]:
    """Tasks for the member's accounts; what is due first comes first."""
    seen = caller(request)
    owner = member_number(asked.member) if asked.member else None
    if asked.member and owner is None:
        raise HttpError(404, f"no member '{asked.member}'")
    found = tasks(seen.scope, tab=asked.tab, today=seen.today, owner=owner, most=asked.limit)
    return [_item(x) for x in found]


@router.post("tasks/{task}/done", auth=ACT, response=Handled, operation_id="finish_task")
def finish_task(request: HttpRequest, task: int, said: Note) -> Handled:
    """Done. Again: changes nothing."""
    seen = caller(request)
    return _handled(finish(scope=seen.scope, task=task, today=seen.today, note=said.note))


@router.post("tasks/{task}/snooze", auth=ACT, response=Handled, operation_id="snooze_task")
def snooze_task(request: HttpRequest, task: int, said: Snooze) -> Handled:
    seen = caller(request)
    return _handled(
        snooze(scope=seen.scope, task=task, until=said.until, today=seen.today, note=said.note)
    )


@router.post("tasks/{task}/pass", auth=ACT, response=Handled, operation_id="pass_task")
def pass_task(request: HttpRequest, task: int, said: PassOn) -> Handled:
    """Give it to another member."""
    seen = caller(request)
    return _handled(
        pass_on(scope=seen.scope, task=task, to=said.to, today=seen.today, note=said.note)
    )


@router.post("tasks/{task}/not-useful", auth=ACT, response=Handled, operation_id="dismiss_task")
def dismiss_task(request: HttpRequest, task: int, said: Dismissal) -> Handled:
    """Not useful, and why: the play is judged by it."""
    seen = caller(request)
    made = dismiss(
        scope=seen.scope, task=task, reason=said.reason, note=said.note, today=seen.today
    )
    return _handled(made)


@router.post("tasks/{task}/tick", auth=ACT, response=Ticked, operation_id="tick_task")
def tick_task(request: HttpRequest, task: int, said: Tick) -> Ticked:
    """A point of the checklist is done, or not after all. Again: changes nothing."""
    seen, now = caller(request), datetime.now(tz=UTC)
    made = tick(scope=seen.scope, task=task, point=said.point, done=said.done, now=now)
    return Ticked(ticked=sorted(map(int, made.ticked)))


@router.post("tasks/{task}/undo", auth=ACT, response=Handled, operation_id="undo_task")
def undo_task(request: HttpRequest, task: int, said: Undo) -> Handled:
    """Take back the newest thing that was done; 409 where something was done after it."""
    return _handled(undo(scope=caller(request).scope, task=task, handling=said.handling))


def _handled(made: TaskHandling) -> Handled:
    return Handled(handling=made.pk, state=made.state, until=made.until)


def _item(row: TaskRow) -> TaskItem:
    task, run = row.task, row.task.run
    member = task.member or task.account.owner
    return TaskItem(
        id=task.pk,
        account=task.account.key,
        account_name=str(task.account),
        member=member.handle if member else None,
        play=run.play,
        run=run.pk,
        rule=run.alert.episode.rule if run.alert else None,
        expected=expected_of_alert(run.alert.episode) if run.alert else None,
        play_expected=expected_item(getattr(run, "expectation", None)),
        label=task.label,
        instructions=task.instructions,
        link=task.link or None,
        checklist=task.checklist,
        ticked=sorted(map(int, task.ticked)),
        made_on=task.made_on,
        due_on=task.due_on,
        state=task.state,
        until=task.until,
        handling=row.latest.pk if row.latest else None,
    )
