"""Definitions to read: what is measured, what should hold, when somebody is told, and how it
turns out."""

from collections.abc import Callable, Collection, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from banso.core.definitions import Definitions
from banso.desk.queries.scope import Scope
from banso.web.definitions.journey import journey_page
from banso.web.definitions.listing import listing
from banso.web.definitions.metric import metric_page
from banso.web.definitions.places import defined, near
from banso.web.definitions.play import play_page
from banso.web.definitions.rule import rule_page
from banso.web.definitions.segment import segment_page
from banso.web.house import Look, look
from banso.web.request import scope

LONGEST_SEARCH = 200


@require_GET
def definitions(request: HttpRequest) -> HttpResponse:
    seen = look()
    mine = scope(request)
    found = listing(
        mine,
        seen,
        search=request.GET.get("q", "").strip()[:LONGEST_SEARCH],
        source=request.GET.get("source", ""),
    )
    values = {
        "nav": "definitions",
        "look": seen,
        "listing": found,
        "drafts_rules": mine.operates,
    }
    return render(request, "definitions/definitions.html", values)


Make = Callable[[Scope, Look, Definitions, str, Mapping[str, str]], object]


def _one(
    kind: str, known: Callable[[Definitions], Collection[str]], make: Make
) -> Callable[..., HttpResponse]:
    """The view of one definition of a kind. A name that nothing has is answered with those that
    may have been meant. more: for the template, such as a form that could not be taken."""

    def view(request: HttpRequest, name: str, *, status: int = 200, **more: object) -> HttpResponse:
        seen = look()
        shared = {"nav": "definitions", "look": seen, **more}
        names = known(seen.definitions) if seen.definitions else ()
        if seen.definitions is None or name not in names:
            meant = near(names, name)
            places = [defined(seen.definitions, kind, x) for x in meant] if seen.definitions else []
            values = {**shared, "name": name, "near": list(zip(meant, places, strict=True))}
            return render(request, "definitions/unknown.html", values, status=404)
        values = {
            **shared,
            kind: make(scope(request), seen, seen.definitions, name, request.GET.dict()),
        }
        return render(request, f"definitions/{kind}.html", values, status=status)

    return view


def _alone(page: Callable[[Scope, Look, Definitions, str], object]) -> Make:
    """Of a page that no parameter of the address changes."""
    return lambda seen_by, seen, definitions, name, _: page(seen_by, seen, definitions, name)


metric = require_GET(_one("metric", lambda x: x.metrics, _alone(metric_page)))
journey = require_GET(_one("journey", lambda x: x.journeys, _alone(journey_page)))
show_rule = _one("rule", lambda x: x.rules, rule_page)
rule = require_GET(show_rule)
segment = require_GET(_one("segment", lambda x: x.segments, _alone(segment_page)))
play = require_GET(_one("play", lambda x: x.plays, _alone(play_page)))

urlpatterns = [
    path("definitions/", definitions, name="definitions"),
    path("definitions/metrics/<str:name>/", metric, name="definition_metric"),
    path("definitions/journeys/<str:name>/", journey, name="definition_journey"),
    path("definitions/rules/<str:name>/", rule, name="definition_rule"),
    path("definitions/segments/<str:name>/", segment, name="definition_segment"),
    path("definitions/plays/<str:name>/", play, name="definition_play"),
]
