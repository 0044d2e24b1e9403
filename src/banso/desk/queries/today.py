"""Who needs what now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from django.db.models import FilteredRelation, Q
from django.db.models.functions import Coalesce

from banso.desk.models import Alert, AlertState, Assessment, Expectation, Run
from banso.desk.queries.scope import Scope, within

Priority = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class OpenAlert:
    """An open alert as its owner sees it; `why` is frozen as of `opened_on`. arr: at stake, None
    where unmeasured or hidden from the reader. expected: None: its rule expects nothing, or nobody
    has looked yet."""

    id: int
    account: str
    account_name: str
    rule: str
    label: dict[str, str]
    action: dict[str, str]
    why: list[dict[str, object]]
    owner: str | None
    priority: Priority
    opened_on: date
    arr: Decimal | None
    journey: str
    expected: Expectation | None


def open_alerts(
    scope: Scope, *, owner: str | None = None, to_do_on: date | None = None
) -> tuple[OpenAlert, ...]:
    """Alerts whose episode is open, unordered.

    owner: only alerts that are this member's now (handle or name). One that no rule gave to anybody
    goes with the account to its next owner. to_do_on: leave out what members have handled, and
    what is snoozed beyond this day.
    """
    seen = within(scope, Alert.objects.all(), account="episode__account")
    standing = "episode__account__standings"
    lead = FilteredRelation(standing, condition=Q(**{f"{standing}__lead": True}))
    # What the account is worth by the newest run; where that is unmeasured (its contract may have
    # run out meanwhile) what it was worth when the alert opened.
    rows = (
        seen.filter(episode__closed_on__isnull=True)
        .annotate(lead=lead, arr_now=Coalesce("lead__arr", "arr"))
        .select_related("episode__account__owner", "episode__expectation", "assignee")
        .order_by("id")
    )
    if to_do_on is not None:
        back = Q(state=AlertState.SNOOZED, until__lte=to_do_on)
        rows = rows.filter(Q(state=AlertState.OPEN) | back)
    if owner is not None:
        named = Q(episode__account__owner__handle=owner) | Q(episode__account__owner__name=owner)
        given = Q(assignee__handle=owner) | Q(assignee__name=owner)
        rows = rows.filter(given | (Q(assignee__isnull=True) & named))
    return tuple(_open_alert(scope, alert, arr=alert.arr_now) for alert in rows)


def _open_alert(scope: Scope, alert: Alert, *, arr: Decimal | None) -> OpenAlert:
    account = alert.episode.account
    return OpenAlert(
        id=alert.pk,
        account=account.key,
        account_name=str(account),
        rule=alert.episode.rule,
        label=alert.label,
        action=alert.action,
        why=alert.why,
        owner=alert.holder.handle if alert.holder else None,
        priority=cast("Priority", alert.priority),  # the run wrote it from the rule
        opened_on=alert.since,
        arr=arr if scope.revenue else None,
        journey=alert.episode.journey,
        expected=getattr(alert.episode, "expectation", None),
    )


def alerts_open_on(scope: Scope, account: str, day: date) -> tuple[OpenAlert, ...]:
    """Alerts of one account whose episode was open on a day, oldest first."""
    rows = (
        within(scope, Alert.objects.all(), account="episode__account")
        .filter(episode__account__key=account, episode__opened_on__lte=day)
        .filter(Q(episode__closed_on__isnull=True) | Q(episode__closed_on__gt=day))
        .select_related("episode__account__owner", "episode__expectation", "assignee")
    )
    ordered = rows.order_by("episode__opened_on", "id")
    return tuple(_open_alert(scope, alert, arr=alert.arr) for alert in ordered)


@dataclass(frozen=True)
class AssessedAccount:
    account: str
    account_name: str
    owner: str | None
    journey: str
    stage: str
    days_in_stage: int
    overdue: bool | None
    score: float | None
    confidence: float
    colour: str


def assessed_accounts(
    scope: Scope, run: Run, *, owner: str | None = None
) -> Sequence[AssessedAccount]:
    """Every account's journeys as that run found them, by account and journey."""
    rows = (
        within(scope, Assessment.objects.all(), account="account")
        .filter(as_of=run.as_of, fingerprint=run.fingerprint, generation=run.generation)
        .select_related("account__owner")
    )
    if owner is not None:
        rows = rows.filter(Q(account__owner__handle=owner) | Q(account__owner__name=owner))
    return [
        AssessedAccount(
            account=x.account.key,
            account_name=str(x.account),
            owner=x.account.owner.handle if x.account.owner else None,
            journey=x.journey,
            stage=x.stage,
            days_in_stage=x.days_in_stage,
            overdue=x.overdue,
            score=x.score,
            confidence=x.confidence,
            colour=x.colour,
        )
        for x in rows.order_by("account__key", "journey")
    ]
