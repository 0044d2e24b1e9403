"""What channels owe of a task: that there is one, whose it is by now, that it is due today, and
what became of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import F

from banso.desk.models import Channel, Delivery, DeliveryKind, Member, Task, TaskHandling, TaskState
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.tasks import due_tasks
from banso.desk.services.outbox import FOLLOWED, in_person, not_before, owe, telling_channels

TOLD = (DeliveryKind.TASK_OPENED, DeliveryKind.TASK_PASSED, DeliveryKind.TASK_DUE)
"""What puts a message with buttons before somebody, which is changed in place afterwards."""


def tell_task_opened(task: Task, *, due_at: datetime | None = None) -> int:
    """In the transaction that makes it. due_at: when people may be sent it, None: at once."""
    subject = f"{DeliveryKind.TASK_OPENED}:{task.pk}"
    return _tell(DeliveryKind.TASK_OPENED, subject, task, due_at=due_at)


def tell_tasks_due(day: date) -> int:
    """Of each that is due that day, or was, and is still to do; of one that came on the same day,
    and of one that this was told of before, not. Webhooks are told, too."""
    told = Delivery.objects.filter(kind=DeliveryKind.TASK_DUE).values("task")
    rows = due_tasks(EVERYTHING, day).filter(made_on__lt=F("due_on")).exclude(pk__in=told)
    return sum(
        _tell(DeliveryKind.TASK_DUE, f"{DeliveryKind.TASK_DUE}:{task.pk}", task) for task in rows
    )


def tell_task_handled(handling: TaskHandling) -> int:
    """What a member has done with a task, wherever it was told; in the transaction that records it.
    The one who has it by now is told of it as of a new one."""
    places, more = _places(handling.task_id), _done(handling)
    body = {**body_of(handling.task), **more} if places else more
    owed = owe(
        Delivery(
            channel=channel,
            kind=DeliveryKind.TASK_HANDLED,
            subject=f"{DeliveryKind.TASK_HANDLED}:{handling.pk}:{member or ''}".rstrip(":"),
            task_id=handling.task_id,
            member_id=member,
            body=body,
        )
        for channel, member in places
    )
    passed = handling.state == TaskState.OPEN and handling.undoes_id is None
    return owed + (_tell_taker(handling, more) if passed else 0)


def tell_task_ticked(task: Task, *, now: datetime) -> int:
    """Which points of its checklist are done by now, wherever it was told; while it is to do. In
    the transaction that ticks them."""
    places = _places(task.pk) if task.state == TaskState.OPEN else ()
    subject = f"{DeliveryKind.TASK_TICKED}:{task.pk}:{now:%Y%m%dT%H%M%S%f}"
    return owe(
        Delivery(
            channel=channel,
            kind=DeliveryKind.TASK_TICKED,
            subject=f"{subject}:{member or ''}".rstrip(":"),
            task=task,
            member_id=member,
            body=body_of(task),
        )
        for channel, member in places
    )


def _places(task: int) -> Sequence[tuple[Channel, int | None]]:
    """Where it was told and can be followed: channel, and whom in person."""
    told = Delivery.objects.filter(
        task=task, kind__in=TOLD, failed_at__isnull=True, channel__removed_at__isnull=True
    )
    found = {
        (x.channel, x.member_id)
        for x in told.select_related("channel")
        if x.channel.kind in FOLLOWED
    }
    return sorted(found, key=lambda x: (x[0].pk, x[1] or 0))


def _tell_taker(handling: TaskHandling, more: Mapping[str, object]) -> int:
    """In person only: where many read along, the message that is there says whose it is."""
    subject = f"{DeliveryKind.TASK_PASSED}:{handling.pk}"
    kind, given = DeliveryKind.TASK_PASSED, {"by": more["by"], "note": more["note"]}
    return _tell(kind, subject, handling.task, people_only=True, more=given)


def _tell(
    kind: DeliveryKind,
    subject: str,
    task: Task,
    *,
    due_at: datetime | None = None,
    people_only: bool = False,
    more: Mapping[str, object] | None = None,
) -> int:
    channels = [
        x
        for x in telling_channels(digest=False).filter(tasks=True)
        if in_person(x) or not people_only
    ]
    if not channels:
        return 0
    who, body = holder(task), {**body_of(task), **(more or {})}
    return owe(
        Delivery(
            channel=channel,
            kind=kind,
            subject=subject,
            task=task,
            member=who if in_person(channel) else None,
            body=body,
            **not_before(channel, due_at),
        )
        for channel in channels
        if who is not None or not in_person(channel)
    )


def holder(task: Task) -> Member | None:
    """Who is to do it: to whom it was given, else the account's owner."""
    return task.member or task.account.owner


def body_of(task: Task) -> dict[str, object]:
    """Also the documented content of a webhook (docs: how-to/channels). The sender leaves amounts
    of money out for those who may not see them."""
    account, run, who = task.account, task.run, holder(task)
    alert = run.alert
    return {
        "task": task.pk,
        "run": run.pk,
        "play": run.play,
        "play_label": run.version.get("label") or {"en": run.play, "ja": run.play},
        "step": task.step,
        "label": task.label,
        "instructions": task.instructions,
        "link": task.link or None,
        "checklist": task.checklist,
        "ticked": sorted(map(int, task.ticked)),
        "made_on": str(task.made_on),
        "due_on": str(task.due_on),
        "account": {"id": account.pk, "key": account.key, "name": str(account)},
        "owner": account.owner.handle if account.owner else None,
        "member": who.handle if who else None,
        "member_name": str(who) if who else None,
        "rule": alert.episode.rule if alert else None,
        "why": alert.why if alert else [],
        "arr": str(alert.arr) if alert and alert.arr is not None else None,
    }


def _done(handling: TaskHandling) -> dict[str, object]:
    by, to = handling.member, handling.given_to
    return {
        "state": str(handling.state),
        "until": str(handling.until) if handling.until else None,
        "by": str(by) if by else None,
        "to": str(to) if to else None,
        "reason": handling.reason or None,
        "note": handling.note or None,
        "undone": handling.undoes_id is not None,
        "handling": handling.pk,
    }
