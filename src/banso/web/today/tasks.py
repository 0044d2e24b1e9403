"""Tasks of plays in Today, beside the alerts: who asks for what, why, and until when. Their HTML is
written once while nothing that it shows changes."""

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from banso.core.definitions.money import is_money
from banso.core.recent import Recent
from banso.desk.models import NotUseful, Task, TaskHandling, TaskState
from banso.desk.queries.tasks import TaskRow, listed, with_cause
from banso.desk.queries.to_do import Wanted, tab_of
from banso.web.forms.alerts import query_of
from banso.web.tags import day, number, text
from banso.web.today.desk import Desk
from banso.web.today.expected import expected_of_run
from banso.web.today.rows import Told, reason_words
from banso.web.today.written import rests_on

AT_ONCE, MOST = 5, 500
"""Tasks before the alerts, and where all are asked for."""
REASONS = 2
memory: Recent[Hashable, SafeString] = Recent(4_000)
"""Tasks as HTML, of this process; some 4 KB each."""


@dataclass(frozen=True)
class Point:
    """Of a checklist. done: by whom and when, in words; '' while it is not."""

    number: int
    text: str
    ticked: bool
    done: str


@dataclass(frozen=True)
class TaskItem:
    """address: of what can be done with it, without the last word. tab: where it stands now; ''
    where it is over. due: until when, in words; late: that day has passed. play: of which it is a
    step, with its address. rule: whose alert started the play, '' where none did. reasons: of that
    alert. expected: whether what that alert, and the play, were to bring about has come true.
    told: what was done with it last; given: the same, where it is to do because somebody passed
    it on."""

    id: int
    address: str
    tab: str
    label: str
    instructions: str
    checklist: Sequence[Point]
    link: str
    due: str
    late: bool
    member: str
    play: str
    play_address: str
    rule: str
    reasons: Sequence[str]
    expected: Sequence[str]
    told: Told | None
    given: str


@dataclass(frozen=True)
class TaskList:
    """of: by account, in the order of their most urgent task, as HTML. count: in this tab, of which
    those shown are the most urgent. words: count, and how many of those shown are late. all_: the
    address that shows all, '' where they are."""

    of: Mapping[int, Sequence[SafeString]]
    count: int
    words: str
    all_: str


def task_list(of: Desk, wanted: Wanted, *, all_: bool, there: str) -> TaskList:
    """all_: as many as a page can hold. there: the parameter that leads back to this list. At most
    eight queries, four where all that is shown was written before."""
    count = of.tasks[wanted.tab]
    if not count:
        return TaskList({}, 0, "", "")
    most, today = MOST if all_ else AT_ONCE, of.clock.today
    rows = listed(of.scope, tab=wanted.tab, today=today, owner=wanted.owner, most=most)
    found: dict[int, list[SafeString]] = {}
    for row, html in zip(rows, _written(rows, of, there), strict=True):
        found.setdefault(row.task.account_id, []).append(html)
    late = sum(row.task.due_on < today for row in rows) if wanted.tab == "todo" else 0
    more = count > len(rows) and not all_
    return TaskList(
        of=found,
        count=count,
        words=_words(count, late),
        all_=f"{reverse('today')}{query_of(wanted, tasks='all')}" if more else "",
    )


def _written(rows: Sequence[TaskRow], of: Desk, there: str) -> list[SafeString]:
    shared = rests_on(of, there)
    by: dict[Hashable, TaskRow] = {(*shared, *_key(row)): row for row in rows}
    return memory.get_all(
        list(by), lambda missing: _write(with_cause([by[key] for key in missing]), of, there)
    )


def _key(row: TaskRow) -> tuple[Hashable, ...]:
    """All of a task that can change; what its play and its alert said is kept with them."""
    task, done = row.task, row.latest
    told = (done.pk, str(done.member), str(done.given_to)) if done else None
    by = tuple(row.called.get(x["by"], "") for x in task.ticked.values())
    return (task.pk, task.state, task.until, str(task.member), json.dumps(task.ticked), by, told)


def _write(rows: Sequence[TaskRow], of: Desk, there: str) -> list[SafeString]:
    also = {"acts": of.scope.acts, "there": there}
    return [render_to_string("today/task.html", {"item": task_item(of, x), **also}) for x in rows]


def _words(count: int, late: int) -> str:
    words = ngettext("%(n)s task", "%(n)s tasks", count) % {"n": number(count)}
    if not late:
        return words
    overdue = ngettext("%(n)s overdue", "%(n)s overdue", late) % {"n": number(late)}
    return f"{words} · {overdue}"


