"""Data: what comes from where, what became of it, what was refused."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from banso.web.data.ledger import ledger_page
from banso.web.data.overview import data_page
from banso.web.data.quarantine import quarantine_page
from banso.web.house import Look, look
from banso.web.request import Request, scope
from banso.web.rights import RIGHTS


@require_GET
def data(request: HttpRequest) -> HttpResponse:
    seen = look()
    return _page(request, seen, "data", data_page(scope(request), seen))


@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    seen = look()
    return _page(request, seen, "ledger", ledger_page(seen, request.GET))


@require_GET
def quarantine(request: HttpRequest) -> HttpResponse:
    seen = look()
    return _page(request, seen, "quarantine", quarantine_page(seen, request.GET))


def _page(request: HttpRequest, seen: Look, name: str, values: object) -> HttpResponse:
    shared = {
        "nav": "data",
        "look": seen,
        "sees_quarantine": cast("Request", request).member.role in RIGHTS["data_quarantine"],
    }
    return render(request, f"data/{name}.html", {**shared, name: values})


urlpatterns = [
    path("data/", data, name="data"),
    path("data/ledger/", ledger, name="data_ledger"),
    path("data/quarantine/", quarantine, name="data_quarantine"),
]
