"""Drafts of rules: written on screen, replayed in the background, compared, switched on; and rules
that are paused and resumed."""

from datetime import UTC, datetime
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banso.core.definitions import DefinitionError
from banso.core.definitions.rule_draft import UnplaceableError
from banso.core.metrics.filters import PlanError
from banso.desk.services.drafts import NoDraftError, OtherSetError, ask_replay, drop_draft
from banso.desk.services.pauses import NotPausedError, PausedAlreadyError, pause, resume
from banso.pipeline.drafts import FilesOnlyError, save, switch_on, text_for
from banso.web.definitions.draft import draft_page, new_draft
from banso.web.forms.drafts import DraftForm, PauseForm, SwitchOnForm
from banso.web.house import look
from banso.web.request import Request, scope
from banso.web.views.definitions import show_rule

UNUSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _save(request, "")
    return _show(request, "")


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, rule: str) -> HttpResponse:
    if request.method == "POST":
        return _save(request, rule)
    return _show(request, rule)


def _save(request: HttpRequest, rule: str) -> HttpResponse:
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _show(request, rule, sent=request.POST.get("text", ""), saving=form)
    text: str = form.cleaned_data["text"]
    try:
        saved = save(scope(request), text)
    except (DefinitionError, PlanError):
        return _show(request, rule, sent=text)
    messages.success(request, gettext("Saved. The replay begins as soon as the worker is free."))
    return redirect(reverse("rule_draft", args=[saved.rule]))


def _show(
    request: HttpRequest, rule: str, *, sent: str | None = None, **more: object
) -> HttpResponse:
    """sent: a text that could not be saved."""
    seen = look()
    if seen.definitions is None:
        raise Http404
    if rule:
        page = draft_page(scope(request), seen, seen.definitions, rule, sent=sent)
        if not page.text and sent is None and not page.versions:
            raise Http404
    else:
        page = new_draft(seen.definitions, asked=request.GET.dict(), sent=sent)
    values = {"nav": "definitions", "look": seen, "draft": page, **more}
    status = 200 if sent is None and not more else UNUSABLE
    return render(request, "definitions/draft.html", values, status=status)


@require_GET
def draft_yaml(request: HttpRequest, rule: str) -> HttpResponse:
    """The text as a file, to be put into those of the definitions."""
    text = text_for(rule)
    if text is None:
        raise Http404
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{rule}.yaml"'
    return answer


@require_POST
def replay(request: HttpRequest, rule: str) -> HttpResponse:
    try:
        ask_replay(scope=scope(request), rule=rule)
    except NoDraftError as error:
        raise Http404 from error
    return redirect(reverse("rule_draft", args=[rule]))


@require_POST
def put_on(request: HttpRequest, rule: str) -> HttpResponse:
    form = SwitchOnForm(request.POST)
    if not form.is_valid():
        return _show(request, rule, switching=form)
    member = cast("Request", request).member
    try:
        switch_on(scope(request), rule, by=member.handle, why=form.cleaned_data["why"])
    except NoDraftError as error:
        raise Http404 from error
    except FilesOnlyError:
        form.add_error("why", gettext("Here definitions come from files only."))
    except UnplaceableError:
        form.add_error(
            "why",
            gettext(
                "The files in force are written so that this can't be put in by machine. "
                "Download the YAML and put it in by hand."
            ),
        )
    except OtherSetError:
        form.add_error("why", gettext("Other definitions were put in force meanwhile. Try again."))
    except (DefinitionError, PlanError):  # the page names each mistake
        form.add_error("why", gettext("The draft does not go with what is in force now."))
    else:
        messages.success(request, gettext("Switched on. The next run uses it."))
        return redirect(reverse("definition_rule", args=[rule]))
    return _show(request, rule, switching=form)


@require_POST
def drop(request: HttpRequest, rule: str) -> HttpResponse:
    try:
        drop_draft(scope=scope(request), rule=rule)
    except NoDraftError as error:
        raise Http404 from error
    messages.success(request, gettext("Dropped. Its text is kept among the versions."))
    return redirect(reverse("rule_draft", args=[rule]))


@require_POST
def pause_rule(request: HttpRequest, rule: str) -> HttpResponse:
    seen, form = look(), PauseForm(request.POST)
    if seen.definitions is None or rule not in seen.definitions.rules or not form.is_valid():
        return show_rule(request, rule, status=UNUSABLE, pausing=form)
    try:
        pause(scope=scope(request), rule=rule, reason=form.cleaned_data["pause_reason"])
    except PausedAlreadyError:
        messages.info(request, gettext("It is paused already."))
    else:
        messages.success(request, gettext("Paused. From the next run on it tells nobody."))
    return redirect(reverse("definition_rule", args=[rule]))


@require_POST
def resume_rule(request: HttpRequest, rule: str) -> HttpResponse:
    try:
        resume(scope=scope(request), rule=rule, now=datetime.now(tz=UTC))
    except NotPausedError as error:
        raise Http404 from error
    messages.success(request, gettext("Resumed. The next run tells what still holds."))
    return redirect(reverse("definition_rule", args=[rule]))


urlpatterns = [
    path("definitions/draft/", new, name="draft_new"),
    path("definitions/drafts/<str:rule>/", draft, name="rule_draft"),
    path("definitions/drafts/<str:rule>/yaml/", draft_yaml, name="draft_yaml"),
    path("definitions/drafts/<str:rule>/replay/", replay, name="draft_replay"),
    path("definitions/drafts/<str:rule>/switch-on/", put_on, name="draft_switch_on"),
    path("definitions/drafts/<str:rule>/drop/", drop, name="draft_drop"),
    path("definitions/rules/<str:rule>/pause/", pause_rule, name="rule_pause"),
    path("definitions/rules/<str:rule>/resume/", resume_rule, name="rule_resume"),
]
