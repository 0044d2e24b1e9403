"""Alerts: which there are, and what members do with them."""

from django.http import HttpRequest
from ninja import Query, Router

from banso.api.rest.door import ACT, READ, Caller, caller
from banso.api.rest.shapes import (
    AlertItem,
    AlertsAsked,
    AlertsPage,
    Dismissal,
    ExpectedItem,
    Handled,
    Snooze,
    Undo,
)
from banso.core.definitions.money import without_money
from banso.desk.models import Alert, Episode, Handling, Judgement
from banso.desk.queries.account_ids import key_now
from banso.desk.queries.alert_pages import AlertFilters, alerts_before
from banso.desk.services.alerts import dismiss, finish, snooze, undo

router = Router(tags=["alerts"])


@router.get("alerts", auth=READ, response=AlertsPage, operation_id="list_alerts")
def list_alerts(request: HttpRequest, asked: Query[AlertsAsked]) -> AlertsPage:
    """Alerts of the member's accounts, newest first."""
    seen = caller(request)
    filters = AlertFilters(
        open=asked.open,
        state=asked.state,
        rule=asked.rule,
        account=key_now(asked.account),
        owner=asked.owner,
    )
    found = alerts_before(seen.scope, filters, before=asked.before, limit=asked.limit + 1)
    page = found[: asked.limit]
    return AlertsPage(
        items=[_item(x, seen) for x in page],
        next=page[-1].pk if len(found) > asked.limit else None,
    )


@router.post("alerts/{alert}/done", auth=ACT, response=Handled, operation_id="finish_alert")
def finish_alert(request: HttpRequest, alert: int) -> Handled:
    """Done. Again: changes nothing."""
    seen = caller(request)
    return _handled(finish(scope=seen.scope, alert=alert, today=seen.today))


@router.post("alerts/{alert}/snooze", auth=ACT, response=Handled, operation_id="snooze_alert")
def snooze_alert(request: HttpRequest, alert: int, said: Snooze) -> Handled:
    seen = caller(request)
    return _handled(
        snooze(scope=seen.scope, alert=alert, until=said.until, today=seen.today, note=said.note)
    )


@router.post("alerts/{alert}/not-useful", auth=ACT, response=Handled, operation_id="dismiss_alert")
def dismiss_alert(request: HttpRequest, alert: int, said: Dismissal) -> Handled:
    """Not useful, and why: the rule is judged by it."""
    seen = caller(request)
    made = dismiss(
        scope=seen.scope, alert=alert, reason=said.reason, note=said.note, today=seen.today
    )
    return _handled(made)


@router.post("alerts/{alert}/undo", auth=ACT, response=Handled, operation_id="undo_alert")
def undo_alert(request: HttpRequest, alert: int, said: Undo) -> Handled:
    """Take back the newest thing that was done; 409 where something was done after it."""
    return _handled(undo(scope=caller(request).scope, alert=alert, handling=said.handling))


def _handled(made: Handling) -> Handled:
    return Handled(handling=made.pk, state=made.state, until=made.until)


def _item(alert: Alert, seen: Caller) -> AlertItem:
    episode, shown = alert.episode, seen.scope.revenue
    account, owner = episode.account, alert.holder
    return AlertItem(
        id=alert.pk,
        account=account.key,
        account_name=str(account),
        owner=owner.handle if owner else None,
        rule=episode.rule,
        journey=episode.journey or None,
        label=alert.label,
        action=alert.action,
        priority=alert.priority,
        opened_on=alert.since,
        closed_on=episode.closed_on,
        closed_because=episode.closed_because or None,
        state=alert.state,
        until=alert.until,
        expected=expected_of_alert(episode),
        arr=alert.arr if shown else None,
        why=alert.why if shown else without_money(seen.definitions, alert.why),
    )


def expected_item(found: Judgement | None) -> ExpectedItem | None:
    if found is None:
        return None
    return ExpectedItem(came=found.came, due_on=found.due_on, reached_on=found.reached_on)


def expected_of_alert(episode: Episode) -> ExpectedItem | None:
    return expected_item(getattr(episode, "expectation", None))
