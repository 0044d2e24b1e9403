"""The quarantine: which rows are in it, one row, and what members do with them."""

from collections.abc import Callable, Mapping
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from banso.store.mending import (
    MendingError,
    discard,
    discard_all,
    replay,
    replay_all,
    restore,
)
from banso.store.store import Store
from banso.web.components import undoable
from banso.web.data.quarantine import quarantine_page, row_page
from banso.web.forms.quarantine import DiscardForm, ReplayForm, filter_of
from banso.web.house import look, zone_of
from banso.web.request import Request

UNUSABLE = 422


@require_GET
def quarantine(request: HttpRequest) -> HttpResponse:
    return _list(request, DiscardForm())


@require_GET
def row(request: HttpRequest, item: int) -> HttpResponse:
    return _row(request, item)


@require_POST
def replay_row(request: HttpRequest, item: int) -> HttpResponse:
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _row(request, item, replaying=form)
    text: str = form.cleaned_data["payload"]
    return _do(request, item, lambda by: replay(_store(), item, by=by, payload=text), said="")


@require_POST
def discard_row(request: HttpRequest, item: int) -> HttpResponse:
    form = DiscardForm(request.POST)
    if not form.is_valid():
        return _row(request, item, discarding=form)
    note: str = form.cleaned_data["note"]
    return _do(
        request,
        item,
        lambda by: discard(_store(), item, by=by, note=note),
        said=gettext("Discarded. It is kept, and counted as quarantined."),
        undo=reverse("data_quarantine_restore", args=[item]),
    )


@require_POST
def restore_row(request: HttpRequest, item: int) -> HttpResponse:
    return _do(
        request,
        item,
        lambda by: restore(_store(), item, by=by),
        said=gettext("In quarantine again."),
    )


@require_POST
def all_rows(request: HttpRequest) -> HttpResponse:
    """All open rows of the filter that the form repeats."""
    wanted, by = filter_of(request.POST, zone=zone_of(look().definitions)), _who(request)
    if wanted.source is None or wanted.alike is None:
        raise Http404
    if request.POST.get("action") == "discard":
        form = DiscardForm(request.POST)
        if not form.is_valid():
            return _list(request, form)
        done = len(discard_all(_store(), wanted, by=by, note=form.cleaned_data["note"]))
        words = ngettext("%(n)s row discarded.", "%(n)s rows discarded.", done)
    else:
        done = len(replay_all(_store(), wanted, by=by))
        words = ngettext("%(n)s row is being replayed.", "%(n)s rows are being replayed.", done)
    messages.success(request, words % {"n": done})
    return redirect("data_quarantine")


def _store() -> Store:
    return look().session.store


def _who(request: HttpRequest) -> str:
    return cast("Request", request).member.handle


def _do(
    request: HttpRequest, item: int, act: Callable[[str], None], *, said: str, undo: str = ""
) -> HttpResponse:
    if row_page(look(), item) is None:
        raise Http404
    try:
        act(_who(request))
    except MendingError:
        messages.warning(
            request, gettext("Nothing was done: this row is in another state by now. See below.")
        )
    else:
        if said:
            messages.success(request, said, extra_tags=undoable(undo) if undo else "")
    return redirect("data_quarantine_row", item)


def _list(request: HttpRequest, form: DiscardForm) -> HttpResponse:
    seen = look()
    asked = request.POST if request.method == "POST" else request.GET
    page = quarantine_page(seen, asked)
    values = {"quarantine": page, "form": form}
    return _page(request, "quarantine", values, status=UNUSABLE if form.errors else None)


def _row(
    request: HttpRequest,
    item: int,
    *,
    replaying: ReplayForm | None = None,
    discarding: DiscardForm | None = None,
) -> HttpResponse:
    """With what was wrong in a form."""
    found = row_page(look(), item)
    if found is None:
        raise Http404
    values = {"page": found, "replaying": replaying, "discarding": discarding}
    wrong = replaying is not None or discarding is not None
    return _page(request, "quarantine_row", values, status=UNUSABLE if wrong else None)


def _page(
    request: HttpRequest, name: str, values: Mapping[str, object], *, status: int | None
) -> HttpResponse:
    shared = {"nav": "data", "sees_quarantine": True}
    return render(request, f"data/{name}.html", {**shared, **values}, status=status)


urlpatterns = [
    path("data/quarantine/", quarantine, name="data_quarantine"),
    path("data/quarantine/all/", all_rows, name="data_quarantine_all"),
    path("data/quarantine/<int:item>/", row, name="data_quarantine_row"),
    path("data/quarantine/<int:item>/replay/", replay_row, name="data_quarantine_replay"),
    path("data/quarantine/<int:item>/discard/", discard_row, name="data_quarantine_discard"),
    path("data/quarantine/<int:item>/restore/", restore_row, name="data_quarantine_restore"),
]
