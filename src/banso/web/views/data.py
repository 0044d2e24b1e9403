"""Data: what comes from where, what became of it, what comes now."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from banso.web.data.ledger import ledger_page
from banso.web.data.live import live_page
from banso.web.data.overview import data_page
from banso.web.house import Look, look
from banso.web.request import Request, scope


@require_GET
def data(request: HttpRequest) -> HttpResponse:
    seen = look()
    return _page(request, seen, "data", data_page(scope(request), seen))


@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    seen = look()
    return _page(request, seen, "ledger", ledger_page(seen, request.GET))


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """htmx asks for the calls alone."""
    seen, reader = look(), scope(request)
    page = live_page(reader, seen, request.GET)
    part = "live_part" if cast("Request", request).htmx else "live"
    address = request.build_absolute_uri("/").rstrip("/")
    values = {
        "nav": "data",
        "sees_quarantine": reader.operates,
        "live": page,
        "live_address": address,
    }
    response = render(request, f"data/{part}.html", values)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _page(request: HttpRequest, seen: Look, name: str, values: object) -> HttpResponse:
    shared = {
        "nav": "data",
        "look": seen,
        "sees_quarantine": scope(request).operates,
    }
    return render(request, f"data/{name}.html", {**shared, name: values})


urlpatterns = [
    path("data/", data, name="data"),
    path("data/ledger/", ledger, name="data_ledger"),
    path("data/live/", live, name="data_live"),
]
