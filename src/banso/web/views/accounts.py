"""The list of accounts, its file, and the choice of its columns."""

from typing import cast

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from banso.desk.queries.beside_list import owners_in
from banso.web.accounts.columns import COOKIE, chosen, columns, kept
from banso.web.accounts.export import file_name, lines
from banso.web.accounts.nothing import before_anything, nothing
from banso.web.accounts.page import Reading, listing
from banso.web.forms.accounts import Asked, asked_of
from banso.web.house import Look, look
from banso.web.request import Request, scope

A_YEAR = 365 * 86_400


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """The list; for htmx only the part of the page that changes."""
    seen = look()
    context: dict[str, object] = {"look": seen, "nav": "accounts"}
    reading = _reading(request, seen)
    if reading is None:
        return render(request, "accounts/none.html", {**context, "nothing": before_anything(seen)})
    asked = _asked(request, reading, seen)
    shown = chosen(request, reading.definitions, revenue=reading.scope.revenue)
    cursor = request.GET.get("after") or request.GET.get("before")
    found = listing(reading, asked, shown, cursor=cursor)
    context |= {
        "list": found,
        "revenue": reading.scope.revenue,
        "nothing": None if found.rows else nothing(reading.scope, asked.filters),
    }
    htmx = cast("Request", request).htmx
    part = htmx and not htmx.history_restore_request
    response = render(request, "accounts/part.html" if part else "accounts/list.html", context)
    response["HX-Push-Url"] = f"{reverse('accounts')}{found.query}"
    patch_vary_headers(response, ("HX-Request",))
    return response


@require_GET
def accounts_csv(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, all pages of it, sent as it is read."""
    seen = look()
    reading = _reading(request, seen)
    if reading is None:
        raise Http404(gettext("Nothing has been computed yet"))
    asked = _asked(request, reading, seen)
    if asked.unknown:  # a file with rows that were to be filtered out would deceive
        said = ", ".join(f"{name}={value}" for name, value in asked.unknown.items())
        words = gettext("This address asks for something that is not defined: %(said)s")
        return HttpResponseBadRequest(words % {"said": said}, content_type="text/plain")
    shown = chosen(request, reading.definitions, revenue=reading.scope.revenue)
    response = StreamingHttpResponse(
        lines(reading, shown, asked.filters, asked.sort), content_type="text/csv; charset=utf-8"
    )
    name = content_disposition_header(as_attachment=True, filename=file_name(reading))
    response["Content-Disposition"] = name or "attachment"
    return response


@require_POST
def accounts_columns(request: HttpRequest) -> HttpResponse:
    """Keep the member's choice of columns, in their browser; then back to the list."""
    definitions = look().definitions
    response = HttpResponseRedirect(reverse("accounts") + _list_of(request))
    if definitions is None or "usual" in request.POST:
        response.delete_cookie(COOKIE)
        return response
    names = request.POST.getlist("columns")
    wanted = columns(names, definitions, revenue=scope(request).revenue)
    response.set_cookie(
        COOKIE,
        kept(wanted),
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _list_of(request: HttpRequest) -> str:
    """The query of the list that the choice was made on, of which nothing but a query is taken."""
    query = request.POST.get("query", "").lstrip("?")
    return f"?{query}" if query else ""


def _reading(request: HttpRequest, seen: Look) -> Reading | None:
    if seen.definitions is None or seen.run is None:
        return None
    reader = scope(request)
    return Reading(reader, seen.definitions, seen.run, owners_in(reader))


def _asked(request: HttpRequest, reading: Reading, seen: Look) -> Asked:
    return asked_of(
        request.GET,
        definitions=reading.definitions,
        today=seen.today,
        as_of=reading.run.as_of,
        revenue=reading.scope.revenue,
    )


urlpatterns = [
    path("accounts/", accounts, name="accounts"),
    path("accounts.csv", accounts_csv, name="accounts_csv"),
    path("accounts/columns/", accounts_columns, name="accounts_columns"),
]
