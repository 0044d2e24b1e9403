"""Drafts of plays: written on screen, compared with the play in force, switched on or dropped."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from banso.core.definitions import DefinitionError
from banso.core.definitions.rule_draft import UnplaceableError
from banso.core.metrics.filters import PlanError
from banso.desk.models import DraftKind
from banso.desk.services.drafts import NoDraftError, OtherSetError, drop_draft
from banso.pipeline.drafts import FilesOnlyError, save_play, switch_on
from banso.web.definitions.play_draft import play_draft_page
from banso.web.forms.drafts import PlayDraftForm, SwitchOnForm
from banso.web.house import look
from banso.web.request import Request, scope

UNUSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _save(request, "") if request.method == "POST" else _show(request, "")


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, play: str) -> HttpResponse:
    return _save(request, play) if request.method == "POST" else _show(request, play)


def _save(request: HttpRequest, play: str) -> HttpResponse:
    form = PlayDraftForm(request.POST)
    if not form.is_valid():
        return _show(request, play, sent=request.POST.get("text", ""), saving=form)
    text: str = form.cleaned_data["text"]
    try:
        saved = save_play(scope(request), text)
    except (DefinitionError, PlanError):
        return _show(request, play, sent=text)
    messages.success(request, gettext("Saved. Nothing is done by a draft."))
    return redirect(reverse("play_draft", args=[saved.rule]))


def _show(
    request: HttpRequest, play: str, *, sent: str | None = None, **more: object
) -> HttpResponse:
    """sent: a text that could not be saved."""
    seen = look()
    if seen.definitions is None:
        raise Http404
    page = play_draft_page(scope(request), seen, seen.definitions, play, sent=sent)
    if play and not page.text and sent is None and not page.versions:
        raise Http404
    values = {"nav": "definitions", "look": seen, "draft": page, **more}
    status = 200 if sent is None and not more else UNUSABLE
    return render(request, "definitions/play_draft.html", values, status=status)


@require_POST
def put_on(request: HttpRequest, play: str) -> HttpResponse:
    form = SwitchOnForm(request.POST)
    if not form.is_valid():
        return _show(request, play, switching=form)
    member, why = cast("Request", request).member, form.cleaned_data["why"]
    try:
        switch_on(scope(request), play, by=member.handle, why=why, kind=DraftKind.PLAY)
    except NoDraftError as error:
        raise Http404 from error
    except FilesOnlyError:
        form.add_error("why", gettext("Here definitions come from files only."))
    except UnplaceableError as error:
        form.add_error("why", str(error))
    except OtherSetError:
        form.add_error("why", gettext("Other definitions were put in force meanwhile. Try again."))
    except (DefinitionError, PlanError):  # the page names each mistake
        form.add_error("why", gettext("The draft does not go with what is in force now."))
    else:
        messages.success(request, gettext("Switched on. Runs that go on keep their version."))
        return redirect(reverse("definition_play", args=[play]))
    return _show(request, play, switching=form)


@require_POST
def drop(request: HttpRequest, play: str) -> HttpResponse:
    try:
        drop_draft(scope=scope(request), rule=play, kind=DraftKind.PLAY)
    except NoDraftError as error:
        raise Http404 from error
    messages.success(request, gettext("Dropped. Its text is kept among the versions."))
    return redirect(reverse("play_draft", args=[play]))


urlpatterns = [
    path("definitions/play-draft/", new, name="play_draft_new"),
    path("definitions/play-drafts/<str:play>/", draft, name="play_draft"),
    path("definitions/play-drafts/<str:play>/switch-on/", put_on, name="play_draft_switch_on"),
    path("definitions/play-drafts/<str:play>/drop/", drop, name="play_draft_drop"),
]
