"""Today: who needs what now."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from banso.web.forms.alerts import query_of, wanted_of
from banso.web.house import look
from banso.web.request import Request, scope
from banso.web.today.mails import to_approve
from banso.web.today.nothing import before_anything, nothing
from banso.web.today.page import desk, head, listing
from banso.web.today.tasks import task_list


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The list; for htmx only the part of the page that changes."""
    seen = look()
    wanted = wanted_of(request.GET)
    found = desk(scope(request), seen, wanted)
    if found is None:
        context = {"look": seen, "nav": "today", "nothing": before_anything(seen)}
        return render(request, "today.html", context)
    sifted = found.sifted(wanted)
    top = head(found, sifted, wanted, member=cast("Request", request).member)
    after = _number(request.GET.get("after", ""))
    all_ = request.GET.get("tasks") == "all"
    tasks = task_list(found, wanted, all_=all_, there=top.there)
    response = render(
        request,
        _template(request),
        {
            "look": seen,
            "nav": "today",
            "desk": found,
            "head": top,
            "list": listing(found, sifted, wanted, tasks, after=after, there=top.there),
            "tasks": tasks,
            "mails": to_approve(found, seen, wanted),
            "nothing": None if sifted.alerts else nothing(found, wanted),
        },
    )
    patch_vary_headers(response, ("HX-Request",))
    if "after" not in request.GET:
        response.headers["HX-Push-Url"] = f"{request.path}{query_of(wanted)}"
    return response


def _template(request: HttpRequest) -> str:
    if not cast("Request", request).htmx:
        return "today.html"
    return "today/rows.html" if "after" in request.GET else "today/list.html"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() else None


urlpatterns = [path("", today, name="today")]
