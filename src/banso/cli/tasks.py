"""`banso tasks`: what plays ask for, and what was done about it."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from banso.cli.output import label, out, print_json, table
from banso.cli.plays_shapes import TaskItem
from banso.cli.running import DAY_FORMATS
from banso.cli.session import open_session
from banso.cli.today import expected_item, refuse_unknown_member
from banso.cli.words import word
from banso.desk.models import NotUseful, TaskHandling
from banso.desk.queries.members import member_number
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.tasks import TaskRow, tasks
from banso.desk.queries.to_do import Tab
from banso.desk.services import tasks as services

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="TASK", help="Number of the task (see `list`)")]
Note = Annotated[str, typer.Option(help="What came of it")]
MOST = 500


@app.callback()
def tasks_() -> None:
    """Tasks that plays ask for: list, done, snooze, pass on, not useful, tick, undo."""


@app.command("list")
def list_tasks(
    owner: Annotated[
        str | None, typer.Option(help="Only what this member is to do (handle or name)")
    ] = None,
    snoozed: Annotated[bool, typer.Option("--snoozed", help="Those that are put away")] = False,
    handled: Annotated[bool, typer.Option("--handled", help="Those done of late")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table")] = False,
) -> None:
    """List tasks that are to do; what is due first comes first."""
    session = open_session()
    refuse_unknown_member(owner)
    tab: Tab = "snoozed" if snoozed else "handled" if handled else "todo"
    number = None if owner is None else member_number(owner)
    found = tasks(EVERYTHING, tab=tab, today=session.today, owner=number, most=MOST)
    items = [_item(x) for x in found]
    if as_json:
        print_json(items)
        return
    rows = table("number", "due_on", "account", "member", "task", "play")
    for x in items:
        said, who = _said(x), escape(x.member or "")
        rows.add_row(str(x.task), str(x.due_on), escape(x.account_name), who, said, x.play)
    out.print(rows)


@app.command()
def done(task: Number, note: Note = "") -> None:
    """Mark a task done."""
    today = open_session().today
    _told(services.finish(scope=EVERYTHING, task=task, today=today, note=note))


@app.command()
def snooze(
    task: Number,
    until: Annotated[datetime, typer.Option(help="Day on which it is back", formats=DAY_FORMATS)],
    note: Note = "",
) -> None:
    """Put a task away until a day."""
    today = open_session().today
    day = until.date()
    _told(services.snooze(scope=EVERYTHING, task=task, until=day, today=today, note=note))


@app.command("pass")
def pass_on(
    task: Number,
    to: Annotated[str, typer.Option(help="Handle of the member who is to do it")],
    note: Note = "",
) -> None:
    """Give a task to another member, who must see the account."""
    today = open_session().today
    _told(services.pass_on(scope=EVERYTHING, task=task, to=to, today=today, note=note))


@app.command("not-useful")
def not_useful(
    task: Number,
    reason: Annotated[NotUseful, typer.Option(help="Why; `other` needs a note")],
    note: Note = "",
) -> None:
    """Mark a task as not useful, and why."""
    today = open_session().today
    _told(services.dismiss(scope=EVERYTHING, task=task, reason=reason, note=note, today=today))


@app.command()
def tick(
    task: Number,
    point: Annotated[int, typer.Argument(help="Point of its checklist, from 1", min=1)],
    not_done: Annotated[bool, typer.Option("--not-done", help="It is not done after all")] = False,
) -> None:
    """Tick a point of a task's checklist. The task stays to do."""
    open_session()
    now = datetime.now(tz=UTC)
    made = services.tick(scope=EVERYTHING, task=task, point=point - 1, done=not not_done, now=now)
    out.print(word("task_ticked").format(done=len(made.ticked), all_=len(made.checklist)))


@app.command()
def undo(
    task: Number,
    handling: Annotated[int, typer.Option(help="What to take back (`handling` of the list)")],
) -> None:
    """Take back what was done with a task last."""
    open_session()
    _told(services.undo(scope=EVERYTHING, task=task, handling=handling))


def _said(x: TaskItem) -> str:
    """What is to be done, with the points of its checklist."""
    points = [
        f"[dim]{'☑' if at in x.ticked else '☐'} {at} {escape(label(point, ''))}[/]"
        for at, point in enumerate(x.checklist, start=1)
    ]
    return "\n".join([escape(label(x.label, x.play)), *points])


def _told(made: TaskHandling) -> None:
    said = {"number": made.task_id, "handling": made.pk, "until": made.until or ""}
    key = "task_undone" if made.undoes_id else f"task.{made.state}"
    if made.state == "open" and not made.undoes_id:
        key, said = "task_passed", {**said, "to": str(made.given_to)}
    out.print(word(key).format(**said), soft_wrap=True)


def _item(row: TaskRow) -> TaskItem:
    task, run = row.task, row.task.run
    member = task.member or task.account.owner
    return TaskItem(
        task=task.pk,
        account=task.account.key,
        account_name=str(task.account),
        member=member.handle if member else None,
        play=run.play,
        run=run.pk,
        rule=run.alert.episode.rule if run.alert else None,
        expected=expected_item(getattr(run.alert.episode, "expectation", None))
        if run.alert
        else None,
        play_expected=expected_item(getattr(run, "expectation", None)),
        label=task.label,
        instructions=task.instructions,
        link=task.link or None,
        checklist=task.checklist,
        ticked=sorted(int(x) + 1 for x in task.ticked),
        made_on=task.made_on,
        due_on=task.due_on,
        state=task.state,
        until=task.until,
        handling=row.latest.pk if row.latest else None,
    )
