"""What members press in Slack: signed by Slack, done as the member of that e-mail address."""

import json
import logging
import os
from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from slack_sdk.errors import SlackApiError, SlackClientError

from banso.desk.models import Member
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
from banso.web.house import look
from banso.web.slack.pressed import asked
from banso.web.slack.signed import SignedBy, member_of, signed_by

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
    act = asked(payload)
    if act is None:
        return HttpResponse()  # such as a link, of which Slack tells, too
    user = str((payload.get("user") or {}).get("id") or "")
    member = member_of(by.token, user)
    if member is None:
        log.warning("A button was pressed in Slack by somebody who is no member here")
        return HttpResponse(status=403)
    try:
        act(scope_of(member), look().today)
    except (AlertOverError, OvertakenError, TaskOvertakenError):
        pass  # somebody was first: the outbox brings the message up to date
    except (UnknownAlertError, UnknownTaskError, UnfitMemberError, MayNotActError):
        return HttpResponse(status=403)
    except UnknownPointError:
        return HttpResponse(status=400)
    if (payload.get("view") or {}).get("type") == "home":
        _show_home(request, by, user, member)
    return HttpResponse()


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
            _show_home(request, by, user, member)
    return HttpResponse()


def _show_home(request: HttpRequest, by: SignedBy, user: str, member: Member) -> None:
    """What goes wrong at Slack is written down: it would send the event again for an error."""
    seen = look()
    reader = Reader(
        member=member,
        today=seen.today,
        language=cast("Language", member.language or by.channel.language),
        base=(os.environ.get("BANSO_URL") or request.build_absolute_uri("/")).rstrip("/"),
        definitions=seen.definitions,
        revenue=by.channel.revenue,
    )
    try:
        publish_home(client(by.token), user=user, reader=reader)
    except (SlackApiError, SlackClientError, OSError) as error:
        log.warning("The home of %s in Slack can't be shown: %s", member, error)


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
