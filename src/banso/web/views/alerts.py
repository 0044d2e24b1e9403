"""What a member does with an alert: done, later, not useful, and back again."""

from collections.abc import Callable
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from banso.desk.models import Alert, Handling
from banso.desk.queries.scope import Scope
from banso.desk.queries.to_do import alert_in_scope, latest_handlings
from banso.desk.services.alerts import (
    AlertOverError,
    OvertakenError,
    UnknownAlertError,
    dismiss,
    finish,
    snooze,
    undo,
)
from banso.web.house import look
from banso.web.request import scope
from banso.web.tags import day
from banso.web.today.now import now_of
from banso.web.today.page import clock_of
from banso.web.today.rows import Clock, done_words, item, told
from banso.web.views.handling import Outcome, Subject, ask_day, ask_reason, reply, step_to_undo

Act = Callable[[Scope, date], Handling]
"""What a member wants done, on a day in the organisation's zone."""


@require_POST
def done(request: HttpRequest, alert: int) -> HttpResponse:
    return _answer(request, alert, lambda mine, today: finish(scope=mine, alert=alert, today=today))


@require_http_methods(["GET", "POST"])
def later(request: HttpRequest, alert: int) -> HttpResponse:
    return ask_day(
        request,
        lambda: _subject(_found(request, alert)),
        lambda until, note: _answer(
            request,
            alert,
            lambda mine, today: snooze(
                scope=mine, alert=alert, until=until, today=today, note=note
            ),
        ),
    )


@require_http_methods(["GET", "POST"])
def not_useful(request: HttpRequest, alert: int) -> HttpResponse:
    return ask_reason(
        request,
        lambda: _subject(_found(request, alert)),
        lambda reason, note: _answer(
            request,
            alert,
            lambda mine, today: dismiss(
                scope=mine, alert=alert, reason=reason, note=note, today=today
            ),
        ),
    )


@require_POST
def take_back(request: HttpRequest, alert: int) -> HttpResponse:
    step = step_to_undo(request)
    return _answer(request, alert, lambda mine, _: undo(scope=mine, alert=alert, handling=step))


def _subject(found: Alert) -> Subject:
    return Subject("alert", found.pk, found.label, found.episode.account)


def _found(request: HttpRequest, alert: int) -> Alert:
    """404 also for the alerts of accounts that the member does not see."""
    found = alert_in_scope(scope(request), alert)
    if found is None:
        raise Http404
    return found


def _answer(request: HttpRequest, alert: int, act: Act) -> HttpResponse:
    seen, mine = look(), scope(request)
    clock = clock_of(seen)
    if clock is None or seen.definitions is None or seen.run is None:
        raise Http404
    latest, conflict = _attempt(alert, clock, lambda: act(mine, seen.today))
    found = _found(request, alert)
    now = now_of(mine, seen.run, seen.definitions, [found])
    shown = item(found, now=now, revenue=mine.revenue, clock=clock, latest=latest)
    words = done_words(latest, shown, str(found.episode.account)) if latest else ""
    return reply(request, Outcome("alert", shown, conflict or words, conflict=bool(conflict)))


def _attempt(alert: int, clock: Clock, act: Callable[[], Handling]) -> tuple[Handling | None, str]:
    """What was done with the alert last, and in words why it was not what the member wanted;
    empty where it was."""
    try:
        return act(), ""
    except UnknownAlertError as error:
        raise Http404 from error
    except OvertakenError as error:
        return error.latest, told(error.latest, clock).words
    except AlertOverError as error:
        words = gettext("The rule no longer holds since %(day)s, so this alert is over.")
        return latest_handlings([alert]).get(alert), words % {"day": day(error.closed_on)}


urlpatterns = [
    path("alerts/<int:alert>/done/", done, name="alert_done"),
    path("alerts/<int:alert>/snooze/", later, name="alert_snooze"),
    path("alerts/<int:alert>/not-useful/", not_useful, name="alert_not_useful"),
    path("alerts/<int:alert>/undo/", take_back, name="alert_undo"),
]
