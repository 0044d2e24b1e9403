"""What a member does with an alert: done, later, not useful, and back again.

Without a script every step is a form and a redirect; htmx gets the alert as it now is, the head of
the list, and a message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from banso.desk.models import Alert, Handling, NotUseful
from banso.desk.queries.scope import Scope
from banso.desk.queries.to_do import Wanted, alert_in_scope, latest_handlings
from banso.desk.services.alerts import (
    AlertOverError,
    OvertakenError,
    UnknownAlertError,
    dismiss,
    finish,
    snooze,
    undo,
)
from banso.web.components import undoable
from banso.web.forms.alerts import (
    NotUsefulForm,
    SnoozeForm,
    UndoForm,
    snooze_days,
    wanted_of,
)
from banso.web.house import Look, look
from banso.web.request import Request, scope
from banso.web.tags import day
from banso.web.today.now import now_of
from banso.web.today.page import clock_of, desk, head
from banso.web.today.rows import Clock, Item, done_words, item, reason_words, told

CONFLICT, UNUSABLE = 409, 422


@require_POST
def done(request: HttpRequest, alert: int) -> HttpResponse:
    return _answer(
        request, alert, lambda scope, today: finish(scope=scope, alert=alert, today=today)
    )


@require_http_methods(["GET", "POST"])
def later(request: HttpRequest, alert: int) -> HttpResponse:
    """Snooze: the days to choose from; the day chosen."""
    seen = look()
    form = SnoozeForm(sent(request), today=seen.today)
    if form.is_valid():
        until: date = form.cleaned_data["until"]
        return _answer(
            request,
            alert,
            lambda scope, today: snooze(scope=scope, alert=alert, until=until, today=today),
        )
    days = snooze_days(seen.today)
    first = days[0][1]
    return _ask(
        request, alert, "snooze", {"look": seen, "form": form, "days": days, "first": first}
    )


@require_http_methods(["GET", "POST"])
def not_useful(request: HttpRequest, alert: int) -> HttpResponse:
    """The reasons to choose from; the one chosen."""
    form = NotUsefulForm(sent(request))
    if form.is_valid():
        reason, note = NotUseful(form.cleaned_data["reason"]), str(form.cleaned_data["note"])
        return _answer(
            request,
            alert,
            lambda scope, today: dismiss(
                scope=scope, alert=alert, reason=reason, note=note, today=today
            ),
        )
    reasons = [(x.value, word) for x, word in reason_words().items() if x is not NotUseful.OTHER]
    return _ask(request, alert, "not_useful", {"look": look(), "form": form, "reasons": reasons})


@require_POST
def take_back(request: HttpRequest, alert: int) -> HttpResponse:
    """Undo. The step to take back stands in the form, or in the address of a message's button."""
    form = UndoForm(request.POST if "handling" in request.POST else request.GET)
    if not form.is_valid():
        raise Http404
    handling: int = form.cleaned_data["handling"]
    return _answer(
        request, alert, lambda scope, _: undo(scope=scope, alert=alert, handling=handling)
    )


def sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _ask(
    request: HttpRequest, alert: int, name: str, context: Mapping[str, object]
) -> HttpResponse:
    """A form about an alert: a page of its own, for htmx only the form."""
    found = _found(request, alert)
    part = "_form" if cast("Request", request).htmx else ""
    response = render(
        request,
        f"today/{name}{part}.html",
        {
            **context,
            "nav": "today",
            "alert": found,
            "account": found.episode.account,
            "back": back(request),
        },
        status=UNUSABLE if request.method == "POST" else None,
    )
    patch_vary_headers(response, ("HX-Request",))
    return response


def _found(request: HttpRequest, alert: int) -> Alert:
    """404 also for the alerts of accounts that the member does not see."""
    found = alert_in_scope(scope(request), alert)
    if found is None:
        raise Http404
    return found


Act = Callable[[Scope, date], Handling]
"""What a member wants done, on a day in the organisation's zone."""


@dataclass(frozen=True)
class Outcome:
    """words: for the member. conflict: somebody else was first, or the alert is over."""

    shown: Item
    account: str
    words: str
    conflict: bool


def _answer(request: HttpRequest, alert: int, act: Act) -> HttpResponse:
    seen = look()
    clock = clock_of(seen)
    if clock is None or seen.definitions is None or seen.run is None:
        raise Http404
    latest, conflict = _attempt(alert, clock, lambda: act(scope(request), seen.today))
    found = _found(request, alert)
    shown = item(
        found,
        now=now_of(scope(request), seen.run, seen.definitions, [found]),
        revenue=scope(request).revenue,
        clock=clock,
        latest=latest,
    )
    account = str(found.episode.account)
    words = conflict or (done_words(latest, shown, account) if latest else "")
    outcome = Outcome(shown, account, words, conflict=bool(conflict))
    if cast("Request", request).htmx:
        return _in_place(request, seen, outcome)
    address = back(request)
    level = messages.WARNING if conflict else messages.SUCCESS
    messages.add_message(request, level, words, extra_tags=_undo_tag(outcome, address))
    return redirect(address)


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


def _in_place(request: HttpRequest, seen: Look, outcome: Outcome) -> HttpResponse:
    """The alert as it now is, and the head of the list that it was sent from."""
    asked = wanted(back(request))
    found = desk(scope(request), seen, asked)
    if found is None:
        raise Http404
    context = {
        "desk": found,
        "head": head(found, found.sifted(asked), asked, member=cast("Request", request).member),
        "item": outcome.shown,
        "outcome": outcome,
        "undo": _undo_address(outcome, back(request)),
    }
    status = CONFLICT if outcome.conflict else None
    return render(request, "today/answer.html", context, status=status)


def wanted(address: str) -> Wanted:
    """What the list asks for that stands at an address."""
    return wanted_of(QueryDict(urlsplit(address).query))


def _undo_address(outcome: Outcome, back: str) -> str:
    """Empty where there is nothing of the member's own to take back."""
    step = outcome.shown.told.handling if outcome.shown.told else None
    if outcome.conflict or step is None:
        return ""
    query = urlencode({"handling": step, "next": back})
    return f"{reverse('alert_undo', args=[outcome.shown.id])}?{query}"


def _undo_tag(outcome: Outcome, back: str) -> str:
    address = _undo_address(outcome, back)
    return undoable(address) if address else ""


def back(request: HttpRequest) -> str:
    """The page it was sent from; Today where the address leads elsewhere."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if inside else reverse("today")


urlpatterns = [
    path("alerts/<int:alert>/done/", done, name="alert_done"),
    path("alerts/<int:alert>/snooze/", later, name="alert_snooze"),
    path("alerts/<int:alert>/not-useful/", not_useful, name="alert_not_useful"),
    path("alerts/<int:alert>/undo/", take_back, name="alert_undo"),
]
