"""What plays ask members to do."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, F, Prefetch, Q, QuerySet, Value, prefetch_related_objects
from django.db.models.functions import Coalesce

from banso.desk.models import Member, PlayRun, Task, TaskHandling, TaskState
from banso.desk.models.task import WAITING
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.members import names_by_handle
from banso.desk.queries.scope import ACTING, Scope, sees, within
from banso.desk.queries.to_do import Tab

HANDLED_DAYS = 14
"""What was handled longer ago no longer stands among what was."""


@dataclass(frozen=True)
class TaskRow:
    """task: with its own member. latest: what was done with it last. called: names of those who
    ticked points of its checklist, by handle."""

    task: Task
    latest: TaskHandling | None
    called: Mapping[str, str]


def tasks(
    scope: Scope, *, tab: Tab = "todo", today: date, owner: int | None = None, most: int
) -> list[TaskRow]:
    """With their accounts, these's owners, and their runs with the alerts that started them. What
    is due first comes first. owner: who is to do them; NOBODY: accounts without owner. At most
    seven queries."""
    return _latest(_joined(_list(scope, tab, today, owner))[:most])


def listed(
    scope: Scope, *, tab: Tab = "todo", today: date, owner: int | None = None, most: int
) -> list[TaskRow]:
    """Like `tasks`, but without accounts and runs, for who already knows them. Two queries, a third
    where points are ticked."""
    return _latest(_list(scope, tab, today, owner).select_related("member")[:most])


def with_cause(rows: Sequence[TaskRow]) -> Sequence[TaskRow]:
    """The runs of these, and the alerts that started them. At most four queries."""
    prefetch_related_objects([x.task for x in rows], *_cause())
    return rows


def _list(scope: Scope, tab: Tab, today: date, owner: int | None) -> QuerySet[Task]:
    order = ("due_on", "id") if tab != "handled" else ("-pk",)
    return _in_tab(_theirs(scope, owner), tab, today).order_by(*order)


def _latest(rows: QuerySet[Task]) -> list[TaskRow]:
    found = list(rows)
    latest, called = latest_task_handlings(x.pk for x in found), called_of(found)
    return [TaskRow(x, latest.get(x.pk), called) for x in found]


def called_of(some: Iterable[Task]) -> Mapping[str, str]:
    """Names of those who ticked points of these tasks, by handle. At most one query."""
    return names_by_handle({tick["by"] for x in some for tick in x.ticked.values() if tick["by"]})


def due_tasks(scope: Scope, day: date) -> QuerySet[Task]:
    """Those due by that day that are still to do on it, the oldest first."""
    rows = _in_tab(_theirs(scope, None).filter(due_on__lte=day), "todo", day)
    return _joined(rows).order_by("due_on", "id")


def to_do_by_member(scope: Scope, day: date) -> Mapping[int, Sequence[Task]]:
    """By who is to do them: given to somebody, else the account's owner's."""
    found: dict[int, list[Task]] = {}
    for task in _joined(_in_tab(_theirs(scope, None), "todo", day)).order_by("due_on", "id"):
        who = task.member_id or task.account.owner_id
        if who is not None:
            found.setdefault(who, []).append(task)
    return found


def tasks_of_account(scope: Scope, account: int) -> Sequence[Task]:
    """Those that are not handled yet, snoozed ones too; due first comes first. One query, four more
    where there are any."""
    rows = within(scope, Task.objects.all(), account="account").filter(account=account)
    return list(_joined(rows.filter(state__in=WAITING)).order_by("due_on", "id"))


def tasks_in_scope(scope: Scope, numbers: Iterable[int]) -> Sequence[Task]:
    """With their accounts and these's owners. One query."""
    rows = within(scope, Task.objects.filter(pk__in=list(numbers)), account="account")
    return list(rows.select_related("account__owner"))


def task_in_scope(scope: Scope, task: int) -> Task | None:
    return _joined(within(scope, Task.objects.all(), account="account")).filter(pk=task).first()


def _joined(rows: QuerySet[Task]) -> QuerySet[Task]:
    # One question over all these tables takes PostgreSQL longer to plan than five to answer.
    return rows.select_related("account__owner", "member").prefetch_related(*_cause())


def _cause() -> "tuple[Prefetch[str], str]":
    """Of tasks: their runs, the alerts that started these, and whether what was to come of either
    did."""
    runs = Prefetch("run", PlayRun.objects.select_related("expectation"))
    return (runs, "run__alert__episode__expectation")


def task_counts(scope: Scope, *, today: date, owner: int | None = None) -> Counter[Tab]:
    """How many stand where. Two queries: what was handled is sought from what was done lately, not
    among all that was ever to be done."""
    rows = _theirs(scope, owner)
    waiting = rows.filter(state__in=WAITING).order_by()
    found = waiting.aggregate(
        todo=Count("pk", filter=_where("todo", today)),
        snoozed=Count("pk", filter=_where("snoozed", today)),
    )
    handled = _in_tab(rows, "handled", today).count()
    return Counter({"todo": found["todo"], "snoozed": found["snoozed"], "handled": handled})


def _theirs(scope: Scope, owner: int | None) -> QuerySet[Task]:
    rows = within(scope, Task.objects.all(), account="account")
    if owner is None:
        return rows
    who = rows.annotate(who=Coalesce(F("member_id"), F("account__owner_id"), Value(NOBODY)))
    return who.filter(who=owner)


def _in_tab(rows: QuerySet[Task], tab: Tab, today: date) -> QuerySet[Task]:
    return rows.filter(_where(tab, today))


def _where(tab: Tab, today: date) -> Q:
    snoozed = Q(state=TaskState.SNOOZED)
    if tab == "todo":
        return Q(state=TaskState.OPEN) | (snoozed & Q(until__lte=today))
    if tab == "snoozed":
        return snoozed & Q(until__gt=today)
    since = datetime.combine(today - timedelta(days=HANDLED_DAYS), time.min, UTC)
    lately = TaskHandling.objects.filter(at__gte=since).values("task")
    return Q(state__in=(TaskState.DONE, TaskState.NOT_USEFUL), pk__in=lately)


def latest_task_handlings(numbers: Iterable[int]) -> Mapping[int, TaskHandling]:
    """By task, what was done with it last, by whom."""
    rows = TaskHandling.objects.filter(task__in=list(numbers)).select_related("member", "given_to")
    newest = rows.order_by("task_id", "-id").distinct("task_id")
    return {x.task_id: x for x in newest}


def takers(*some: Task) -> Sequence[Member]:
    """Members to whom each of these tasks, which the reader sees, can be passed on: those who act
    and see the accounts, but for whoever has one already. One query."""
    if not some:
        return ()
    rows = Member.objects.filter(is_active=True, role__in=ACTING)
    for owner in {x.account.owner_id: x.account.owner for x in some}.values():
        rows = rows.filter(sees(owner))
    holders = (x.member_id or x.account.owner_id for x in some)
    mine = [x for x in holders if x is not None]
    return list(rows.exclude(pk__in=mine).order_by("name", "handle"))
