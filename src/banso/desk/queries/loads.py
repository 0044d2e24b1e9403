"""How much each member has to do, for those who see the accounts of several."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce

from banso.desk.models import Account, Handling, Member, Task, TaskHandling, TaskState
from banso.desk.models.task import WAITING
from banso.desk.queries.briefs import NOBODY, PRIORITIES, Briefs, Numbers, money
from banso.desk.queries.scope import Scope, within
from banso.desk.queries.to_do import TABS, UNKNOWN, at_stake_of_each, tabs_of

HIGH = PRIORITIES.index("high")


@dataclass(frozen=True)
class AlertLoad:
    """Of one owner. alerts: to do now, of which `high`; since: the oldest of them opened then.
    snoozed: besides. accounts: of those to do. arr: of these, None where hidden or known of none.
    """

    alerts: int
    high: int
    since: date | None
    snoozed: int
    accounts: int
    arr: Decimal | None


@dataclass(frozen=True)
class TaskLoad:
    """tasks: to do now, of which `late`."""

    tasks: int
    late: int


def alert_loads(found: Briefs, *, today: date) -> Mapping[int, AlertLoad]:
    """By owner (NOBODY: of accounts without one), those who have any."""
    tabs = tabs_of(found, today)
    todo = found.those(tabs == TABS.index("todo"))
    snoozed = Counter(found.owner[tabs == TABS.index("snoozed")].tolist())
    cents = at_stake_of_each(todo)
    rows = np.argsort(todo.owner, kind="stable")
    owners, first = np.unique(todo.owner[rows], return_index=True)
    mine = dict(zip(owners.tolist(), np.split(rows, first[1:]), strict=False))
    none = np.zeros(0, np.int64)
    return {x: _load(todo, mine.get(x, none), cents, snoozed[x]) for x in {*mine, *snoozed}}


def _load(todo: Briefs, rows: Numbers, cents: Numbers, snoozed: int) -> AlertLoad:
    """rows: of one owner. cents: at stake, by account."""
    accounts = np.unique(todo.account[rows])
    known = cents[accounts][cents[accounts] != UNKNOWN]
    return AlertLoad(
        alerts=len(rows),
        high=int((todo.priority[rows] == HIGH).sum()),
        since=todo.opened_on[rows].min().item() if len(rows) else None,
        snoozed=snoozed,
        accounts=len(accounts),
        arr=money(int(known.sum())) if len(known) else None,
    )


def task_loads(scope: Scope, *, today: date) -> Mapping[int, TaskLoad]:
    """By who is to do them, those who have any. One query."""
    rows = within(scope, Task.objects.filter(state__in=WAITING), account="account")
    who = Coalesce(F("member_id"), F("account__owner_id"), Value(NOBODY))
    now = Q(state=TaskState.OPEN) | Q(state=TaskState.SNOOZED, until__lte=today)
    counted = (
        rows.order_by()
        .values(who=who)
        .annotate(tasks=Count("pk", filter=now), late=Count("pk", filter=now & Q(due_on__lt=today)))
    )
    found = counted.values_list("who", "tasks", "late")
    return {who: TaskLoad(tasks, late) for who, tasks, late in found if tasks}


def handled_since(scope: Scope, since: datetime) -> Counter[int]:
    """By member, how many alerts and tasks were done or said to be of no use since then, and not
    taken back. Two queries."""
    over = (TaskState.DONE, TaskState.NOT_USEFUL)
    alerts = within(scope, Handling.objects.all(), account="alert__episode__account")
    tasks = within(scope, TaskHandling.objects.all(), account="task__account")
    found: Counter[int] = Counter()
    for rows, undone in ((alerts, "handling"), (tasks, "taskhandling")):
        mine = rows.filter(
            at__gte=since,
            state__in=over,
            undoes__isnull=True,
            member__isnull=False,
            **{f"{undone}__isnull": True},
        )
        counted = mine.order_by().values("member").annotate(n=Count("pk"))
        found.update(dict(counted.values_list("member", "n")))
    return found


def owned(scope: Scope) -> Counter[int]:
    """By owner (NOBODY: without one), how many accounts. One query."""
    rows = within(scope, Account.objects.all()).order_by()
    counted = rows.values(who=Coalesce(F("owner_id"), Value(NOBODY))).annotate(n=Count("pk"))
    return Counter(dict(counted.values_list("who", "n")))


def members_named(numbers: Collection[int]) -> Mapping[int, str]:
    """Names of members who were met in what a reader sees."""
    rows = Member.objects.filter(pk__in=numbers).only("name", "handle")
    return {x.pk: str(x) for x in rows}
