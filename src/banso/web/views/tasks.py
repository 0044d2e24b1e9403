"""What a member does with a task: done, later, somebody else's, not useful, and back again."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from banso.desk.models import Task, TaskHandling
from banso.desk.queries.scope import Scope
from banso.desk.queries.tasks import (
    TaskRow,
    called_of,
    latest_task_handlings,
    takers,
    task_in_scope,
)
from banso.desk.services.tasks import (
    TaskOvertakenError,
    UnfitMemberError,
    UnknownPointError,
    UnknownTaskError,
    dismiss,
    finish,
    pass_on,
    snooze,
    tick,
    undo,
)
from banso.web.forms.alerts import NoteForm
from banso.web.house import look
from banso.web.request import scope
from banso.web.today.page import desk
from banso.web.today.tasks import task_item, task_told, task_words
from banso.web.views.handling import (
    Outcome,
    Subject,
    ask,
    ask_day,
    ask_reason,
    reply,
    step_to_undo,
    wanted,
)

Act = Callable[[Scope, date], TaskHandling]
"""What a member wants done, on a day in the organisation's zone."""


@require_http_methods(["GET", "POST"])
def done(request: HttpRequest, task: int) -> HttpResponse:
    """At once, or with a note, which is asked for."""
    form = NoteForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return ask(request, _subject(_found(request, task)), "done", {"form": form})
    note: str = form.cleaned_data["note"]
    return _answer(
        request, task, lambda mine, today: finish(scope=mine, task=task, today=today, note=note)
    )


@require_http_methods(["GET", "POST"])
def later(request: HttpRequest, task: int) -> HttpResponse:
    return ask_day(
        request,
        lambda: _subject(_found(request, task)),
        lambda until, note: _answer(
            request,
            task,
            lambda mine, today: snooze(scope=mine, task=task, until=until, today=today, note=note),
        ),
    )


@require_http_methods(["GET", "POST"])
def to_somebody(request: HttpRequest, task: int) -> HttpResponse:
    """Pass on: the members to choose from; the one chosen, with what they should know."""
    handle = request.POST.get("to", "")
    form = NoteForm(request.POST if handle else None)
    if form.is_valid():
        note: str = form.cleaned_data["note"]
        return _answer(
            request,
            task,
            lambda mine, today: pass_on(scope=mine, task=task, to=handle, today=today, note=note),
        )
    found = _found(request, task)
    return ask(request, _subject(found), "pass", {"members": takers(found), "form": form})


@require_http_methods(["GET", "POST"])
def not_useful(request: HttpRequest, task: int) -> HttpResponse:
    return ask_reason(
        request,
        lambda: _subject(_found(request, task)),
        lambda reason, note: _answer(
            request,
            task,
            lambda mine, today: dismiss(
                scope=mine, task=task, reason=reason, note=note, today=today
            ),
        ),
    )


@require_POST
def take_back(request: HttpRequest, task: int) -> HttpResponse:
    step = step_to_undo(request)
    return _answer(request, task, lambda mine, _: undo(scope=mine, task=task, handling=step))


@require_POST
def tick_point(request: HttpRequest, task: int, point: int) -> HttpResponse:
    """point: its number, from 0. `done`: 1, or 0 where it is not after all."""
    seen, mine = look(), scope(request)
    of = desk(mine, seen, wanted(request))
    if of is None:
        raise Http404
    done = request.POST.get("done") != "0"
    try:
        tick(scope=mine, task=task, point=point, done=done, now=datetime.now(tz=UTC))
    except (UnknownTaskError, UnknownPointError) as error:
        raise Http404 from error
    found = _found(request, task)
    latest = latest_task_handlings([task]).get(task)
    shown = task_item(of, TaskRow(found, latest, called_of([found])))
    words = gettext("Ticked: %(point)s") if done else gettext("No longer ticked: %(point)s")
    told = words % {"point": shown.checklist[point].text}
    return reply(request, Outcome("task", shown, told, conflict=False))


def _subject(found: Task) -> Subject:
    return Subject("task", found.pk, found.label, found.account)


def _found(request: HttpRequest, task: int) -> Task:
    """404 also for the tasks of accounts that the member does not see."""
    found = task_in_scope(scope(request), task)
    if found is None:
        raise Http404
    return found


def _answer(request: HttpRequest, task: int, act: Act) -> HttpResponse:
    seen, mine = look(), scope(request)
    of = desk(mine, seen, wanted(request))
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
    shown = task_item(of, TaskRow(found, latest, called_of([found])))
    words = task_words(latest, shown, str(found.account)) if latest else ""
    return reply(request, Outcome("task", shown, conflict or words, conflict=bool(conflict)))


urlpatterns = [
    path("tasks/<int:task>/done/", done, name="task_done"),
    path("tasks/<int:task>/snooze/", later, name="task_snooze"),
    path("tasks/<int:task>/pass/", to_somebody, name="task_pass"),
    path("tasks/<int:task>/not-useful/", not_useful, name="task_not_useful"),
    path("tasks/<int:task>/tick/<int:point>/", tick_point, name="task_tick"),
    path("tasks/<int:task>/undo/", take_back, name="task_undo"),
]
