"""What a button or a choice in Slack asks for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from banso.desk.queries.members import handle_of
from banso.desk.queries.scope import Scope
from banso.desk.services import alerts, tasks
from banso.pipeline.act.slack import DONE, SNOOZE, UNDO
from banso.pipeline.act.slack_tasks import TASK_DONE, TASK_PASS, TASK_SNOOZE, TASK_TICK, TASK_UNDO

SNOOZED = timedelta(days=7)
Act = Callable[[Scope, date], object]
"""What a member wants done, on a day in the organisation's zone."""
Make = Callable[[int, int], Act]
"""Of the alert or task, and of the number behind it: a handling to take back, a member."""


def asked(payload: Mapping[str, Any]) -> Act | None:
    """What the first button of the payload asks for; None for what is none of ours."""
    pressed = first_pressed(payload)
    name, _, of = str(pressed.get("action_id")).partition(":")
    if name == TASK_TICK and is_number(of):
        return _ticks(int(of), pressed.get("selected_options") or ())
    make = ACTS.get(name)
    chosen: Mapping[str, Any] = pressed.get("selected_option") or pressed
    first, _, second = str(chosen.get("value") or "").partition(":")
    if make is None or not is_number(first) or (second and not is_number(second)):
        return None
    return make(int(first), int(second or 0))


def _ticks(task: int, chosen: Sequence[Mapping[str, Any]]) -> Act:
    """All points that are ticked then."""
    said = [str(x.get("value") or "").partition(":")[2] for x in chosen]
    points = {int(x) for x in said if is_number(x)}
    return lambda scope, _: tasks.tick_only(
        scope=scope, task=task, points=points, now=datetime.now(tz=UTC)
    )


def first_pressed(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(payload.get("actions") or ()), {})


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _pass_on(task: int, member: int) -> Act:
    return lambda scope, today: tasks.pass_on(
        scope=scope, task=task, to=handle_of(member), today=today
    )


ACTS: Mapping[str, Make] = {
    DONE: lambda alert, _: (
        lambda scope, today: alerts.finish(scope=scope, alert=alert, today=today)
    ),
    SNOOZE: lambda alert, _: (
        lambda scope, today: alerts.snooze(
            scope=scope, alert=alert, until=today + SNOOZED, today=today
        )
    ),
    UNDO: lambda alert, handling: (
        lambda scope, _: alerts.undo(scope=scope, alert=alert, handling=handling)
    ),
    TASK_DONE: lambda task, _: (
        lambda scope, today: tasks.finish(scope=scope, task=task, today=today)
    ),
    TASK_SNOOZE: lambda task, _: (
        lambda scope, today: tasks.snooze(
            scope=scope, task=task, until=today + SNOOZED, today=today
        )
    ),
    TASK_PASS: _pass_on,
    TASK_UNDO: lambda task, handling: (
        lambda scope, _: tasks.undo(scope=scope, task=task, handling=handling)
    ),
}
