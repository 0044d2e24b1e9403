"""The morning mail: what each member has to do today, most urgent first; and where things are told
one by one, that a task is due."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from banso.core.rules.rank import Stake, rank
from banso.desk.models import Mail, Member, Task
from banso.desk.queries.mails import drafts_by_owner
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.tasks import to_do_by_member
from banso.desk.queries.today import OpenAlert, open_alerts
from banso.desk.services.outbox import owe_digests
from banso.desk.services.task_news import tell_tasks_due

SHOWN = 10


def tell_the_day(day: date) -> int:
    """Every channel that gathers owes each member with something to do one mail for the day, and
    the others a word of each task that is due; how many are owed now. Doing so again on the same
    day changes nothing."""
    alerts = sorted(open_alerts(EVERYTHING, to_do_on=day), key=lambda x: x.owner or "")
    by_owner = {owner: list(rows) for owner, rows in groupby(alerts, key=lambda x: x.owner)}
    tasks, drafts = to_do_by_member(EVERYTHING, day), drafts_by_owner(EVERYTHING)
    members = Member.objects.filter(is_active=True)
    bodies = {
        x.pk: _body(day, by_owner.get(x.handle, ()), tasks.get(x.pk, ()), drafts.get(x.pk, ()))
        for x in members
        if x.handle in by_owner or x.pk in tasks or x.pk in drafts
    }
    return owe_digests(day, bodies) + tell_tasks_due(day)


def _body(
    day: date, alerts: Sequence[OpenAlert], tasks: Sequence[Task], drafts: Sequence[Mail]
) -> Mapping[str, object]:
    """Amounts of money in it are left out when it is sent."""
    ranked = rank(alerts, stake=lambda x: Stake(x.priority, x.arr, x.opened_on))
    return {
        "day": str(day),
        "count": len(ranked),
        "items": [_item(x) for x in ranked[:SHOWN]],
        "tasks": {"count": len(tasks), "items": [_task(x) for x in tasks[:SHOWN]]},
        "mails": {"count": len(drafts), "items": [_mail(x) for x in drafts[:SHOWN]]},
    }


def _item(alert: OpenAlert) -> Mapping[str, object]:
    return {
        "account": alert.account_name,
        "label": alert.label,
        "priority": alert.priority,
        "opened_on": str(alert.opened_on),
        "why": alert.why,
        "action": alert.action,
    }


def _task(task: Task) -> Mapping[str, object]:
    return {"account": str(task.account), "label": task.label, "due_on": str(task.due_on)}


def _mail(mail: Mail) -> Mapping[str, object]:
    return {"account": str(mail.account), "subject": mail.subject, "to": mail.to}
