"""Pause a rule and resume it: what it says meanwhile waits."""

from datetime import datetime

from django.db import transaction

from banso.desk.models import Pause
from banso.desk.queries.scope import Scope
from banso.desk.services.alerts import MayNotActError, NoReasonError


class PausedAlreadyError(Exception):
    """The rule is paused; somebody else may have been faster."""


class NotPausedError(Exception):
    """The rule is not paused."""


@transaction.atomic
def pause(*, scope: Scope, rule: str, reason: str) -> Pause:
    """From the next run on the rule tells nobody. Alerts that are told already stay."""
    _refuse(scope)
    if not reason.strip():
        raise NoReasonError("say why the rule is paused")
    made, fresh = Pause.objects.get_or_create(
        rule=rule,
        ended_at=None,
        defaults={"reason": reason.strip(), "member_id": scope.member},
    )
    if not fresh:
        raise PausedAlreadyError(f"rule '{rule}' is paused already")
    return made


@transaction.atomic
def resume(*, scope: Scope, rule: str, now: datetime) -> Pause:
    """The next run tells what still holds, within the weekly budget."""
    _refuse(scope)
    found = Pause.objects.select_for_update().filter(rule=rule, ended_at=None).first()
    if found is None:
        raise NotPausedError(f"rule '{rule}' is not paused")
    found.ended_at, found.ended_by_id = now, scope.member
    found.save(update_fields=("ended_at", "ended_by"))
    return found


def _refuse(scope: Scope) -> None:
    if not scope.operates:
        raise MayNotActError("only CS Ops and administrators pause and resume rules")