def task_item(of: Desk, row: TaskRow) -> TaskItem:
    task, run = row.task, row.task.run
    over = task.state == TaskState.WITHDRAWN
    tab = "" if over else tab_of(task.state, task.until, today=of.clock.today)
    told = task_told(row.latest, of) if row.latest else None
    passed = task.state == TaskState.OPEN and row.latest and row.latest.undoes_id is None
    return TaskItem(
        id=task.pk,
        address=reverse("task_done", args=[task.pk]).removesuffix("done/"),
        tab=tab,
        label=text(task.label),
        instructions=text(task.instructions) if task.instructions else "",
        checklist=_points(row, of),
        link=task.link,
        due=due_words(task, of.clock.today),
        late=tab == "todo" and task.due_on < of.clock.today,
        member=str(task.member) if task.member else "",
        play=text(run.version.get("label")) or run.play,
        play_address=reverse("definition_play", args=[run.play])
        if run.play in of.definitions.plays
        else "",
        rule=text(run.alert.label) if run.alert else "",
        reasons=_reasons(task, of),
        expected=expected_of_run(run),
        told=told,
        given=told.words if told and passed else "",
    )


def _points(row: TaskRow, of: Desk) -> list[Point]:
    found = []
    for at, label in enumerate(row.task.checklist):
        tick = row.task.ticked.get(str(at))
        done = ""
        if tick is not None:
            moment = of.clock.moment(datetime.fromisoformat(tick["at"]))
            by = row.called.get(tick["by"], tick["by"]) or gettext("somebody")
            done = f"{by}, {moment}"
        found.append(Point(at, text(label), tick is not None, done))
    return found


def due_words(task: Task, today: date) -> str:
    left = (task.due_on - today).days
    said = {"day": day(task.due_on), "days": number(abs(left))}
    if left < 0:
        words = ngettext("Due %(day)s, %(days)s day ago", "Due %(day)s, %(days)s days ago", -left)
    elif left == 0:
        words = gettext("Due today")
    else:
        words = ngettext("Due %(day)s, in %(days)s day", "Due %(day)s, in %(days)s days", left)
    return words % said


def _reasons(task: Task, of: Desk) -> list[str]:
    """Of the alert that started the play, as they were then; those that tell an amount only to who
    may see it."""
    alert = task.run.alert
    why = alert.why if alert else []
    first = {str(x["metric"]): x for x in reversed(why)}
    seen = [x for x in why if first[str(x["metric"])] is x]
    seen = [x for x in seen if of.scope.revenue or not is_money(of.definitions, str(x["metric"]))]
    return [text(x["text"]) for x in seen[:REASONS]]


def task_told(handling: TaskHandling, of: Desk) -> Told:
    """What was done, by whom and when, in words."""
    said = {
        "member": str(handling.member or gettext("somebody")),
        "moment": of.clock.moment(handling.at),
        "day": day(handling.until),
        "to": str(handling.given_to or gettext("the owner")),
        "reason": _why_not(handling),
    }
    if handling.undoes_id is not None:
        return Told(gettext("Taken back by %(member)s, %(moment)s") % said, None)
    words = {
        TaskState.OPEN: gettext("Passed on to %(to)s by %(member)s, %(moment)s"),
        TaskState.DONE: gettext("Done by %(member)s, %(moment)s"),
        TaskState.SNOOZED: gettext("Snoozed until %(day)s by %(member)s, %(moment)s"),
        TaskState.NOT_USEFUL: gettext("Not useful (%(reason)s), %(member)s, %(moment)s"),
        TaskState.WITHDRAWN: gettext("Withdrawn: its play is over, %(moment)s"),
    }
    state = TaskState(handling.state)
    undoable = None if state is TaskState.WITHDRAWN else handling.pk
    note = "" if state is TaskState.NOT_USEFUL else handling.note  # it is the reason there
    told = words[state] % said
    return Told(f"{told}: {note}" if note else told, undoable)


def _why_not(handling: TaskHandling) -> str:
    return handling.note or (reason_words()[NotUseful(handling.reason)] if handling.reason else "")


def task_words(handling: TaskHandling, item: TaskItem, account: str) -> str:
    """For the member who has just done it."""
    said = {
        "task": item.label,
        "account": account,
        "day": day(handling.until),
        "to": str(handling.given_to or gettext("the owner")),
    }
    if handling.undoes_id is not None:
        return gettext("Taken back: %(task)s, %(account)s") % said
    words: Mapping[TaskState, str] = {
        TaskState.OPEN: gettext("Passed on to %(to)s: %(task)s, %(account)s"),
        TaskState.DONE: gettext("Done: %(task)s, %(account)s"),
        TaskState.SNOOZED: gettext("Snoozed until %(day)s: %(task)s, %(account)s"),
        TaskState.NOT_USEFUL: gettext("Marked as not useful: %(task)s, %(account)s"),
        TaskState.WITHDRAWN: "",
    }
    return words[TaskState(handling.state)] % said


def wanted_tasks(wanted: Wanted) -> bool:
    """Filters over alerts alone leave no task."""
    return not (wanted.rule or wanted.journey or wanted.priority)
