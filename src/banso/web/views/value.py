"""Value: the six dominoes, what rules change, the review of them, and what no rule saw."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from banso.desk.queries.beside_list import owners_in
from banso.pipeline.value_figures import counted
from banso.web.accounts.nothing import before_anything
from banso.web.forms.value import asked_of
from banso.web.house import look
from banso.web.request import scope
from banso.web.value.gaps import gaps_page
from banso.web.value.nothing import no_foresight
from banso.web.value.page import Reading, page
from banso.web.value.review import review as review_of


@require_GET
def value(request: HttpRequest) -> HttpResponse:
    seen = look()
    context: dict[str, object] = {"look": seen, "nav": "value"}
    if seen.definitions is None or seen.run is None:
        return render(request, "value/value.html", context | {"nothing": before_anything(seen)})
    reader = scope(request)
    counting = counted(reader, seen.definitions, as_of=seen.run.as_of)
    reading = Reading(reader, seen.definitions, seen.run, counting, owners_in(reader))
    asked = asked_of(request.GET, definitions=seen.definitions, as_of=reading.as_of)
    found = page(reading, asked)
    response = render(request, "value/value.html", context | {"value": found})
    response["HX-Push-Url"] = found.address
    return response


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    seen = look()
    context: dict[str, object] = {"look": seen, "nav": "value"}
    if seen.definitions is None or seen.run is None:
        return render(request, "value/review.html", context | {"nothing": before_anything(seen)})
    reader = scope(request)
    found = review_of(reader, seen.definitions, seen.run)
    told = {"review": found, "sees_gaps": reader.operates}
    return render(request, "value/review.html", context | told)


@require_GET
def gaps(request: HttpRequest) -> HttpResponse:
    seen = look()
    context: dict[str, object] = {"look": seen, "nav": "value"}
    if seen.definitions is None or seen.run is None:
        return render(request, "value/gaps.html", context | {"nothing": before_anything(seen)})
    found = gaps_page(scope(request), seen.definitions, kind=request.GET.get("seen", ""))
    if found is None or not found.seen.outcomes:
        nothing = no_foresight(looked=found is not None)
        return render(request, "value/gaps.html", context | {"nothing": nothing})
    context["currency"] = seen.definitions.organisation.currency
    return render(request, "value/gaps.html", context | {"gaps": found})


urlpatterns = [
    path("value/", value, name="value"),
    path("value/review/", review, name="value_review"),
    path("value/gaps/", gaps, name="value_gaps"),
]
