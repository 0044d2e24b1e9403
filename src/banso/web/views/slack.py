"""What members press in Slack: signed by Slack, done as the member of that e-mail address."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from banso.desk.queries.scope import scope_of
from banso.desk.services.alerts import (
    AlertOverError,
    MayNotActError,
    OvertakenError,
    UnknownAlertError,
)
from banso.desk.services.tasks import TaskOvertakenError, UnfitMemberError, UnknownTaskError
from banso.web.house import look
from banso.web.slack.pressed import asked
from banso.web.slack.signed import member_of, token_of

LARGEST = 1 << 20
log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def actions(request: HttpRequest) -> HttpResponse:
    """Slack wants an answer within three seconds; the message itself is changed by the outbox."""
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return HttpResponse(status=413)
    token = token_of(body, request.headers)
    if token is None:
        return HttpResponse(status=401)
    payload = _json(QueryDict(body).get("payload") or "{}")
    act = asked(payload)
    if act is None:
        return HttpResponse()  # such as a link, of which Slack tells, too
    member = member_of(token, str((payload.get("user") or {}).get("id") or ""))
    if member is None:
        log.warning("A button was pressed in Slack by somebody who is no member here")
        return HttpResponse(status=403)
    try:
        act(scope_of(member), look().today)
    except (AlertOverError, OvertakenError, TaskOvertakenError):
        pass  # somebody was first: the outbox brings the message up to date
    except (UnknownAlertError, UnknownTaskError, UnfitMemberError, MayNotActError):
        return HttpResponse(status=403)
    return HttpResponse()


def _json(text: str | bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


urlpatterns = [path("slack/actions/", actions, name="slack_actions")]
