"""What handling an alert and handling a task have in common.

Without a script every step is a form and a redirect; htmx gets the alert or task as it now is, the
head of the list, and a message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, cast
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from banso.desk.models import Account, NotUseful
from banso.desk.queries.to_do import Wanted
from banso.web.components import undoable
from banso.web.forms.alerts import NotUsefulForm, SnoozeForm, UndoForm, snooze_days, wanted_of
from banso.web.house import look
from banso.web.request import Request, scope
from banso.web.today.page import desk, head
from banso.web.today.rows import Told, reason_words

CONFLICT, UNUSABLE = 409, 422

Kind = Literal["alert", "task"]
"""As in the names of routes and of elements on the page."""


@dataclass(frozen=True)
class Subject:
    """What a form asks about. label: in each language, as kept."""

    kind: Kind
    number: int
    label: object
    account: Account

    @property
    def target(self) -> str:
        return f"{self.kind}-{self.number}"


class Shown(Protocol):
    """An alert or task of the list. address: of what can be done with it, without the last word.
    told: what was done with it last."""

    @property
    def id(self) -> int: ...
    @property
    def address(self) -> str: ...
    @property
    def told(self) -> Told | None: ...


@dataclass(frozen=True)
class Outcome:
    """words: for the member. conflict: somebody else was first, it is over, or it can't be done."""

    kind: Kind
    shown: Shown
    words: str
    conflict: bool


def ask_day(
    request: HttpRequest, find: Callable[[], Subject], answer: Callable[[date, str], HttpResponse]
) -> HttpResponse:
    """Snooze: the days to choose from; the day chosen, and why."""
    seen = look()
    form = SnoozeForm(_sent(request), today=seen.today)
    if form.is_valid():
        return answer(form.cleaned_data["until"], form.cleaned_data["note"])
    days = snooze_days(seen.today)
    return ask(request, find(), "snooze", {"form": form, "days": days, "first": days[0][1]})


def ask_reason(
    request: HttpRequest,
    find: Callable[[], Subject],
    answer: Callable[[NotUseful, str], HttpResponse],
) -> HttpResponse:
    """Not useful: the reasons to choose from; the one chosen."""
    form = NotUsefulForm(_sent(request))
    if form.is_valid():
        return answer(NotUseful(form.cleaned_data["reason"]), str(form.cleaned_data["note"]))
    reasons = [(x.value, word) for x, word in reason_words().items() if x is not NotUseful.OTHER]
    return ask(request, find(), "not_useful", {"form": form, "reasons": reasons})


def ask(
    request: HttpRequest, subject: Subject, name: str, context: Mapping[str, object]
) -> HttpResponse:
    """A form: a page of its own, for htmx only the form."""
    part = "_form" if cast("Request", request).htmx else ""
    response = render(
        request,
        f"today/{name}{part}.html",
        {
            **context,
            "look": look(),
            "nav": "today",
            "subject": subject,
            "address": reverse(f"{subject.kind}_{name}", args=[subject.number]),
            "back": back(request),
        },
        status=UNUSABLE if request.method == "POST" else None,
    )
    patch_vary_headers(response, ("HX-Request",))
    return response


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def step_to_undo(request: HttpRequest) -> int:
    """It stands in the form, or in the address of a message's button."""
    form = UndoForm(request.POST if "handling" in request.POST else request.GET)
    if not form.is_valid():
        raise Http404
    return int(form.cleaned_data["handling"])


def reply(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    address = back(request)
    undo = _undo_address(outcome, address)
    if cast("Request", request).htmx:
        return _in_place(request, outcome, undo)
    level = messages.WARNING if outcome.conflict else messages.SUCCESS
    messages.add_message(request, level, outcome.words, extra_tags=undoable(undo) if undo else "")
    return redirect(address)


def _in_place(request: HttpRequest, outcome: Outcome, undo: str) -> HttpResponse:
    """The alert or task as it now is, and the head of the list that it was sent from."""
    asked = wanted(request)
    found = desk(scope(request), look(), asked)
    if found is None:
        raise Http404
    context = {
        "desk": found,
        "head": head(found, found.sifted(asked), asked, member=cast("Request", request).member),
        "item": outcome.shown,
        "outcome": outcome,
        "undo": undo,
        "target": f"{outcome.kind}-{outcome.shown.id}",
    }
    status = CONFLICT if outcome.conflict else None
    return render(request, f"today/{outcome.kind}_answer.html", context, status=status)


def _undo_address(outcome: Outcome, to: str) -> str:
    """Empty where there is nothing of the member's own to take back."""
    step = outcome.shown.told.handling if outcome.shown.told else None
    if outcome.conflict or step is None:
        return ""
    return f"{outcome.shown.address}undo/?{urlencode({'handling': step, 'next': to})}"


def wanted(request: HttpRequest) -> Wanted:
    """What the list asks for that it was sent from."""
    return wanted_of(QueryDict(urlsplit(back(request)).query))


def back(request: HttpRequest) -> str:
    """The page it was sent from; Today where the address leads elsewhere."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if inside else reverse("today")
