"""What members press in Slack: signed by Slack, done as the member of that e-mail address."""

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import path
from django.utils.translation import gettext, override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from slack_sdk.errors import SlackApiError, SlackClientError

from banso.desk.models import Member, NotUseful
from banso.desk.queries.scope import scope_of
from banso.desk.services.alerts import (
    AlertOverError,
    MayNotActError,
    OvertakenError,
    UnknownAlertError,
)
from banso.desk.services.tasks import (
    TaskOvertakenError,
    UnfitMemberError,
    UnknownPointError,
    UnknownTaskError,
)
from banso.pipeline.act.slack import client
from banso.pipeline.act.slack_home import Reader, publish_home
from banso.pipeline.act.words import Language
from banso.web.forms.alerts import NotUsefulForm
from banso.web.house import look
from banso.web.slack.pressed import Act, asked
from banso.web.slack.reasons import HOME, Question, question_of, window
from banso.web.slack.signed import SignedBy, member_of, signed_by
from banso.web.tags import day

LARGEST = 1 << 20
log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def actions(request: HttpRequest) -> HttpResponse:
    """Slack wants an answer within three seconds; the message itself is changed by the outbox."""
    body = request.read(LARGEST + 1)
    by = signed_by(body, request.headers) if len(body) <= LARGEST else None
    if by is None:
        return HttpResponse(status=413 if len(body) > LARGEST else 401)
    payload = _json(QueryDict(body).get("payload") or "{}")
    wants = question_of(payload) or asked(payload)
    if wants is None:
        return HttpResponse()  # such as a link, of which Slack tells, too
    user = str((payload.get("user") or {}).get("id") or "")
    member = member_of(by.token, user)
    if member is None:
        log.warning("A button was pressed in Slack by somebody who is no member here")
        return HttpResponse(status=403)
    presser = Presser(by, user, member)
    if isinstance(wants, Question):
        with override(presser.language):
            return _not_useful(request, presser, wants, str(payload.get("trigger_id") or ""))
    home = (payload.get("view") or {}).get("type") == HOME
    return _do(request, presser, wants, home=home, overtaken=lambda _: HttpResponse())


@dataclass(frozen=True)
class Presser:
    """user: as Slack names the member."""

    by: SignedBy
    user: str
    member: Member

    @property
    def language(self) -> Language:
        return cast("Language", self.member.language or self.by.channel.language)


def _not_useful(
    request: HttpRequest, presser: Presser, question: Question, trigger: str
) -> HttpResponse:
    """The window opens; what it sends is checked as on the page, and mistakes stand at its fields.
    trigger: of the press, good for three seconds."""
    if question.said is None:
        return _ask(presser, question, trigger)
    form = NotUsefulForm(question.said)
    if not form.is_valid():
        return _mistakes({name: str(said[0]) for name, said in form.errors.items()})
    reason, note = NotUseful(form.cleaned_data["reason"]), str(form.cleaned_data["note"])
    return _do(
        request,
        presser,
        lambda scope, today: question.answer(scope, reason, note, today),
        home=question.home,
        overtaken=lambda error: _mistakes({"reason": _late(error)}),
    )


def _ask(presser: Presser, question: Question, trigger: str) -> HttpResponse:
    scope = scope_of(presser.member)
    subject = question.subject(scope, presser.language)
    if subject is None or not scope.acts:
        return HttpResponse(status=403)
    try:
        client(presser.by.token).views_open(trigger_id=trigger, view=window(question, subject))
    except (SlackApiError, SlackClientError, OSError) as error:
        log.warning("Slack does not open a window for %s: %s", presser.member, error)
    return HttpResponse()


def _mistakes(fields: Mapping[str, str]) -> HttpResponse:
    """The window stays open."""
    return JsonResponse({"response_action": "errors", "errors": fields})


def _late(error: Exception) -> str:
    if isinstance(error, AlertOverError):
        words = gettext("The rule no longer holds since %(day)s, so this alert is over.")
        return words % {"day": day(error.closed_on)}
    return gettext("Somebody was first: see what has become of it.")


def _do(
    request: HttpRequest,
    presser: Presser,
    act: Act,
    *,
    home: bool,
    overtaken: Callable[[Exception], HttpResponse],
) -> HttpResponse:
    """overtaken: what is answered where somebody was first, or it is over; the outbox brings the
    message up to date."""
    answer = HttpResponse()
    try:
        act(scope_of(presser.member), look().today)
    except (AlertOverError, OvertakenError, TaskOvertakenError) as error:
        answer = overtaken(error)
    except (UnknownAlertError, UnknownTaskError, UnfitMemberError, MayNotActError):
        return HttpResponse(status=403)
    except UnknownPointError:
        return HttpResponse(status=400)
    if home:
        _show_home(request, presser)
    return answer


@csrf_exempt
@require_POST
def events(request: HttpRequest) -> HttpResponse:
    """What happens in Slack: here, that somebody opens the app's home."""
    body = request.read(LARGEST + 1)
    by = signed_by(body, request.headers) if len(body) <= LARGEST else None
    if by is None:
        return HttpResponse(status=413 if len(body) > LARGEST else 401)
    payload = _json(body)
    if payload.get("type") == "url_verification":
        return JsonResponse({"challenge": str(payload.get("challenge") or "")})
    event: Mapping[str, Any] = payload.get("event") or {}
    if event.get("type") == "app_home_opened" and event.get("tab", "home") == "home":
        user = str(event.get("user") or "")
        member = member_of(by.token, user)
        if member is not None:
            _show_home(request, Presser(by, user, member))
    return HttpResponse()


def _show_home(request: HttpRequest, to: Presser) -> None:
    """What goes wrong at Slack is written down: it would send the event again for an error."""
    seen = look()
    reader = Reader(
        member=to.member,
        today=seen.today,
        language=to.language,
        base=(os.environ.get("BANSO_URL") or request.build_absolute_uri("/")).rstrip("/"),
        definitions=seen.definitions,
        revenue=to.by.channel.revenue,
    )
    try:
        publish_home(client(to.by.token), user=to.user, reader=reader)
    except (SlackApiError, SlackClientError, OSError) as error:
        log.warning("The home of %s in Slack can't be shown: %s", to.member, error)


def _json(text: str | bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


urlpatterns = [
    path("slack/actions/", actions, name="slack_actions"),
    path("slack/events/", events, name="slack_events"),
]
