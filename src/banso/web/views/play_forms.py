"""The draft of a play as a form. What is being written goes with the form, as YAML, until it is
saved: a step can be added to a play that is not finished."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from banso.core.definitions import DefinitionError
from banso.core.definitions.form_written import NoFormError, filled, ordered
from banso.core.metrics.filters import PlanError
from banso.pipeline.drafts import save_play
from banso.web.definitions.form import draft_form, kinds
from banso.web.definitions.play_draft import play_draft_page
from banso.web.forms.drafts import PlayDraftForm
from banso.web.house import look
from banso.web.request import scope

UNUSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _changed(request, "") if request.method == "POST" else _show(request, "")


@require_http_methods(["GET", "HEAD", "POST"])
def filled_in(request: HttpRequest, play: str) -> HttpResponse:
    return _changed(request, play) if request.method == "POST" else _show(request, play)


def _changed(request: HttpRequest, play: str) -> HttpResponse:
    sent = PlayDraftForm(request.POST)
    if not sent.is_valid():
        messages.error(request, str(next(iter(sent.errors["text"]))))
        return _show(request, play, begun=request.POST.get("text", ""), status=UNUSABLE)
    text: str = sent.cleaned_data["text"]
    order = request.POST.get("do", "save")
    try:
        if "filled" in request.POST:
            text = filled(text, request.POST.dict())
        if order not in ("save", "form", "yaml"):
            kind = request.POST.get(f"new:{order.partition(':')[2]}", "")
            text = ordered(text, order, kind)
    except NoFormError:
        return _show(request, play, begun=text, status=UNUSABLE)
    if order != "save":
        return _show(request, play, begun=text, template="form" if order != "yaml" else "draft")
    try:
        saved = save_play(scope(request), text)
    except (DefinitionError, PlanError):
        return _show(request, play, sent=text, status=UNUSABLE)
    messages.success(request, gettext("Saved. Nothing is done by a draft."))
    return redirect(reverse("play_form", args=[saved.rule]))


def _show(
    request: HttpRequest,
    play: str,
    *,
    sent: str | None = None,
    begun: str | None = None,
    status: int = 200,
    template: str = "form",
) -> HttpResponse:
    """sent: a text that could not be saved. begun: one that is being written."""
    seen = look()
    if seen.definitions is None:
        raise Http404
    page = play_draft_page(scope(request), seen, seen.definitions, play, sent=sent, begun=begun)
    if play and not page.text and sent is None and begun is None:
        raise Http404
    values = {"nav": "definitions", "look": seen, "draft": page, "refused": sent is not None}
    if template == "form":
        form = draft_form("play", page.text, page.wrong, seen.definitions)
        values |= {"form": form, "kinds": kinds()}
    return render(request, f"definitions/play_{template}.html", values, status=status)


urlpatterns = [
    path("definitions/play-draft/form/", new, name="play_form_new"),
    path("definitions/play-drafts/<str:play>/form/", filled_in, name="play_form"),
]
