"""From any number to its metric, its definition, its SQL and the very facts."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from banso.core.health.describe import describe_field
from banso.pipeline.counted_facts import FactPlace
from banso.web.account360.visit import NothingToSee, Visit, visiting
from banso.web.why.facts import facts, facts_window
from banso.web.why.fields import UnknownFieldError, kind_of
from banso.web.why.made_of import address, value_of
from banso.web.why.page import why as why_page

PAGE = 100

Page = Callable[[HttpRequest, Visit, str], HttpResponse]
View = Callable[[HttpRequest, int, str], HttpResponse]


def _of_number(page: Page) -> View:
    """A view of one number of one account. An account that the reader may not see and a name that
    no number has are not found; the latter with names that may have been meant."""

    @wraps(page)
    def view(request: HttpRequest, account: int, metric: str) -> HttpResponse:
        try:
            with visiting(request, account) as visit:
                try:
                    return page(request, visit, metric)
                except UnknownFieldError as unknown:
                    return _unknown(request, visit, unknown)
        except NothingToSee as nothing:
            values = {"nothing": nothing, "nav": "accounts"}
            return render(request, "account360/nothing.html", values)

    return view


def _unknown(request: HttpRequest, visit: Visit, unknown: UnknownFieldError) -> HttpResponse:
    near = [
        (name, describe_field(visit.definitions, name).label, address(visit, name, visit.as_of))
        for name in unknown.near
    ]
    values = {"name": unknown.name, "near": near}
    return render(request, "why/unknown.html", {**_shared(visit), **values}, status=404)


def _shared(visit: Visit) -> dict[str, object]:
    return {"look": visit.look, "visit": visit, "nav": "accounts"}


@_of_number
def why(request: HttpRequest, visit: Visit, metric: str) -> HttpResponse:
    return render(request, "why/number.html", {**_shared(visit), "why": why_page(visit, metric)})


@_of_number
def why_facts(request: HttpRequest, visit: Visit, metric: str) -> HttpResponse:
    """All facts that count, newest first, page by page."""
    window = facts_window(visit, metric) if kind_of(visit.one, metric) == "metric" else None
    if window is None:
        return redirect(address(visit, metric, visit.as_of))
    after, before = (_place(request, name) for name in ("after", "before"))
    found = facts(visit, metric, window, limit=PAGE, after=after, before=before)
    values = {
        **_shared(visit),
        "metric": metric,
        "label": describe_field(visit.definitions, metric).label,
        "value": value_of(visit, metric, visit.as_of),
        "address": address(visit, metric, visit.as_of),
        "facts": found,
    }
    return render(request, "why/facts.html", values)


def _place(request: HttpRequest, name: str) -> FactPlace | None:
    text = request.GET.get(name)
    if text is None:
        return None
    place = FactPlace.of(text)
    if place is None:
        raise Http404
    return place


urlpatterns = [
    path("accounts/<int:account>/why/<str:metric>/", why, name="why"),
    path("accounts/<int:account>/why/<str:metric>/facts/", why_facts, name="why_facts"),
]
