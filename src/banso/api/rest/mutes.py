"""Rules that are quiet until a day."""

from datetime import UTC, datetime

from django.http import HttpRequest
from ninja import Router, Status
from ninja.errors import HttpError

from banso.api.rest.door import OPERATE, READ, Caller, caller
from banso.api.rest.shapes import MuteItem, NewMute
from banso.desk.queries.account import account_number
from banso.desk.queries.mutes import mutes
from banso.desk.services.mutes import mute, unmute

router = Router(tags=["mutes"])


@router.get("mutes", auth=READ, response=list[MuteItem], operation_id="list_mutes")
def list_mutes(request: HttpRequest) -> list[MuteItem]:
    """Those that hold today, newest first."""
    return _holding(caller(request))


@router.post("mutes", auth=OPERATE, response=MuteItem, operation_id="add_mute")
def add_mute(request: HttpRequest, said: NewMute) -> MuteItem:
    """New alerts of the rule come snoozed until that day; those that are open stay."""
    seen = caller(request)
    if seen.definitions is None or said.rule not in seen.definitions.rules:
        raise HttpError(404, f"no rule '{said.rule}'")
    number = account_number(seen.scope, said.account) if said.account is not None else None
    if said.account is not None and number is None:
        raise HttpError(404, f"no account '{said.account}'")
    made = mute(
        scope=seen.scope,
        rule=said.rule,
        account=number,
        until=said.until,
        reason=said.reason,
        today=seen.today,
    )
    return next(x for x in _holding(seen) if x.number == made.pk)


@router.post("mutes/{number}/end", auth=OPERATE, response={204: None}, operation_id="end_mute")
def end_mute(request: HttpRequest, number: int) -> Status[None]:
    """Alerts that came snoozed stay so until their day."""
    unmute(scope=caller(request).scope, number=number, now=datetime.now(tz=UTC))
    return Status(204, None)


def _holding(seen: Caller) -> list[MuteItem]:
    return [MuteItem(**vars(x)) for x in mutes(seen.scope, today=seen.today)]
