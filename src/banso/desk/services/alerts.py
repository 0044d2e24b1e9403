"""What members do with an alert: done, later, not useful, and back again.

Handling an alert says nothing about its episode: that closes when the rule no longer holds, and a
rule that holds again later makes another alert. Every step is kept in `Handling`.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from banso.desk.models import Alert, AlertState, Handling, NotUseful
from banso.desk.queries.scope import Scope, within
from banso.desk.queries.to_do import tab_of
from banso.desk.services.outbox import tell_handled


class UnknownAlertError(Exception):
    """There is no such alert among the accounts of this scope."""


class MayNotActError(PermissionDenied):
    """This member may look, not act."""


class AlertOverError(Exception):
    """The rule no longer holds, so there is nothing left to be done about the alert."""

    def __init__(self, closed_on: date) -> None:
        super().__init__(f"the rule no longer holds since {closed_on}")
        self.closed_on = closed_on


class OvertakenError(Exception):
    """Somebody did something with the alert in the meantime: `latest`."""

    def __init__(self, latest: Handling) -> None:
        super().__init__(f"{latest.member or 'somebody'} made it '{latest.state}' at {latest.at}")
        self.latest = latest


class PastDateError(ValueError):
    """An alert can only come back on a day after today."""


class NoReasonError(ValueError):
    """Why an alert was not useful has to be said; `other` needs a note."""


def finish(*, scope: Scope, alert: int, today: date) -> Handling:
    """Mark an alert done. Doing so again changes nothing.

    today: here and below, the day in the organisation's zone.
    """
    return _handle(scope=scope, alert=alert, today=today, state=AlertState.DONE)


def snooze(*, scope: Scope, alert: int, until: date, today: date, note: str = "") -> Handling:
    """Put an alert away; it is back from `until` on. note: why, for those who wonder."""
    if until <= today:
        raise PastDateError(f"{until} is not after {today}")
    state, note = AlertState.SNOOZED, note.strip()
    return _handle(scope=scope, alert=alert, today=today, state=state, until=until, note=note)


def dismiss(
    *, scope: Scope, alert: int, reason: NotUseful, note: str = "", today: date
) -> Handling:
    """Mark an alert as not useful, so that its rule can be judged by it."""
    note = note.strip()
    if reason is NotUseful.OTHER and not note:
        raise NoReasonError("say in the note why the alert was not useful")
    return _handle(
        scope=scope,
        alert=alert,
        today=today,
        state=AlertState.NOT_USEFUL,
        reason=reason,
        note=note,
    )


@transaction.atomic
def undo(*, scope: Scope, alert: int, handling: int) -> Handling:
    """Take back the newest handling of an alert; the alert is again what it was before.

    Doing so again changes nothing. OvertakenError where something was done after `handling`.
    """
    found = _locked(scope, alert)
    latest = found.handlings.select_related("member").first()
    if latest is None:
        raise UnknownAlertError(f"nothing was done with alert {alert}")
    if latest.undoes_id == handling and latest.member_id == scope.member:
        return latest
    if latest.pk != handling or latest.undoes_id is not None:
        raise OvertakenError(latest)
    return _record(
        Handling(
            alert=found,
            member_id=scope.member,
            state=latest.before,
            until=latest.before_until,
            before=found.state,
            before_until=found.until,
            undoes=latest,
        )
    )


@transaction.atomic
def _handle(
    *,
    scope: Scope,
    alert: int,
    today: date,
    state: AlertState,
    until: date | None = None,
    reason: NotUseful | None = None,
    note: str = "",
) -> Handling:
    """Only what is to do can be handled; what has been handled is first undone."""
    found = _locked(scope, alert)
    latest = found.handlings.select_related("member").first()
    if latest is not None and tab_of(found.state, found.until, today=today) != "todo":
        same = (latest.state, latest.until, latest.reason) == (state, until, reason or "")
        if same and latest.member_id == scope.member:
            return latest
        raise OvertakenError(latest)
    return _record(
        Handling(
            alert=found,
            member_id=scope.member,
            state=state,
            until=until,
            before=found.state,
            before_until=found.until,
            reason=reason or "",
            note=note,
        )
    )


def _locked(scope: Scope, alert: int) -> Alert:
    """The alert, held until the transaction ends. Its episode is still open."""
    if not scope.acts:
        raise MayNotActError("this member may look, not act")
    rows = within(scope, Alert.objects.all(), account="episode__account")
    rows = rows.select_related("episode").select_for_update(of=("self",))
    found = rows.filter(pk=alert).first()
    if found is None:
        raise UnknownAlertError(f"no alert {alert} here")
    if found.episode.closed_on is not None:
        raise AlertOverError(found.episode.closed_on)
    return found


def _record(handling: Handling) -> Handling:
    handling.save(force_insert=True)
    alert = handling.alert
    alert.state, alert.until = handling.state, handling.until
    alert.save(update_fields=("state", "until"))
    tell_handled(handling)
    return handling
