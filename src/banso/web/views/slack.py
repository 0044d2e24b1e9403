"""What members press in Slack: signed by Slack, done as the member of that e-mail address."""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.signature import SignatureVerifier

from banso.desk.models import ChannelKind, Handling
from banso.desk.queries.outbox import member_of_email, sealed_secrets
from banso.desk.queries.scope import Scope, scope_of
from banso.desk.sealing import SealError, unseal
from banso.desk.services.alerts import (
    AlertOverError,
    MayNotActError,
    OvertakenError,
    UnknownAlertError,
    finish,
    snooze,
    undo,
)
from banso.pipeline.act.slack import DONE, SNOOZE, UNDO, client
from banso.web.house import look

LARGEST = 1 << 20
SNOOZED = timedelta(days=7)
Act = Callable[[Scope, date], Handling]
log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def actions(request: HttpRequest) -> HttpResponse:
    """Slack wants an answer within three seconds; the message itself is changed by the outbox."""
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return HttpResponse(status=413)
    token = _token(body, request.headers)
    if token is None:
        return HttpResponse(status=401)
    payload = _payload(body)
    act = _act(payload)
    if act is None:
        return HttpResponse()  # such as a link, of which Slack tells, too
    member = member_of_email(_email(token, payload))
    if member is None:
        log.warning("A button was pressed in Slack by somebody who is no member here")
        return HttpResponse(status=403)
    try:
        act(scope_of(member), look().today)
    except (AlertOverError, OvertakenError):
        pass  # somebody was first: the outbox brings the message up to date
    except (UnknownAlertError, MayNotActError):
        return HttpResponse(status=403)
    return HttpResponse()


def _token(body: bytes, headers: Mapping[str, str]) -> str | None:
    """The bot token of the channel whose signing secret has signed this (not over five minutes
    ago); None where none has."""
    for sealed in sealed_secrets(ChannelKind.SLACK):
        try:
            secrets = unseal(sealed, key=settings.SECRET_KEY)
        except SealError:
            continue
        if SignatureVerifier(secrets["signing"]).is_valid_request(body, dict(headers)):
            return secrets["token"]
    return None


def _payload(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(QueryDict(body).get("payload") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _act(payload: Mapping[str, Any]) -> Act | None:
    """What the first button of the payload asks for; None for what is none of ours."""
    pressed: Mapping[str, Any] = next(iter(payload.get("actions") or ()), {})
    action, value = pressed.get("action_id"), str(pressed.get("value") or "")
    alert, _, handling = value.partition(":")
    if not alert.isascii() or not alert.isdigit():
        return None
    number = int(alert)
    if action == DONE:
        return lambda scope, today: finish(scope=scope, alert=number, today=today)
    if action == SNOOZE:
        return lambda scope, today: snooze(
            scope=scope, alert=number, until=today + SNOOZED, today=today
        )
    if action == UNDO and handling.isascii() and handling.isdigit():
        return lambda scope, _: undo(scope=scope, alert=number, handling=int(handling))
    return None


def _email(token: str, payload: Mapping[str, Any]) -> str:
    """Empty where Slack does not tell."""
    user = str((payload.get("user") or {}).get("id") or "")
    try:
        found = client(token).users_info(user=user)["user"]
    except (SlackApiError, SlackClientError, OSError) as error:
        log.warning("Slack does not say who pressed a button: %s", error)
        return ""
    return str((found.get("profile") or {}).get("email") or "")


urlpatterns = [path("slack/actions/", actions, name="slack_actions")]
