"""A rule is muted until a day, for all accounts, and spoken free again."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from banso.desk.services.mutes import UnknownMuteError, mute, unmute
from banso.web.forms.alerts import MuteForm
from banso.web.house import look
from banso.web.request import scope
from banso.web.tags import day
from banso.web.views.definitions import show_rule

UNUSABLE = 422


@require_POST
def mute_rule(request: HttpRequest, rule: str) -> HttpResponse:
    seen = look()
    form = MuteForm(request.POST, today=seen.today)
    if seen.definitions is None or rule not in seen.definitions.rules or not form.is_valid():
        return show_rule(request, rule, status=UNUSABLE, muting=form)
    until = form.cleaned_data["until"]
    mute(
        scope=scope(request),
        rule=rule,
        account=None,
        until=until,
        reason=form.cleaned_data["reason"],
        today=seen.today,
    )
    messages.success(request, gettext("Muted until %(day)s.") % {"day": day(until)})
    return redirect(reverse("definition_rule", args=[rule]))


@require_POST
def end_mute(request: HttpRequest, rule: str, mute: int) -> HttpResponse:
    try:
        unmute(scope=scope(request), number=mute, now=datetime.now(tz=UTC))
    except UnknownMuteError as error:
        raise Http404 from error
    messages.success(request, gettext("No longer muted. New alerts are told again."))
    return redirect(reverse("definition_rule", args=[rule]))


urlpatterns = [
    path("definitions/rules/<str:rule>/mute/", mute_rule, name="rule_mute"),
    path("definitions/rules/<str:rule>/mutes/<int:mute>/end/", end_mute, name="rule_unmute"),
]
