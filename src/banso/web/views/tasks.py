"""What a member does with a task: done, later, somebody else's, not useful, and back again. Works
as for alerts: without a script every step is a form and a redirect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from banso.desk.models import NotUseful, Task, TaskHandling
from banso.desk.queries.scope import Scope
from banso.desk.queries.tasks import TaskRow, takers, task_in_scope
from banso.desk.services.tasks import (
    TaskOvertakenError,
    UnfitMemberError,
    UnknownTaskError,
    dismiss,
    finish,
    pass_on,
    snooze,
    undo,
)
from banso.web.components import undoable
from banso.web.forms.alerts import NotUsefulForm, SnoozeForm, UndoForm, snooze_days
from banso.web.house import Look, look
from banso.web.request import Request, scope
from banso.web.today.page import desk, head
from banso.web.today.rows import reason_words
from banso.web.today.tasks import TaskItem, task_item, task_told, task_words
from banso.web.views.alerts import CONFLICT, UNUSABLE, back, sent, wanted

Act = Callable[[Scope, date], TaskHandling]
"""What a member wants done, on a day in the organisation's zone."""


@require_POST
def done(request: HttpRequest, task: int) -> HttpResponse:
    return _answer(request, task, lambda mine, today: finish(scope=mine, task=task, today=today))


@require_http_methods(["GET", "POST"])
def later(request: HttpRequest, task: int) -> HttpResponse:
    """Snooze: the days to choose from; the day chosen."""
    seen = look()
    form = SnoozeForm(sent(request), today=seen.today)
    if form.is_valid():
        until: date = form.cleaned_data["until"]
        return _answer(
            request,
            task,
            lambda mine, today: snooze(scope=mine, task=task, until=until, today=today),
        )
    days = snooze_days(seen.today)
    asked = {"look": seen, "form": form, "days": days, "first": days[0][1]}
    return _ask(request, task, "snooze", asked)


@require_http_methods(["GET", "POST"])
def to_somebody(request: HttpRequest, task: int) -> HttpResponse:
    """Pass on: the members to choose from; the one chosen."""
    handle = request.POST.get("to", "")
    if handle:
        return _answer(
            request,
            task,
            lambda mine, today: pass_on(scope=mine, task=task, to=handle, today=today),
        )
    members = takers(_found(request, task))
    return _ask(request, task, "pass", {"look": look(), "members": members})


@require_http_methods(["GET", "POST"])
def not_useful(request: HttpRequest, task: int) -> HttpResponse:
    """The reasons to choose from; the one chosen."""
    form = NotUsefulForm(sent(request))
    if form.is_valid():
        reason, note = NotUseful(form.cleaned_data["reason"]), str(form.cleaned_data["note"])
        return _answer(
            request,
            task,
            lambda mine, today: dismiss(
                scope=mine, task=task, reason=reason, note=note, today=today
            ),
        )
    reasons = [(x.value, word) for x, word in reason_words().items() if x is not NotUseful.OTHER]
    return _ask(request, task, "not_useful", {"look": look(), "form": form, "reasons": reasons})


@require_POST
def take_back(request: HttpRequest, task: int) -> HttpResponse:
    """Undo. The step to take back stands in the form, or in the address of a message's button."""
    form = UndoForm(request.POST if "handling" in request.POST else request.GET)
    if not form.is_valid():
        raise Http404
    handling: int = form.cleaned_data["handling"]
    return _answer(request, task, lambda mine, _: undo(scope=mine, task=task, handling=handling))


def _ask(request: HttpRequest, task: int, name: str, context: Mapping[str, object]) -> HttpResponse:
    """A form about a task: a page of its own, for htmx only the form."""
    found = _found(request, task)
    part = "_form" if cast("Request", request).htmx else ""
    values = {**context, "nav": "today", "task": found, "account": found.account}
    response = render(
        request,
        f"today/task_{name}{part}.html",
        {**values, "back": back(request)},
        status=UNUSABLE if request.method == "POST" else None,
    )
    patch_vary_headers(response, ("HX-Request",))
    return response


def _found(request: HttpRequest, task: int) -> Task:
    """404 also for the tasks of accounts that the member does not see."""
    found = task_in_scope(scope(request), task)
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class TaskOutcome:
    """words: for the member. conflict: somebody else was first, or it can't be done."""

    shown: TaskItem
    words: str
    conflict: bool


def _answer(request: HttpRequest, task: int, act: Act) -> HttpResponse:
    seen, mine = look(), scope(request)
    of = desk(mine, seen, wanted(back(request)))
    if of is None:
        raise Http404
    conflict, latest = "", None
    try:
        latest = act(mine, seen.today)
    except UnknownTaskError as error:
        raise Http404 from error
    except TaskOvertakenError as error:
        latest, conflict = error.latest, task_told(error.latest, of).words
    except UnfitMemberError:
        conflict = gettext("This member does not see the account, or may not act on it.")
    found = _found(request, task)
    shown = task_item(of, TaskRow(found, latest))
    words = conflict or (task_words(latest, shown, str(found.account)) if latest else "")
    outcome = TaskOutcome(shown, words, conflict=bool(conflict))
    if cast("Request", request).htmx:
        return _in_place(request, seen, outcome)
    level = messages.WARNING if conflict else messages.SUCCESS
    address = _undo_address(outcome, back(request))
    tag = undoable(address) if address else ""
    messages.add_message(request, level, words, extra_tags=tag)
    return redirect(back(request))


def _in_place(request: HttpRequest, seen: Look, outcome: TaskOutcome) -> HttpResponse:
    """The task as it now is, and the head of the list that it was sent from."""
    asked = wanted(back(request))
    of = desk(scope(request), seen, asked)
    if of is None:
        raise Http404
    context = {
        "desk": of,
        "head": head(of, of.sifted(asked), asked, member=cast("Request", request).member),
        "item": outcome.shown,
        "outcome": outcome,
        "undo": _undo_address(outcome, back(request)),
        "target": f"task-{outcome.shown.id}",
    }
    status = CONFLICT if outcome.conflict else None
    return render(request, "today/task_answer.html", context, status=status)


def _undo_address(outcome: TaskOutcome, to: str) -> str:
    """Empty where there is nothing of the member's own to take back."""
    step = outcome.shown.told.handling if outcome.shown.told else None
    if outcome.conflict or step is None:
        return ""
    query = urlencode({"handling": step, "next": to})
    return f"{reverse('task_undo', args=[outcome.shown.id])}?{query}"


urlpatterns = [
    path("tasks/<int:task>/done/", done, name="task_done"),
    path("tasks/<int:task>/snooze/", later, name="task_snooze"),
    path("tasks/<int:task>/pass/", to_somebody, name="task_pass"),
    path("tasks/<int:task>/not-useful/", not_useful, name="task_not_useful"),
    path("tasks/<int:task>/undo/", take_back, name="task_undo"),
]
