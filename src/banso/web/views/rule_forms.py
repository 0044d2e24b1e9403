"""The draft of a rule as a form: its numbers, days and whose its alerts are, for who writes no
YAML. What is being written goes with the form, as YAML, until it is saved."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from banso.core.definitions import DefinitionError
from banso.core.definitions.form_written import NoFormError, filled
from banso.core.metrics.filters import PlanError
from banso.pipeline.drafts import save
from banso.web.definitions.draft import draft_page, new_draft
from banso.web.definitions.form import draft_form
from banso.web.forms.drafts import DraftForm
from banso.web.house import look
from banso.web.request import scope

UNUSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _changed(request, "") if request.method == "POST" else _show(request, "")


@require_http_methods(["GET", "HEAD", "POST"])
def filled_in(request: HttpRequest, rule: str) -> HttpResponse:
    return _changed(request, rule) if request.method == "POST" else _show(request, rule)


def _changed(request: HttpRequest, rule: str) -> HttpResponse:
    sent = DraftForm(request.POST)
    if not sent.is_valid():
        messages.error(request, str(next(iter(sent.errors["text"]))))
        return _show(request, rule, begun=request.POST.get("text", ""), status=UNUSABLE)
    text: str = sent.cleaned_data["text"]
    order = request.POST.get("do", "save")
    try:
        if "filled" in request.POST:
            text = filled(text, request.POST.dict(), "rule")
    except NoFormError:
        return _show(request, rule, begun=text, status=UNUSABLE)
    if order != "save":
        return _show(
            request, rule, begun=text, template="rule_form" if order == "form" else "draft"
        )
    try:
        saved = save(scope(request), text)
    except (DefinitionError, PlanError):
        return _show(request, rule, sent=text, status=UNUSABLE)
    messages.success(request, gettext("Saved. The replay begins as soon as the worker is free."))
    return redirect(reverse("rule_form", args=[saved.rule]))


def _show(
    request: HttpRequest,
    rule: str,
    *,
    sent: str | None = None,
    begun: str | None = None,
    status: int = 200,
    template: str = "rule_form",
) -> HttpResponse:
    """sent: a text that could not be saved. begun: one that is being written."""
    seen = look()
    if seen.definitions is None:
        raise Http404
    if rule:
        page = draft_page(scope(request), seen, seen.definitions, rule, sent=sent, begun=begun)
    else:
        page = new_draft(seen.definitions, asked=request.GET.dict(), sent=sent, begun=begun)
    if rule and not page.text and sent is None and begun is None:
        raise Http404
    values = {"nav": "definitions", "look": seen, "draft": page, "refused": sent is not None}
    if template == "rule_form":
        values["form"] = draft_form("rule", page.text, page.wrong, seen.definitions)
    return render(request, f"definitions/{template}.html", values, status=status)


urlpatterns = [
    path("definitions/draft/form/", new, name="rule_form_new"),
    path("definitions/drafts/<str:rule>/form/", filled_in, name="rule_form"),
]
