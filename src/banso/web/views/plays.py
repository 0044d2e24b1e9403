"""Plays by hand: started for those who may enter, runs stopped, parked ones let go on."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from banso.core.definitions import Definitions
from banso.desk.models import RunState
from banso.desk.queries.plays import play_runs
from banso.desk.services.plays import UnknownRunError, stop
from banso.pipeline.play_entries import NobodyMeantError, go_on, start
from banso.web.definitions.play_start import For, chosen_by, play_start
from banso.web.house import Look, look
from banso.web.request import scope
from banso.web.tags import number

UNUSABLE = 422
LONGEST = 200


@require_http_methods(["GET", "POST"])
def start_play(request: HttpRequest, name: str) -> HttpResponse:
    """GET: who would enter; POST: they enter."""
    seen, mine = look(), scope(request)
    definitions = _known(seen, name)
    said = request.POST if request.method == "POST" else request.GET
    asked = For(
        segment=said.get("segment", "") if said.get("segment") in definitions.segments else "",
        account=said.get("account", "").strip()[:LONGEST],
    )
    if request.method == "POST":
        try:
            chosen = chosen_by(mine, definitions, name, asked)
        except NobodyMeantError as error:
            raise Http404 from error
        found = start(mine, definitions, definitions.plays[name], chosen, day=seen.today)
        _told(request, entered=sum(x.out is None for x in found), of=len(found))
        return redirect(reverse("definition_play", args=[name]))
    page = play_start(mine, seen, definitions, name, asked)
    values = {"nav": "definitions", "look": seen, "start": page}
    status = UNUSABLE if page.mistake else None
    return render(request, "definitions/play_start.html", values, status=status)


def _told(request: HttpRequest, *, entered: int, of: int) -> None:
    words = ngettext("Started for %(n)s account.", "Started for %(n)s accounts.", entered)
    told = words % {"n": number(entered)}
    if of > entered:
        kept = ngettext("%(n)s was kept out.", "%(n)s were kept out.", of - entered)
        told = f"{told} {kept % {'n': number(of - entered)}}"
    messages.success(request, told)


@require_POST
def stop_run(request: HttpRequest, run: int) -> HttpResponse:
    try:
        stopped = stop(scope=scope(request), run=run, day=look().today)
    except UnknownRunError as error:
        raise Http404 from error
    told = gettext("Stopped for %(account)s. Its open tasks are withdrawn.")
    messages.success(request, told % {"account": stopped.account})
    return redirect(reverse("definition_play", args=[stopped.play]))


@require_POST
def resume_run(request: HttpRequest, run: int) -> HttpResponse:
    seen, mine = look(), scope(request)
    if seen.definitions is None:
        raise Http404
    try:
        go_on(mine, seen.definitions, [run], day=seen.today)
    except UnknownRunError as error:
        raise Http404 from error
    (now,) = play_runs(mine, number=run)
    if now.state == RunState.PARKED:
        messages.warning(request, gettext("It is parked again: see what is to be mended."))
    elif now.state == RunState.ENDED:
        messages.success(request, gettext("It went on, and has come to its end."))
    else:
        messages.success(request, gettext("It goes on."))
    return redirect(reverse("definition_play", args=[now.play]))


def _known(seen: Look, name: str) -> Definitions:
    if seen.definitions is None or name not in seen.definitions.plays:
        raise Http404
    return seen.definitions


urlpatterns = [
    path("definitions/plays/<str:name>/start/", start_play, name="play_start"),
    path("runs/<int:run>/stop/", stop_run, name="run_stop"),
    path("runs/<int:run>/resume/", resume_run, name="run_resume"),
]
