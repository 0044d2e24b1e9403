"""Who has how much to do: the table of whoever leads a team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext

from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.loads import (
    AlertLoad,
    TaskLoad,
    alert_loads,
    handled_since,
    members_named,
    owned,
    task_loads,
)
from banso.desk.queries.to_do import Wanted
from banso.web.forms.alerts import query_of
from banso.web.today.desk import Desk

LATELY = timedelta(days=7)
NO_ALERTS = AlertLoad(alerts=0, high=0, since=None, snoozed=0, accounts=0, arr=None)
NO_TASKS = TaskLoad(tasks=0, late=0)


@dataclass(frozen=True)
class MemberRow:
    """address: what they have to do, in Today. owned: accounts. handled: alerts and tasks."""

    name: str
    address: str
    owned: int
    alerts: AlertLoad
    tasks: TaskLoad
    handled: int


@dataclass(frozen=True)
class TeamPage:
    """rows: who has most to do first. days: how far back `handled` looks."""

    rows: Sequence[MemberRow]
    days: int


def team_page(of: Desk) -> TeamPage:
    """A fixed number of queries."""
    today, scope = of.clock.today, of.scope
    alerts, tasks = alert_loads(of.found, today=today), task_loads(scope, today=today)
    since = datetime.combine(today - LATELY, time.min, tzinfo=of.clock.zone)
    handled, accounts = handled_since(scope, since), owned(scope)
    numbers = {*alerts, *tasks, *handled, *accounts}
    names = {**members_named(numbers), NOBODY: gettext("No owner")}
    rows = [
        MemberRow(
            name=name,
            address=f"{reverse('today')}{query_of(Wanted(owner=member))}",
            owned=accounts[member],
            alerts=alerts.get(member, NO_ALERTS),
            tasks=tasks.get(member, NO_TASKS),
            handled=handled[member],
        )
        for member, name in names.items()
        if member in numbers
    ]
    return TeamPage(sorted(rows, key=_most), LATELY.days)


def _most(row: MemberRow) -> tuple[int, int, str]:
    return -(row.alerts.alerts + row.tasks.tasks), -row.tasks.late, row.name
